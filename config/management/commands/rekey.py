"""Bring petitions to another version of the rules of addresses or of the master key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.management.progress import Progress
from petitions.models import Petition
from signatures import rekeying
from signatures.models import Signature
from signatures.providers import RULES, RULES_VERSION
from signatures.rekeying import NotQuiet, Rekeyed
from vault import keys
from vault.sealing import BrokenSeal


class Command(BaseCommand):
    help = (
        "Makes the signer keys of petitions anew, by the newest rules of addresses and the current master key unless "
        "told otherwise, and reports who turns out to be one person. Pause signing half a minute before. A run that "
        "was stopped is begun again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("petition", nargs="*", type=int, help="numbers of petitions")
        parser.add_argument("--outdated", action="store_true", help="all that are not on the newest versions")
        parser.add_argument("--rules", type=int, default=RULES_VERSION, choices=sorted(RULES))
        parser.add_argument("--key", type=int, help="version of the master key (default: the current one)")

    def handle(self, *args: Any, **options: Any) -> None:
        ring = keys.keyring()
        key_version = options["key"] or ring.current
        if key_version not in ring.keys:
            raise CommandError(f"The key file has no version {key_version}.")
        numbers = options["petition"] or (rekeying.outdated() if options["outdated"] else [])
        if not numbers and not options["outdated"]:
            raise CommandError("Name petitions by their numbers, or give --outdated.")
        total = Signature.objects.filter(petition_id__in=numbers).count()
        with Progress("Signatures", total, self.stdout) as progress:
            for number in numbers:
                self._rekey(number, rules=options["rules"], key_version=key_version, progress=progress)

    def _rekey(self, number: int, *, rules: int, key_version: int, progress: Progress) -> None:
        try:
            done = rekeying.rekey(
                number, rules_version=rules, key_version=key_version, now=timezone.now(), told=progress.advance
            )
        except Petition.DoesNotExist as error:
            raise CommandError(f"Petition {number} is not there, or its salt is gone.") from error
        except NotQuiet as error:
            raise CommandError(
                f"Petition {number} can be signed. Pause signing, wait half a minute, and run this again."
            ) from error
        except BrokenSeal as error:
            raise CommandError(
                f"Petition {number} has a row whose seal does not open; what came before is done."
            ) from error
        self._tell(number, done)

    def _tell(self, number: int, done: Rekeyed) -> None:
        self.stdout.write(
            f"{number}: {done.changed} changed, {done.in_order} in order, {done.erased} erased, "
            f"{done.disowned} disowned marks lost, {len(done.collisions)} collisions"
        )
        for each in done.collisions:
            row, other = f"{each.row_id} ({each.state})", f"{each.other_id} ({each.other_state})"
            self.stdout.write(f"{number}: signature {row} is the person of {other}; it keeps its old key")
