"""The petitions of one region: which most people there signed, and which they signed more than others did."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, ExpressionWrapper, F, FloatField, Q, QuerySet, Sum, When
from django.db.models.functions import NullIf

from cms.kept import Kept
from petitions.lifecycle import State
from petitions.models import Petition, RegionCount
from petitions.places import SMALLEST_SHOWN, regions

MOST_SHOWN = 10
STANDING_OUT_SHOWN = 5
# A share of few signatures says little.
LEAST_FOR_A_SHARE = 100
FIGURES_SECONDS = 600

SHOWN = F("imported") + Case(When(signed__gte=SMALLEST_SHOWN, then=F("signed")), default=0)
SHARE = ExpressionWrapper(F("shown") * 100.0 / NullIf(F("petition__signature_count"), 0), output_field=FloatField())


@dataclass(frozen=True)
class SignedThere:
    """A petition, how many signed it in the region, and which part of all that is, in hundredths."""

    petition: Petition
    count: int
    percent: float


@dataclass(frozen=True)
class Figures:
    """Of all open petitions together: signatures from a region as far as they may be shown, on how many petitions, and
    which part of all that have a region, in hundredths.
    """

    signatures: int
    petitions: int
    percent: float


NOTHING = Figures(0, 0, 0.0)


def most_signed_in(region_code: str, *, states: tuple[str, ...] = (State.OPEN,)) -> list[SignedThere]:
    """The petitions that most people in the region signed. A cell that may not be shown counts as nothing."""
    return _first(_counts(region_code, states).order_by("-shown", "-petition_id"), MOST_SHOWN)


def standing_out_in(region_code: str) -> list[SignedThere]:
    """The open petitions of which the region signed a larger part than it does of all, the most so first."""
    usual = figures().get(region_code, NOTHING).percent
    found = _counts(region_code, (State.OPEN,)).filter(shown__gte=LEAST_FOR_A_SHARE, percent__gt=usual)
    return _first(found.order_by("-percent", "-petition_id"), STANDING_OUT_SHOWN)


def _counts(region_code: str, states: tuple[str, ...]) -> QuerySet[Any]:
    """The region's rows of public petitions that have a figure to show.

    A petition whose published figures by place exceed its count has no share.
    """
    public = RegionCount.objects.filter(region_code=region_code, petition__in=Petition.objects.public())
    return (
        public.filter(petition__state__in=states)
        .annotate(shown=SHOWN)
        .annotate(percent=SHARE)
        .filter(shown__gt=0)
        .filter(Q(percent__lte=100))
    )


def _first(counts: QuerySet[Any], number: int) -> list[SignedThere]:
    rows = counts.select_related("petition__rejection__reason").prefetch_related("petition__thresholds")[:number]
    return [SignedThere(row.petition, row.shown, row.percent) for row in rows]


def _figures() -> dict[str, Figures]:
    open_ones = RegionCount.objects.filter(petition__state=State.OPEN, region_code__in=[one.code for one in regions()])
    totals = open_ones.values_list("region_code").annotate(
        every=Sum(F("imported") + F("signed")),
        shown=Sum(SHOWN),
        petitions=Count("pk", filter=Q(imported__gt=0) | Q(signed__gte=SMALLEST_SHOWN)),
    )
    found = list(totals)
    everywhere = sum(every for _code, every, _shown, _petitions in found)
    return {
        code: Figures(shown, petitions, 100.0 * every / everywhere if everywhere else 0.0)
        for code, every, shown, petitions in found
    }


# What each region has to do with the petitions that are open now, by its code; none for one that nobody signed from.
figures = Kept(_figures, seconds=FIGURES_SECONDS)
