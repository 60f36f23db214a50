"""What was approved is what is published: what opens the gate for a revision, and what is live without it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from petitions.services import Refused
from responses.content import digest
from responses.models import AnswerPage, Approval, Case, Clearance, Withdrawal
from responses.models.approval import ClearanceKind, ExtraReviewTask, Step
from responses.reviewers import REQUIRED_STEPS, Review, approvers, authors, reviews


class NotCleared(Refused):
    """The revision must not go live; the reason says what is missing."""


def missing(revision: Revision, content: str, asked: Iterable[Review]) -> list[Review]:
    """The reviews of ``asked`` that nobody has approved for exactly this revision with this ``content`` digest."""
    given = list(Approval.objects.standing(revision).filter(digest=content))
    return [review for review in asked if not any(review.is_of(approval) for approval in given)]


def next_review(case: Case, revision: Revision) -> Review | None:
    """The first review of ``case`` that nobody has approved for this revision; None when all have been."""
    given = list(Approval.objects.standing(revision))
    return next((one for one in reviews(case) if not any(one.is_of(approval) for approval in given)), None)


def under_review(case: Case, revision: Revision) -> str:
    """The digest of what is being approved: this version, or, where that was asked for, that it is taken off."""
    return digest(revision.as_object(), withdraws=withdrawal_reason(case))


def withdrawal_reason(case: Case) -> dict[str, str]:
    """The public reason for which the answer is to be taken off; empty where it is not."""
    found = Withdrawal.objects.under_way().filter(case=case).first()
    return found.reason if found else {}


def issue(*, case: Case, revision: Revision, now: datetime) -> Clearance:
    """The clearance of a revision that went through all reviews of its case. Raises NotCleared naming what is missing.

    Who approved is looked at once more: different people, none of whom wrote it, for the department that has the case.
    """
    withdraws = withdrawal_reason(case)
    page = revision.as_object()
    content, asked = digest(page, withdraws=withdraws), reviews(case)
    given = [one for one in Approval.objects.standing(revision) if one.digest == content]
    if lacking := missing(revision, content, asked):
        raise NotCleared(_("Not approved yet: %(steps)s.") % {"steps": ", ".join(one.label for one in lacking)})
    people = approvers(given)
    if len(people) != len(set(people)) or set(people) & authors(page):
        raise NotCleared(_("Different people have to approve, none of whom wrote the text."))
    if any(one.step == Step.DEPARTMENT and one.department_id not in (None, case.department_id) for one in given):
        raise NotCleared(_("The case went to another department, which has not approved this."))
    kind = ClearanceKind.WITHDRAWAL if withdraws else ClearanceKind.WORKFLOW
    extras = [one.extra.pk for one in asked if one.extra]
    return _store(page, revision, content, kind=kind, now=now, extras=extras)


def issue_import(*, revision: Revision, source: str, licence: str, now: datetime) -> Clearance:
    """The clearance of an answer that was public elsewhere: the one other key, for the import command only.

    ``source`` is the address it was published at, ``licence`` the terms under which it may be shown.
    """
    page = revision.as_object()
    content = digest(page)
    return _store(page, revision, content, kind=ClearanceKind.IMPORT, now=now, source=source, licence=licence)


def _store(page: AnswerPage, revision: Revision, content: str, *, now: datetime, **fields: Any) -> Clearance:
    clearance, _created = Clearance.objects.update_or_create(
        revision=revision, defaults={"page_id": page.pk, "digest": content, "issued_at": now, **fields}
    )
    return clearance


def require(revision: Revision) -> Clearance:
    """The clearance under which ``revision`` may go live, as its content stands now. Raises NotCleared."""
    return _standing_clearance(revision, digest(revision.as_object()))


def require_withdrawal(case: Case, revision: Revision) -> Clearance:
    """The clearance under which the answer may be taken off for the reason that was approved. Raises NotCleared."""
    clearance = _standing_clearance(revision, under_review(case, revision))
    if clearance.kind != ClearanceKind.WITHDRAWAL:
        raise NotCleared(_("Nobody approved that this answer is taken off."))
    return clearance


def _standing_clearance(revision: Revision, content: str) -> Clearance:
    clearance = Clearance.objects.filter(revision=revision).first()
    if clearance is None:
        raise NotCleared(_("This version has no clearance."))
    if content != clearance.digest:
        raise NotCleared(_("This version was changed after it was cleared."))
    if clearance.kind != ClearanceKind.IMPORT and missing(revision, content, _passed(clearance)):
        raise NotCleared(_("An approval of this version was taken back."))
    return clearance


def _passed(clearance: Clearance) -> list[Review]:
    """The reviews that were asked for when the clearance was issued: what a department asks for later is for later."""
    extras = ExtraReviewTask.objects.filter(pk__in=clearance.extras)
    return [*map(Review, REQUIRED_STEPS), *(Review(Step.EXTRA, extra) for extra in extras)]


def flaw(page: AnswerPage) -> str:
    """What is wrong with a live page, in English for the log; '' when what is shown is what was cleared."""
    if page.live_revision is None:
        return "live without a revision"
    try:
        clearance = require(page.live_revision)
    except NotCleared as error:
        return str(error)
    return "" if digest(page) == clearance.digest else "the page differs from its cleared revision"
