"""Somebody is away, a review is handed on, a department asks for more: who may decide then, and who is told."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from audit.models import Entry
from mailing.models import Mail
from petitions.services import NotAllowed, Refused
from responses import clearance, reviewers, selectors, services
from responses.clearance import NotCleared
from responses.models import AnswerPage, Approval, Case, Clearance, Delegation, ExtraReviewTask
from responses.models.approval import Step
from responses.reviewers import Objection
from responses.services import conferring, delegating
from tests.responses.people import approve_all, waiting_step

Staff = dict[str, User]
Write = Callable[..., AnswerPage]


@pytest.fixture
def away(staff: Staff) -> Callable[..., Delegation]:
    """Somebody is away today, and a colleague stands in."""

    def away(principal: str, delegate: str, **fields: date) -> Delegation:
        today = timezone.localdate()
        return delegating.delegate(
            principal_id=staff[principal].pk,
            delegate_id=staff[delegate].pk,
            actor=staff[principal],
            now=timezone.now(),
            **{"starts_on": today, "ends_on": today + timedelta(days=7), **fields},
        )

    return away


def objection(case: Case, user: User, step: Step) -> Objection | None:
    page = AnswerPage.objects.get(case=case)
    return reviewers.objection(
        case=case,
        page=page,
        revision=page.latest_revision,
        review=reviewers.Review(step),
        user=User.objects.get(pk=user.pk),
    )


def approve(case: Case, user: User, now: datetime) -> None:
    services.approve(task_state_id=waiting_step(case).pk, actor=User.objects.get(pk=user.pk), now=now)


def test_a_delegate_decides_for_somebody_away_and_both_count(
    in_review: Case, staff: Staff, away: Callable[..., Delegation], now: datetime
) -> None:
    assert objection(in_review, staff["legal_reviewer"], Step.DEPARTMENT) == Objection.NO_RIGHT
    away("department_reviewer", "legal_reviewer")
    approve(in_review, staff["legal_reviewer"], now)
    given = Approval.objects.get()
    assert (given.approver, given.on_behalf_of) == (staff["legal_reviewer"], staff["department_reviewer"])
    assert objection(in_review, staff["legal_reviewer"], Step.LEGAL) == Objection.APPROVED_BEFORE
    # Back from leave, and with another right meanwhile: approved already, by a delegate.
    staff["department_reviewer"].groups.add(staff["legal_reviewer"].groups.get())
    assert objection(in_review, staff["department_reviewer"], Step.LEGAL) == Objection.APPROVED_BEFORE
    assert Entry.objects.get(action="case.approve").details["on_behalf_of"] == staff["department_reviewer"].pk


def test_a_delegate_may_not_what_his_principal_may_not(
    case: Case, write: Write, staff: Staff, away: Callable[..., Delegation], now: datetime
) -> None:
    staff["approver"].groups.add(staff["drafter"].groups.get())
    write(case, by=User.objects.get(username="approver"))
    write(case)
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    away("approver", "publisher")
    assert objection(case, staff["publisher"], Step.SIGN_OFF) == Objection.PRINCIPAL_WROTE
    assert objection(case, staff["approver"], Step.SIGN_OFF) == Objection.WROTE
    away("department_reviewer", "publisher")
    approve(case, staff["department_reviewer"], now)
    staff["department_reviewer"].groups.add(staff["legal_reviewer"].groups.get())
    assert objection(case, staff["publisher"], Step.LEGAL) == Objection.PRINCIPAL_APPROVED
    away("legal_reviewer", "publisher")  # one principal of several is enough
    assert objection(case, staff["publisher"], Step.LEGAL) is None


def test_a_delegation_holds_on_its_days_only_and_lends_only_what_the_principal_has(
    in_review: Case, staff: Staff, away: Callable[..., Delegation]
) -> None:
    today = timezone.localdate()
    later = away("department_reviewer", "publisher", starts_on=today + timedelta(days=1))
    assert objection(in_review, staff["publisher"], Step.DEPARTMENT) == Objection.NO_RIGHT
    Delegation.objects.filter(pk=later.pk).update(starts_on=today)
    assert objection(in_review, staff["publisher"], Step.DEPARTMENT) is None
    assert objection(in_review, staff["publisher"], Step.LEGAL) == Objection.NO_RIGHT
    for change, back in (
        ({"is_active": False}, {"is_active": True}),
        ({"is_superuser": True}, {"is_superuser": False}),
    ):
        User.objects.filter(username="department_reviewer").update(**change)
        assert objection(in_review, staff["publisher"], Step.DEPARTMENT) == Objection.NO_RIGHT
        User.objects.filter(username="department_reviewer").update(**back)
    staff["department_reviewer"].groups.clear()  # the role was taken away
    assert objection(in_review, staff["publisher"], Step.DEPARTMENT) == Objection.NO_RIGHT
    assert not Case.objects.visible_to(User.objects.get(username="second_drafter")).exists()


def test_delegations_are_not_handed_on(in_review: Case, staff: Staff, away: Callable[..., Delegation]) -> None:
    away("department_reviewer", "legal_reviewer")
    away("legal_reviewer", "publisher")
    assert objection(in_review, staff["publisher"], Step.DEPARTMENT) == Objection.NO_RIGHT


def test_who_stands_in_is_mailed_and_finds_the_review_instead_of_who_is_away(
    case: Case, write: Write, staff: Staff, away: Callable[..., Delegation], now: datetime
) -> None:
    away("department_reviewer", "legal_reviewer")
    write(case)
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    mailed = set(Mail.objects.filter(details__what="review").values_list("row_id", flat=True))
    assert mailed == {staff["legal_reviewer"].pk}
    row = selectors.waiting_reviews(staff["legal_reviewer"])[0]
    assert (row["case"], row["principal"]) == (case, staff["department_reviewer"])
    # What waits already when somebody goes away is told at once.
    away("department_reviewer", "coordinator")
    assert Mail.objects.filter(details__what="review", row_id=staff["coordinator"].pk).count() == 1


def test_who_stands_in_opens_the_case_before_its_review_and_hears_of_requests_for_more_time(
    case: Case, staff: Staff, away: Callable[..., Delegation], log_in: Callable[[User], Client]
) -> None:
    def ask(delegate: str) -> set[int]:
        """Whom a request for more time is told, once ``delegate`` stands in for the approver."""
        before = set(Mail.objects.values_list("pk", flat=True))
        away("approver", delegate)
        asked = services.ask_extension(
            case_id=case.pk, actor=staff["drafter"], working_days=5, reason={"en": "Figures."}, now=timezone.now()
        )
        told = Mail.objects.filter(details__what="extension").exclude(pk__in=before)
        services.refuse_extension(
            case_id=case.pk, extension_id=asked.pk, actor=staff["drafter"], comment="", now=timezone.now()
        )
        return set(told.values_list("row_id", flat=True))

    page = reverse("cases:detail", args=[case.pk])
    other = staff["second_drafter"]
    assert log_in(other).get(page).status_code == 404
    assert ask("second_drafter") == {other.pk}
    assert log_in(other).get(page).status_code == 200
    # Published, it is a matter of its department again.
    Case.objects.filter(pk=case.pk).update(state="published", published_at=timezone.now())
    assert log_in(other).get(page).status_code == 404


def test_who_stands_in_hears_at_once_of_a_request_that_waits_already(
    case: Case, staff: Staff, away: Callable[..., Delegation], now: datetime
) -> None:
    services.ask_extension(case_id=case.pk, actor=staff["drafter"], working_days=5, reason={"en": "Figures."}, now=now)
    services.propose_update(case_id=case.pk, actor=staff["drafter"], text={"en": "We met."}, now=now)
    away("approver", "second_drafter")
    away("department_reviewer", "publisher")
    told = Mail.objects.filter(row_id__in=(staff["second_drafter"].pk, staff["publisher"].pk))
    assert set(told.values_list("row_id", "details__what")) == {
        (staff["second_drafter"].pk, "extension"),
        (staff["publisher"].pk, "update"),
    }


def test_the_number_of_waiting_reviews_costs_no_queries(
    make_case: Callable[..., Case],
    write: Write,
    staff: Staff,
    now: datetime,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    for number in range(4):
        case = make_case(title=f"Bridge {number}")
        write(case)
        services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    reviewer = User.objects.get(username="department_reviewer")
    with django_assert_max_num_queries(18):
        assert len(selectors.waiting_reviews(reviewer)) == 4


def test_who_may_name_a_delegate_and_whom(staff: Staff, department: Department, now: datetime) -> None:
    today = timezone.localdate(now)

    def name(principal: str, delegate: str, actor: str, days: int = 5) -> Delegation:
        return delegating.delegate(
            principal_id=staff[principal].pk,
            delegate_id=staff[delegate].pk,
            starts_on=today,
            ends_on=today + timedelta(days=days),
            actor=staff[actor],
            now=now,
        )

    for refused in (
        ("approver", "approver", "approver"),
        ("drafter", "publisher", "drafter"),  # reviews nothing
        ("superuser", "publisher", "superuser"),
        ("approver", "auditor", "approver"),  # works on nothing
        ("approver", "publisher", "approver", -1),
        ("approver", "publisher", "approver", 400),
    ):
        with pytest.raises(Refused):
            name(*refused)
    for not_theirs in (("approver", "publisher", "drafter"), ("approver", "publisher", "publisher")):
        with pytest.raises(NotAllowed):
            name(*not_theirs)
    with pytest.raises(NotAllowed):  # nobody lends himself a right
        name("approver", "coordinator", "coordinator")
    made = name("approver", "publisher", "coordinator")
    with pytest.raises(NotAllowed):
        delegating.end(delegation_id=made.pk, actor=staff["publisher"], now=now)
    delegating.end(delegation_id=made.pk, actor=staff["approver"], now=now)
    with pytest.raises(Refused):
        delegating.end(delegation_id=made.pk, actor=staff["approver"], now=now)
    assert not Delegation.objects.on(today).exists()
    logged = Entry.objects.filter(subject_kind="user", subject_id=staff["approver"].pk).order_by("pk")
    assert list(logged.values_list("action", flat=True)) == ["delegation.set", "delegation.end"]


def test_the_database_refuses_a_self_made_delegate(staff: Staff, now: datetime) -> None:
    fields = {"starts_on": now.date(), "ends_on": now.date(), "set_at": now}
    one, other = staff["approver"], staff["publisher"]
    for people in (
        {"principal": one, "delegate": one, "set_by": one},
        {"principal": one, "delegate": other, "set_by": other},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.create(**fields, **people)


# --- Handed to a colleague


def test_a_review_is_handed_to_somebody_who_may_decide_it(
    in_review: Case, staff: Staff, department: Department, now: datetime
) -> None:
    colleague = User.objects.create_user("colleague", "colleague@staff.example", department=department)
    colleague.groups.add(staff["department_reviewer"].groups.get())
    state = waiting_step(in_review)
    assert conferring.colleagues(state, in_review, staff["department_reviewer"]) == [colleague]
    hand = {"task_state_id": state.pk, "now": now}
    for who in ("drafter", "legal_reviewer"):
        with pytest.raises(Refused):
            services.hand_over(actor=staff["department_reviewer"], colleague_id=staff[who].pk, **hand)
    with pytest.raises(NotAllowed):
        services.hand_over(actor=staff["legal_reviewer"], colleague_id=colleague.pk, **hand)
    services.hand_over(actor=staff["department_reviewer"], colleague_id=colleague.pk, word="You know bridges.", **hand)
    assert Mail.objects.filter(details__what="review", row_id=colleague.pk).count() == 1
    assert [row["state"].pk for row in selectors.waiting_reviews(colleague)] == [state.pk]
    assert selectors.waiting_reviews(staff["department_reviewer"]) == []
    assert Entry.objects.get(action="case.hand_over").reason == "You know bridges."
    approve(in_review, staff["department_reviewer"], now)  # nothing lies still when the colleague is away as well


# --- A department asks for more


@pytest.fixture
def press(department: Department, staff: Staff) -> ExtraReviewTask:
    """A further review after legal review, by somebody of another department."""
    task = ExtraReviewTask.objects.create(name="Press office", department=department, after=Step.LEGAL)
    task.reviewers.add(staff["second_drafter"])
    return task


def test_a_department_asks_for_more_and_never_gets_less(
    case: Case, write: Write, staff: Staff, press: ExtraReviewTask, now: datetime
) -> None:
    write(case)
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    labels = [review.label for review in reviewers.reviews(case)]
    assert labels == ["department review", "legal review", "Press office", "sign-off"]
    for name in ("department_reviewer", "legal_reviewer"):
        approve(case, staff[name], now)
    assert waiting_step(case).task.pk == press.pk
    assert Mail.objects.filter(details__what="review", row_id=staff["second_drafter"].pk).count() == 1
    assert Case.objects.visible_to(staff["second_drafter"]).filter(pk=case.pk).exists()
    for name in ("approver", "drafter", "legal_reviewer"):
        with pytest.raises(NotAllowed):
            approve(case, staff[name], now)
    approve(case, staff["second_drafter"], now)
    approve(case, staff["approver"], now)
    assert Case.objects.get(pk=case.pk).state == "approved"
    assert Clearance.objects.get().extras == [press.pk]
    # Its approval is as needed as the others.
    Approval.objects.filter(extra=press).update(voided_at=now)
    with pytest.raises(NotCleared):
        clearance.require(AnswerPage.objects.get(case=case).latest_revision)


def test_what_is_asked_for_later_is_for_later(
    in_review: Case, staff: Staff, department: Department, now: datetime
) -> None:
    case = approve_all(in_review, staff)
    late = ExtraReviewTask.objects.create(name="Chief scientist", department=department, after=Step.DEPARTMENT)
    clearance.require(AnswerPage.objects.get(case=case).latest_revision)
    assert services.publish(case_id=case.pk, actor=staff["publisher"], now=now).state == "published"
    assert clearance.flaw(AnswerPage.objects.get(case=case)) == ""
    assert late not in [review.extra for review in clearance._passed(Clearance.objects.get())]


def test_a_further_review_that_is_switched_off_is_passed_over(
    case: Case, write: Write, staff: Staff, press: ExtraReviewTask, now: datetime
) -> None:
    write(case)
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    for name in ("department_reviewer", "legal_reviewer"):
        approve(case, staff[name], now)
    press.deactivate(user=staff["superuser"])
    assert waiting_step(case).task.specific.step == Step.SIGN_OFF
    approve(case, staff["approver"], now)
    assert Case.objects.get(pk=case.pk).state == "approved"


# --- The gate looks at the people once more


def test_the_gate_refuses_one_person_for_two_and_authors_whatever_the_table_says(
    in_review: Case, staff: Staff, now: datetime
) -> None:
    page = AnswerPage.objects.get(case=in_review)
    content = clearance.under_review(in_review, page.latest_revision)
    people = [staff["department_reviewer"], staff["legal_reviewer"], staff["approver"]]
    for step, person in zip(clearance.REQUIRED_STEPS, people, strict=True):
        Approval.objects.create(
            page=page, revision=page.latest_revision, digest=content, step=step, approver=person, at=now
        )
    known = {"case": in_review, "revision": page.latest_revision, "now": now}
    for wrong in ({"on_behalf_of": staff["legal_reviewer"]}, {"on_behalf_of": staff["drafter"]}):
        Approval.objects.filter(step=Step.SIGN_OFF).update(**wrong)
        with pytest.raises(NotCleared, match="Different people"):
            clearance.issue(**known)
    Approval.objects.filter(step=Step.SIGN_OFF).update(on_behalf_of=None)
    other = Department.objects.create(acronym="OTHER", name="Another department")
    Approval.objects.filter(step=Step.DEPARTMENT).update(department=other)
    with pytest.raises(NotCleared, match="another department"):
        clearance.issue(**known)
    Approval.objects.update(department=in_review.department)
    assert clearance.issue(**known).extras == []
