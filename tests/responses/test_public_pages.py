"""What everybody reads: the tracker as page, JSON and CSV, the list of answers, and an answer in its languages."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from time_machine import TimeMachineFixture

from accounts.models import User
from petitions.models import Petition, PublicCase
from responses import clearance, services, spreadsheet, tracker
from responses.models import AnswerPage, Case
from tests.responses.people import approve_all

MakeCase = Callable[..., Case]
COLUMNS = [
    "petition_id",
    "title",
    "url",
    "signatures",
    "department",
    "state",
    "owed_since",
    "due_on",
    "days_late",
    "pause_reason",
    "update",
    "case",
    "case_petitions",
    "case_signatures",
]


@pytest.fixture
def today(time_machine: TimeMachineFixture) -> date:
    time_machine.move_to(datetime(2026, 4, 10, 12, tzinfo=UTC))
    return date(2026, 4, 10)


def get_json(client: Client) -> list[dict[str, object]]:
    response = client.get("/tracker.json")
    assert response["Content-Type"] == "application/json"
    return json.loads(response.content)["data"]


def test_the_tracker_lists_what_is_owed_latest_first(
    client: Client, make_case: MakeCase, staff: dict[str, User], now: datetime, today: date
) -> None:
    late = make_case(title="Late", signature_count=20_000)
    soon = make_case(title="Soon", departments=[], now=now + timedelta(days=30))
    services.pause(
        case_id=soon.pk, actor=staff["coordinator"], reason={"en": "Elections.", "fr": "Élections."}, now=now
    )

    first, second = get_json(client)
    petition = late.links.get().petition
    assert first == {
        "petition_id": petition.pk,
        "title": "Late",
        "url": f"https://petitions.example/petitions/{petition.pk}/",
        "signatures": 20_000,
        "department": "Department for Environment, Food and Rural Affairs",
        "state": "assigned",
        "owed_since": "2026-03-02T12:30:00+00:00",
        "due_on": "2026-03-31",
        "days_late": 10,
        "pause_reason": None,
        "update": None,
        "case": late.pk,
        "case_petitions": 1,
        "case_signatures": 20_000,
    }
    assert (second["title"], second["department"], second["state"]) == ("Soon", None, "paused")
    assert (second["days_late"], second["pause_reason"]) == (0, "Elections.")

    rows = list(csv.reader(io.StringIO(client.get("/tracker.csv").content.decode(), newline="")))
    assert rows[0] == COLUMNS == list(first)
    assert rows[1] == ["" if value is None else str(value) for value in first.values()]

    page = client.get("/tracker/").content.decode()
    assert page.index("Late") < page.index("Soon")
    assert "10 days late" in page
    assert "Elections." in page
    french = client.get("/fr/tracker/").content.decode()
    assert '<span class="app-meta" dir="auto">Élections.</span>' in french
    assert (
        '<span class="app-meta" lang="en" dir="auto">Elections.</span>' in client.get("/ar/tracker/").content.decode()
    )
    assert "31 mars 2026" in french


def test_what_is_answered_imported_hidden_or_withdrawn_is_not_owed(
    client: Client, make_case: MakeCase, published: Case, now: datetime, today: date
) -> None:
    assert get_json(client) == []
    for state, fields in {
        "hidden": {"hidden_at": now},
        "withdrawn": {"withdrawn_at": now},
        "rejected": {"rejected_at": now},
    }.items():
        case = make_case(title=f"Bring back petition {state}")
        assert len(get_json(client)) == 1
        Petition.objects.filter(case_links__case=case).update(state=state, **fields)
        assert get_json(client) == []
        assert "Bring back petition" not in client.get("/tracker/").content.decode()
    PublicCase.objects.filter(petition__state="hidden").update(due_on=None)
    Petition.objects.filter(state="hidden").update(state="closed")
    assert get_json(client) == []


def test_an_empty_tracker_says_so(client: Client, site: None) -> None:
    assert "No answer is owed at the moment." in client.get("/tracker/").content.decode()
    assert client.get("/tracker.csv").content.decode() == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize("sort", ["late", "since", "signatures", "department", "state", "title", "nonsense", "'"])
def test_the_table_sorts_by_every_column_and_ignores_others(client: Client, make_case: MakeCase, sort: str) -> None:
    make_case(title="Alder", signature_count=11_000)
    make_case(title="Birch", signature_count=99_000)
    page = client.get("/tracker/", {"sort": sort}).content.decode()
    assert (page.index("Birch") < page.index("Alder")) == (sort == "signatures")


@pytest.mark.parametrize("page", ["0", "99", "x", "-1", "1e9"])
def test_a_page_that_is_not_there_is_404(client: Client, case: Case, page: str) -> None:
    assert client.get("/tracker/", {"page": page}).status_code == 404
    assert client.get("/answers/", {"page": page}).status_code == 404


@pytest.mark.parametrize("address", ["/tracker/", "/tracker.json", "/tracker.csv", "/answers/", "/fr/answers/"])
def test_public_pages_are_the_same_for_everybody(client: Client, case: Case, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    assert response.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    assert client.post(address).status_code == 405


def test_the_tracker_costs_the_same_for_many_cases(client: Client, make_case: MakeCase) -> None:
    make_case()
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/tracker/")
    for number in range(4):
        make_case(title=f"Petition {number}")
    with CaptureQueriesContext(connection) as many:
        client.get("/tracker/")
    assert len(many) == len(few) <= 9


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"])
def test_no_cell_is_run_by_a_spreadsheet(client: Client, make_case: MakeCase, start: str) -> None:
    make_case(title=start)
    row = next(csv.DictReader(io.StringIO(client.get("/tracker.csv").content.decode(), newline="")))
    assert row["title"] == "'" + start


@given(title=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1))
def test_every_title_survives_the_table(title: str) -> None:
    target = io.StringIO(newline="")
    address = "https://petitions.example/petitions/1/"
    owed = tracker.Owed(1, title, address, 5, None, "new", "2026", "2026", 0, None, None, 1, 1, 5)
    spreadsheet.write(tracker.Owed, [owed], target)
    _header, row = list(csv.reader(io.StringIO(target.getvalue(), newline="")))
    assert row[1].removeprefix("'") == title.removeprefix("'")
    assert not row[1].startswith(spreadsheet.FORMULA_STARTS)


# --- Answers


def test_an_answer_is_read_in_its_languages(
    client: Client, case: Case, write: Callable[..., AnswerPage], staff: dict[str, User], now: datetime
) -> None:
    write(case, french=True)
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    approve_all(case, staff)
    services.publish(case_id=case.pk, actor=staff["publisher"], now=now)
    slug = AnswerPage.objects.get(case=case).slug
    petition = case.links.get().petition

    english = client.get(f"/answers/{slug}/").content.decode()
    assert "The bridge will be mended. Work begins in April." in english
    assert "We will mend the bridge by May." in english
    assert "Department for Environment, Food and Rural Affairs" in english
    assert f'href="/petitions/{petition.pk}/"' in english
    french = client.get(f"/fr/answers/{slug}/").content.decode()
    assert '<html lang="fr"' in french
    assert "Le pont sera réparé en mai." in french
    assert "Ministère de l’Environnement" in french
    assert "We will mend" not in french
    assert "Réponse sur le pont" in client.get("/fr/answers/").content.decode()


def test_an_answer_tells_machines_what_it_is_and_feeds_readers(client: Client, published: Case) -> None:
    page = published.page
    html = client.get(f"/answers/{page.slug}/").content.decode()
    document = json.loads(html.partition('ld+json">')[2].partition("</script>")[0])
    article, crumbs = document["@graph"]
    assert article["@type"] == "Article"
    assert article["headline"] == page.text_in("en").title
    assert article["about"][0]["name"] == published.links.get().petition.title
    assert f'<link rel="canonical" href="{article["url"]}">' in html
    assert crumbs["itemListElement"][-1]["item"] == article["url"]
    card = html.partition('og:image" content="')[2].partition('"')[0].partition("//")[2].partition("/")[2]
    assert card.startswith(f"answers/{page.slug}/card/")
    assert client.get(f"/{card}")["Content-Type"] == "image/png"
    assert client.get(f"/answers/{page.slug}/card/another.png")["Location"] == f"/{card}"
    assert client.get("/answers/nowhere/card/another.png").status_code == 404
    feed = client.get("/answers.atom").content.decode()
    assert f"<title>{page.text_in('en').title}</title>" in feed
    assert article["url"] in feed
    assert article["url"] in client.get("/sitemaps/pages.xml").content.decode()


def test_an_answer_in_one_language_is_shown_as_it_was_given_and_marked(client: Client, published: Case) -> None:
    slug = AnswerPage.objects.get(case=published).slug
    french = client.get(f"/fr/answers/{slug}/").content.decode()
    assert '<article lang="en" dir="auto">' in french
    assert "We will mend the bridge by May." in french
    assert "<article lang" not in client.get(f"/answers/{slug}/").content.decode()


def test_unpublished_answers_are_nowhere(client: Client, cleared: Case) -> None:
    slug = AnswerPage.objects.get(case=cleared).slug
    for address in (f"/answers/{slug}/", f"/fr/answers/{slug}/"):
        assert client.get(address).status_code == 404
    for address in ("/", "/answers/", "/tracker/", "/tracker.json", "/fr/"):
        assert "The bridge will be mended" not in client.get(address).content.decode()


def test_a_hidden_petition_leaves_the_answer_and_the_list(client: Client, published: Case, now: datetime) -> None:
    slug = AnswerPage.objects.get(case=published).slug
    assert "Mend the bridge" in client.get("/answers/").content.decode()
    Petition.objects.filter(case_links__case=published).update(state="hidden", hidden_at=now)
    assert "Mend the bridge" not in client.get("/answers/").content.decode()
    assert "Mend the bridge" not in client.get(f"/answers/{slug}/").content.decode()


def test_an_imported_answer_names_source_and_licence(
    client: Client, case: Case, write: Callable[..., AnswerPage], now: datetime
) -> None:
    revision = write(case).latest_revision
    clearance.issue_import(revision=revision, source="https://example.org/petitions/1", licence="OGL v3.0", now=now)
    revision.publish()
    page = client.get(f"/answers/{AnswerPage.objects.get(case=case).slug}/").content.decode()
    assert 'href="https://example.org/petitions/1"' in page
    assert "OGL v3.0" in page


def test_the_home_page_shows_what_is_owed_and_what_was_answered(
    client: Client, published: Case, make_case: MakeCase
) -> None:
    make_case(title="Plant a hedge")
    page = client.get("/").content.decode()
    assert "Plant a hedge" in page[page.index("Answers owed</h2>") :]
    assert "Answer on the bridge" in page[page.index("Recently answered</h2>") :]


def test_markup_in_texts_stays_text(client: Client, make_case: MakeCase) -> None:
    make_case(title='<script>alert(1)</script>"><img src=x onerror=alert(1)>')
    for address in ("/tracker/", "/"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_publishing_answers_the_petition_and_tells_once(published: Case, now: datetime) -> None:
    petition = Petition.objects.get(case_links__case=published)
    assert petition.response_state == "answered"
    face = petition.public_case
    assert face.state == "published"
    assert face.answer_path == f"/answers/{petition.pk}-mend-the-bridge/"
    assert face.summary == {"en": "The bridge will be mended. Work begins in April."}
    assert face.text == {"en": "We will mend the bridge by May."}
    assert face.responded_on == date(2026, 3, 3)
    event = petition.events.get(kind="answered")
    assert (event.tells_creator, event.tells_signers, event.link) == (True, True, face.answer_path)
    services.record_publication(page_id=AnswerPage.objects.get(case=published).pk, now=now + timedelta(days=5))
    assert petition.events.filter(kind="answered").count() == 1


def test_a_publication_that_was_not_recorded_is_found_by_the_sweep(cleared: Case, now: datetime) -> None:
    page = AnswerPage.objects.get(case=cleared)
    page.publish(page.latest_revision)
    assert not PublicCase.objects.filter(answered_at__isnull=False).exists()
    assert services.record_missing_publications(now) == 1
    assert services.record_missing_publications(now) == 0
    assert Petition.objects.get(case_links__case=cleared).response_state == "answered"
    assert Case.objects.get(pk=cleared.pk).state == "published"
