from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.management.progress import Progress
from petitions.models import Petition
from petitions.refusals import Refused
from signatures import reconciling


class Command(BaseCommand):
    help = (
        "Compares the counts of petitions with the signatures that are stored, and fails when any differ. "
        "With --repair the counts are made what the signatures say, one audit row for each petition."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--petition", type=int, action="append", metavar="ID", help="only this one; repeat for more"
        )
        parser.add_argument("--repair", action="store_true", help="make the counts right")
        parser.add_argument("--reason", default="", help="why they are repaired; goes into the audit log")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["repair"] and not options["reason"].strip():
            raise CommandError("--repair needs --reason: it goes into the audit log.")
        differences = self._compared(options["petition"])
        for petition_id in sorted(differences):
            for cell in differences[petition_id]:
                place = cell.place or "-"
                self.stdout.write(f"{petition_id} {cell.kind} {place}: counted {cell.counted}, signed {cell.rows}")
        if differences and options["repair"]:
            self._repair(sorted(differences), options["reason"])
        elif differences:
            raise CommandError(f"The counts of {len(differences)} petitions differ. Nothing was changed.")
        else:
            self.stdout.write("All counts agree.")

    def _compared(self, petition_ids: list[int] | None) -> reconciling.Differences:
        chosen = Petition.objects.order_by("pk").values_list("pk", flat=True)
        numbers = list(chosen.filter(pk__in=petition_ids) if petition_ids else chosen)
        if missing := set(petition_ids or ()) - set(numbers):
            raise CommandError(f"There is no petition {min(missing)}.")
        differences: reconciling.Differences = {}
        with Progress("Compared", len(numbers), self.stdout) as progress:
            for chunk in reconciling.chunks(numbers):
                differences |= reconciling.check(chunk, now=timezone.now())
                progress.advance(len(chunk))
        return differences

    def _repair(self, petition_ids: list[int], reason: str) -> None:
        for petition_id in petition_ids:
            try:
                cells = reconciling.repair(petition_id, reason=reason, now=timezone.now())
            except (Refused, Petition.DoesNotExist) as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"{petition_id}: {len(cells)} figures repaired.")
