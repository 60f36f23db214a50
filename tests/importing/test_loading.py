"""What a sound record becomes."""

import json
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from accounts.models import Department
from audit.models import Entry
from mailing.models import Mail
from petitions import signals
from petitions.lifecycle import ResponseState, State
from petitions.models import Event, Petition, PublicCase
from petitions.models.timeline import EventKind
from responses.clearance import digest
from responses.models import AnswerPage, Case, Clearance
from signatures.models import Signature
from tests.importing.records import answered_record, rejected_record, responded_record, uk_record, wtp_record

pytestmark = pytest.mark.django_db


def test_a_uk_petition_keeps_its_number_texts_dates_and_source(load):
    load(uk=[uk_record(300001, background="Line one\r\n\r\n“Line two” 🌳")])

    petition = Petition.objects.get(pk=300001)
    assert petition.title == "Plant trees beside road 300001"
    assert petition.ask == "Line one\r\n\r\n“Line two” 🌳"
    assert petition.state == State.CLOSED
    assert petition.opened_at == datetime(2020, 3, 5, 15, 48, 39, 806000, UTC)
    assert petition.updated_at == datetime(2020, 9, 5, 23, 0, 8, 447000, UTC)
    assert (petition.source, petition.source_id, petition.source_state) == ("uk", "300001", "closed")
    assert petition.source_url == "https://petition.parliament.uk/petitions/300001"
    assert petition.exempt


def test_a_petition_that_was_open_is_closed_six_months_after_opening(load):
    load(uk=[uk_record(state="open", closed_at=None, opened_at="2022-08-31T15:48:39.806Z")])

    petition = Petition.objects.get()
    assert (petition.state, petition.source_state) == (State.CLOSED, "open")
    assert petition.closed_at == petition.closes_at == datetime(2023, 2, 28, 15, 48, 39, 806000, UTC)


def test_a_count_is_an_imported_sum_and_no_signature(load):
    load(uk=[uk_record(signature_count=1200)])

    petition = Petition.objects.get()
    assert (petition.signature_count, petition.imported_count) == (1200, 1200)
    assert [(row.region_code, row.imported, row.signed) for row in petition.region_counts.all()] == [("", 1200, 0)]
    assert not Signature.objects.exists()


def test_a_refusal_keeps_code_and_words_and_points_to_the_petition_it_repeats(load):
    details = "See https://petition.parliament.uk/petitions/300001\r\nThank you."
    load(uk=[rejected_record(300002, details=details), uk_record(300001), rejected_record(300004, code="foi")])

    repeated, other = Petition.objects.get(pk=300002).rejection, Petition.objects.get(pk=300004).rejection
    assert (repeated.reason.code, repeated.details, repeated.duplicate_of_id) == ("duplicate", details, 300001)
    assert repeated.decided_at == datetime(2020, 3, 4, 10, 44, 6, 285000, UTC)
    assert (other.reason.code, other.duplicate_of_id) == ("foi", None)
    assert repeated.reason.explanation
    assert repeated.reason.title_fr


def test_a_refusal_never_repeats_itself_or_a_petition_that_is_not_there(load):
    load(
        uk=[
            rejected_record(300002, details="https://petition.parliament.uk/petitions/300002"),
            rejected_record(300004, details="https://petition.parliament.uk/petitions/999998"),
        ]
    )

    assert [petition.rejection.duplicate_of_id for petition in Petition.objects.order_by("pk")] == [None, None]


def test_departments_and_topics_are_made_once_and_staffs_own_words_stay(load):
    Department.objects.create(acronym="DfT", name="Roads and railways")
    dft = {"acronym": "DfT", "name": "Department for Transport", "url": "https://www.gov.uk/dft"}
    hmt = {"acronym": "HMT", "name": "HM Treasury", "url": "https://www.gov.uk/hmt"}
    load(
        uk=[
            uk_record(300001, departments=[dft, hmt], topics=["covid-19", "new-topic"]),
            uk_record(2, departments=[hmt]),
        ]
    )

    petition = Petition.objects.get(pk=300001)
    assert {(one.acronym, one.name) for one in petition.departments.all()} == {
        ("DfT", "Roads and railways"),
        ("HMT", "HM Treasury"),
    }
    assert {(topic.code, topic.name) for topic in petition.topics.all()} == {
        ("covid-19", "COVID-19"),
        ("new-topic", "New topic"),
    }


