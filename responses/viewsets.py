"""The list of cases in Wagtail's admin."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, Q, QuerySet
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permissions import ModelPermissionPolicy

from accounts.permissions import allowed
from audit.viewsets import BoundedPaginator
from cms.formatting import short_day
from responses import selectors
from responses.models import Case, CaseLink, CaseTag
from responses.models.case import SEES_ALL, SEES_DEPARTMENT
from responses.staff import saved
from responses.staff.act import ASSIGN
from responses.staff.filters import CaseFilters
from responses.staff.reading import is_late


class SeenByRole(ModelPermissionPolicy):
    """Whoever holds any right on cases may see the list; nobody adds, changes or deletes a case by a form."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and any(user.has_perm(right) for right in (*SEES_ALL, *SEES_DEPARTMENT))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


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


class ChosenColumn(BaseColumn):
    """A box to choose a case by, for an act on many."""

    header_template_name = "staff/answers/chosen_header.html"
    cell_template_name = "staff/answers/chosen_cell.html"

    def get_cell_context_data(self, instance: Case, parent_context: dict[str, Any]) -> dict[str, Any]:
        return super().get_cell_context_data(instance, parent_context) | {"case": instance}


def tags(case: Case) -> str:
    return ", ".join(case.tag_names)


class CaseIndexView(IndexView):
    """The cases that this member of staff may see, the one due first on top."""

    results_template_name = "staff/answers/cases_results.html"
    paginator_class = BoundedPaginator
    any_permission_required = ["view"]
    is_searchable = True
    default_ordering = "due_on"
    case_columns = [
        TitleColumn("title", label=_("Petition"), accessor=selectors.petition_titles, get_url=case_url, width="30%"),
        Column("pk", label=_("Case"), accessor="pk"),
        StateColumn("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        Column("department", label=_("Department"), accessor="department", sort_key="department__name"),
        Column("owner", label=_("Owner"), accessor="owner", sort_key="owner__username"),
        Column("due_on", label=_("Due"), accessor=due_day, sort_key="due_on"),
        Column("owed_since", label=_("Owed since"), accessor=owed_since, sort_key="owed_since"),
        Column("tags", label=_("Tags"), accessor=tags),
    ]

    @property
    def columns(self) -> list[BaseColumn]:
        return [ChosenColumn("chosen"), *self.case_columns] if self.may_batch else self.case_columns

    @property
    def may_batch(self) -> bool:
        return allowed(self.request.user, ASSIGN)

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.is_export = False

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not allowed(self.request.user, ASSIGN):
            return []
        return [HeaderButton(_("Open a case"), reverse("cases:open"), icon_name="plus")]

    def get_base_queryset(self) -> QuerySet[Case]:
        """What the list shows of each case and no more: petitions are long."""
        links = CaseLink.objects.select_related("petition").only("case", "petition__title", "petition__language")
        seen = Case.objects.visible_to(self.request.user).select_related("department", "owner")
        names = CaseTag.objects.filter(cases=OuterRef("pk")).order_by("name").values("name")
        return seen.annotate(tag_names=ArraySubquery(names)).prefetch_related(
            Prefetch("links", queryset=links.order_by("pk"))
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = saved.query_of(self.request.GET)
        mine_and_shared = saved.offered(self.request.user)
        return super().get_context_data(
            query=query,
            saved_filters=mine_and_shared,
            saved_now=next((one for one in mine_and_shared if one.query == query), None),
            may_batch=self.may_batch,
            **kwargs,
        )

    def search_queryset(self, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return searched(queryset, self.search_query)


def searched(cases: QuerySet[Case], words: str) -> QuerySet[Case]:
    """Those with these words in the title of a petition, or with this number, or with the petition of this number."""
    words = words.replace("\x00", "").strip()
    if not words:
        return cases
    wanted = Q(links__petition__title__icontains=words)
    if words.isdecimal() and len(words) < 19:
        wanted |= Q(pk=int(words)) | Q(links__petition_id=int(words))
    return cases.filter(pk__in=Case.objects.filter(wanted).values("pk"))


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
