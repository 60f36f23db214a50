"""Where signatures come from: a region for a postcode, and the figures by place that may be shown."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from babel import Locale
from django.conf import settings

from cms.kept import Kept
from cms.languages import current_language
from petitions.models import Country, Petition, PostcodeArea, Region
from petitions.models.place import UNPLACED, PlaceCount
from petitions.wording import in_order, localized

CACHED_SECONDS = 60  # staff seldom change these tables
# A cell of fewer signatures given here could point at a person.
SMALLEST_SHOWN = 5

AREA = re.compile(r"[A-Z]{1,2}(?=[0-9])")
AREA_ALONE = re.compile(r"[A-Z]{1,2}")
SECTOR = re.compile(r"[0-9]")
OUTWARD = re.compile(r"(?P<district>(?P<area>[A-Z]{1,2})[0-9]{1,2})(?P<part>[A-Z]?)")
POSTCODE = re.compile(OUTWARD.pattern + r"(?P<sector>[0-9])[A-Z]{2}")

HOME_COUNTRY = "GB"


def region_of(postcode: str) -> str:
    """The code of the region that the postcode lies in: of its sector, else its district, else its area; '' for none.

    Case and spaces do not matter. The table of prefixes is at most a minute old.
    """
    table = _prefixes()
    return next((table[prefix] for prefix in prefixes_of(postcode) if prefix in table), UNPLACED)


def prefixes_of(postcode: str) -> list[str]:
    """The prefixes that fit ``postcode``, longest first: ``EC1A 1BB`` gives EC1A 1, EC1A, EC1, EC.

    A prefix ends at one of these borders: KT1 does not fit KT10 0AA, and G does not fit GY1 1AA.
    """
    compact = "".join(postcode.split()).upper()
    if whole := POSTCODE.fullmatch(compact):
        sector = f"{whole['district']}{whole['part']} {whole['sector']}"
        return [sector, whole["district"] + whole["part"], whole["district"], whole["area"]]
    if outward := OUTWARD.fullmatch(compact):
        return [compact, outward["district"], outward["area"]]
    area = AREA.match(compact)
    return [area[0]] if area else []


def prefix(typed: str) -> str:
    """A prefix as the table keeps it: an area (KT), a district (KT1) or a sector (KT1 2). Raises ValueError.

    ``KT10`` is the district, ``KT1 0`` the sector; case and other spaces do not matter.
    """
    compact = "".join(typed.split()).upper()
    district, _space, sector = " ".join(typed.upper().split()).rpartition(" ")
    if SECTOR.fullmatch(sector) and OUTWARD.fullmatch(district):
        return f"{district} {sector}"
    if AREA_ALONE.fullmatch(compact) or OUTWARD.fullmatch(compact):
        return compact
    if SECTOR.fullmatch(compact[-1:]) and OUTWARD.fullmatch(compact[:-1]):
        return f"{compact[:-1]} {compact[-1]}"
    raise ValueError("no area, district or sector")


def countries() -> dict[str, str]:
    """The names of the countries of today in the active language by their codes, home first, the others by name."""
    return _countries()[current_language()]


def country_name(code: str, language: str) -> str:
    """The name of a country, of today or not; the code itself for one that nobody knows."""
    return _country_names()[language].get(code, code)


def _countries_of_today() -> dict[str, dict[str, str]]:
    today = set(Country.objects.filter(ended_on=None).values_list("code", flat=True)) | {HOME_COUNTRY}
    return {
        language: {
            code: name
            for code, name in sorted(names.items(), key=lambda named: (named[0] != HOME_COUNTRY, in_order(named[1])))
            if code in today
        }
        for language, names in _names_of_countries().items()
    }


def _names_of_countries() -> dict[str, dict[str, str]]:
    """The names by code, of each language: ours in the main one, in the others those of Unicode (CLDR)."""
    ours = {HOME_COUNTRY: "United Kingdom", **dict(Country.objects.values_list("code", "name"))}
    known = {
        language: ours if language == settings.LANGUAGE_CODE else Locale(language).territories
        for language, _name in settings.LANGUAGES
    }
    return {language: {code: names.get(code, ours[code]) for code in ours} for language, names in known.items()}


def _names_of_regions() -> dict[str, dict[str, str]]:
    rows = Region.objects.all()
    return {language: {row.code: localized(row, language) for row in rows} for language, _name in settings.LANGUAGES}


# The regions, by name.
regions = Kept(lambda: tuple(Region.objects.all()), seconds=CACHED_SECONDS)
_countries = Kept(_countries_of_today, seconds=CACHED_SECONDS)
_region_names = Kept(_names_of_regions, seconds=CACHED_SECONDS)
_country_names = Kept(_names_of_countries, seconds=CACHED_SECONDS)
_prefixes = Kept(lambda: dict(PostcodeArea.objects.values_list("prefix", "region_id")), seconds=CACHED_SECONDS)


def forget() -> None:
    """Read the tables of places anew at the next question."""
    for table in (regions, _countries, _region_names, _country_names, _prefixes):
        table.forget()


@dataclass(frozen=True)
class PlaceRow:
    """Signatures from one place, as the public sees them."""

    code: str
    name: str
    count: int


@dataclass(frozen=True)
class PublicPlaces:
    """The rows that may be shown, largest first, and the signatures in no row ("not shown by place").

    Rows and ``not_shown`` sum to the petition's count; ``exceeds`` says that rows published elsewhere are more than
    were counted there (so in the source of some imported petitions).
    """

    rows: list[PlaceRow]
    not_shown: int
    exceeds: bool


def public_regions(petition: Petition, language: str = "en") -> PublicPlaces:
    """The petition's signatures by region of the country."""
    names = _region_names()[language]
    cells = ((cell.region_code, names.get(cell.region_code, ""), cell) for cell in petition.region_counts.all())
    return _public(petition, cells)


