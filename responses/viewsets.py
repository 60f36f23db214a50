"""The list of cases in Wagtail's admin."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permissions import ModelPermissionPolicy

from accounts.models import Department, User
from accounts.permissions import allowed
from audit.viewsets import BoundedPaginator
from cms.formatting import short_day
from responses import selectors
from responses.models import Case
from responses.models.case import SEES_ALL, SEES_DEPARTMENT, CasePriority, CaseState
from responses.staff.act import ASSIGN
from responses.staff.reading import is_late


class SeenByRole(ModelPermissionPolicy):
    """Whoever holds any right on cases may see the list; nobody adds, changes or deletes a case by a form."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and any(user.has_perm(right) for right in (*SEES_ALL, *SEES_DEPARTMENT))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class CaseFilters(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=CaseState.choices, widget=forms.CheckboxSelectMultiple
    )
    due = django_filters.ChoiceFilter(
        label=_("Clock"),
        choices=[("owed", _("Owed")), ("overdue", _("Overdue")), ("paused", _("Paused"))],
        method="by_clock",
    )
    queue = django_filters.ChoiceFilter(
        label=_("Queue"), choices=[("coordinator", _("Coordinator’s queue"))], method="by_queue"
    )
    department = django_filters.ModelMultipleChoiceFilter(
        label=_("Department"), queryset=Department.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    owner = django_filters.ModelChoiceFilter(
        label=_("Owner"), queryset=User.objects.filter(cases__isnull=False).distinct().order_by("username")
    )
    priority = django_filters.MultipleChoiceFilter(
        label=_("Priority"), choices=CasePriority.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Case
        fields = ["state", "due", "queue", "department", "owner", "priority"]

    def by_clock(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        chosen = Case.objects.owed()
        if value == "overdue":
            chosen = Case.objects.overdue(timezone.localdate())
        elif value == "paused":
            chosen = chosen.filter(paused_at__isnull=False)
        return queryset.filter(pk__in=chosen.values("pk"))

    def by_queue(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        return queryset.filter(pk__in=Case.objects.unassigned().values("pk"))


def case_url(case: Case) -> str:
    return reverse("cases:detail", args=[case.pk])


def due_day(case: Case) -> str:
    return short_day(case.due_on)


def owed_since(case: Case) -> str:
    return short_day(case.owed_since)


class StateColumn(Column):
    """The state, with what is wrong with its clock."""

    cell_template_name = "staff/answers/state_cell.html"

    def get_cell_context_data(self, instance: Case, parent_context: dict[str, Any]) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        return context | {"case": instance, "late": is_late(instance, timezone.localdate())}


class CaseIndexView(IndexView):
    """The cases that this member of staff may see, the one due first on top."""

    paginator_class = BoundedPaginator
    any_permission_required = ["view"]
    is_searchable = True
    default_ordering = "due_on"
    columns = [
        TitleColumn("title", label=_("Petition"), accessor=selectors.petition_titles, get_url=case_url, width="35%"),
        Column("pk", label=_("Case"), accessor="pk"),
        StateColumn("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        Column("department", label=_("Department"), accessor="department", sort_key="department__name"),
        Column("owner", label=_("Owner"), accessor="owner", sort_key="owner__username"),
        Column("due_on", label=_("Due"), accessor=due_day, sort_key="due_on"),
        Column("owed_since", label=_("Owed since"), accessor=owed_since, sort_key="owed_since"),
    ]

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.is_export = False

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not allowed(self.request.user, ASSIGN):
            return []
        return [HeaderButton(_("Open a case"), reverse("cases:open"), icon_name="plus")]

    def get_base_queryset(self) -> QuerySet[Case]:
        return selectors.cases_with_petitions(Case.objects.visible_to(self.request.user))

    def search_queryset(self, queryset: QuerySet[Case]) -> QuerySet[Case]:
        if not self.is_searching:
            return queryset
        wanted = Q(links__petition__title__icontains=self.search_query)
        if self.search_query.isdecimal() and len(self.search_query) < 19:
            wanted |= Q(pk=int(self.search_query)) | Q(links__petition_id=int(self.search_query))
        return queryset.filter(pk__in=Case.objects.filter(wanted).values("pk"))


class CaseViewSet(ModelViewSet):
    """Read-only: cases change by acts on their own page."""

    model = Case
    icon = "folder-open-inverse"
    url_prefix = "cases"
    menu_name = "cases"
    menu_label = _("Cases")
    menu_order = 120
    add_to_admin_menu = True
    index_view_class = CaseIndexView
    filterset_class = CaseFilters
    form_fields = ["priority"]
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50

    @property
    def permission_policy(self) -> SeenByRole:
        return SeenByRole(Case)

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        views = super().get_common_view_kwargs(**kwargs)
        return views | {"add_url_name": None, "edit_url_name": None, "delete_url_name": None}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
        ]


cases = CaseViewSet("staff_cases")
