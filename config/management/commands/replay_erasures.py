from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.management.progress import Progress
from signatures import erasure, ledger
from signatures.ledger import Erasure


class Command(BaseCommand):
    help = (
        "Erases again what was erased after a backup was made. Run it after every restore, before the site is opened, "
        "with the ledger of each web host. May be run again: nothing happens twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ledger", nargs="*", type=Path, default=[Path(settings.ERASURE_LEDGER)])

    def handle(self, *args: Any, **options: Any) -> None:
        entries, broken = self._read(options["ledger"])
        again = 0
        with Progress("Erasures", len(entries), self.stdout) as progress:
            for entry in entries:
                again += erasure.repeat(entry)
                progress.advance()
        self.stdout.write(f"{len(entries)} in the ledger, {again} erased again, {len(entries) - again} were gone.")
        if broken:
            raise CommandError(f"These lines are no entries, look at them by hand: {', '.join(broken)}")

    def _read(self, paths: list[Path]) -> tuple[list[Erasure], list[str]]:
        entries: list[Erasure] = []
        broken = []
        for path in paths:
            try:
                found, lines = ledger.read(path)
            except FileNotFoundError as error:
                raise CommandError(f"There is no such ledger: {path}") from error
            entries += found
            broken += [f"{path} line {number}" for number in lines]
        return sorted(entries, key=lambda entry: entry.at), broken
