"""Regions, postcode areas, countries and topics: added where they are missing; what staff changed stays."""

import csv
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from petitions.models import Country, PostcodeArea, Region, Topic

FOLDER = Path(settings.BASE_DIR) / "demo" / "reference"


def load_places(folder: Path = FOLDER) -> None:
    """Add regions, postcode areas and countries that are not there yet. Raises OSError when a file is missing."""
    Region.objects.bulk_create((Region(**row) for row in _rows(folder / "regions.csv")), ignore_conflicts=True)
    PostcodeArea.objects.bulk_create(
        (PostcodeArea(prefix=row["prefix"], region_id=row["region"]) for row in _rows(folder / "postcode_areas.csv")),
        ignore_conflicts=True,
    )
    Country.objects.bulk_create(
        (Country(**row | {"ended_on": row["ended_on"] or None}) for row in _rows(folder / "countries.csv")),
        ignore_conflicts=True,
    )


def load_topics(folder: Path = FOLDER) -> None:
    """Add the topics of the demo's records, with their names in each language, that are not there yet."""
    Topic.objects.bulk_create((Topic(**row) for row in _rows(folder / "topics.csv")), ignore_conflicts=True)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
