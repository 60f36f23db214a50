"""One case for several petitions: each keeps its own text, signatures and count, and all their signers are told."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

import petitions.services
from accounts.models import User
from accounts.permissions import require
from petitions.lifecycle import ResponseState, State
from petitions.models import Petition
from petitions.models.timeline import EventKind
from petitions.services import Refused
from responses import lifecycle
from responses.models import Case, CaseLink, CaseTrigger
from responses.models.case import Origin
from responses.services import cases, notices, steps
from responses.services.pausing import end_pause


@transaction.atomic
def group(*, case_id: int, petition_id: int, actor: User, reason: str, now: datetime) -> Case:
    """The case with one petition more to answer. A case that this leaves without petitions ends in this one.

    The clock runs from the earlier of the two promises. Raises NotAllowed without ``responses.assign_case``; Refused
    without a reason, for a petition that is not public, was answered or is in this case already; WrongState once
    either answer is in review.
    """
    require(actor, "responses.assign_case")
    if not reason.strip():
        raise Refused(_("Say why these petitions are answered together."), "reason")
    case, petition, other = _locked(case_id, petition_id)
    if other == case:
        raise Refused(_("This case answers that petition already."), "petition_id")
    if petition.state not in (State.OPEN, State.CLOSED) or petition.exempt:
        raise Refused(_("Only petitions that are open or closed can be answered."), "petition_id")
    if other is None and petition.response_state == ResponseState.ANSWERED:
        raise Refused(_("This petition has its answer."), "petition_id")
    _require_first_answer(case)
    steps.move(case, lifecycle.Act.GROUP)
    came_from = _take_out(other, petition, case, now) if other else None
    if other:
        case.owed_since = min(case.owed_since, other.owed_since)
    CaseLink.objects.create(case=case, petition=petition, came_from=came_from)
    steps.set_due_date(case, timezone.localdate(now))
    steps.store(case, now)
    steps.record(
        case,
        "group",
        actor=actor,
        reason=reason.strip(),
        petition=petition.pk,
        came_from=other.pk if other else None,
        due_on=str(case.due_on),
    )
    _say_together(case, petition, now)
    return case


@transaction.atomic
def ungroup(*, case_id: int, petition_id: int, actor: User, reason: str, now: datetime) -> Case:
    """The case that ``petition_id`` has of its own from now on: the one it came from, else a new one.

    What was promised stays promised: it is owed since its own threshold, else since it was grouped. Raises NotAllowed
    without ``responses.assign_case``; Refused without a reason, for a petition that is not in this case or its only
    one; WrongState once the answer is in review.
    """
    require(actor, "responses.assign_case")
    if not reason.strip():
        raise Refused(_("Say why this petition is answered on its own."), "reason")
    case, petition, owing = _locked(case_id, petition_id)
    links = list(case.links.select_related("petition"))
    link = next((link for link in links if link.petition_id == petition.pk), None)
    if link is None or owing != case:
        raise Refused(_("Choose a petition that this case answers."), "petition_id")
    if len(links) == 1:
        raise Refused(_("A case answers at least one petition."), "petition_id")
    _require_first_answer(case)
    steps.move(case, lifecycle.Act.GROUP)
    link.delete()
    own = _own_case(case, link, petition, actor, reason.strip(), now)
    CaseTrigger.objects.filter(case=case, crossing__petition=petition).update(case=own)
    steps.store(case, now)
    steps.record(case, "ungroup", actor=actor, reason=reason.strip(), petition=petition.pk, into=own.pk)
    _say(petition, f"alone:{link.pk}", {"what": "alone", "due_on": str(own.due_on)}, _alone(), True, now)
    return own


def _locked(case_id: int, petition_id: int) -> tuple[Case, Petition, Case | None]:
    """The case, the petition, and the case under which it is owed an answer, all locked: cases first, as every act."""
    found = Petition.objects.filter(pk=petition_id).first()
    if found is None:
        raise Refused(_("There is no petition with this number."), "petition_id")
    known = cases.owed_case_of(found)
    wanted = {case_id, known.pk} if known else {case_id}
    locked = {one: steps.locked(one) for one in sorted(wanted)}
    concerned = {petition_id, *CaseLink.objects.filter(case__in=wanted).values_list("petition_id", flat=True)}
    rows = Petition.objects.select_for_update(no_key=True).filter(pk__in=concerned).defer("search").order_by("pk")
    petition = next(row for row in rows if row.pk == petition_id)
    owing = cases.owed_case_of(petition)
    if owing != known:
        raise Refused(_("The case has moved on meanwhile: look at where it stands now."))
    return locked[case_id], petition, locked[owing.pk] if owing else None


def _require_first_answer(case: Case) -> None:
    if not case.is_owed and case.merged_into_id is None:
        raise Refused(_("This case has its answer: what it answers does not change any more."))


def _take_out(other: Case, petition: Petition, into: Case, now: datetime) -> Case | None:
    """Take the petition and its thresholds out of its case; that case when it was the petition's own, else None."""
    link = CaseLink.objects.get(case=other, petition=petition)
    CaseTrigger.objects.filter(case=other, crossing__petition=petition).update(case=into)
    link.delete()
    if other.links.exists():
        steps.move(other, lifecycle.Act.GROUP)
        steps.record(other, "ungroup", actor=None, petition=petition.pk, into=into.pk)
        return link.came_from
    steps.move(other, lifecycle.Act.MERGE)
    if other.is_paused:
        end_pause(other, now)
    other.merged_into, other.closed_at = into, now
    steps.store(other, now)
    steps.record(other, "merge", actor=None, petition=petition.pk, into=into.pk)
    return link.came_from or other


