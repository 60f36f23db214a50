"""What waits for a moderator: petitions, reviews, reports. Reading only."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, Q, QuerySet

from petitions import limits
from petitions.models import Petition, Report, ReviewRequest
from petitions.models.moderation import ReportReason, ReportState

TEXTS_SHOWN = 20


@dataclass(frozen=True)
class Waiting:
    """One petition in the queue: how many whole days it has waited, and by how many that is too long."""

    petition: Petition
    days: int
    days_late: int
    claimed: bool


@dataclass(frozen=True)
class QueueFigures:
    """How full the queue is."""

    waiting: int
    late: int
    second_opinion: int
    target_days: int


def waiting_petitions() -> QuerySet[Petition]:
    """Petitions to be checked, the one that has waited longest first, with the number of their open reports."""
    return (
        Petition.objects.in_moderation()
        .select_related("claimed_by")
        .annotate(open_reports=Count("reports", filter=Q(reports__state=ReportState.OPEN)))
        .order_by(F("moderation_threshold_reached_at").asc(nulls_first=True), "pk")
    )


def described(petition: Petition, now: datetime) -> Waiting:
    """How long the petition has waited at ``now``, against the target that staff have set."""
    since = petition.moderation_threshold_reached_at or now
    days = (now - since).days
    claimed = bool(petition.claimed_by_id and petition.claimed_until and petition.claimed_until > now)
    return Waiting(
        petition=petition,
        days=days,
        days_late=max(0, days - limits.current().moderation_target_days),
        claimed=claimed,
    )


def figures(now: datetime) -> QueueFigures:
    """The numbers above the queue and on the start page."""
    target = limits.current().moderation_target_days
    counted = Petition.objects.in_moderation().aggregate(
        waiting=Count("pk"),
        # Late from the first whole day after the target.
        late=Count("pk", filter=Q(moderation_threshold_reached_at__lte=now - timedelta(days=target + 1))),
        second_opinion=Count("pk", filter=Q(second_opinion=True)),
    )
    return QueueFigures(target_days=target, **counted)


@dataclass(frozen=True)
class Reported:
    """The open reports of one petition."""

    petition: Petition
    number: int
    first_at: datetime
    reasons: list[tuple[str, int]]
    reports: list[Report]


def reported_petitions() -> QuerySet[Petition]:
    """Petitions with open reports: the most reported first, then the longest waiting."""
    return (
        Petition.objects.filter(reports__state=ReportState.OPEN)
        .annotate(open_reports=Count("reports"), first_report=Min("reports__at"))
        .order_by("-open_reports", "first_report")
    )


def with_reports(petitions: list[Petition]) -> list[Reported]:
    """The petitions with their open reports by reason, in two queries. Texts: the newest twenty of each."""
    found = defaultdict(list)
    open_reports = Report.objects.filter(petition__in=petitions, state=ReportState.OPEN).order_by("-at", "-pk")
    for report in open_reports:
        found[report.petition_id].append(report)
    return [_reported(petition, found[petition.pk]) for petition in petitions if found[petition.pk]]


def _reported(petition: Petition, reports: list[Report]) -> Reported:
    labels = dict(ReportReason.choices)
    by_reason = Counter(str(labels[report.reason]) for report in reports)
    return Reported(
        petition=petition,
        number=len(reports),
        first_at=reports[-1].at,
        reasons=by_reason.most_common(),
        reports=[report for report in reports if report.text][:TEXTS_SHOWN],
    )


def waiting_reviews() -> QuerySet[ReviewRequest]:
    """Refusals that a creator has asked to be looked at again, the longest waiting first."""
    return (
        ReviewRequest.objects.filter(outcome="")
        .select_related("petition__rejection__reason", "petition__rejection__decided_by")
        .order_by("asked_at")
    )