def public_countries(petition: Petition, language: str = "en") -> PublicPlaces:
    """The petition's signatures by country; a country without a code bears the name its source gave it."""
    names = _country_names()[language]
    cells = (
        (cell.country_code, cell.name or names.get(cell.country_code, ""), cell)
        for cell in petition.country_counts.all()
    )
    return _public(petition, cells)


@dataclass(frozen=True)
class StaffRow:
    """One place as staff see it: with every signature, however few. ``name`` is '' for the unplaced."""

    code: str
    name: str
    imported: int
    signed: int

    @property
    def count(self) -> int:
        return self.imported + self.signed


def all_regions(petition: Petition, language: str = "en") -> list[StaffRow]:
    """All that was counted by region, largest first, for staff only: they sum to the petition's count."""
    names = _region_names()[language]
    return _all((cell.region_code, names.get(cell.region_code, ""), cell) for cell in petition.region_counts.all())


def all_countries(petition: Petition, language: str = "en") -> list[StaffRow]:
    """The same by country."""
    names = _country_names()[language]
    return _all(
        (cell.country_code, cell.name or names.get(cell.country_code, ""), cell)
        for cell in petition.country_counts.all()
    )


def _all(cells: Iterable[tuple[str, str, PlaceCount]]) -> list[StaffRow]:
    rows = [StaffRow(code, name or code, cell.imported, cell.signed) for code, name, cell in cells]
    return sorted((row for row in rows if row.count), key=lambda row: (-row.count, row.name))


def shown(imported: int, signed: int) -> int:
    """How much of a cell may be shown: what was published elsewhere, and what was signed here unless it is 1 to 4."""
    return imported + (signed if signed >= SMALLEST_SHOWN else 0)


def _public(petition: Petition, cells: Iterable[tuple[str, str, PlaceCount]]) -> PublicPlaces:
    cells = list(cells)
    rows = [
        PlaceRow(code=code, name=name, count=count)
        for code, name, cell in cells
        if name and (count := shown(cell.imported, cell.signed))
    ]
    rows.sort(key=lambda row: (-row.count, row.name))
    not_shown = petition.signature_count - sum(row.count for row in rows)
    # The count was read a moment before the cells: by itself a sum above it may only mean that somebody signed between.
    exceeds = sum(cell.imported for _code, name, cell in cells if name) > petition.imported_count
    return PublicPlaces(rows=rows, not_shown=max(not_shown, 0), exceeds=exceeds)
