from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.management.progress import Progress, without_chatter
from config.management.refusals import Refusals
from petitions.importing import breakdowns, history, reference, uk, wtp
from petitions.importing.answers import faces_with_text
from petitions.importing.breakdowns import Breakdown, Places
from petitions.importing.files import records_in
from petitions.importing.lines import BadRecord
from petitions.importing.parts import Names
from petitions.importing.records import Record, Result
from petitions.importing.store import begin_load, end_load, link_duplicates, name_rows, store
from petitions.models import Country, Region
from petitions.models.petition import Source
from petitions.reference_data import make_reasons
from petitions.services import Refused
from responses.importing import import_answers

DATA = Path(settings.BASE_DIR) / "demo"
UK, BREAKDOWNS, WTP = DATA / "uk_petitions.jsonl.gz", DATA / "uk_breakdowns.csv.gz", DATA / "wtp_petitions.jsonl.gz"


class Command(BaseCommand):
    help = (
        "Loads petitions that were counted and decided elsewhere. May be run again: what has not changed stays, and "
        "a petition that was changed here is never touched. A line that can't be loaded is named and left out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for option, file, what in (
            ("--uk", UK, "UK Parliament petitions, one JSON object a line"),
            ("--breakdowns", BREAKDOWNS, "their signatures by country, constituency and region"),
            ("--wtp", WTP, "We the People petitions, one JSON object a line"),
        ):
            help_text = f"{what}; plain or gzipped (demo/{file.name})"
            parser.add_argument(option, type=Path, metavar="FILE", default=file, help=help_text)

    def handle(self, *args: Any, **options: Any) -> None:
        if not begin_load():
            raise CommandError("Petitions are being loaded already; wait until that has ended.")
        self.refusals = Refusals(self.stderr)
        try:
            self._load(options["uk"], options["breakdowns"], options["wtp"])
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except (BadRecord, Refused) as error:
            raise CommandError(str(error)) from error
        finally:
            end_load()

    def _load(self, uk_file: Path, breakdowns_file: Path, wtp_file: Path) -> None:
        make_reasons()
        reference.load_places()
        reference.load_topics()
        uk_records = records_in(uk_file, uk.read, refuse=self.refusals.add)
        wtp_records = records_in(wtp_file, wtp.read, refuse=self.refusals.add)
        constituencies = breakdowns.constituencies_in(reference.FOLDER / "constituencies.csv")
        placed = breakdowns.read(
            breakdowns_file,
            petitions={record.columns["id"] for record in uk_records},
            places=Places(
                regions=set(Region.objects.values_list("code", flat=True)),
                countries=set(Country.objects.values_list("code", flat=True)),
                constituencies=constituencies,
            ),
            # The demo's breakdowns with other petitions: only those that fit are meant.
            ignore_others=breakdowns_file == BREAKDOWNS and uk_file != UK,
            refuse=self.refusals.add,
        )
        by_source_id = {str(petition_id): breakdown for petition_id, breakdown in placed.items()}
        names = name_rows([*uk_records, *wtp_records], constituencies)
        results = {
            "UK petitions": self._store(Source.UK, uk_records, by_source_id, names),
            "We the People": self._store(Source.WTP, wtp_records, {}, names),
        }
        link_duplicates(uk_records)
        history.load(DATA / "uk_counts_over_time.csv", refuse=self.refusals.add)
        results["answers"] = self._answers()
        self.refusals.flush()
        self._sum_up(results, [uk_file, breakdowns_file, wtp_file])

    def _store(
        self, source: Source, records: Sequence[Record], placed: Mapping[str, Breakdown], names: Names
    ) -> Counter[Result]:
        with Progress(str(source.label), len(records), self.stdout) as progress:
            return Counter(store(source, records, placed, names, advance=progress.advance).values())

    def _answers(self) -> Counter[Result]:
        with without_chatter(), Progress("Answers", faces_with_text().count(), self.stdout) as progress:
            return import_answers(now=timezone.now(), advance=progress.advance)

    def _sum_up(self, results: Mapping[str, Counter[Result]], files: Sequence[Path]) -> None:
        heads = list(Result)
        self.stdout.write(f"{'':<16}" + "".join(f"{head:>14}" for head in heads))
        for title, counts in results.items():
            self.stdout.write(f"{title:<16}" + "".join(f"{counts[head]:>14,}" for head in heads))
        for file in files:
            refused = self.refusals.counts[file.name]
            self.stdout.write(f"{file.name}: {refused:,} lines refused" if refused else f"{file.name}: no line refused")
