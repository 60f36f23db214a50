"""The petition's page in every state."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from markupsafe import escape as escape_compiled

from cms import compiled
from petitions import details, selectors
from petitions.lifecycle import State
from petitions.models import (
    ConstituencyCount,
    Correction,
    CountryCount,
    Event,
    Hearing,
    OtherBusiness,
    Region,
    RegionCount,
    Resubmission,
)
from petitions.models.petition import Source
from petitions.models.timeline import EventKind
from tests import factories as make

pytestmark = pytest.mark.django_db

SECRET = "unmoderated words"


def page(client: Client, petition_id: int, language: str = "") -> str:
    response = client.get(f"{language}/petitions/{petition_id}/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("build", "status"),
    [
        (lambda: make.make_petition(title=SECRET), 404),
        (lambda: make.make_hidden_petition(title=SECRET), 404),
        (lambda: make.make_hidden_petition(title=SECRET, opened=True), 410),
        (lambda: make.make_withdrawn_petition(title=SECRET, opened=False), 404),
        (lambda: make.make_petition(title=SECRET, state=State.GATHERING_SUPPORT), 200),
        (lambda: make.make_petition(title=SECRET, state=State.IN_MODERATION, second_opinion=True), 200),
    ],
    ids=["draft", "hidden", "hidden after opening", "withdrawn before opening", "gathering support", "in moderation"],
)
def test_text_that_is_not_public_is_on_no_page_in_any_language(client, build, status):
    petition = build()
    for language in ("", "/fr"):
        for path in ("", "report/", "report/thanks/"):
            response = client.get(f"{language}/petitions/{petition.pk}/{path}")
            assert response.status_code == status
            assert SECRET not in response.content.decode()
            assert petition.creator_name not in response.content.decode()


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (make.make_open_petition, "Sign this petition"),
        (make.make_closed_petition, "takes no more signatures"),
        (make.make_rejected_petition, "Why this petition was refused"),
        (make.make_withdrawn_petition, "Its creator withdrew this petition"),
    ],
    ids=["open", "closed", "rejected", "withdrawn after opening"],
)
def test_public_petitions_have_a_page_that_says_where_they_stand(client, build, words):
    petition = build()
    html = page(client, petition.pk)
    assert html.count("<h1") == 1
    assert petition.title in html
    assert petition.ask in html
    assert words in html
    assert "noindex" not in html
    assert ("/sign/" in html) == (petition.state == State.OPEN)


def test_a_number_nobody_has_draft_and_never_opened_hidden_answer_alike(client):
    petitions = [make.make_petition(), make.make_hidden_petition(), make.make_withdrawn_petition(opened=False)]
    answers = [client.get(f"/petitions/{petition.pk}/") for petition in petitions]
    unknown = client.get(f"/petitions/{petitions[-1].pk + 1}/")
    numbers = [str(petition.pk) for petition in petitions] + [str(petitions[-1].pk + 1)]
    bodies = {
        answer.content.decode().replace(number, "N")
        for answer, number in zip([*answers, unknown], numbers, strict=True)
    }
    assert len(bodies) == 1
    assert {tuple(sorted(answer.headers)) for answer in answers} == {tuple(sorted(unknown.headers))}


def test_a_petition_waiting_for_publication_has_a_neutral_page_that_robots_leave_out(client):
    petition = make.make_petition(state=State.IN_MODERATION)
    html = page(client, petition.pk)
    assert '<meta name="robots" content="noindex">' in html
    assert "not public yet" in html
    assert "/sign/" not in html


def test_public_pages_may_be_kept_set_no_cookie_and_vary_by_nothing(client):
    response = client.get(f"/petitions/{make.make_open_petition().pk}/")
    assert response["Cache-Control"].startswith("public")
    assert "Vary" not in response or response["Vary"] == "Accept-Encoding"
    assert not response.cookies


def test_the_way_to_the_next_threshold_and_what_it_brings_are_shown(client):
    petition = make.make_open_petition(signature_count=9_000)
    html = page(client, petition.pk)
    assert "9,000" in html
    assert "1,000 more for an official answer" in html
    assert "100,000 signatures: a hearing" in html
    petition.signature_count = 10_001
    petition.save()
    make.make_crossing(petition, crossed_at=datetime(2026, 3, 5, tzinfo=UTC))
    html = page(client, petition.pk)
    assert "89,999 more for a hearing" in html
    assert "reached on 5 March 2026" in html


def test_closing_at_the_end_of_a_day_names_that_day_and_not_the_next(client):
    petition = make.make_closed_petition(closed_at=datetime(2025, 7, 11, tzinfo=UTC))
    assert "closed on 10 July 2025" in page(client, petition.pk)


def test_text_in_another_language_than_the_page_is_marked(client):
    petition = make.make_open_petition(title="Plantez des arbres", language="fr")
    assert '<h1 class="govuk-heading-xl" lang="fr"' in page(client, petition.pk)
    assert '<h1 class="govuk-heading-xl">' in page(client, petition.pk, "/fr")


def test_refusal_shows_reason_explanation_details_and_the_petition_it_repeats(client):
    original = make.make_open_petition(title="The first of its kind")
    petition = make.make_rejected_petition(details="Please sign that one.", duplicate_of=original)
    html = page(client, petition.pk)
    for words in (
        "It asks for nothing that can be done",
        "A petition must ask for an action.",
        "Please sign that one.",
    ):
        assert words in html
    assert f'href="/petitions/{original.pk}/"' in html
    assert "Elle ne demande rien de faisable" in page(client, petition.pk, "/fr")


@pytest.mark.parametrize("build", [make.make_petition, make.make_hidden_petition], ids=["draft", "hidden"])
def test_a_refusal_does_not_name_a_petition_that_is_not_public(client, build):
    petition = make.make_rejected_petition(duplicate_of=build(title=SECRET))
    assert SECRET not in page(client, petition.pk)


def test_a_refused_petition_leads_to_its_correction_once_that_is_public(client):
    refused = make.make_rejected_petition()
    for build in (make.make_petition, make.make_hidden_petition):
        Resubmission.objects.create(petition=build(title=SECRET), refused=refused)
    html = page(client, refused.pk)
    assert SECRET not in html
    assert "handed in again" not in html
    corrected = make.make_open_petition(title="Plant trees along each street")
    Resubmission.objects.create(petition=corrected, refused=refused)
    html = page(client, refused.pk)
    assert f'href="/petitions/{corrected.pk}/"' in html
    assert "Plant trees along each street" in html
    assert SECRET not in html


def test_an_owed_answer_shows_its_due_day_its_lateness_or_why_the_clock_stands(client):
    today = timezone.localdate()
    in_time = make.make_owed_petition(due_on=today + timedelta(days=3))
    late = make.make_owed_petition(due_on=today - timedelta(days=2))
    paused = make.make_owed_petition(due_on=today - timedelta(days=2), pause_reason={"en": "We wait for a court."})
    assert "in 3 days" in page(client, in_time.pk)
    assert "2 days late" in page(client, late.pk)
    assert "Answer overdue" in page(client, late.pk)
    html = page(client, paused.pk)
    assert "We wait for a court." in html
    assert "days late" not in html


def test_an_answer_is_shown_where_the_petition_is_and_in_the_language_of_the_page(client):
    petition = make.make_answered_petition()
    html = page(client, petition.pk)
    assert "Trees will be planted." in html
    assert 'href="/answers/trees/"' in html
    french = page(client, petition.pk, "/fr")
    assert "Des arbres seront plantés." in french
    assert 'href="/fr/answers/trees/"' in french


def test_an_answer_in_another_language_only_is_marked(client):
    petition = make.make_answered_petition(summary={"fr": "Des arbres."})
    assert 'lang="fr" dir="auto"' in page(client, petition.pk)


def test_the_timeline_holds_public_events_with_permalinks_and_no_others(client):
    petition = make.make_open_petition()
    shown = make.make_event(petition, EventKind.NOTE, text={"en": "We read this."}, happened_at=timezone.now())
    make.make_event(petition, EventKind.SUPPORT_COMPLETE, text={"en": SECRET}, public=False)
    html = page(client, petition.pk)
    assert "We read this." in html
    assert f'id="event-{shown.pk}"' in html
    assert f'href="#event-{shown.pk}"' in html
    assert SECRET not in html


def test_an_imported_petition_has_a_timeline_of_its_dates_its_source_and_licence(client):
    petition = make.make_closed_petition(
        source=Source.UK, source_id="77", source_url="https://petition.parliament.uk/petitions/77", exempt=True
    )
    make.make_crossing(petition, crossed_at=datetime(2025, 2, 1, tzinfo=UTC), fires=False)
    Hearing.objects.create(petition=petition, debated=True, debated_on=datetime(2025, 5, 1).date())
    OtherBusiness.objects.create(
        petition=petition, subject="A question was asked", body="And answered.", occurred_on=datetime(2025, 6, 1).date()
    )
    html = page(client, petition.pk)
    places = [
        html.index(words) for words in ("A question was asked</h3>", "Heard</h3>", "10,000 signatures reached</h3>")
    ]
    assert places == sorted(places)
    assert 'id="opened"' in html
    assert "Open Government Licence v3.0" in html
    assert 'href="https://petition.parliament.uk/petitions/77"' in html


def test_an_event_stands_in_place_of_the_date_it_is_about(client):
    petition = make.make_open_petition()
    make.make_event(petition, EventKind.OPENED, happened_at=petition.opened_at)
    assert page(client, petition.pk).count("Opened for signatures</h3>") == 1


def test_a_mark_found_when_a_petition_was_opened_again_has_no_date(client):
    petition = make.make_open_petition(signature_count=12_000, opened_at=datetime(2020, 1, 1, tzinfo=UTC))
    make.make_event(petition, EventKind.CLOSED, happened_at=datetime(2020, 7, 1, tzinfo=UTC))
    make.make_crossing(petition, fires=False, crossed_at=datetime(2026, 1, 1, tzinfo=UTC))
    html = page(client, petition.pk)
    assert "10,000 signatures reached" not in html
    assert "reached on 1 January 2026" not in html


def test_a_correction_shows_the_earlier_text_unless_it_is_hidden(client):
    petition = make.make_open_petition()
    for hidden, words in ((False, "as it was signed"), (True, SECRET)):
        Correction.objects.create(
            petition=petition, at=timezone.now(), note={"en": "A name was wrong."}, title=words, hidden=hidden
        )
    html = page(client, petition.pk)
    assert "A name was wrong." in html
    assert "<strong>as it was signed</strong>" in html
    assert SECRET not in html


def make_regions() -> None:
    for row, (code, name) in enumerate((("A", "North"), ("B", "South"), ("C", "West"))):
        Region.objects.create(code=code, name=name, tile_row=row)


def test_figures_by_place_sum_to_the_count_and_small_ones_are_not_shown(client):
    make_regions()
    petition = make.make_open_petition(signature_count=123)
    RegionCount.objects.create(petition=petition, region_code="A", imported=100, signed=4)
    RegionCount.objects.create(petition=petition, region_code="B", imported=0, signed=15)
    RegionCount.objects.create(petition=petition, region_code="C", imported=0, signed=4)
    html = page(client, petition.pk)
    assert ">100</td>" in html
    assert ">15</td>" in html
    assert "Not shown by place" in html
    assert ">8</td>" in html
    assert 'role="img"' in html


def test_published_figures_that_exceed_the_count_are_shown_with_a_note(client):
    petition = make.make_closed_petition(signature_count=10)
    CountryCount.objects.create(petition=petition, country_code="", name="Utopia", imported=12)
    html = page(client, petition.pk)
    assert "Utopia" in html
    assert "more than the number of signatures" in html


def test_constituencies_of_imported_petitions_are_listed(client):
    petition = make.make_closed_petition(signature_count=10, source=Source.UK)
    ConstituencyCount.objects.create(petition=petition, ons_code="E14000001", name="Barsetshire", signature_count=7)
    assert "Barsetshire" in page(client, petition.pk)


def test_a_chart_over_time_needs_a_day_of_history(client):
    young, old = make.make_open_petition(), make.make_open_petition()
    make.make_hours(young, 20)
    make.make_hours(old, 25)
    assert "Signatures over time" not in page(client, young.pk)
    html = page(client, old.pk)
    assert "Signatures over time" in html
    assert "250 new signatures" in html


def test_everything_the_page_shows_is_fetched_before_it_is_drawn(
    django_assert_num_queries, django_assert_max_num_queries
):
    make_regions()
    petition = make.make_answered_petition(topics=[make.make_topic()], departments=[make.make_department()])
    make.make_hours(petition, 30)
    for number in range(3):
        make.make_event(petition, EventKind.NOTE, key=str(number), text={"en": "Note"})
        Correction.objects.create(petition=petition, at=timezone.now(), note={"en": "Note"}, title="Earlier")
        RegionCount.objects.create(petition=petition, region_code="ABC"[number], signed=10)
        OtherBusiness.objects.create(
            petition=petition, subject="Business", body="Done", occurred_on=timezone.localdate()
        )
    found, _seen = selectors.whole_by_number(petition.pk)
    with django_assert_max_num_queries(3):  # the tables of places, which the process keeps
        details.detail(found, language="en", now=timezone.now())
    with django_assert_num_queries(0):
        detail = details.detail(found, language="en", now=timezone.now())

    def refuse(*args: object) -> None:
        raise AssertionError("a template asked the database")

    with connection.execute_wrapper(refuse):
        context = {"detail": detail, "petition": detail.petition, "address": "https://x.example/", "panels": ""}
        html = compiled.draw("petitions/detail.html", **context)
    assert "Trees will be planted." in html


@pytest.mark.parametrize(
    "path",
    [
        "/petitions/0/",
        "/petitions/99999999999999999999999999/",
        "/petitions/abc/",
        "/petitions/-1/",
        "/petitions/1%00/",
        "/petitions/١/",
        "/petitions/1/report/x/",
        "/fr/petitions/9223372036854775808/",
        "/fr/petitions/9223372036854775807/report/",
    ],
)
def test_addresses_that_make_no_sense_are_not_found(client, path):
    client.raise_request_exception = True
    assert client.get(path).status_code in (400, 404)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_page_is_only_read(client, method):
    petition = make.make_open_petition()
    assert getattr(client, method)(f"/petitions/{petition.pk}/").status_code == 405


MARKUP = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}{% now 'Y' %}", "javascript:alert(1)"]


@pytest.mark.parametrize("text", MARKUP)
def test_stored_markup_is_plain_text_wherever_a_petition_is_shown(client, text):
    petition = make.make_open_petition(title=f"Trees {text}", ask=text, detail=text, creator_name=text)
    Correction.objects.create(petition=petition, at=timezone.now(), note={"en": text}, title=text, ask=text)
    make.make_event(petition, EventKind.NOTE, text={"en": text})
    for path in (
        f"/petitions/{petition.pk}/",
        f"/petitions/{petition.pk}/report/",
        "/petitions/",
        "/petitions/?q=trees",
    ):
        html = client.get(path).content.decode().replace("<mark>", "").replace("</mark>", "")
        assert f"Trees {escape(text)}" in html or f"Trees {escape_compiled(text)}" in html
        for live in ("<script>alert", "<img src=x", 'href="javascript:'):
            assert live not in html


@pytest.mark.parametrize(
    ("what", "title"),
    [
        ("taken_off", "Answer taken off"),
        ("paused", "The clock of the answer is stopped"),
        ("alone", "Answered on its own again"),
        ("words of staff", "Update on the answer"),
    ],
)
def test_the_timeline_says_what_became_of_the_answer(client, what, title):
    petition = make.make_open_petition()
    Event.objects.create(petition=petition, kind=EventKind.UPDATE, details={"what": what, "due_on": "2026-05-01"})
    assert title in client.get(f"/petitions/{petition.pk}/").content.decode()
