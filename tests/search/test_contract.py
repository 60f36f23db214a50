"""What every engine must answer alike: the same questions, asked of each."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from petitions.models import Petition
from search import engines, marks
from search.indexing import pages
from search.models import Kind
from search.queries import PAGE_SIZE, SORTS, Query, Results
from tests import factories as make

pytestmark = pytest.mark.django_db


def ask(text: str, **values: str) -> Results:
    return engines.find(Query.read({"q": text, **values}, language=values.get("language", "en")))


def numbers(results: Results) -> list[int]:
    assert not results.simpler, "the search server did not answer"
    return [one.object_id for one in results.found]


def test_words_are_found_in_title_ask_and_detail_the_title_first(engine):
    make.make_open_petition(title="Nothing of the kind")
    in_detail = make.make_open_petition(title="One", ask="Two", detail="More about hedgehogs.", signature_count=1)
    in_title = make.make_open_petition(title="Protect the hedgehog", signature_count=1)
    in_ask = make.make_open_petition(title="One", ask="Hedgehogs need gardens.", signature_count=1)
    engine()
    assert numbers(ask("hedgehogs"))[0] == in_title.pk
    assert set(numbers(ask("hedgehogs"))) == {in_title.pk, in_ask.pk, in_detail.pk}


def test_of_two_that_fit_alike_the_more_signed_comes_first(engine):
    few = make.make_open_petition(title="Protect hedgehogs", ask="Please", detail="", signature_count=10)
    many = make.make_open_petition(title="Protect hedgehogs", ask="Please", detail="", signature_count=90_000)
    engine()
    assert numbers(ask("hedgehogs")) == [many.pk, few.pk]


@pytest.mark.parametrize("text", ["foret", "FORÊT", "forêts", "proteger foret"])
def test_french_is_read_as_french_and_accents_do_not_matter(engine, text):
    french = make.make_open_petition(title="Protéger l'école et les forêts", ask="", detail="", language="fr")
    make.make_open_petition(title="Save our hedgehogs", ask="", detail="")
    engine()
    assert numbers(ask(text)) == [french.pk]


def test_a_french_article_is_no_part_of_the_word(engine):
    french = make.make_open_petition(title="Rénover l'école", ask="", detail="", language="fr")
    engine()
    assert numbers(ask("ecole")) == [french.pk]


def test_english_words_are_found_in_all_their_forms(engine):
    petition = make.make_open_petition(title="Stop selling cigarettes near schools", ask="", detail="")
    engine()
    assert numbers(ask("cigarette school sells")) == [petition.pk]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("red squirrels", ["red squirrels"]),
        ("squirrels -red", ["grey squirrels"]),
        ('"grey squirrels"', ["grey squirrels"]),
        ('"squirrels grey"', []),
        ("red or grey", ["red squirrels", "grey squirrels"]),
        ("badgers or red squirrels", ["red squirrels"]),
        ("purple squirrels", []),
        ("the", []),
    ],
)
def test_quotes_or_and_minus_mean_what_people_expect(engine, text, titles):
    numbered = {
        title: make.make_open_petition(title=title, ask="", detail="", signature_count=count).pk
        for title, count in (("red squirrels", 20), ("grey squirrels", 10))
    }
    engine()
    assert numbers(ask(text, sort="signatures")) == [numbered[title] for title in titles]


def test_a_number_finds_the_petition_of_that_number(engine):
    petition = make.make_open_petition()
    other = make.make_open_petition(title=f"Nearly like {petition.pk}")
    hidden = make.make_hidden_petition()
    engine()
    assert numbers(ask(str(petition.pk))) == [petition.pk, other.pk]
    assert numbers(ask(str(hidden.pk))) == []


@pytest.fixture
def squirrels():
    trees, parks = make.make_topic("trees"), make.make_topic("parks")
    office = make.make_department("TREES")
    title = {"title": "Red squirrels", "ask": "", "detail": ""}
    return {
        "open": make.make_open_petition(**title, signature_count=50, topics=[trees], departments=[office]),
        "owed": make.make_owed_petition(**title, signature_count=12_000, topics=[trees, parks]),
        "answered": make.make_answered_petition(**title, signature_count=11_000),
        "closed": make.make_closed_petition(**title, signature_count=40, topics=[parks]),
        "rejected": make.make_rejected_petition(**title, signature_count=6),
        "withdrawn": make.make_withdrawn_petition(**title, signature_count=30),
    }


def test_facets_narrow_and_count_what_each_choice_would_find(engine, squirrels):
    engine()
    every = ask("squirrels", sort="signatures")
    assert numbers(every) == [squirrels[name].pk for name in squirrels_by_count(squirrels)]
    assert every.total == 6
    assert every.total_is_exact
    assert every.facets["state"]["all"] == 6
    assert every.facets["state"]["rejected"] == 1
    assert every.facets["state"]["awaiting_response"] == 1
    assert every.facets["topic"] == {"trees": 2, "parks": 2}
    assert every.facets["year"]["2025"] >= 1
    office = str(squirrels["open"].departments.get().pk)
    assert every.facets["department"] == {office: 1}
    trees = ask("squirrels", topic="trees", state="open", sort="signatures")
    assert numbers(trees) == [squirrels["owed"].pk, squirrels["open"].pk]
    assert trees.facets["topic"] == {"trees": 2, "parks": 1}
    assert trees.facets["state"]["all"] == 2
    assert numbers(ask("squirrels", department=office)) == [squirrels["open"].pk]
    assert squirrels["closed"].pk in numbers(ask("squirrels", year="2025"))
    assert numbers(ask("squirrels", topic="no-such")) == []
    assert numbers(ask("squirrels", region="XX")) == []


def squirrels_by_count(squirrels: dict[str, Petition]) -> list[str]:
    return sorted(squirrels, key=lambda name: -squirrels[name].signature_count)


def test_a_region_is_that_of_a_public_figure(engine):
    petition = make.make_open_petition(title="Red squirrels")
    petition.region_counts.create(region_code="A", imported=0, signed=5)
    petition.region_counts.create(region_code="B", imported=0, signed=4)
    Petition.objects.filter(pk=petition.pk).update(title="Red squirrels everywhere")
    engine()
    assert ask("squirrels").facets["region"] == {"A": 1}
    assert numbers(ask("squirrels", region="A")) == [petition.pk]
    assert numbers(ask("squirrels", region="B")) == []


def test_finds_are_sorted_as_asked(engine):
    now = timezone.now()
    same = {"title": "Squirrels", "ask": "", "detail": ""}
    old = make.make_open_petition(**same, opened_at=now - timedelta(days=90), closes_at=now + timedelta(days=90))
    new = make.make_open_petition(**same, opened_at=now - timedelta(days=1), closes_at=now + timedelta(days=180))
    soon = make.make_open_petition(**same, opened_at=now - timedelta(days=60), closes_at=now + timedelta(days=2))
    over = make.make_closed_petition(**same, signature_count=5)
    engine()
    assert numbers(ask("squirrels", sort="newest")) == [new.pk, soon.pk, old.pk, over.pk]
    assert numbers(ask("squirrels", sort="closing")) == [soon.pk, old.pk, new.pk, over.pk]
    assert numbers(ask("squirrels", sort="signatures"))[0] == over.pk
    for sort in SORTS:
        assert len(numbers(ask("squirrels", sort=sort))) == 4


def test_pages_hold_every_find_once_and_a_token_leads_on(engine):
    for count in range(PAGE_SIZE + 3):
        make.make_open_petition(title="Squirrels", thresholds=False, signature_count=count)
    engine()
    first = ask("squirrels")
    token = first.next_token(Query.read({"q": "squirrels"}))
    second = ask("squirrels", token=token)
    assert (len(first.found), len(second.found)) == (PAGE_SIZE, 3)
    assert not set(numbers(first)) & set(numbers(second))
    assert second.next_token(Query.read({"q": "squirrels", "token": token})) == ""
    assert numbers(ask("squirrels", page="3")) == []


def test_words_are_marked_in_title_and_text(engine):
    make.make_open_petition(title="Save <b>squirrels</b> & trees", ask="Every squirrel needs a tree.", detail="")
    engine()
    (one,) = ask("squirrels").found
    assert marks.plain(one.title) == "Save <b>squirrels</b> & trees"
    assert str(marks.safe(one.title)) == "Save &lt;b&gt;<mark>squirrels</mark>&lt;/b&gt; &amp; trees"
    assert f"{marks.BEGIN}squirrel{marks.END}" in one.text


def test_titles_are_suggested_as_somebody_types(engine):
    many = make.make_open_petition(title="Protéger les écureuils", language="fr", signature_count=9000)
    few = make.make_open_petition(title="Protect the squirrels", signature_count=3)
    make.make_hidden_petition(opened=True, title="Protect nobody")
    engine()
    for typed in ("prot", "Prote", "PROTÉ"):
        assert [one.object_id for one in engines.suggest(typed, language="en", limit=5)] == [many.pk, few.pk]
    assert [one.object_id for one in engines.suggest("protect squ", language="en", limit=5)] == [few.pk]
    assert [one.title for one in engines.suggest("ecureu", language="en", limit=5)] == ["Protéger les écureuils"]
    for nothing in ("", " ", "'", "squirrelsx", "&|!", "a" * 300, "\ud800".encode("utf-8", "replace").decode()):
        assert engines.suggest(nothing, language="en", limit=5) == []


def test_what_was_taken_out_of_a_text_is_shown_in_no_piece_of_it(engine):
    petition = make.make_open_petition(title="Squirrels", ask="Squirrels hide behind the house of Jo Bloggs.")
    engine()
    assert "Jo Bloggs" in marks.plain(ask("squirrels").found[0].text)
    Petition.objects.filter(pk=petition.pk).update(ask="Squirrels hide in trees.")
    results = ask("squirrels")
    assert numbers(results) == [petition.pk]
    assert "Bloggs" not in marks.plain(results.found[0].text)


def test_what_was_taken_from_sight_is_suggested_no_more_though_nobody_has_told_the_index(engine):
    hidden = make.make_open_petition(title="Protect Jo Bloggs")
    other = make.make_open_petition(title="Protect squirrels")
    engine()
    Petition.objects.filter(pk=hidden.pk).update(state="hidden", hidden_at=timezone.now())
    Petition.objects.filter(pk=other.pk).update(title="Protect red squirrels")
    assert [one.title for one in engines.suggest("protect", language="en", limit=5)] == ["Protect red squirrels"]


def test_pages_and_answers_are_found_with_petitions_in_the_readers_language(engine):
    call_command("create_site", verbosity=0)
    pages.sweep()
    petition = make.make_open_petition(title="Standards for privacy")
    engine()
    query = Query.read({"q": "privacy"}, language="en", kinds=tuple(Kind.values))
    english = engines.find(query)
    kinds = [one.kind for one in english.found]
    assert kinds.count(Kind.PETITION) == 1
    assert Kind.PAGE in kinds
    assert english.facets["kind"][Kind.PAGE] == kinds.count(Kind.PAGE)
    assert len({(one.kind, one.object_id) for one in english.found}) == len(english.found)
    only = engines.find(Query.read({"q": "privacy", "kind": "petition"}, language="en", kinds=tuple(Kind.values)))
    assert numbers(only) == [petition.pk]
    assert only.facets["kind"] == english.facets["kind"]
    french = engines.find(Query.read({"q": "vie privée"}, language="fr", kinds=tuple(Kind.values)))
    assert {one.kind for one in french.found} == {Kind.PAGE}


def test_what_is_not_public_is_never_found(engine):
    words = {"title": "Secret squirrels", "ask": "Secret", "detail": "Secret", "creator_name": "Secretive Somebody"}
    make.make_petition(**words)
    make.make_hidden_petition(**words)
    make.make_hidden_petition(**words, opened=True)
    make.make_withdrawn_petition(**words, opened=False)
    shown = make.make_open_petition(title="Open squirrels", creator_name="Secretive Somebody")
    engine()
    assert numbers(ask("squirrels")) == [shown.pk]
    assert numbers(ask("secret")) == []
    assert numbers(ask("secretive")) == []


def test_a_petition_of_long_ago_has_its_year(engine):
    petition = make.make_closed_petition(title="Old squirrels", opened_at=datetime(2011, 9, 22, tzinfo=UTC))
    engine()
    assert ask("squirrels").facets["year"] == {"2011": 1}
    assert numbers(ask("squirrels", year="2011")) == [petition.pk]


HOSTILE = [
    "a" * 3000, "-+" * 150, "-a" * 100, "'; DROP TABLE x; --", "&|!()*<>:", '"""', "-", "or or or", "or", "*:*",
    "title_en:x", "\\", "a:::b", "\U0001f426", "{", "[1 TO 2]", "99999999999999999999", "-or", '-"a b" or',
    "§k:petition",
]  # fmt: skip


@pytest.mark.parametrize("number", range(0, len(HOSTILE), 5))
def test_no_question_is_a_fault(engine, number):
    make.make_open_petition(title="Squirrels", ask="", detail="")
    engine()
    for text in HOSTILE[number : number + 5]:
        numbers(ask(text))


@given(text=st.text(alphabet=st.sampled_from("ab -\"\\':&|!()*<>é1.,@/_+§"), max_size=200))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_text_is_a_fault(db, text):
    assert engines.find(Query.read({"q": text})).found == []
    assert engines.suggest(text, language="en", limit=3) == []
