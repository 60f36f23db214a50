"""What the pages of this room show."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cms.languages import current_language
from mailing.links import absolute
from petitions import drafts, lifecycle, limits, waiting
from petitions.lifecycle import Act, State
from petitions.models import Event, Petition, PublicCase, Rejection, ReviewRequest
from petitions.selectors import last_day
from petitions.services.creator import may_request_review
from petitions.timeline import brings
from petitions.wording import localized
from signatures import links
from signatures.models import Role, Signature, SignatureState
from signatures.standing import knows
from vault.tokens import Claim

# Whoever is held sees what everybody sees: the link would tell a forger which of theirs were found out.
CONFIRMABLE = (SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.HELD)


def petition(petition_id: int) -> Petition | None:
    """The petition of this number, whatever its state."""
    return Petition.objects.filter(pk=petition_id).first()


def signature(claim: Claim) -> Signature | None:
    """The row that a link was made for; None when it is gone or the link is of another generation."""
    return Signature.objects.filter(petition_id=claim.petition_id, id=claim.row_id, generation=claim.generation).first()


@dataclass(frozen=True)
class Confirmable:
    petition: Petition
    signature: Signature


def confirmable(claim: Claim) -> Confirmable | None:
    """What a confirmation link is about, as long as it is one that may be shown."""
    row, found = signature(claim), petition(claim.petition_id)
    if row is None or found is None or not knows(found, row.role) or row.state not in CONFIRMABLE:
        return None
    return Confirmable(found, row)


def shown_petition(petition_id: int) -> Petition | None:
    """The petition if the public may see it."""
    found = petition(petition_id)
    return found if found and knows(found, Role.SIGNER) else None


def signed(*, petition_id: int, row_id: int | None = None, now: datetime) -> dict[str, Any]:
    """What somebody sees who has confirmed: the petition, what comes next; for the creator's row its own links."""
    found = Petition.objects.get(pk=petition_id)
    row = Signature.objects.filter(petition_id=petition_id, id=row_id).first() if row_id else None
    stages = _stages(found)
    context: dict[str, Any] = {
        "petition": found,
        "next": next(iter(stages), None),
        "stages": stages,
        "last_day": last_day(found.closes_at),
        "address": absolute("petitions:detail", current_language(), petition_id=petition_id),
        "needed": missing_supporters(found),
    }
    if row and row.role == Role.CREATOR:
        context["token"] = links.creator_token(row, found, now=now)
        context["creator_link"] = links.creator(row, found, now=now)
        context["support_link"] = links.support(found, language=found.language, now=now)
    return context


def _next_threshold(found: Petition) -> dict[str, Any] | None:
    return next(iter(_stages(found)), None)


def _stages(found: Petition) -> list[dict[str, Any]]:
    """The thresholds that an open petition may still reach, the nearest first."""
    if found.state != State.OPEN:
        return []
    language = current_language()
    ahead = found.thresholds.filter(crossing=None).order_by("count")
    return [{"count": one.count, "brings": brings(one, language)} for one in ahead]


def creator_page(found: Petition, row: Signature, *, now: datetime) -> dict[str, Any]:
    """Where a petition stands, for its creator, and what they can do now."""
    early = found.state == State.GATHERING_SUPPORT
    return {
        "petition": found,
        "signature": row,
        "needed": limits.current().supporters,
        "missing": missing_supporters(found),
        "support_link": links.support(found, language=found.language, now=now) if early else "",
        "queue": _queue(found, now) if found.state == State.IN_MODERATION else None,
        "refusal": refusal(found, current_language()),
        "may_hand_in_again": drafts.may_correct(found),
        "followed_by": _followed_by(found),
        "case": public_case(found),
        "last_day": last_day(found.closes_at),
        "next": _next_threshold(found),
        "is_public": knows(found, Role.SIGNER),
        "may_correct": early,
        "may_withdraw": lifecycle.allows(found.state, Act.WITHDRAW, opened=found.was_opened),
        "may_ask_review": may_request_review(found),
        "review": ReviewRequest.objects.filter(petition=found).first(),
        "address": absolute("petitions:detail", row.language, petition_id=found.pk),
    }


def _queue(found: Petition, now: datetime) -> dict[str, Any]:
    """What a creator who waits is told about the moderators' queue, in days."""
    usual = waiting.usual()
    return {
        "usual": usual,
        "ahead": waiting.ahead(found),
        "oldest": waiting.days(usual.since, now) if usual and usual.since else None,
        "target": limits.current().moderation_target_days,
        "waited": waiting.days(found.moderation_threshold_reached_at or now, now),
    }


def _followed_by(found: Petition) -> Petition | None:
    """The petition that corrects this refused one, once its creator has confirmed it."""
    return Petition.objects.filter(resubmission__refused=found).exclude(state=State.DRAFT).order_by("-pk").first()


@dataclass(frozen=True)
class Refusal:
    """Why a petition was refused, in one language as far as staff wrote it."""

    title: str
    explanation: str
    advice: str
    details: str
    duplicate: Petition | None


def refusal(found: Petition, language: str) -> Refusal | None:
    """The refusal of a petition that is rejected or hidden; None of any other."""
    if found.state not in (State.REJECTED, State.HIDDEN):
        return None
    rejection = Rejection.objects.filter(petition=found).select_related("reason", "duplicate_of").first()
    if rejection is None:
        return None
    duplicate = rejection.duplicate_of
    return Refusal(
        title=localized(rejection.reason, language, "title"),
        explanation=localized(rejection.reason, language, "explanation"),
        advice=localized(rejection.reason, language, "advice"),
        details=rejection.details,
        duplicate=duplicate if duplicate and knows(duplicate, Role.SIGNER) else None,
    )


def missing_supporters(found: Petition) -> int:
    """How many supporters are needed still before the petition is checked."""
    return max(limits.current().supporters - found.supporter_count, 0)


def due_on(found: Petition, event: Event) -> date | None:
    """The day by which an answer is due: as the event says, else as it stands now."""
    if told := event.details.get("due_on"):
        return date.fromisoformat(told[:10])
    case = public_case(found)
    return case.due_on if case else None


def brought(found: Petition, kind: str) -> str:
    """What the petition's threshold of this kind brings, in the active language."""
    threshold = found.thresholds.filter(kind=kind).first()
    return brings(threshold, current_language()) if threshold else ""


def public_case(found: Petition) -> PublicCase | None:
    """The public face of the petition's case."""
    return PublicCase.objects.filter(petition=found).select_related("department").first()
