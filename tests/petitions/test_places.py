import time
from collections.abc import Callable
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from petitions import places
from petitions.models import Country, CountryCount, Petition, PostcodeArea, Region, RegionCount

pytestmark = pytest.mark.django_db


@pytest.fixture
def regions() -> None:
    for code, name in (("J", "London"), ("H", "East"), ("N", "Wales")):
        Region.objects.create(code=code, name=name, name_fr=f"{name} (fr)")
    for prefix, code in (("E", "J"), ("EN", "H"), ("EN1", "J"), ("CF", "N")):
        PostcodeArea.objects.create(prefix=prefix, region_id=code)


@pytest.mark.parametrize(
    ("postcode", "region"),
    [
        ("E1 6AN", "J"),
        ("en7 5aa", "H"),
        ("EN1 1AA", "J"),
        (" cf 10 1 aa", "N"),
        ("ZZ1 1ZZ", ""),
        ("", ""),
        ("1", ""),
    ],
)
def test_the_longest_prefix_that_fits_gives_the_region(regions: None, postcode: str, region: str) -> None:
    assert places.region_of(postcode) == region


def test_without_a_table_every_postcode_is_unplaced() -> None:
    assert places.region_of("E1 6AN") == ""


def test_a_change_of_the_table_holds_within_a_minute(regions: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert places.region_of("SW1A 1AA") == ""
    PostcodeArea.objects.create(prefix="SW", region_id="J")
    assert places.region_of("SW1A 1AA") == ""

    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)

    assert places.region_of("SW1A 1AA") == "J"


@given(imported=st.integers(0, 10**6), signed=st.integers(-3, 100))
def test_of_what_was_signed_here_one_to_four_are_never_shown(imported: int, signed: int) -> None:
    shown = places.shown(imported, signed)

    assert shown - imported not in range(1, 5)
    assert shown == imported + signed or signed < 5


def test_public_rows_sum_to_the_count(regions: None, make_petition: Callable[..., Petition]) -> None:
    petition = make_petition(signature_count=130, imported_count=100)
    for code, imported, signed in (("J", 60, 4), ("H", 0, 20), ("N", 0, 3), ("", 40, 3)):
        RegionCount.objects.create(petition=petition, region_code=code, imported=imported, signed=signed)

    shown = places.public_regions(petition, "fr")

    assert [(row.code, row.name, row.count) for row in shown.rows] == [("J", "London (fr)", 60), ("H", "East (fr)", 20)]
    assert (shown.not_shown, shown.exceeds) == (50, False)


def test_countries_as_published_may_exceed_the_count(make_petition: Callable[..., Petition]) -> None:
    petition = make_petition(signature_count=100, imported_count=100)
    Country.objects.create(code="GB", name="United Kingdom")
    CountryCount.objects.create(petition=petition, country_code="GB", imported=99)
    CountryCount.objects.create(petition=petition, country_code="", name="Yugoslavia", imported=5)

    shown = places.public_countries(petition)

    assert [(row.name, row.count) for row in shown.rows] == [("United Kingdom", 99), ("Yugoslavia", 5)]
    assert (shown.not_shown, shown.exceeds) == (0, True)


def test_countries_are_named_and_sorted_in_the_readers_language() -> None:
    Country.objects.bulk_create(
        Country(code=code, name=name, ended_on=ended)
        for code, name, ended in (
            ("DE", "Germany", None),
            ("EG", "Egypt", None),
            ("ES", "Spain", None),
            ("GB", "United Kingdom", None),
            ("YU", "Yugoslavia", date(2003, 2, 4)),
        )
    )
    assert list(places.countries().values()) == ["United Kingdom", "Egypt", "Germany", "Spain"]
    with translation.override("fr"):
        assert list(places.countries().values()) == ["Royaume-Uni", "Allemagne", "Égypte", "Espagne"]
    with translation.override("ar"):
        assert places.countries()["DE"] == "ألمانيا"
    assert places.country_name("YU", "fr") == "Yugoslavia", "what Unicode does not name keeps our name"
    assert places.country_name("??", "fr") == "??"
