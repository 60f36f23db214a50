from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test import Client

from config.management.commands.load_petitions import BREAKDOWNS, UK, WTP
from config.management.progress import Progress, without_chatter
from config.management.round_trip import Table, compare_places, compare_uk, compare_wtp
from petitions.importing import uk, wtp
from petitions.importing.breakdowns import COLUMNS
from petitions.importing.lines import BadRecord, csv_lines, json_lines
from petitions.importing.records import Record
from petitions.models import Petition
from petitions.models.petition import Source, ThresholdKind

Published = dict[int, dict[str, dict[str, int]]]

PREFIX = {Source.UK: "UK", Source.WTP: "WTP"}
OK = 200


class Command(BaseCommand):
    help = (
        "Reads every imported petition back through this site's public JSON and compares it with the source's record. "
        "To be run before make_demo: petitions that were changed here are left out. Fails when anything differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for option, file in (("--uk", UK), ("--breakdowns", BREAKDOWNS), ("--wtp", WTP)):
            parser.add_argument(option, type=Path, metavar="FILE", default=file, help=f"demo/{file.name}")

    def handle(self, *args: Any, **options: Any) -> None:
        address = urlsplit(settings.BASE_URL)
        self.client = Client(SERVER_NAME=address.hostname or "localhost")
        self.secure = address.scheme == "https"
        self.table = Table()
        self.left_out = 0
        try:
            uk_records = self._stored(Source.UK, options["uk"], uk.read)
            wtp_records = self._stored(Source.WTP, options["wtp"], wtp.read)
            published = _published(options["breakdowns"])
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        with without_chatter(), Progress("Compared", len(uk_records) + len(wtp_records), self.stdout) as progress:
            for number, record in uk_records:
                ours = self._document(f"{number}.json")["data"]["attributes"]
                compare_uk(self.table, record, ours, self._document(f"{number}/count.json"))
                if record["state"] != "rejected":
                    compare_places(self.table, number, published.get(number, {}), ours)
                progress.advance()
            for number, record in wtp_records:
                ours = self._document(f"{number}.json")["data"]["attributes"]
                compare_wtp(self.table, record, ours, _kept(number))
                progress.advance()
        self._print()

    def _stored(
        self, source: Source, file: Path, read: Callable[[Mapping[str, Any]], Record]
    ) -> list[tuple[int, dict[str, Any]]]:
        """The sound records of ``file`` whose petitions were not changed here, with the number that each has here."""
        petitions = Petition.objects.filter(source=source).values_list("source_id", "pk", "exempt")
        here = {source_id: (number, exempt) for source_id, number, exempt in petitions}
        found = []
        for _line, record in json_lines(file):
            if isinstance(record, BadRecord) or not _sound(record, read):
                continue
            number, exempt = here.get(str(record["id"]), (0, True))
            self.table.compare(f"{PREFIX[source]} petitions", f"{record['id']}", True, number > 0)
            if number and exempt:
                found.append((number, record))
            self.left_out += not exempt
        return found

    def _document(self, name: str) -> dict[str, Any]:
        response = self.client.get(f"/petitions/{name}", secure=self.secure)
        if response.status_code != OK:
            raise CommandError(f"/petitions/{name} answered {response.status_code}.")
        return response.json()

    def _print(self) -> None:
        self.stdout.write(f"{'':<22}{'checked':>10}{'equal':>10}{'by rule':>10}{'differ':>10}")
        for kind, row in self.table.rows.items():
            differ = row.checked - row.equal - row.excepted
            self.stdout.write(f"{kind:<22}{row.checked:>10,}{row.equal:>10,}{row.excepted:>10,}{differ:>10,}")
        self.stdout.write("By rule: petitions that their record calls open are closed here, six months after opening.")
        if self.left_out:
            self.stdout.write(f"Left out, because they were changed here: {self.left_out}.")
        for difference in self.table.differences:
            self.stderr.write(difference)
        if self.table.different:
            raise CommandError(f"{self.table.different:,} values differ.")


def _sound(record: Mapping[str, Any], read: Callable[[Mapping[str, Any]], Record]) -> bool:
    try:
        read(record)
    except BadRecord:
        return False
    return True


def _published(file: Path) -> Published:
    """The cells of a breakdowns file, read without the code that loads them."""
    found: Published = defaultdict(lambda: defaultdict(dict))
    for _number, line in csv_lines(file, COLUMNS):
        if not isinstance(line, BadRecord) and line["petition_id"].isdecimal() and line["signature_count"].isdecimal():
            places = found[int(line["petition_id"])][line["kind"]]
            places.setdefault(line["code"], int(line["signature_count"]))
    return found


def _kept(number: int) -> dict[str, Any]:
    """What stands beside a We the People petition and is in no document of the UK's shape."""
    petition = Petition.objects.select_related("public_case").get(pk=number)
    case = getattr(petition, "public_case", None)
    return {
        "status": petition.source_state,
        "url": petition.source_url,
        "threshold": petition.thresholds.get(kind=ThresholdKind.RESPONSE).count,
        "issues": petition.source_data["issues"],
        "response": petition.source_data["response"],
        "response_link": case.external_url if case else None,
    }
