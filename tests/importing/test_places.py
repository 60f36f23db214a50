"""Breakdowns by place, and the table that finds the region of a postcode."""

import csv

import pytest

from petitions import places
from petitions.importing import reference
from petitions.models import CountryCount, Petition, PostcodeArea, RegionCount
from tests.importing.records import uk_record

pytestmark = pytest.mark.django_db


def test_regions_and_the_unplaced_sum_to_the_count(load):
    load(uk=[uk_record(signature_count=1200)], breakdowns=["300001,region,H,700", "300001,region,M,450"])

    petition = Petition.objects.get()
    assert sum(row.imported for row in petition.region_counts.all()) == petition.signature_count
    assert petition.region_counts.get(region_code="").imported == 50


def test_regions_that_exceed_their_total_leave_nobody_unplaced(load):
    load(uk=[uk_record(signature_count=10)], breakdowns=["300001,region,H,700"])

    assert {row.region_code: row.imported for row in RegionCount.objects.all()} == {"H": 700, "": 0}
    assert places.public_regions(Petition.objects.get()).exceeds


def test_a_country_without_a_code_stands_under_its_name(load):
    load(
        uk=[uk_record()], breakdowns=["300001,country,FR,5", "300001,country,Czech Republic,7", "300001,country,BAT,1"]
    )

    assert {(row.country_code, row.name, row.imported) for row in CountryCount.objects.all()} == {
        ("FR", "", 5),
        ("", "Czech Republic", 7),
        ("BAT", "", 1),
    }
    shown = {row.name: row.count for row in places.public_countries(Petition.objects.get()).rows}
    assert shown == {"France": 5, "Czech Republic": 7, "British Antarctic Territory": 1}


def test_countries_that_exceed_their_total_are_shown_as_published(load):
    load(uk=[uk_record(signature_count=10)], breakdowns=["300001,country,GB,12"])

    countries = places.public_countries(Petition.objects.get())
    assert [(row.code, row.count) for row in countries.rows] == [("GB", 12)]
    assert (countries.not_shown, countries.exceeds) == (0, True)


def test_constituencies_keep_the_name_and_member_of_their_code(load):
    load(uk=[uk_record()], breakdowns=["300001,constituency,E14000530,33", "300001,constituency,E14001063,1"])

    assert [
        (row.name, row.mp, row.signature_count) for row in Petition.objects.get().constituency_counts.order_by("pk")
    ] == [
        ("Aldershot", "Leo Docherty MP", 33),
        ("Aldershot", "", 1),
    ]


@pytest.mark.parametrize(("boundaries", "at_least"), [("2010", 648), ("2024", 649)])
def test_the_postcode_table_finds_the_region_of_nearly_every_constituency(boundaries: str, at_least: int):
    reference.load_places()
    with (reference.FOLDER / "constituencies.csv").open(encoding="utf-8", newline="") as file:
        examples = [row for row in csv.DictReader(file) if row["boundaries"] == boundaries]
    assert len(examples) == 650

    right = sum(places.region_of(row["example_postcode"]) == row["region"] for row in examples)

    assert right >= at_least


@pytest.mark.parametrize(
    ("postcode", "region"),
    [
        ("SW1A 1AA", "H"),
        ("sw1a1aa", "H"),
        ("KT1 1AA", "H"),
        ("KT10 1AA", "J"),
        ("CH6 5AA", "L"),
        ("CH60 1AA", "B"),
        ("BH23 1AA", "K"),
        ("BH23 8AA", "J"),
        ("G1 1AA", "M"),
        ("GY1 1AA", ""),
        ("JE2 4UE", ""),
        ("GX11 1AA", ""),
        ("BF1 1AA", ""),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_a_prefix_ends_where_an_area_a_district_or_a_sector_ends(postcode: str, region: str):
    reference.load_places()
    assert places.region_of(postcode) == region


def test_staff_may_move_a_sector_to_another_region():
    reference.load_places()
    PostcodeArea.objects.create(prefix="KT22 0", region_id="H")

    assert places.region_of("KT22 0DP") == "H"
    assert places.region_of("KT22 7AA") == "J"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("kt", "KT"),
        (" kt 1 ", "KT1"),
        ("KT10", "KT10"),
        ("kt1 0", "KT1 0"),
        ("KT220", "KT22 0"),
        ("bh23 8", "BH23 8"),
        ("ec1a", "EC1A"),
        ("EC1A1", "EC1A 1"),
    ],
)
def test_a_prefix_is_kept_as_it_is_compared(typed: str, kept: str):
    assert places.prefix(typed) == kept


@pytest.mark.parametrize("typed", ["", "1", "KTX", "KT1 0AA", "ÄÖ", "KT٣"])
def test_what_is_no_area_district_or_sector_is_no_prefix(typed: str):
    with pytest.raises(ValueError, match="no area, district or sector"):
        places.prefix(typed)


def test_every_prefix_of_the_table_is_kept_as_it_is_compared():
    reference.load_places()
    assert all(places.prefix(area.prefix) == area.prefix for area in PostcodeArea.objects.all())


def test_every_region_has_its_own_tile_and_a_name_in_each_language():
    reference.load_places()
    regions = list(reference.Region.objects.all())

    assert len({(region.tile_row, region.tile_column) for region in regions}) == len(regions) == 12
    assert all(region.name_fr and region.name_ar for region in regions)
