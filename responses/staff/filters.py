"""The filters of the list of cases. Whatever they hold is in the address, which shows any reader what they may see."""

from typing import Any

import django_filters
from django import forms
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from accounts.models import Department, User
from petitions.models import Region, Topic
from responses.models import Case, CaseLink, CaseTag, Team
from responses.models.case import OWED, PAUSED, CasePriority, CaseState
from responses.models.stay import SHOWN_STATES
from responses.staff.queues import CLOCK, QUEUES

NOBODY = "nobody"
# As in CaseQuerySet.owed, which a condition cannot take.
IS_OWED = Q(state__in=OWED, published_at=None) & ~Q(origin="import")
STANDS_STILL = IS_OWED & Q(paused_at__isnull=False)


def choices() -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in each filter that is filled from a table, in one query."""
    owners = User.objects.filter(Exists(Case.objects.filter(owner=OuterRef("pk"))))
    kinds = (
        ("department", Department.objects.all(), "name"),
        ("owner", owners, Concat("first_name", Value(" "), "last_name", Value(" ("), "username", Value(")"))),
        ("region", Region.objects.all(), "name"),
        ("tag", CaseTag.objects.all(), "name"),
        ("team", Team.objects.filter(active=True), "name"),
        ("topic", Topic.objects.all(), "name"),
    )
    parts = [
        rows.order_by().values_list(Value(kind), Cast("pk", CharField()), Cast(words, CharField()))
        for kind, rows, words in kinds
    ]
    found: dict[str, list[tuple[str, str]]] = {kind: [] for kind, _rows, _words in kinds}
    for kind, key, words in sorted(parts[0].union(*parts[1:], all=True), key=lambda row: row[2].casefold()):
        found[kind].append((key, words))
    return found


class CaseFilters(WagtailFilterSet):
    queue = django_filters.ChoiceFilter(
        label=_("Queue"), choices=[(queue.name, queue.label) for queue in QUEUES.values()], method="by_queue"
    )
    due = django_filters.ChoiceFilter(
        label=_("Clock"), choices=[(name, label) for name, (label, _which) in CLOCK.items()], method="by_clock"
    )
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=SHOWN_STATES, widget=forms.CheckboxSelectMultiple, method="by_state"
    )
    department = django_filters.MultipleChoiceFilter(label=_("Department"), widget=forms.CheckboxSelectMultiple)
    team = django_filters.ChoiceFilter(label=_("Team"))
    owner = django_filters.ChoiceFilter(label=_("Owner"), method="by_owner")
    priority = django_filters.MultipleChoiceFilter(
        label=_("Priority"), choices=CasePriority.choices, widget=forms.CheckboxSelectMultiple
    )
    tag = django_filters.ChoiceFilter(label=_("Tag"), field_name="tags")
    topic = django_filters.ChoiceFilter(label=_("Topic"), method="by_topic")
    region = django_filters.ChoiceFilter(label=_("Signed from"), method="by_region")

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = choices()
        found["owner"] = [(NOBODY, str(_("Nobody"))), *found["owner"]]
        for name, offered in found.items():
            self.filters[name].extra["choices"] = offered

    def by_queue(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        return queryset.filter(IS_OWED, QUEUES[value].which(self.request.user, timezone.localdate()))

    def by_clock(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        return queryset.filter(IS_OWED, CLOCK[value][1](timezone.localdate()))

    def by_state(self, queryset: QuerySet[Case], name: str, value: list[str]) -> QuerySet[Case]:
        chosen = Q(state__in=[state for state in value if state in CaseState.values]) & ~STANDS_STILL
        if not value:
            return queryset
        return queryset.filter(chosen | STANDS_STILL if PAUSED in value else chosen)

    def by_owner(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        return queryset.filter(owner=None if value == NOBODY else value)

    def by_topic(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        return queryset.filter(pk__in=CaseLink.objects.filter(petition__topics=value).values("case"))

    def by_region(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        return queryset.filter(pk__in=CaseLink.objects.filter(signed_from(value)).values("case"))


def signed_from(region_code: str) -> Q:
    """Links to petitions that somebody signed from this region; conditions on one and the same row of counts."""
    counts = "petition__region_counts__"
    some = Q(**{f"{counts}imported__gt": 0}) | Q(**{f"{counts}signed__gt": 0})
    return Q(**{f"{counts}region_code": region_code}) & some