def test_a_threshold_with_a_date_was_reached_and_brings_nothing(load):
    load(uk=[answered_record(debate_threshold_reached_at=None), uk_record(300001)])

    answered = Petition.objects.get(pk=300003)
    (threshold,) = answered.thresholds.all()
    assert (threshold.kind, threshold.count) == ("response", 10_000)
    assert threshold.crossing.crossed_at == datetime(2020, 4, 1, 10, tzinfo=UTC)
    assert threshold.crossing.fires is False
    assert not Petition.objects.get(pk=300001).thresholds.exists()


def test_an_answer_becomes_a_cleared_page_and_a_closed_case_without_a_due_date(load):
    load(uk=[answered_record(details="One.\r\n\r\nTwo, see https://www.gov.uk/trees.\r\nThree <b>& four</b>.")])

    page = AnswerPage.objects.get()
    assert page.live
    assert page.responded_on == date(2020, 4, 20)
    assert page.first_published_at == page.last_published_at == datetime(2020, 4, 20, 21, 30, 8, 160000, UTC)
    (text,) = page.texts.all()
    assert (text.language, text.summary) == ("en", "Trees are coming.")
    assert text.body[0].value.source == (
        '<p>One.</p><p>Two, see <a href="https://www.gov.uk/trees">https://www.gov.uk/trees</a>.<br/>'
        "Three &lt;b&gt;&amp; four&lt;/b&gt;.</p>"
    )
    clearance = Clearance.objects.get()
    assert (clearance.kind, clearance.revision_id) == ("import", page.live_revision_id)
    assert clearance.source == "https://petition.parliament.uk/petitions/300003"
    assert clearance.licence == "Open Government Licence v3.0"
    assert clearance.digest == digest(page)
    case = Case.objects.get()
    assert (case.origin, case.state, case.due_on) == ("import", "closed", None)
    assert case.opened_at == datetime(2020, 4, 1, 10, tzinfo=UTC)
    assert case.published_at == datetime(2020, 4, 20, 21, 30, 8, 160000, UTC)
    public = PublicCase.objects.get()
    assert (public.case_id, public.answer_path) == (case.pk, page.get_url_parts()[2])
    assert Petition.objects.get().response_state == ResponseState.ANSWERED


def test_a_case_without_threshold_date_was_opened_with_its_petition(load):
    load(uk=[answered_record(response_threshold_reached_at=None)])

    assert Case.objects.get().opened_at == Petition.objects.get().opened_at


def test_the_answer_page_of_an_imported_answer_can_be_read(load, client: Client):
    load(uk=[answered_record()])

    response = client.get(PublicCase.objects.get().answer_path)
    assert response.status_code == 200
    assert "We will plant trees." in response.content.decode()


def test_hearings_and_other_business_are_kept(load):
    debate = {
        "debated_on": "2019-04-01",
        "transcript_url": "https://hansard.parliament.uk/x",
        "video_url": "",
        "debate_pack_url": None,
        "overview": "They spoke.",
    }
    refused = {"debated_on": None, "overview": "No debate."}
    business = [{"subject": "Letter", "body": "Dear all", "created_at": "2020-07-30T18:19:12.381Z", "updated_at": None}]
    load(
        uk=[
            uk_record(
                1,
                debate=debate,
                scheduled_debate_date="2019-04-01",
                debate_outcome_at="2019-04-03T11:38:59.231Z",
                other_parliamentary_business=business,
            ),
            uk_record(2, debate=refused, debate_outcome_at="2019-04-03T11:38:59.231Z"),
            uk_record(3, scheduled_debate_date="2023-01-09"),
        ]
    )

    held, not_held, planned = (Petition.objects.get(pk=pk).hearing for pk in (1, 2, 3))
    assert (held.debated, held.scheduled_on, held.debated_on) == (True, date(2019, 4, 1), date(2019, 4, 1))
    assert held.links == {"transcript_url": "https://hansard.parliament.uk/x"}
    assert (not_held.debated, not_held.overview) == (False, "No debate.")
    assert (planned.debated, planned.scheduled_on) == (None, date(2023, 1, 9))
    assert [piece.subject for piece in Petition.objects.get(pk=1).other_business.all()] == ["Letter"]


