"""What was approved is what is published: who may approve a revision, and what opens the gate for it."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from accounts.models import User
from petitions.services import Refused
from responses import files
from responses.models import AnswerPage, Approval, Case, Clearance
from responses.models.approval import ClearanceKind, Step

REQUIRED_STEPS: tuple[Step, ...] = (Step.DEPARTMENT, Step.LEGAL, Step.SIGN_OFF)
PERMISSIONS: dict[Step, str] = {
    Step.DEPARTMENT: "responses.review_department",
    Step.LEGAL: "responses.review_legal",
    Step.SIGN_OFF: "responses.sign_off",
}
FILE_CHUNK = 1 << 20


class NotCleared(Refused):
    """The revision must not go live; the reason says what is missing."""


class Objection(models.TextChoices):
    """Why somebody may not approve."""

    NO_RIGHT = "no_right", _("You do not hold this review.")
    OTHER_DEPARTMENT = "other_department", _("This answer belongs to another department.")
    WROTE = "wrote", _("You wrote or handed in this text; somebody else has to approve it.")
    APPROVED_BEFORE = "approved_before", _("You approved another step of this text already.")


# --- What an approval is bound to


def digest(page: AnswerPage) -> str:
    """64 hex digits over everything the public sees of the page, in all languages, with its address and its files.

    ``page`` is the live page or a revision's ``as_object()``; the same content gives the same digest.
    """
    public: dict[str, Any] = {
        "slug": page.slug,
        "title": page.title,
        "seo_title": page.seo_title,
        "search_description": page.search_description,
        "responded_on": page.responded_on,
        "go_live_at": page.go_live_at,
        "expire_at": page.expire_at,
        "texts": [
            [text.language, text.title, text.summary, text.body.get_prep_value()]
            for text in sorted(page.texts.all(), key=lambda text: text.language)
        ],
        "files": sorted(_files(page)),
    }
    return hashlib.sha256(json.dumps(public, sort_keys=True, default=str).encode()).hexdigest()


def _files(page: AnswerPage) -> Iterator[tuple[str, str, str, str]]:
    """Kind, id, title and content of each document and image that the texts refer to."""
    for text in page.texts.all():
        for model, object_id in files.references(text):
            stored: Any = model._default_manager.filter(pk=object_id).first()
            title, content = (stored.title, _content(stored.file)) if stored else ("", "gone")
            yield model.__name__, object_id, title, content


def _content(file: Any) -> str:
    try:
        with file.storage.open(file.name) as stream:
            hashed = hashlib.sha256()
            while chunk := stream.read(FILE_CHUNK):
                hashed.update(chunk)
    except FileNotFoundError:
        return "gone"
    return hashed.hexdigest()


# --- Who may approve


def authors(page: AnswerPage) -> set[int]:
    """Ids of everybody who made or handed in any revision of the page."""
    writers = Revision.objects.for_instance(page).exclude(user=None).values_list("user_id", flat=True)
    submitters = page.workflow_states.exclude(requested_by=None).values_list("requested_by_id", flat=True)
    return {*writers, *submitters}


def objection(*, case: Case, page: AnswerPage, revision: Revision, step: Step, user: User) -> Objection | None:
    """Why ``user`` may not approve ``step`` of ``revision``; None when they may.

    Rights alone are not enough, a superuser's included: nobody approves what they wrote, handed in, or approved at
    another step.
    """
    if not (user.is_active and user.has_perm(PERMISSIONS[step])):
        return Objection.NO_RIGHT
    if step == Step.DEPARTMENT and user.department_id != case.department_id and not user.is_superuser:
        return Objection.OTHER_DEPARTMENT
    if user.pk in authors(page):
        return Objection.WROTE
    if Approval.objects.standing(revision).filter(approver=user).exclude(step=step).exists():
        return Objection.APPROVED_BEFORE
    return None


# --- The gate


def missing_steps(revision: Revision, content: str) -> list[Step]:
    """The required steps that nobody has approved for exactly this revision with exactly this ``content`` digest."""
    approved = set(Approval.objects.standing(revision).filter(digest=content).values_list("step", flat=True))
    return [step for step in REQUIRED_STEPS if step not in approved]


def issue(*, revision: Revision, now: datetime) -> Clearance:
    """The clearance of a revision that went through all steps. Raises NotCleared naming the steps that are missing."""
    page = revision.as_object()
    content = digest(page)
    missing = missing_steps(revision, content)
    if missing:
        raise NotCleared(_("Not approved yet: %(steps)s.") % {"steps": ", ".join(str(step.label) for step in missing)})
    return _store(page, revision, content, kind=ClearanceKind.WORKFLOW, now=now)


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
    clearance = Clearance.objects.filter(revision=revision).first()
    if clearance is None:
        raise NotCleared(_("This version has no clearance."))
    content = digest(revision.as_object())
    if content != clearance.digest:
        raise NotCleared(_("This version was changed after it was cleared."))
    if clearance.kind == ClearanceKind.WORKFLOW and missing_steps(revision, content):
        raise NotCleared(_("An approval of this version was taken back."))
    return clearance


def flaw(page: AnswerPage) -> str:
    """What is wrong with a live page, in English for the log; '' when what is shown is what was cleared."""
    if page.live_revision is None:
        return "live without a revision"
    try:
        clearance = require(page.live_revision)
    except NotCleared as error:
        return str(error)
    return "" if digest(page) == clearance.digest else "the page differs from its cleared revision"
