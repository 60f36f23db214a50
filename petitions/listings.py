"""The lists of public petitions: which petitions each holds and in what order.

One table for the list page and for the JSON, so that both mean the same by the same name. Names, conditions and
orders are those of the UK Parliament's petitions API, which existing clients ask for.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from petitions.lifecycle import ResponseState, State
from petitions.models import Crossing, Petition
from petitions.models.petition import ThresholdKind
from petitions.querysets import PetitionQuerySet

OPEN = Q(state=State.OPEN)
# A petition withdrawn after opening takes no more signatures: lists count it among the closed ones.
CLOSED = Q(state=State.CLOSED) | Q(state=State.WITHDRAWN, opened_at__isnull=False)
REJECTED = Q(state=State.REJECTED)
OPENED = OPEN | CLOSED

_crossings = Crossing.objects.filter(petition=OuterRef("pk"))


def reached(kind: ThresholdKind) -> Subquery:
    """When a petition reached its threshold of this kind; null if it did not."""
    return Subquery(_crossings.filter(threshold__kind=kind).values("crossed_at")[:1])


_owed_a_hearing = Exists(_crossings.filter(threshold__kind=ThresholdKind.DEBATE)) | Q(
    hearing__scheduled_on__isnull=False
)
_no_outcome = Q(hearing__isnull=True) | Q(hearing__debated__isnull=True, hearing__outcome_at__isnull=True)

MOST_SIGNED = (F("signature_count").desc(), F("created_at").desc(), F("id").desc())
NEWEST = (F("opened_at").desc(nulls_last=True), F("created_at").desc(), F("id").desc())
# What can still be signed comes first, in every list.
CLOSING_SOON = (
    Case(When(state=State.OPEN, then=F("closes_at"))).asc(nulls_last=True),
    F("closed_at").desc(nulls_last=True),
    F("id").desc(),
)
# By how many signed in the last day, as the tally keeps it.
TRENDING = (F("trend__last_day").desc(nulls_last=True), F("trend__last_hour").desc(nulls_last=True), *MOST_SIGNED)


@dataclass(frozen=True)
class Listing:
    """One list of public petitions."""

    name: str
    label: Promise
    condition: Q
    order: tuple[Any, ...] = MOST_SIGNED

    def petitions(self) -> PetitionQuerySet:
        """The petitions of this list, in its order."""
        return Petition.objects.public().filter(self.condition).order_by(*self.order)


LISTINGS: dict[str, Listing] = {
    listing.name: listing
    for listing in (
        Listing("all", _("All petitions"), OPENED | REJECTED),
        Listing("open", pgettext("petitions", "Open"), OPEN),
        Listing(
            "trending",
            _("Signed most today"),
            OPEN & Q(trend__last_day__gt=0),
            TRENDING,
        ),
        Listing("recent", _("Recently opened"), OPEN, NEWEST),
        Listing("closed", pgettext("petitions", "Closed"), CLOSED),
        Listing("rejected", pgettext("petitions", "Refused"), REJECTED, (F("created_at").desc(), F("id").desc())),
        Listing(
            "awaiting_response",
            _("Waiting for an answer"),
            OPENED & Q(response_state=ResponseState.AWAITING),
            (reached(ThresholdKind.RESPONSE).asc(nulls_last=True), F("id").asc()),
        ),
        Listing(
            "with_response",
            pgettext("petitions", "Answered"),
            OPENED & Q(response_state=ResponseState.ANSWERED),
            (F("public_case__answered_at").desc(nulls_last=True), F("id").desc()),
        ),
        Listing(
            "awaiting_debate",
            _("Waiting for a hearing"),
            OPENED & Q(_owed_a_hearing) & _no_outcome,
            (
                F("hearing__scheduled_on").asc(nulls_first=True),
                reached(ThresholdKind.DEBATE).asc(nulls_first=True),
                F("id").asc(),
            ),
        ),
        Listing(
            "with_debate_outcome",
            _("With the outcome of a hearing"),
            OPENED & ~_no_outcome,
            (F("hearing__outcome_at").desc(nulls_last=True), F("id").desc()),
        ),
        Listing(
            "debated",
            _("Heard"),
            OPENED & Q(hearing__debated=True),
            (
                F("hearing__scheduled_on").desc(nulls_last=True),
                F("hearing__outcome_at").desc(nulls_last=True),
                F("id").desc(),
            ),
        ),
        Listing(
            "not_debated",
            _("Not heard"),
            OPENED & Q(hearing__debated=False),
            (F("hearing__outcome_at").desc(nulls_last=True), F("id").desc()),
        ),
    )
}

# Those that the list page offers, in its order.
SHOWN = ("all", "open", "awaiting_response", "with_response", "closed", "rejected")


def named(name: str) -> Listing:
    """The list of this name; an unknown name reads as all petitions."""
    return LISTINGS.get(name, LISTINGS["all"])
