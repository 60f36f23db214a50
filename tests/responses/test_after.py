"""After the answer: hearings and outcomes under four eyes, votes that bring a case back, words for a region."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

import petitions.services
from accounts.models import User
from audit.models import Entry
from mailing.models import Mail, MailState
from petitions.models import Crossing, Event, Hearing, Petition, PublicCase, Rating
from petitions.models.timeline import EventKind
from responses import services
from responses.models import Announcement, AnswerPage, Case
from responses.models.case import CaseState
from responses.services.answers import region_texts
from responses.staff.after import tellings
from tests.factories import make_event
from tests.responses.people import NOW, approve_all

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=30)
Propose = Callable[..., Announcement]


@pytest.fixture
def propose(case: Case, staff: dict[str, User]) -> Propose:
    def propose(**given: Any) -> Announcement:
        values = {
            "case_id": case.pk,
            "actor": staff["coordinator"],
            "kind": "law",
            "on": NOW.date(),
            "text": {"en": "The Bridges Act was passed.", "fr": "La loi sur les ponts est votée."},
            "now": LATER,
        }
        return services.announce(**values | given)

    return propose


def signed_off(announcement: Announcement, staff: dict[str, User]) -> Petition:
    case = services.sign_off_announcement(announcement_id=announcement.pk, actor=staff["approver"], now=LATER)
    return case.links.get().petition


def vote(case: Case, **votes: int) -> None:
    petition = case.links.first().petition
    choices = [choice for choice, number in votes.items() for _vote in range(number)]
    Rating.objects.bulk_create(
        Rating(petition=petition, case_id=case.pk, row_id=number, choice=choice, at=NOW)
        for number, choice in enumerate(choices, Rating.objects.count() + 1)
    )
    petitions.services.count_ratings(LATER)


# --- Announcements


def test_an_outcome_is_public_once_a_second_person_signed_it_off(
    propose: Propose, staff: dict[str, User], client: Client
) -> None:
    announcement = propose()
    petition = announcement.case.links.get().petition
    assert "Bridges Act" not in client.get(f"/petitions/{petition.pk}/").content.decode()
    assert not Event.objects.filter(kind=EventKind.OUTCOME).exists()
    signed_off(announcement, staff)
    event = Event.objects.get(kind=EventKind.OUTCOME)
    assert (event.happened_at.date(), event.tells_creator, event.tells_signers) == (NOW.date(), True, True)
    page = client.get(f"/petitions/{petition.pk}/").content.decode()
    assert "Became law" in page
    assert "The Bridges Act was passed." in page
    assert "La loi sur les ponts" in client.get(f"/fr/petitions/{petition.pk}/").content.decode()
    assert Entry.objects.filter(action="case.announcement", subject_id=announcement.case_id).count() == 1


def test_nobody_signs_off_what_they_proposed_not_even_with_every_right(
    propose: Propose, staff: dict[str, User]
) -> None:
    announcement = propose(actor=staff["superuser"])
    for name in ("superuser", "coordinator", "drafter", "publisher", "auditor"):
        with pytest.raises(services.NotAllowed):
            services.sign_off_announcement(announcement_id=announcement.pk, actor=staff[name], now=LATER)
    assert Announcement.objects.get().passed is None


@pytest.mark.parametrize("name", ["auditor", "approver", "publisher", "moderator"])
def test_only_who_drafts_or_assigns_announces(name: str, propose: Propose, staff: dict[str, User]) -> None:
    with pytest.raises(services.NotAllowed):
        propose(actor=staff[name])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": {"en": " ", "fr": "Oui."}}, "text_en"),
        ({"text": {"en": "x" * 3001}}, "text_en"),
        ({"kind": "rumour"}, "kind"),
        ({"on": LATER.date() + timedelta(days=1)}, "on"),
        ({"kind": "held", "on": LATER.date() + timedelta(days=1)}, "on"),
        ({"kind": "planned", "on": LATER.date() - timedelta(days=1)}, "on"),
        ({"video_url": "https://video.example/"}, "kind"),
    ],
)
def test_what_does_not_fit_is_refused(given: dict[str, Any], field: str, propose: Propose) -> None:
    with pytest.raises(services.Refused) as refusal:
        propose(**given)
    assert refusal.value.field == field
    assert not Announcement.objects.exists()


def test_one_waits_at_a_time_and_what_was_decided_stays_decided(propose: Propose, staff: dict[str, User]) -> None:
    announcement = propose()
    with pytest.raises(services.Refused):
        propose()
    signed_off(announcement, staff)
    for act in (services.sign_off_announcement, services.return_announcement):
        more = {"comment": "Wait."} if act is services.return_announcement else {}
        with pytest.raises(services.Refused):
            act(announcement_id=announcement.pk, actor=staff["approver"], now=LATER, **more)
    assert Event.objects.filter(kind=EventKind.OUTCOME).count() == 1
    propose()


def test_an_announcement_goes_back_with_a_reason_and_is_public_nowhere(
    propose: Propose, staff: dict[str, User]
) -> None:
    announcement = propose()
    with pytest.raises(services.Refused):
        services.return_announcement(announcement_id=announcement.pk, actor=staff["approver"], comment=" ", now=LATER)
    services.return_announcement(announcement_id=announcement.pk, actor=staff["approver"], comment="When?", now=LATER)
    announcement.refresh_from_db()
    assert (announcement.passed, announcement.comment) == (False, "When?")
    assert not Event.objects.filter(kind=EventKind.OUTCOME).exists()
    own = propose()
    services.return_announcement(announcement_id=own.pk, actor=staff["coordinator"], comment="", now=LATER)


def test_a_hearing_is_planned_then_held_in_page_and_json(
    propose: Propose, staff: dict[str, User], client: Client
) -> None:
    day = LATER.date() + timedelta(days=10)
    petition = signed_off(propose(kind="planned", on=day, text={"en": "In the great hall."}), staff)
    document = f"/petitions/{petition.pk}.json"
    shown = client.get(document).json()["data"]["attributes"]
    assert (shown["debate_scheduled_on"], shown["debate"], shown["debate_outcome_at"]) == (str(day), None, None)
    held = propose(
        kind="held",
        on=LATER.date(),
        text={"en": "Ministers promised more.", "fr": "Plus a été promis."},
        transcript_url="https://said.example/1",
        video_url="https://seen.example/1",
    )
    signed_off(held, staff)
    shown = client.get(document).json()["data"]["attributes"]
    assert shown["updated_at"].startswith(f"{LATER:%Y-%m-%dT%H:%M}"), "who mirrors it asks for it again"
    assert shown["scheduled_debate_date"] == str(day)
    assert shown["debate_outcome_at"] is not None
    assert shown["debate"] == {
        "debated_on": str(LATER.date()),
        "transcript_url": "https://said.example/1",
        "video_url": "https://seen.example/1",
        "debate_pack_url": None,
        "public_engagement_url": None,
        "debate_summary_url": None,
        "overview": "Ministers promised more.",
    }
    page = client.get(f"/petitions/{petition.pk}/").content.decode()
    assert "Hearing planned for" in page
    assert "https://seen.example/1" in page
    assert "Plus a été promis." in client.get(f"/fr/petitions/{petition.pk}/").content.decode()


def test_a_hearing_that_was_refused_says_so_and_may_be_planned_after_all(
    propose: Propose, staff: dict[str, User], client: Client
) -> None:
    petition = signed_off(propose(kind="not_heard", text={"en": "There is no time."}), staff)
    refused = Hearing.objects.get(petition=petition)
    assert (refused.debated, refused.outcome_at) == (False, LATER)
    assert "Not put up for a hearing" in client.get(f"/petitions/{petition.pk}/").content.decode()
    signed_off(propose(kind="planned", on=LATER.date() + timedelta(days=1)), staff)
    planned = Hearing.objects.get(petition=petition)
    assert (planned.debated, planned.outcome_at, planned.scheduled_on) == (
        None,
        None,
        LATER.date() + timedelta(days=1),
    )


def test_a_later_word_on_a_hearing_keeps_its_links_and_its_first_outcome(
    propose: Propose, staff: dict[str, User]
) -> None:
    petition = signed_off(propose(kind="held", transcript_url="https://said.example/1"), staff)
    more = propose(kind="held", video_url="https://seen.example/1", tells_signers=False)
    services.sign_off_announcement(announcement_id=more.pk, actor=staff["approver"], now=LATER + timedelta(days=1))
    hearing = Hearing.objects.get(petition=petition)
    assert hearing.links == {"transcript_url": "https://said.example/1", "video_url": "https://seen.example/1"}
    assert hearing.outcome_at == LATER
    told = Event.objects.filter(kind=EventKind.HEARING).order_by("pk").values_list("tells_signers", flat=True)
    assert list(told) == [True, False]


def test_staff_propose_sign_off_and_return_on_the_case_s_page(
    case: Case, staff: dict[str, User], log_in: Callable[[User], Client]
) -> None:
    page = f"/staff/cases/{case.pk}/"
    coordinator, approver = log_in(staff["coordinator"]), log_in(staff["approver"])
    given = {"kind": "policy", "on": "2020-01-01", "text_en": "<b>Bridges</b> come first now.", "tells_signers": "on"}
    assert "required" in coordinator.post(page + "announce/", {"kind": "policy"}).content.decode()
    assert coordinator.post(page + "announce/", given).status_code == 302
    shown = approver.get(page).content.decode()
    assert "&lt;b&gt;Bridges&lt;/b&gt; come first now." in shown
    announcement = Announcement.objects.get()
    own = coordinator.post(page + "announcement_sign_off/", {"announcement_id": announcement.pk})
    assert own.status_code == 403
    stale = approver.post(page + "announcement_sign_off/", {"announcement_id": announcement.pk + 1})
    assert stale.status_code == 200
    assert not Event.objects.filter(kind=EventKind.OUTCOME).exists()
    assert approver.post(page + "announcement_sign_off/", {"announcement_id": announcement.pk}).status_code == 302
    assert Event.objects.filter(kind=EventKind.OUTCOME).count() == 1
    assert "policy was changed" in approver.get(page).content.decode()


def test_who_must_act_hears_of_a_petition_that_is_due_a_hearing_once(
    case: Case, cross: Callable[..., Crossing], staff: dict[str, User]
) -> None:
    cross(case.links.get().petition, kind="debate", at=NOW)
    before = Mail.objects.count()
    for _time in range(3):
        services.tell_of_hearings(NOW)
    told = Mail.objects.filter(details__what="hearing_due").values_list("row_id", flat=True)
    assert set(told) == {staff["drafter"].pk, staff["coordinator"].pk}
    assert Mail.objects.count() == before + 2


# --- Votes


def test_low_votes_take_the_case_up_again_once_whether_closed_or_not(published: Case, staff: dict[str, User]) -> None:
    services.close(case_id=published.pk, actor=staff["coordinator"], now=LATER)
    vote(published, yes=10, no=10)
    assert services.follow_up_low_rated(LATER) == 0
    vote(published, no=1)
    assert services.follow_up_low_rated(LATER) == 1
    case = Case.objects.get(pk=published.pk)
    assert (case.state, case.followed_up_at, case.closed_at) == (CaseState.FOLLOW_UP, LATER, None)
    assert Mail.objects.filter(details__what="follow_up").exists()
    assert PublicCase.objects.get().state == CaseState.FOLLOW_UP
    services.close(case_id=published.pk, actor=staff["coordinator"], now=LATER)
    vote(published, no=5)
    assert services.follow_up_low_rated(LATER) == 0
    assert Entry.objects.filter(action="case.follow_up").count() == 1


def test_a_count_wakes_the_follow_up(published: Case, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        vote(published, no=20)
    assert Case.objects.get(pk=published.pk).state == CaseState.FOLLOW_UP


def test_a_correction_under_way_is_left_alone(published: Case, staff: dict[str, User]) -> None:
    services.correct(case_id=published.pk, actor=staff["coordinator"], reason={"en": "A wrong date."}, now=LATER)
    vote(published, no=30)
    assert services.follow_up_low_rated(LATER) == 0


def test_staff_read_votes_and_words_whatever_their_number(
    case: Case, staff: dict[str, User], log_in: Callable[[User], Client]
) -> None:
    vote(case, partly=3)
    Rating.objects.filter(row_id=1).update(comment="<i>Which</i> May?")
    shown = log_in(staff["coordinator"]).get(f"/staff/cases/{case.pk}/").content.decode()
    assert "&lt;i&gt;Which&lt;/i&gt; May?" in shown
    assert "Public from 20 votes on" in shown


# --- Telling


def test_staff_see_how_far_the_signers_are_told(case: Case) -> None:
    event = make_event(case.links.get().petition, EventKind.ANSWERED, tells_signers=True, signers_told=10)
    for number, state in enumerate([MailState.QUEUED] * 4 + [MailState.FAILED] + [MailState.SENT] * 5):
        Mail.objects.create(
            kind="event_to_signer",
            priority=2,
            petition_id=event.petition_id,
            row_id=number,
            details={"event": event.pk},
            state=state,
        )
    Mail.objects.create(
        kind="event_to_signer", priority=2, petition_id=event.petition_id, row_id=1, details={"event": event.pk + 1}
    )
    (telling,) = tellings(case)
    assert (telling.done, telling.waiting, telling.failed, telling.percent) == (5, 4, 1, 60)
    assert not telling.is_queued
    Event.objects.filter(pk=event.pk).update(signers_told_at=timezone.now())
    assert tellings(case)[0].is_queued


def test_words_for_a_region_are_cleared_shown_and_told(
    case: Case, write: Callable[..., AnswerPage], staff: dict[str, User], client: Client
) -> None:
    write(case)
    page = AnswerPage.objects.get(case=case).get_latest_revision_as_object()
    text = page.texts.first()
    text.body.append(("region", {"region": "J", "text": "In London work begins in June."}))
    page.save_revision(user=staff["drafter"])
    services.submit(case_id=case.pk, actor=staff["drafter"], now=NOW)
    approve_all(Case.objects.get(pk=case.pk), staff)
    services.publish(case_id=case.pk, actor=staff["publisher"], now=NOW)
    event = Event.objects.get(kind=EventKind.ANSWERED)
    assert event.region_text["J"]["en"].startswith(event.text["en"])
    assert event.region_text["J"]["en"].endswith("In London work begins in June.")
    assert "In London work begins in June." in client.get(AnswerPage.objects.get(case=case).url).content.decode()


def test_an_answer_without_words_for_a_region_has_none(published: Case) -> None:
    assert region_texts(AnswerPage.objects.get(case=published).texts.all()) == {}
    assert Event.objects.get(kind=EventKind.ANSWERED).region_text == {}
