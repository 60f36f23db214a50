"""A published answer leaves the site through the same gate, with a reason that the public reads."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

import petitions.services
from accounts.models import User
from audit.models import Entry
from mailing.models import Mail
from petitions import ratings
from petitions.models import Event, Petition, PublicCase
from petitions.services import NotAllowed, Refused
from responses import clearance, lifecycle, services
from responses.clearance import NotCleared
from responses.models import AnswerPage, Case, Clearance, Withdrawal
from tests.responses.people import approve_all, waiting_step
from tests.responses.test_after import vote

Staff = dict[str, User]
Write = Callable[..., AnswerPage]
REASON = {"en": "It named a person by mistake.", "fr": "Une personne y était nommée par erreur."}


@pytest.fixture
def asked(published: Case, staff: Staff, now: datetime) -> Case:
    """A published answer that is to be taken off."""
    return services.withdraw(case_id=published.pk, actor=staff["coordinator"], reason=REASON, now=now)


def test_an_answer_is_taken_off_when_every_review_agreed_not_before(asked: Case, staff: Staff, now: datetime) -> None:
    page = AnswerPage.objects.get(case=asked)
    take_off = {"case_id": asked.pk, "now": now + timedelta(days=2)}
    assert (asked.state, page.live) == ("review", True)
    with pytest.raises(lifecycle.WrongState):
        services.take_off(actor=staff["publisher"], **take_off)
    case = approve_all(asked, staff)
    assert (case.state, Clearance.objects.get(revision=page.latest_revision).kind) == ("approved", "withdrawal")
    assert services.check_clearances() == {}
    with pytest.raises(NotAllowed):
        services.take_off(actor=staff["coordinator"], **take_off)
    # What was cleared is that it goes, not that it is published again.
    with pytest.raises(Refused):
        services.publish(case_id=case.pk, actor=staff["publisher"], now=now)
    with pytest.raises(NotCleared):
        services.schedule(case_id=case.pk, actor=staff["publisher"], at=now + timedelta(days=9), now=now)
    with pytest.raises(NotCleared):
        page.publish(page.latest_revision)

    case = services.take_off(actor=staff["publisher"], **take_off)

    petition, face = Petition.objects.get(), PublicCase.objects.get(case_id=case.pk)
    assert not AnswerPage.objects.get(case=case).live
    assert (petition.response_state, face.answered_at, face.text, face.answer_path) == ("awaiting", None, {}, "")
    assert (case.state, case.published_at, case.is_owed) == ("drafting", None, True)
    assert case.owed_since == now + timedelta(days=2)
    assert Event.objects.get(details__what="taken_off").text == REASON
    gone = Client().get(f"/answers/{page.slug}/")
    assert gone.status_code == 410
    assert "It named a person by mistake." in gone.content.decode()
    assert "Work begins in April" not in gone.content.decode()
    french = Client().get(f"/fr/answers/{page.slug}/")
    assert (french.status_code, "Une personne y était nommée" in french.content.decode()) == (410, True)


def test_another_answer_after_it_tells_everybody_again(asked: Case, write: Write, staff: Staff, now: datetime) -> None:
    approve_all(asked, staff)
    case = services.take_off(case_id=asked.pk, actor=staff["publisher"], now=now)
    write(case, summary="The bridge will be mended by June.")
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    approve_all(case, staff)
    case = services.publish(case_id=case.pk, actor=staff["publisher"], now=now + timedelta(days=3))
    page = AnswerPage.objects.get(case=case)
    assert (case.state, page.live, clearance.flaw(page)) == ("published", True, "")
    assert Event.objects.filter(kind="answered", tells_signers=True).count() == 2
    assert PublicCase.objects.get(case_id=case.pk).summary == {"en": "The bridge will be mended by June."}
    assert Client().get(f"/answers/{page.slug}/").status_code == 200


def test_what_was_cleared_to_be_published_is_not_taken_off(cleared: Case, staff: Staff, now: datetime) -> None:
    with pytest.raises(Refused, match="is published"):
        services.take_off(case_id=cleared.pk, actor=staff["publisher"], now=now)
    assert services.publish(case_id=cleared.pk, actor=staff["publisher"], now=now).state == "published"


def test_votes_and_warnings_begin_anew_with_the_answer_owed_again(asked: Case, staff: Staff, now: datetime) -> None:
    approve_all(asked, staff)
    vote(asked, no=30, yes=1)
    half = asked.owed_since + timedelta(days=17)
    told = {"kind": "staff_task", "details__what": "half_used", "row_id": asked.owner_id}
    Case.objects.filter(pk=asked.pk).update(state="drafting", published_at=None)
    services.watch_due_dates(half)
    Case.objects.filter(pk=asked.pk).update(state="approved", published_at=now)
    before = Mail.objects.filter(**told).count()

    case = services.take_off(case_id=asked.pk, actor=staff["publisher"], now=half)

    petitions.services.count_ratings(half)
    face = PublicCase.objects.get(case_id=case.pk)
    assert (ratings.result(face.ratings, case_id=case.pk).total, face.low_rated_case_id) == (0, None)
    assert Entry.objects.get(action="case.take_off").details["no"] == 30
    services.watch_due_dates(half + timedelta(days=20))
    assert (before, Mail.objects.filter(**told).count()) == (1, 2)


def test_it_is_refused_without_a_reason_to_others_and_where_nothing_is_public(
    published: Case, make_case: Callable[..., Case], staff: Staff, now: datetime
) -> None:
    with pytest.raises(Refused):
        services.withdraw(case_id=published.pk, actor=staff["coordinator"], reason={"en": " "}, now=now)
    for name in ("drafter", "publisher", "approver"):
        with pytest.raises(NotAllowed):
            services.withdraw(case_id=published.pk, actor=staff[name], reason=REASON, now=now)
    with pytest.raises(lifecycle.WrongState):
        services.withdraw(case_id=make_case(title="Two").pk, actor=staff["coordinator"], reason=REASON, now=now)
    assert Case.objects.get(pk=published.pk).state == "published"
    assert not Withdrawal.objects.exists()


def test_a_review_that_does_not_agree_leaves_the_answer_where_it_is(asked: Case, staff: Staff, now: datetime) -> None:
    case = services.send_back(
        task_state_id=waiting_step(asked).pk, actor=staff["department_reviewer"], reason="It is right.", now=now
    )
    assert (case.state, AnswerPage.objects.get(case=case).live) == ("drafting", True)
    with pytest.raises(NotAllowed):
        services.leave(case_id=case.pk, actor=staff["drafter"], now=now)
    case = services.leave(case_id=case.pk, actor=staff["coordinator"], now=now)
    assert (case.state, Withdrawal.objects.under_way().exists()) == ("published", False)
    assert services.check_clearances() == {}


def test_a_reason_changed_after_its_approval_takes_nothing_off(asked: Case, staff: Staff, now: datetime) -> None:
    approve_all(asked, staff)
    Withdrawal.objects.update(reason={"en": "Another reason."})
    with pytest.raises(NotCleared):
        services.take_off(case_id=asked.pk, actor=staff["publisher"], now=now)
    assert AnswerPage.objects.get(case=asked).live
    assert Case.objects.get(pk=asked.pk).state == "drafting"
    Withdrawal.objects.update(dropped_at=now)
    with pytest.raises(NotCleared, match="Nobody approved"):
        clearance.require_withdrawal(asked, AnswerPage.objects.get(case=asked).live_revision)


def test_a_correction_is_left_and_the_next_one_begins_with_what_is_public(
    published: Case, write: Write, staff: Staff, now: datetime
) -> None:
    services.correct(case_id=published.pk, actor=staff["coordinator"], reason=REASON, now=now)
    write(published, summary="A slip of the pen.")
    case = services.leave(case_id=published.pk, actor=staff["coordinator"], now=now)
    page = AnswerPage.objects.get(case=case)
    assert (case.state, case.correction) == ("published", {})
    assert page.get_latest_revision_as_object().texts.get().summary == page.texts.get().summary
    services.correct(case_id=case.pk, actor=staff["coordinator"], reason=REASON, now=now)
    with pytest.raises(lifecycle.WrongState):
        services.withdraw(case_id=case.pk, actor=staff["coordinator"], reason=REASON, now=now)


def test_corrections_stand_on_the_answers_page_with_day_and_reason(
    published: Case, write: Write, staff: Staff, now: datetime
) -> None:
    services.correct(case_id=published.pk, actor=staff["coordinator"], reason=REASON, now=now)
    write(published, summary="The bridge will be mended by June.")
    services.submit(case_id=published.pk, actor=staff["drafter"], now=now)
    approve_all(published, staff)
    services.publish(case_id=published.pk, actor=staff["publisher"], now=now + timedelta(days=2))
    page = AnswerPage.objects.get(case=published)
    shown = Client().get(f"/answers/{page.slug}/").content.decode()
    assert "Corrections" in shown
    assert "It named a person by mistake." in shown
    assert PublicCase.objects.get(case_id=published.pk).corrected_at == now + timedelta(days=2)


def test_the_whole_way_off_the_site_on_screen(published: Case, staff: Staff, log_in: Callable[[User], Client]) -> None:
    def act(who: str, name: str, **data: str) -> None:
        response = log_in(staff[who]).post(reverse("cases:act", args=[published.pk, name]), data)
        assert response.status_code == 302, response.content.decode()[:2000]

    act("coordinator", "withdraw", reason_en=REASON["en"], reason_fr=REASON["fr"])
    for name in ("department_reviewer", "legal_reviewer", "approver"):
        client, address = log_in(staff[name]), reverse("cases:review", args=[waiting_step(published).pk])
        shown = client.get(address)
        assert "It named a person by mistake." in shown.content.decode()
        seen = shown.context["approve_form"]["seen"].value()
        assert client.post(address, {"decision": "approve", "seen": seen}).status_code == 302
    case_page = log_in(staff["publisher"]).get(reverse("cases:detail", args=[published.pk])).content.decode()
    assert "Take the answer off" in case_page
    assert "Publish now" not in case_page
    act("publisher", "take_off")
    assert not AnswerPage.objects.get(case=published).live
