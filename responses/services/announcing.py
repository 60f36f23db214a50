"""Hearings on petitions and what came of them: announced by one person, signed off by another, told once."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import petitions.services
from accounts.models import User
from petitions.models import Crossing
from petitions.models.petition import ThresholdKind
from petitions.models.timeline import EventKind
from petitions.services import HearingState, Refused
from responses.models import Announcement, AnnouncementKind, Case
from responses.models.announcement import HEARINGS
from responses.services import news, notices, proposals, steps

SIGN_OFF = "responses.sign_off"
LENGTH = 3000
HEARD_OF_FOR = timedelta(days=30)


@transaction.atomic
def announce(
    *,
    case_id: int,
    actor: User,
    kind: str,
    on: date,
    text: dict[str, str],
    transcript_url: str = "",
    video_url: str = "",
    tells_signers: bool = True,
    now: datetime,
) -> Announcement:
    """Words by language about a hearing or an outcome, which wait for somebody else's sign-off.

    Raises NotAllowed to those who neither draft nor assign; Refused without a text in the main language, for a day that
    does not fit, for links that belong to no hearing, and while another announcement waits.
    """
    case = steps.locked(case_id)
    steps.require(actor, case, *proposals.WRITERS)
    if Announcement.objects.filter(case=case, decided_at=None).exists():
        raise Refused(_("One is waiting for its sign-off already."))
    if not case.links.exists():
        raise Refused(_("This case answers no petition of its own any more."))
    _require_fitting(kind, on, timezone.localdate(now), has_links=bool(transcript_url or video_url))
    announcement = Announcement.objects.create(
        case=case,
        proposed_by=actor,
        proposed_at=now,
        kind=kind,
        on=on,
        text=news.public_text(text, field="text", missing=_("Write what the public will read."), longest=LENGTH),
        transcript_url=transcript_url,
        video_url=video_url,
        tells_signers=tells_signers,
    )
    steps.record(case, "announcement_proposed", actor=actor, announcement=announcement.pk, kind=kind)
    notices.tell(notices.What.ANNOUNCEMENT, case=case, but=actor)
    return announcement


def _require_fitting(kind: str, on: date, today: date, *, has_links: bool) -> None:
    if kind not in AnnouncementKind.values:
        raise Refused(_("Choose what happened."), "kind")
    if kind == AnnouncementKind.HEARING_PLANNED and on < today:
        raise Refused(_("A planned hearing lies ahead. Choose today or a later day."), "on")
    if kind != AnnouncementKind.HEARING_PLANNED and on > today:
        raise Refused(_("That day has not come yet."), "on")
    if has_links and kind not in HEARINGS:
        raise Refused(_("Only a hearing has a transcript or a video. Put other addresses into the text."), "kind")


@transaction.atomic
def sign_off_announcement(*, announcement_id: int, actor: User, now: datetime) -> Case:
    """The announcement public on every petition of the case; creators are told, and signers where it says so.

    Raises NotAllowed without ``responses.sign_off`` and to whoever proposed it; Refused when it was decided.
    """
    case, announcement = _waiting(announcement_id)
    steps.require(actor, case, SIGN_OFF)
    proposals.let_pass(announcement, actor=actor, now=now)
    petition_ids = steps.petition_ids(case)
    links = {"transcript_url": announcement.transcript_url, "video_url": announcement.video_url}
    if announcement.is_hearing:
        petitions.services.record_hearing(
            petition_ids=petition_ids,
            state=HearingState(announcement.kind),
            day=announcement.on,
            texts=announcement.text,
            links=links,
            now=now,
        )
    for petition_id in petition_ids:
        petitions.services.record_event(
            petition_id=petition_id,
            kind=EventKind.HEARING if announcement.is_hearing else EventKind.OUTCOME,
            key=str(announcement.pk),
            text=announcement.text,
            details={"what": announcement.kind, "on": str(announcement.on)},
            link=next(filter(None, links.values()), ""),
            tells_creator=True,
            tells_signers=announcement.tells_signers,
            now=_happened(announcement, now),
        )
    steps.record(case, "announcement", actor=actor, announcement=announcement.pk, kind=announcement.kind)
    notices.tell(notices.What.ANNOUNCED, case=case, to={announcement.proposed_by_id}, but=actor)
    return case


def _happened(announcement: Announcement, now: datetime) -> datetime:
    """When it stands in the timeline: on its day; what is only planned or was refused, when it was announced."""
    if announcement.kind in (AnnouncementKind.HEARING_PLANNED, AnnouncementKind.HEARING_REFUSED):
        return now
    return min(timezone.make_aware(datetime.combine(announcement.on, time(12))), now)


@transaction.atomic
def return_announcement(*, announcement_id: int, actor: User, comment: str, now: datetime) -> Case:
    """The case without this announcement; whoever proposed it is told, and may take it back themselves.

    Raises NotAllowed to others who may not sign off; Refused without a reason, or when it was decided.
    """
    case, announcement = _waiting(announcement_id)
    proposals.require_decider(announcement, actor, SIGN_OFF)
    proposals.turn_down(announcement, actor=actor, comment=comment, now=now)
    steps.record(case, "announcement_returned", actor=actor, reason=announcement.comment, announcement=announcement.pk)
    notices.tell(notices.What.ANNOUNCEMENT_RETURNED, case=case, to={announcement.proposed_by_id}, but=actor)
    return case


def _waiting(announcement_id: int) -> tuple[Case, Announcement]:
    case = steps.locked(Announcement.objects.values_list("case_id", flat=True).get(pk=announcement_id))
    announcement = Announcement.objects.select_related("proposed_by").get(pk=announcement_id)
    if announcement.decided_at is not None:
        raise Refused(_("This is no longer waiting: it was decided."))
    return case, announcement


def tell_of_hearings(now: datetime) -> int:
    """Tell owners and the coordinator, once, of petitions that reached the threshold for a hearing; how many wait."""
    crossings = Crossing.objects.filter(
        threshold__kind=ThresholdKind.DEBATE,
        fires=True,
        crossed_at__gt=now - HEARD_OF_FOR,
        petition__exempt=False,
        petition__hearing=None,
    )
    cases = {crossing: _case_of(crossing.petition_id) for crossing in crossings}
    for crossing, case in cases.items():
        if case is not None:
            notices.tell(notices.What.HEARING_DUE, case=case, once=str(crossing.pk))
    return len(cases)


def _case_of(petition_id: int) -> Case | None:
    return Case.objects.filter(links__petition=petition_id).order_by("-opened_at").first()
