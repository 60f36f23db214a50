"""The signatures of a petition as everybody may read them, with nothing by which a person could be known."""

from datetime import UTC, datetime, timedelta

import pytest

from opendata.wethepeople import signatures
from petitions.models import Petition, Region, RegionCount
from petitions.models.place import CountryCount
from signatures import persons
from signatures.models import Signature
from signatures.persons import Signer
from tests import factories as make
from tests.opendata.wethepeople.conftest import info
from vault import opaque

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def petition() -> Petition:
    for code, name in (("J", "London"), ("E", "Yorkshire")):
        Region.objects.create(code=code, name=name)
    petition = make.make_open_petition(signature_count=1_007, imported_count=1_000)
    for number in range(5):
        signed(petition, number, region_code="J")
    signed(petition, 5, region_code="E")
    signed(petition, 6, region_code="", country_code="FR")
    RegionCount.objects.create(petition=petition, region_code="J", imported=0, signed=5)
    # The figure from elsewhere is shown; what was signed here is not.
    RegionCount.objects.create(petition=petition, region_code="E", imported=900, signed=1)
    CountryCount.objects.create(petition=petition, country_code="GB", signed=6)
    CountryCount.objects.create(petition=petition, country_code="FR", signed=1)
    signed(petition, 7, state="pending")
    signed(petition, 8, state="withdrawn")
    signed(petition, 9, state="held")
    return petition


def signed(petition: Petition, number: int, **columns: object) -> Signature:
    person = Signer("Mary Poppins", f"p{number}@example.org", "SW1A 1AA", "GB", False, "en", "192.0.2.1")
    made = {
        **persons.columns(person, petition),
        "state": "confirmed",
        "confirmed_at": NOON,
        "created_at": NOON + timedelta(minutes=25 * number),
        **columns,
    }
    return Signature.objects.create(petition_id=petition.pk, **made)


def listed(client, petition: Petition, **query: object) -> list[dict]:
    response = client.get(f"/v1/petitions/{petition.pk}/signatures.json", query)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_only_what_was_confirmed_here_is_listed_without_name_town_and_postcode(client, petition):
    response = client.get(f"/v1/petitions/{petition.pk}/signatures.json")
    assert response.json()["metadata"]["resultset"] == {"count": 7, "limit": 1_000, "offset": 0}
    found = response.json()["results"]
    fields = ["id", "type", "petitionId", "name", "city", "state", "zip", "country", "created"]
    assert [list(one) for one in found] == [fields] * 7
    assert {(one["type"], one["petitionId"]) for one in found} == {("signature", str(petition.pk))}
    assert {one[name] for one in found for name in ("name", "city", "zip")} == {""}
    assert b"Mary" not in response.content


def test_a_region_is_told_only_where_the_public_table_shows_what_was_signed_here(client, petition):
    places = sorted((one["state"], one["country"]) for one in listed(client, petition))
    assert places == [("", ""), ("", "GB")] + [("J", "GB")] * 5
    assert {one["country"] for one in listed(client, petition, country="gb")} == {"GB"}


def test_when_is_told_by_the_full_hour_and_asked_for_no_closer(client, petition):
    hours = sorted(one["created"] for one in listed(client, petition))
    noon = int(NOON.timestamp())
    # Every 25 minutes from noon on.
    assert hours == [noon] * 3 + [noon + 3600] * 2 + [noon + 7200] * 2
    assert len(listed(client, petition, createdAt=noon)) == 3
    assert listed(client, petition, createdAt=noon + 25 * 60) == []
    for moment in (noon, noon + 1, noon + 3599):
        assert len(listed(client, petition, createdAfter=moment)) == 4
    assert len(listed(client, petition, createdAfter=noon - 1)) == 7
    for moment in (noon + 1, noon + 1500, noon + 3600):
        assert len(listed(client, petition, createdBefore=moment)) == 3
    assert listed(client, petition, createdBefore=noon) == []


def test_what_is_not_told_cannot_be_asked_for(client, petition):
    assert len(listed(client, petition, state="J")) == len(listed(client, petition, state="london")) == 5
    for query in ({"state": "E"}, {"state": "Yorkshire"}, {"country": "FR"}, {"city": "York"}, {"zipcode": "SW1A"}):
        response = client.get(f"/v1/petitions/{petition.pk}/signatures.json", query)
        assert response.json()["results"] == []
        assert response.json()["metadata"]["resultset"]["count"] == 0
    counted = client.get(f"/v1/petitions/{petition.pk}/signatures.json", {"state": "J"}).json()["metadata"]
    assert counted["resultset"]["count"] == 5


def test_ids_stand_for_one_signature_of_one_petition_and_tell_nothing(client, petition):
    first = listed(client, petition)
    ids = [one["id"] for one in first]
    assert len(set(ids)) == 7
    assert [one["id"] for one in listed(client, petition)] == ids
    row = Signature.objects.filter(state="confirmed").first()
    name = signatures.hidden_id(petition, row.id)
    assert name in ids
    assert len(name) == opaque.HIDDEN_CHARACTERS
    other = make.make_open_petition()
    assert signatures.hidden_id(other, row.id) != name
    found = opaque.number(signatures.KIND, name, group=petition.pk, version=petition.key_version)
    assert found == row.id
    assert opaque.number(signatures.KIND, name, group=other.pk, version=petition.key_version) is None
    for text in ("", "x" * 32, name[:-2], name + "00", "0" * 32):
        assert opaque.number(signatures.KIND, text, group=petition.pk, version=petition.key_version) is None


def test_parts_and_going_on_after_the_last_one_find_each_once(client, petition):
    whole = listed(client, petition)
    assert listed(client, petition, limit=3) + listed(client, petition, limit=9, offset=3) == whole
    assert listed(client, petition, after=whole[2]["id"]) == whole[3:]
    assert listed(client, petition, after=whole[-1]["id"]) == []
    path = f"/v1/petitions/{petition.pk}/signatures.json"
    info(client.get(path, {"offset": 100_001}), 400)
    for after in ("x", "0" * 32, "é", "f" * 32):
        info(client.get(path, {"after": after}), 400)


def test_of_a_refused_petition_nobody_is_listed(client):
    petition = make.make_rejected_petition(signature_count=5)
    signed(petition, 1, role="supporter")
    assert listed(client, petition) == []


def test_it_is_served_as_a_script_too(client, petition):
    response = client.get(f"/v1/petitions/{petition.pk}/signatures.jsonp?callback=f&limit=1")
    assert response.content.startswith(b'/**/f({"metadata"')
    assert response["Access-Control-Allow-Origin"] == "*"
