from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from opendata.dumps import shelf
from petitions.models import Petition


class Command(BaseCommand):
    help = (
        "Writes everything that is public as JSON Lines and CSV into DUMPS_ROOT, shown at /data/ (docs/open-data.md)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-due", action="store_true", help="only where the clock would make one")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["if_due"] and not shelf.is_due(now):
            self.stdout.write("The dump of this day is there.")
            return
        total = Petition.objects.public().count()
        try:
            with tqdm(total=total, unit=" petitions", disable=None, leave=False) as progress:
                dump = shelf.make(now=now, done=lambda number: progress.update(number) and None)
        except shelf.Busy as error:
            raise CommandError("A dump is being made already.") from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        for file in dump.files:
            rows = "" if file.rows is None else f"{file.rows:>12,} rows"
            self.stdout.write(f"{file.name:<22}{file.bytes:>14,} bytes{rows}")
        self.stdout.write(f"Dump {dump.name} is there.")