def _own_case(case: Case, link: CaseLink, petition: Petition, actor: User, reason: str, now: datetime) -> Case:
    own = steps.locked(link.came_from_id) if link.came_from_id else None
    if own is not None and own.merged_into_id is not None:
        _bring_back(own, petition, now)
        return own
    crossing = petition.crossings.bringing_case().order_by("crossed_at").first()
    return cases.open_new(
        petition,
        owed_since=crossing.crossed_at if crossing else link.linked_at,
        origin=Origin.THRESHOLD if crossing else Origin.MANUAL,
        actor=actor,
        reason=reason,
        now=now,
    )


def _bring_back(own: Case, petition: Petition, now: datetime) -> None:
    """Open the case that was put into another again, with its owner, its draft and its own clock."""
    steps.move(own, lifecycle.Act.PART)
    own.merged_into, own.closed_at = None, None
    if own.department_id and own.owner_id:
        steps.move(own, lifecycle.Act.ASSIGN)
    CaseLink.objects.create(case=own, petition=petition)
    steps.set_due_date(own, timezone.localdate(now))
    steps.store(own, now)
    steps.record(own, "part", actor=None, petition=petition.pk, due_on=str(own.due_on))
    notices.tell(notices.What.ASSIGNED, case=own)


# --- What the public hears


def _say_together(case: Case, petition: Petition, now: datetime) -> None:
    """An entry on the petition, whose creator is mailed, and on those that it is now answered with."""
    links = list(case.links.select_related("petition"))
    number = next(link.pk for link in links if link.petition_id == petition.pk)
    others = [link.petition for link in links if link.petition_id != petition.pk]
    details = {"what": "together", "due_on": str(case.due_on)}
    _say(petition, f"together:{number}", details, _together(others), True, now)
    for one in others:
        _say(one, f"together:{number}", details, _together([petition]), False, now)


def _say(
    petition: Petition, key: str, details: dict[str, str], text: dict[str, str], tells_creator: bool, now: datetime
) -> None:
    petitions.services.record_event(
        petition_id=petition.pk,
        kind=EventKind.UPDATE,
        key=key,
        text=text,
        details=details,
        tells_creator=tells_creator,
        now=now,
    )


def _together(others: Iterable[Petition]) -> dict[str, str]:
    titles = "; ".join(f"“{petition.title}”" for petition in others)
    return {
        language: _("This petition is answered together with: %(titles)s.") % {"titles": titles}
        for language in _each_language()
    }


def _alone() -> dict[str, str]:
    return {language: _("This petition is answered on its own again.") for language in _each_language()}


def _each_language() -> Iterable[str]:
    for language, _name in settings.LANGUAGES:
        with override(language):
            yield language
