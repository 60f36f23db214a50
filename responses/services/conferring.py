"""What those who review say to each other and to the writers: comments on a draft, and handing a review on."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import NotAllowed
from petitions.services import Refused
from responses import reviewers
from responses.models import AnswerComment, AnswerPage, Case, ReviewReading
from responses.models.approval import ReviewState
from responses.services import notices, review, steps
from responses.services.cases import takes_part

COMMENT_LENGTH = 4000
PASSAGE_LENGTH = 300


# --- Reading


def note_reading(*, task_state: ReviewState, reader: User, content: str, now: datetime) -> None:
    """Remember that ``reader`` saw this version, with this digest: the next one is shown as a difference from it."""
    ReviewReading.objects.update_or_create(
        revision=task_state.revision,
        reader=reader,
        step=reviewers.review_of(task_state.task.specific).step,
        defaults={"digest": content, "at": now},
    )


# --- Handing a review on


@transaction.atomic
def hand_over(*, task_state_id: int, actor: User, colleague_id: int, now: datetime, word: str = "") -> Case:
    """A review that waits, laid before one colleague who may decide it; they alone are mailed.

    Others who hold it can still decide, so that nothing lies still when the colleague is away too. Raises NotAllowed
    to those whose review it is not; Refused for a colleague who may not decide it, and when it is decided already.
    """
    case, task_state, asked = review.open_step(task_state_id)
    page = AnswerPage.objects.get(case=case)
    known = {"case": case, "page_id": page.pk, "revision_id": task_state.revision_id, "review": asked}
    found = reviewers.standing(user=actor, **known)
    if found.objection in reviewers.NOT_THEIRS:
        raise NotAllowed(found.objection.label)
    colleague = User.objects.filter(pk=colleague_id, is_active=True).first()
    if colleague is None or colleague == actor:
        raise Refused(_("Choose a colleague."), "colleague")
    if reviewers.standing(user=colleague, **known).objection is not None:
        raise Refused(_("This colleague may not decide this review."), "colleague")
    task_state.handed_to, task_state.handed_by = colleague, actor
    task_state.handed_word = word.strip()[:COMMENT_LENGTH]
    task_state.save(update_fields=["handed_to", "handed_by", "handed_word"])
    details = review.told_apart(asked, found.principal) | {"to": colleague.pk}
    steps.record(case, "hand_over", actor=actor, reason=task_state.handed_word, **details)
    once = f"{task_state.pk}:{now.isoformat()}"
    notices.tell(notices.What.REVIEW, case=case, task_state=task_state, once=once, but=actor)
    return case


def colleagues(task_state: ReviewState, case: Case, but: User) -> list[User]:
    """Those to whom this review may be handed: they hold it and may decide it."""
    asked = reviewers.review_of(task_state.task.specific)
    page_id = int(task_state.workflow_state.object_id)
    facts = reviewers.facts_of({task_state.revision_id: page_id})
    return [
        user
        for user in notices.holders_of(case, asked)
        if user != but
        and reviewers.standing(
            case=case, page_id=page_id, revision_id=task_state.revision_id, review=asked, user=user, facts=facts
        ).objection
        is None
    ]


# --- Comments


@transaction.atomic
def comment(
    *, case_id: int, actor: User, text: str, now: datetime, language: str = "", passage: str = ""
) -> AnswerComment:
    """A remark on the draft as it stands, for its writers; they and the owner are told.

    Raises NotAllowed to those who may not see the case or only look on, Refused without a text.
    """
    case = steps.locked(case_id)
    _require_part(actor, case)
    if not text.strip():
        raise Refused(_("Write the comment first."), "text")
    if len(text) > COMMENT_LENGTH or len(passage) > PASSAGE_LENGTH:
        raise Refused(_("Use at most %(limit)s characters.") % {"limit": COMMENT_LENGTH}, "text")
    made = AnswerComment.objects.create(
        case=case,
        revision=AnswerPage.objects.get(case=case).latest_revision,
        author=actor,
        at=now,
        language=language if language in dict(settings.LANGUAGES) else "",
        passage=passage.strip(),
        text=text.strip(),
    )
    steps.record(case, "comment", actor=actor, comment=made.pk)
    notices.tell(notices.What.COMMENTED, case=case, but=actor)
    return made


@transaction.atomic
def settle(*, case_id: int, comment_id: int, actor: User, now: datetime) -> AnswerComment:
    """A comment marked as dealt with. Raises NotAllowed, Refused when it is settled or not there."""
    case = steps.locked(case_id)
    _require_part(actor, case)
    found = AnswerComment.objects.select_for_update(of=("self",)).filter(pk=comment_id, case=case).first()
    if found is None or found.settled_at is not None:
        raise Refused(_("This comment is settled already."))
    found.settled_at, found.settled_by = now, actor
    found.save(update_fields=["settled_at", "settled_by"])
    steps.record(case, "settle", actor=actor, comment=found.pk)
    return found


def _require_part(actor: User, case: Case) -> None:
    if not takes_part(actor) or not Case.objects.visible_to(actor).filter(pk=case.pk).exists():
        raise NotAllowed(_("This is for those who write and review this answer."))


def open_comments(case: Case) -> list[AnswerComment]:
    """The comments that nobody has dealt with, in their order."""
    return list(case.comments.filter(settled_at=None).select_related("author"))
