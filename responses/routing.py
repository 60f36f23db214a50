"""Who gets a new case: the first rule that takes its petition, else the department named in moderation, else the
coordinator's queue.

A rule is a condition in the database (decision 0101): one question finds the rule of one petition as it is opened, and
of many on the try-out page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Sum, Value, When

from accounts.models import Department, User
from petitions.lifecycle import ResponseState, State
from petitions.models import Petition, RegionCount
from petitions.models.place import UNPLACED
from petitions.querysets import with_words
from responses.models import RoutingRule, Team
from responses.models.case import CasePriority

TRIED_SHOWN = 50


@dataclass(frozen=True)
class Route:
    """Where a case goes. Without a department it lies in the coordinator's queue."""

    department: Department | None
    owner: User | None
    named: bool = False
    team: Team | None = None
    priority: int = CasePriority.NORMAL
    rule: RoutingRule | None = None

    @property
    def is_assigned(self) -> bool:
        """Whether somebody who was named for such cases has it, so that nobody needs to hand it on."""
        return self.department is not None and self.named


# --- Which rule


@dataclass(frozen=True)
class Conditions:
    """What a petition must meet, all of it: ids of topics and departments, lines of words, codes of regions.

    An empty one is met by every petition. ``share`` is per cent of the signatures that have a place.
    """

    topics: Sequence[int] = ()
    asked: Sequence[int] = ()
    lines: Sequence[str] = ()
    regions: Sequence[str] = ()
    share: int = 50

    @classmethod
    def of(cls, rule: RoutingRule) -> "Conditions":
        """The conditions of a stored rule."""
        return cls(
            topics=[topic.pk for topic in rule.topics.all()],
            asked=[department.pk for department in rule.asked.all()],
            lines=rule.lines,
            regions=[region.pk for region in rule.regions.all()],
            share=rule.region_share,
        )

    def met(self) -> Q:
        """The petitions that meet them, as a condition for a query."""
        met = Q(pk__isnull=False)
        if self.topics:
            met &= Q(Exists(Petition.topics.through.objects.filter(petition=OuterRef("pk"), topic__in=self.topics)))
        if self.asked:
            named = Petition.departments.through.objects.filter(petition=OuterRef("pk"), department__in=self.asked)
            met &= Q(Exists(named))
        if self.lines:
            met &= reduce(or_, map(with_words, self.lines))
        if self.regions:
            met &= Q(self._signed_there())
        return met

    def _signed_there(self) -> Exists:
        signed = F("imported") + F("signed")
        return Exists(
            RegionCount.objects.filter(petition=OuterRef("pk"))
            .exclude(region_code=UNPLACED)
            .order_by()
            .values("petition")
            .annotate(placed=Sum(signed), there=Sum(signed, filter=Q(region_code__in=self.regions), default=0))
            .filter(placed__gt=0, there__gte=F("placed") * self.share / 100.0)
            .values("petition")
        )


def first_of(rules: Sequence[RoutingRule]) -> Case:
    """An expression over petitions: the id of the first of ``rules`` that takes each, null where none does."""
    return Case(
        *(When(Conditions.of(rule).met(), then=Value(rule.pk)) for rule in rules),
        default=None,
        output_field=IntegerField(null=True),
    )


def rule_of(petition: Petition, rules: Sequence[RoutingRule]) -> RoutingRule | None:
    """The first of ``rules`` that takes ``petition``."""
    if not rules:
        return None
    found = Petition.objects.filter(pk=petition.pk).values_list(first_of(rules), flat=True).get()
    return next((rule for rule in rules if rule.pk == found), None)


@dataclass(frozen=True)
class Tried:
    """A petition that meets the conditions, and the earlier rule that would take its case before."""

    petition: Petition
    earlier: RoutingRule | None


@dataclass(frozen=True)
class TryOut:
    """What conditions would do among ``looked_at`` petitions: how many meet them, and the most signed of these."""

    looked_at: int
    met: int
    rows: list[Tried]


def try_out(conditions: Conditions, *, earlier: Sequence[RoutingRule], limit: int = TRIED_SHOWN) -> TryOut:
    """Try conditions on the petitions that a case is owed for or may be: those open, and those that await an answer."""
    looked_at = Petition.objects.filter(
        Q(state=State.OPEN) | Q(state=State.CLOSED, response_state=ResponseState.AWAITING)
    )
    found = looked_at.filter(conditions.met())
    shown = found.annotate(taken_by=first_of(earlier) if earlier else Value(None, IntegerField(null=True)))
    rules = {rule.pk: rule for rule in earlier}
    return TryOut(
        looked_at=looked_at.count(),
        met=found.count(),
        rows=[
            Tried(petition, rules.get(petition.taken_by))
            for petition in shown.defer("search", "detail", "source_data").most_signed()[:limit]
        ],
    )


# --- Where to


def route(petition: Petition, rules: Sequence[RoutingRule], coordinator: User | None) -> Route:
    """Where a new case of ``petition`` goes. ``rules`` are those in force, in their order.

    A department without a named person at work keeps the case, but the coordinator owns it until somebody is named.
    A rule whose department has been closed sends to the coordinator's queue: somebody should look at the rule.
    """
    stand_in = coordinator if coordinator is not None and coordinator.is_active else None
    rule = rule_of(petition, rules)
    if rule is None:
        department = _named_in_moderation(petition)
        named = _at_work(department.point_person) if department else None
        return Route(department, named or stand_in, named=named is not None)
    department = rule.department if rule.department and rule.department.active else None
    if department is None:
        return Route(None, stand_in, priority=rule.priority, rule=rule)
    team = rule.team if rule.team and rule.team.active else None
    named = _at_work(rule.owner) or _at_work(team.point_person if team else None) or _at_work(department.point_person)
    return Route(department, named or stand_in, named is not None, team, rule.priority, rule)


def _at_work(user: User | None) -> User | None:
    return user if user is not None and user.is_active else None


def _named_in_moderation(petition: Petition) -> Department | None:
    """The first active one, in the order in which they were named."""
    chosen = petition.departments.through.objects.filter(petition=petition, department__active=True).order_by("pk")
    link = chosen.select_related("department__point_person").first()
    return link.department if link else None
