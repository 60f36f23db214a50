"""Topics, regions, the archive: ways to petitions besides searching."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client, RequestFactory

from petitions.lifecycle import State
from petitions.models import Petition, PostcodeArea, Region, RegionCount
from search.panels import ways_in
from tests import factories as make

pytestmark = pytest.mark.django_db

SECRET = "unmoderated words"


def linked(html: str) -> list[int]:
    """The petitions that a page leads to, in its order."""
    return [int(number) for number in re.findall(r'href="(?:/fr)?/petitions/(\d+)/"', html)]


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    return response.content.decode()


@pytest.fixture
def hidden() -> list[Petition]:
    words = {"title": SECRET, "ask": SECRET}
    made = [
        make.make_petition(**words),
        make.make_petition(**words, state=State.GATHERING_SUPPORT),
        make.make_petition(**words, state=State.IN_MODERATION),
        make.make_hidden_petition(**words, opened=True),
        make.make_withdrawn_petition(**words, opened=False),
    ]
    for petition in made:
        petition.topics.add(make.make_topic("trees", name="Trees", name_fr="Arbres"))
        RegionCount.objects.create(petition=petition, region_code="H", imported=900)
    return made


@pytest.fixture
def regions() -> None:
    for code, name, french in (("H", "London", "Londres"), ("A", "North East", "Nord-Est")):
        Region.objects.create(code=code, name=name, name_fr=french)
    PostcodeArea.objects.create(prefix="SW", region_id="H")


# --- Topics


def test_a_topic_shows_what_is_open_what_waits_and_what_was_answered(client, hidden):
    trees = make.make_topic("trees", name="Trees", name_fr="Arbres")
    made = {
        "open": make.make_open_petition(signature_count=50),
        "owed": make.make_owed_petition(signature_count=12_000),
        "answered": make.make_answered_petition(signature_count=11_000),
        "closed": make.make_closed_petition(signature_count=40),
    }
    for petition in made.values():
        petition.topics.add(trees)
    elsewhere = make.make_open_petition()
    html = read(client, "/topics/trees/")
    parts = dict(re.findall(r'aria-labelledby="(\w+)">(.*?)</section>', html, re.S))
    assert made["open"].pk in linked(parts["open"])
    assert linked(parts["awaiting_response"]) == [made["owed"].pk]
    assert linked(parts["with_response"]) == [made["answered"].pk]
    assert made["closed"].pk in linked(parts["closed"])
    assert elsewhere.pk not in linked(html)
    assert SECRET not in html
    assert "/petitions.atom?topic=trees" in html
    assert "<h1" in html
    assert "Arbres" in read(client, "/fr/topics/trees/")


def test_all_topics_stand_with_how_many_petitions_each_has(client, hidden):
    make.make_topic("empty", name="Nothing here")
    trees = make.make_topic("trees", name="Trees")
    for petition in (make.make_open_petition(), make.make_closed_petition(), make.make_rejected_petition()):
        petition.topics.add(trees)
    html = read(client, "/topics/")
    assert "Nothing here" not in html
    assert re.search(r'/topics/trees/">Trees</a>\s*<span class="app-meta">3 petitions, 1 open</span>', html)


@pytest.mark.parametrize(
    "path", ["/topics/nowhere/", "/regions/nowhere/", "/regions/h/", "/petitions/archive/2020/13/"]
)
def test_what_there_is_not_is_404(client, regions, path):
    assert client.get(path).status_code == 404


# --- Regions


def counted(region: str, **petition: int) -> Petition:
    """An open petition with so many signatures from the region."""
    figures = {name: petition.pop(name, 0) for name in ("imported", "signed")}
    made = make.make_open_petition(**petition)
    RegionCount.objects.create(petition=made, region_code=region, **figures)
    return made


def test_a_region_lists_what_most_people_there_signed(client, regions, hidden):
    some = counted("H", imported=40, signature_count=9_000)
    many = counted("H", imported=30, signed=20, signature_count=60)
    counted("A", imported=5_000, signature_count=9_000)
    html = read(client, "/regions/H/")
    assert linked(html.split('id="open"')[1]) == [many.pk, some.pk]
    assert "50 from here, of 60" in html
    assert SECRET not in html
    assert "Londres" in read(client, "/fr/regions/H/")


def test_a_region_begins_with_its_figures_and_stands_on_the_map_of_all(client, regions):
    Region.objects.filter(code="A").update(tile_column=1)
    counted("H", imported=1_300, signature_count=2_000)
    counted("H", signed=4, signature_count=80)
    counted("A", imported=696, signature_count=700)
    make.make_closed_petition().region_counts.create(region_code="H", imported=5_000)
    figures = re.findall(r"<dd>(.*?)</dd>", read(client, "/regions/H/"))
    assert figures == ["1,300", "65.2%", "1"]
    html = read(client, "/regions/")
    assert re.findall(r'font-weight="bold">(.*?)</text>', html) == ["1,300", "696"]
    assert re.search(r'/regions/H/">London</a></th>\s*<td[^>]*>1,300</td>', html)


def test_names_stand_in_the_order_of_their_letters_whatever_accents_they_bear(client):
    for code, name in (("a", "Énergie"), ("b", "Forêts"), ("c", "Eau")):
        make.make_open_petition().topics.add(make.make_topic(code, name=code, name_fr=name))
    html = read(client, "/fr/topics/")
    assert html.index("Eau") < html.index("Énergie") < html.index("Forêts")


def test_a_cell_of_one_to_four_is_shown_nowhere(client, regions):
    few = counted("H", signed=4, signature_count=80)
    five = counted("H", signed=5, signature_count=80)
    partly = counted("H", imported=10, signed=4, signature_count=80)
    html = read(client, "/regions/H/")
    assert linked(html) == [partly.pk, five.pk]
    assert "10 from here, of 80" in html
    assert str(few.pk) not in html


def test_what_a_region_signs_more_than_others_stands_out(client, regions):
    local = counted("H", imported=800, signature_count=1_000)
    usual = counted("H", imported=1_000, signature_count=10_000)
    for petition, count in ((local, 200), (usual, 9_000)):
        RegionCount.objects.create(petition=petition, region_code="A", imported=count)
    tiny = counted("H", imported=20, signature_count=20)
    html = read(client, "/regions/H/")
    out = html.split('id="more-here"')[1].split("</section>")[0]
    assert linked(out) == [local.pk]
    assert "80% of all 1,000 signatures come from here" in out
    assert tiny.pk in linked(html)


def test_figures_by_place_that_exceed_the_count_are_left_out(client, regions):
    wrong = counted("H", imported=110, signature_count=100)
    assert wrong.pk not in linked(read(client, "/regions/H/"))


@pytest.mark.parametrize("postcode", ["SW1A 1AA", "sw1a", " sw1a1aa "])
def test_a_postcode_leads_to_its_region_and_stands_in_no_address(client, regions, postcode):
    response = client.post("/fr/regions/", {"postcode": postcode})
    assert (response.status_code, response["Location"]) == (303, "/fr/regions/H/")


@pytest.mark.parametrize("postcode", ["", "ZZ9 9ZZ", "x" * 300, "<script>"])
def test_a_postcode_that_lies_nowhere_is_asked_for_again(client, regions, postcode):
    response = client.post("/regions/", {"postcode": postcode})
    html = response.content.decode()
    assert response.status_code == 200
    assert 'href="#id_postcode"' in html
    assert "/regions/A/" in html
    assert "public" not in response.get("Cache-Control", "")


# --- The archive


def test_every_petition_that_was_public_stands_in_its_month(client, hidden):
    def at(year: int, month: int) -> datetime:
        return datetime(year, month, 15, 12, tzinfo=UTC)

    opened = make.make_open_petition(opened_at=at(2020, 3))
    closed = make.make_closed_petition(opened_at=at(2020, 3).replace(day=20), closed_at=at(2020, 9))
    refused = make.make_rejected_petition(created_at=at(2019, 12), opened_at=None)
    html = read(client, "/petitions/archive/")
    assert re.search(r'/petitions/archive/2020/3/">March<.*?</a> <span class="app-meta">2</span>', html)
    assert html.index("2020/3/") < html.index("2019/12/")
    assert linked(read(client, "/petitions/archive/2020/3/")) == [opened.pk, closed.pk]
    assert linked(read(client, "/petitions/archive/2019/12/")) == [refused.pk]
    assert client.get("/petitions/archive/2020/4/").status_code == 404
    for page in ("0", "2", "x", "9" * 30):
        assert client.get(f"/petitions/archive/2020/3/?page={page}").status_code == 404
    assert SECRET not in html


@pytest.mark.parametrize("year", ["0", "1", "9999", "99999", "9" * 30])
def test_a_year_that_no_calendar_has_is_404(client, year):
    assert client.get(f"/petitions/archive/{year}/12/").status_code == 404


def test_the_home_page_leads_to_topics_and_to_ones_own_region(client, regions):
    make.make_open_petition().topics.add(make.make_topic("trees", name="Trees"))
    html = ways_in(RequestFactory().get("/"), {})
    assert "/topics/trees/" in html
    assert 'action="/regions/"' in html
    assert 'name="postcode"' in html


def test_the_list_leads_to_its_feed_and_to_the_other_ways_in(client):
    html = read(client, "/petitions/?state=closed&q=trees&sort=newest")
    assert 'href="/petitions.atom?q=trees&amp;state=closed"' in html
    for path in ("/topics/", "/regions/", "/petitions/archive/"):
        assert f'href="{path}"' in html
