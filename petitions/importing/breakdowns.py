"""Signatures of imported petitions by region, country and constituency, as their source published them."""

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from pathlib import Path

from petitions.importing.fields import whole_number
from petitions.importing.lines import BadRecord, Refused, csv_lines
from petitions.importing.records import digest_of

COLUMNS = ("petition_id", "kind", "code", "signature_count")
COUNTRY_CODE = re.compile(r"[A-Z]{2,3}", re.ASCII)
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Constituency:
    name: str
    mp: str


@dataclass(frozen=True, slots=True)
class Places:
    """The codes that a breakdown may name."""

    regions: Container[str]
    countries: Container[str]
    constituencies: Container[str]

    def has(self, kind: str, code: str) -> bool:
        """Whether there is such a place; a country may stand under its name."""
        if kind == "country":
            return code in self.countries or not is_country_code(code)
        return code in (self.regions if kind == "region" else self.constituencies)


@dataclass(slots=True)
class Breakdown:
    """Signatures of one petition by code; a country without a code stands under its name."""

    regions: dict[str, int] = field(default_factory=dict)
    countries: dict[str, int] = field(default_factory=dict)
    constituencies: dict[str, int] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return digest_of([self.regions, self.countries, self.constituencies])

    def of(self, kind: str) -> dict[str, int] | None:
        """The part of one kind, None for a kind that there is not."""
        return {"region": self.regions, "country": self.countries, "constituency": self.constituencies}.get(kind)


def is_country_code(code: str) -> bool:
    """Whether it is a code; the records of 2015 have some names in their place."""
    return COUNTRY_CODE.fullmatch(code) is not None


def constituencies_in(path: Path) -> dict[str, Constituency]:
    """The names of constituencies by their code."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["ons_code"]: Constituency(row["name"], row["mp"]) for row in csv.DictReader(file)}


def read(
    path: Path,
    *,
    petitions: set[int],
    places: Places,
    ignore_others: bool = False,
    refuse: Callable[[Refused], None],
) -> dict[int, Breakdown]:
    """The breakdowns in ``path`` by petition; ``refuse`` gets every line that is not loaded.

    ``petitions`` and ``places`` are those that a line may name. Raises BadRecord for a file without the right header,
    OSError for one that can't be opened. With ``ignore_others`` lines about other petitions are no fault.
    """
    found: dict[int, Breakdown] = defaultdict(Breakdown)
    for number, line in csv_lines(path, COLUMNS):
        try:
            if isinstance(line, BadRecord):
                raise line
            petition_id = whole_number(line["petition_id"])
            if ignore_others and petition_id is not None and petition_id not in petitions:
                continue
            _add(line, found, petitions, places)
        except BadRecord as error:
            refuse(Refused(path.name, number, str(error)))
    return dict(found)


def _add(line: dict[str, str], found: dict[int, Breakdown], petitions: set[int], places: Places) -> None:
    petition_id, code = whole_number(line["petition_id"]), line["code"]
    if petition_id is None or petition_id not in petitions:
        raise BadRecord("petition_id: no UK petition that was loaded")
    count = whole_number(line["signature_count"])
    if count is None:
        raise BadRecord("signature_count: not a whole number from 0")
    part = found[petition_id].of(line["kind"])
    if part is None:
        raise BadRecord("kind: none of country, constituency, region")
    if not code.strip() or len(code) > LONGEST_NAME or "\0" in code or not places.has(line["kind"], code):
        raise BadRecord(f"code: no {line['kind']} of that code")
    if code in part:
        raise BadRecord("a line for this place came before")
    part[code] = count