def test_a_we_the_people_petition_gets_a_number_of_ours_and_keeps_its_status(load):
    load(wtp=[wtp_record(status="pending response")])

    petition = Petition.objects.get()
    assert petition.pk > 1_000_000
    assert len(petition.title) > 80
    assert (petition.source_id, petition.source_state) == ("4e7b352b4bd5046c04000000", "pending response")
    assert petition.state == State.CLOSED
    assert petition.opened_at == datetime.fromtimestamp(1316697387, UTC)
    assert petition.closed_at == datetime.fromtimestamp(1319289387, UTC)
    assert petition.imported_count == petition.signature_count == 1729
    assert {topic.code for topic in petition.topics.all()} == {"environment", "womens-issues"}
    assert petition.source_data["issues"] == [
        {"id": "20", "name": "Environment"},
        {"id": "187", "name": "Women's Issues"},
    ]
    assert petition.thresholds.get().count == 5000
    assert not PublicCase.objects.exists()


def test_a_response_of_the_white_house_is_a_link_without_page_or_case(load):
    load(wtp=[responded_record()])

    petition = Petition.objects.get()
    assert petition.response_state == ResponseState.ANSWERED
    assert petition.public_case.external_url == "https://petitions.whitehouse.gov/response/trees"
    assert petition.public_case.answered_at == datetime.fromtimestamp(1325703633, UTC)
    assert petition.public_case.case_id is None
    assert not AnswerPage.objects.exists()
    assert not Case.objects.exists()


def test_import_fires_nothing(load, django_capture_on_commit_callbacks):
    heard = []

    def hear(**ids):
        heard.append(ids)

    every = (
        signals.petition_changed,
        signals.threshold_crossed,
        signals.threshold_undercut,
        signals.petition_answered,
    )
    for signal in every:
        signal.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            load(uk=[answered_record(), rejected_record()], wtp=[responded_record()])
    finally:
        for signal in every:
            signal.disconnect(hear)

    assert heard == []
    assert not Mail.objects.exists()
    assert not Entry.objects.exists()
    assert not Event.objects.filter(tells_creator=True).exists()
    assert not Event.objects.filter(tells_signers=True).exists()


def test_the_timeline_has_the_dates_of_the_source(load):
    load(uk=[answered_record(), rejected_record()])

    answered = {event.kind: event.happened_at for event in Petition.objects.get(pk=300003).events.all()}
    assert answered == {
        EventKind.OPENED: datetime(2020, 3, 5, 15, 48, 39, 806000, UTC),
        EventKind.THRESHOLD: datetime(2020, 4, 1, 10, tzinfo=UTC),
        EventKind.ANSWERED: datetime(2020, 4, 20, 21, 30, 8, 160000, UTC),
        EventKind.CLOSED: datetime(2020, 9, 5, 22, 59, 59, 999000, UTC),
    }
    assert [event.kind for event in Petition.objects.get(pk=300002).events.all()] == [EventKind.REFUSED]


def test_the_answer_is_served_as_the_source_had_it(load, client: Client):
    load(uk=[answered_record(details="One.\r\n\r\nTwo.")])

    answer = client.get("/petitions/300003.json").json()["data"]["attributes"]["government_response"]
    assert answer == json.loads(json.dumps(answered_record(details="One.\r\n\r\nTwo.")["government_response"]))
