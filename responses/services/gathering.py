"""Asking offices for what they know, and keeping what they say as they said it."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import mailing.services
from accounts.models import Department, User
from accounts.permissions import NotAllowed
from petitions.services import Refused
from responses import attachments, lifecycle
from responses.models import Attachment, Case, Contribution
from responses.services import notices, steps
from vault import sealing

KIND = "contribution"
MOST_OFFICES = 20
MOST_FILES = 3
QUESTION_LENGTH = 2000
TEXT_LENGTH = 20_000
NAME_LENGTH = OFFICE_LENGTH = 120
LONGEST_WAIT = timedelta(days=365)
# A late office is reminded the day after, then every third working day; after that somebody has to call.
CHASES = 3
DAYS_BETWEEN_CHASES = 3
ADDRESS_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Outside:
    """An office whose people have no account here."""

    name: str
    address: str


@dataclass(frozen=True)
class File:
    """A file as it was sent."""

    name: str
    content: bytes


# --- Asking


@transaction.atomic
def ask(
    *,
    case_id: int,
    actor: User,
    question: str,
    due_on: date,
    now: datetime,
    department_ids: Collection[int] = (),
    outside: Sequence[Outside] = (),
    language: str = "",
) -> list[Contribution]:
    """One question put to several offices, each mailed a link to the form in which it answers.

    A department is asked through its named person, else at its team's address; ``outside`` are offices without an
    account. ``language`` is that of mails to addresses; members of staff have their own. Raises NotAllowed to those who
    may not draft the case; Refused (with the field) without a question, a day ahead or an office that can be reached,
    and once the answer is published.
    """
    case = steps.locked(case_id)
    steps.require(actor, case, "responses.draft_answer", "responses.assign_case")
    _require_askable(case, question, due_on, timezone.localdate(now))
    language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    offices = [*_departments(department_ids, language), *(_outside(office, language) for office in outside)]
    if not 1 <= len(offices) <= MOST_OFFICES:
        raise Refused(_("Choose 1 to %(most)d offices.") % {"most": MOST_OFFICES}, "department_ids")
    for contribution, address in offices:
        contribution.case, contribution.question, contribution.due_on = case, question.strip(), due_on
        contribution.asked_by, contribution.asked_at = actor, now
        contribution.chase_on = steps.in_working_days(case, 1, due_on)
        _store(contribution, address)
        steps.record(case, "ask", actor=actor, contribution=contribution.pk, due_on=str(due_on))
        mailing.services.queue(KIND, row_id=contribution.pk, once_key=f"{KIND}:{contribution.pk}:asked", now=now)
    return [contribution for contribution, _address in offices]


def _require_askable(case: Case, question: str, due_on: date, today: date) -> None:
    if case.state in lifecycle.DONE:
        raise Refused(_("This answer is published: open it for a correction first."))
    if not question.strip():
        raise Refused(_("Write the question."), "question")
    if len(question) > QUESTION_LENGTH:
        raise Refused(_("Use at most %(limit)s characters.") % {"limit": QUESTION_LENGTH}, "question")
    if not today < due_on <= today + LONGEST_WAIT:
        raise Refused(_("Choose a day after today, within a year."), "due_on")


def _departments(ids: Collection[int], language: str) -> list[tuple[Contribution, str]]:
    offices = []
    for department in Department.objects.filter(pk__in=ids, active=True).select_related("point_person"):
        named = department.point_person
        colleague = named if named is not None and named.is_active and named.email else None
        if colleague is None and not department.email:
            raise Refused(
                _("%(office)s has neither a named person at work nor an address.") % {"office": department},
                "department_ids",
            )
        contribution = Contribution(
            office=department.name[:OFFICE_LENGTH],
            department=department,
            colleague=colleague,
            language=colleague.language if colleague else language,
        )
        offices.append((contribution, "" if colleague else department.email))
    return offices


def _outside(office: Outside, language: str) -> tuple[Contribution, str]:
    return Contribution(office=office.name.strip()[:OFFICE_LENGTH], language=language), office.address


def _store(contribution: Contribution, address: str) -> None:
    """Insert the row; the address is sealed for the place that its number is."""
    if address:
        contribution.sealed = b""
    contribution.save()
    if address:
        contribution.sealed = sealing.seal({"email": address}, context=_context(contribution))
        contribution.save(update_fields=["sealed"])


def _context(contribution: Contribution) -> str:
    return f"contribution:{contribution.pk}"


def address_of(contribution: Contribution) -> str:
    """Where mail about this question goes; '' when nobody can be reached any more."""
    if contribution.colleague is not None:
        return contribution.colleague.email if contribution.colleague.is_active else ""
    if contribution.sealed is None:
        return ""
    return sealing.unseal(bytes(contribution.sealed), context=_context(contribution))["email"]


@transaction.atomic
def withdraw(*, contribution_id: int, actor: User, now: datetime) -> Contribution:
    """A question taken back: its link no longer works.

    Raises NotAllowed to those who may not draft the case, Refused when it was answered or taken back before.
    """
    case = steps.locked(Contribution.objects.get(pk=contribution_id).case_id)
    steps.require(actor, case, "responses.draft_answer", "responses.assign_case")
    contribution = _waiting(contribution_id)
    contribution.withdrawn_at, contribution.chase_on = now, None
    contribution.generation += 1
    contribution.save()
    steps.record(case, "question_withdrawn", actor=actor, contribution=contribution.pk)
    return contribution


def _waiting(contribution_id: int) -> Contribution:
    contribution = Contribution.objects.select_for_update(of=("self",)).get(pk=contribution_id)
    if not contribution.is_waiting:
        raise Refused(_("This question was answered or taken back already."))
    return contribution


# --- Answering


@transaction.atomic
def contribute(
    *, contribution_id: int, text: str, answered_by: str, now: datetime, files: Sequence[File] = ()
) -> Contribution:
    """What an office says, with its files, kept as it is from now on; those who write the answer are mailed.

    The caller has made sure by the link that it is this office. Raises Refused (with the field) without a text or a
    name, for too many files or one that is not what we take, and once the question was answered or taken back.
    """
    case = steps.locked(Contribution.objects.get(pk=contribution_id).case_id)
    contribution = _waiting(contribution_id)
    if not text.strip():
        raise Refused(_("Write your contribution."), "text")
    if len(text) > TEXT_LENGTH:
        raise Refused(_("Use at most %(limit)s characters.") % {"limit": TEXT_LENGTH}, "text")
    if not answered_by.strip():
        raise Refused(_("Say who you are."), "answered_by")
    if len(files) > MOST_FILES:
        raise Refused(_("Send at most %(most)d files.") % {"most": MOST_FILES}, "files")
    kept = [(file, *attachments.checked(file.name, file.content)) for file in files]
    contribution.text, contribution.answered_by = text.strip(), answered_by.strip()[:NAME_LENGTH]
    contribution.answered_at, contribution.chase_on = now, None
    contribution.save()
    for file, name, kind in kept:
        _keep(contribution, file.content, name, kind)
    steps.record(case, "contributed", actor=None, contribution=contribution.pk, files=len(kept))
    _tell_writers(notices.What.CONTRIBUTED, case, contribution)
    return contribution


def _keep(contribution: Contribution, content: bytes, name: str, kind: str) -> None:
    digest = hashlib.sha256(content).digest()
    sealed = sealing.seal_bytes(content, context=_file_context(contribution, digest))
    Attachment.objects.create(
        contribution=contribution, name=name, kind=kind, size=len(content), digest=digest, sealed=sealed
    )


def _file_context(contribution: Contribution, digest: bytes) -> str:
    return f"attachment:{contribution.pk}:{digest.hex()}"


@transaction.atomic
def read_attachment(*, attachment_id: int, actor: User) -> File:
    """A file as it came. Raises NotAllowed to those who may not see the case, Attachment.DoesNotExist."""
    attachment = Attachment.objects.select_related("contribution").get(pk=attachment_id)
    case_id = attachment.contribution.case_id
    if not Case.objects.visible_to(actor).filter(pk=case_id).exists():
        raise NotAllowed("case of another department")
    context = _file_context(attachment.contribution, bytes(attachment.digest))
    return File(attachment.name, sealing.unseal_bytes(bytes(attachment.sealed), context=context))


def _tell_writers(what: notices.What, case: Case, contribution: Contribution) -> None:
    people = notices.recipients(what, case, None) | {contribution.asked_by_id}
    notices.tell(what, case=case, once=str(contribution.pk), to=people)


# --- Chasing


def chase(now: datetime) -> int:
    """Remind the offices that are late, tell the writers of those that stay silent, forget old addresses.

    Returns how many were reminded or given up; one that cannot be handled stops no other.
    """
    today = timezone.localdate(now)
    late = Contribution.objects.to_chase(today).exclude(case__state__in=lifecycle.DONE)
    done = sum(_chase_one(contribution_id, now) for contribution_id in list(late.values_list("pk", flat=True)))
    Contribution.objects.forgettable(now - ADDRESS_KEPT).update(sealed=None)
    return done


@transaction.atomic
def _chase_one(contribution_id: int, now: datetime) -> bool:
    case = steps.locked(Contribution.objects.get(pk=contribution_id).case_id)
    today = timezone.localdate(now)
    contribution = (
        Contribution.objects.select_for_update(of=("self",)).to_chase(today).filter(pk=contribution_id).first()
    )
    if contribution is None:
        return False
    if contribution.chased >= CHASES:
        contribution.chase_on = None
        steps.record(case, "silent", actor=None, contribution=contribution.pk)
        _tell_writers(notices.What.SILENT, case, contribution)
    else:
        contribution.chased += 1
        contribution.chase_on = steps.in_working_days(case, DAYS_BETWEEN_CHASES, today)
        steps.record(case, "chase", actor=None, contribution=contribution.pk, time=contribution.chased)
        key = f"{KIND}:{contribution.pk}:chase:{contribution.chased}"
        mailing.services.queue(KIND, row_id=contribution.pk, details={"chase": True}, once_key=key, now=now)
    contribution.save(update_fields=["chased", "chase_on"])
    return True
