"""The auditor's screen: what staff and clocks did, filtered, read-only."""

import django_filters
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import BaseListingView, PermissionCheckedMixin
from wagtail.permissions import ModelPermissionPolicy

from audit.models import Entry
from audit.viewsets import BoundedPaginator


class EntryFilters(WagtailFilterSet):
    actor = django_filters.ModelChoiceFilter(
        label=_("Who"),
        queryset=lambda request: get_user_model().objects.order_by("username"),
        null_label=_("No person (a clock, a command, a citizen)"),
    )
    action = django_filters.CharFilter(label=_("Act"), lookup_expr="istartswith", help_text=_("Such as petition.hide"))
    subject_kind = django_filters.CharFilter(label=_("Kind of subject"), lookup_expr="iexact")
    subject_id = django_filters.NumberFilter(label=_("Number of the subject"), min_value=0, max_value=2**63 - 1)
    at = django_filters.DateFromToRangeFilter(label=_("When"), widget=DateRangePickerWidget)

    class Meta:
        model = Entry
        fields = ["actor", "action", "subject_kind", "subject_id", "at"]


def _moment(entry: Entry) -> str:
    return date_format(timezone.localtime(entry.at), "j M Y, H:i:s")


def _details(entry: Entry) -> str:
    return "; ".join(f"{key}: {_words(value)}" for key, value in entry.details.items() if value not in (None, "", {}))


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_words(part)}" for key, part in value.items())
    if isinstance(value, list):
        return " → ".join(_words(part) for part in value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return "–" if value is None else str(value)


class EntryView(PermissionCheckedMixin, BaseListingView):
    """Every act, the newest first."""

    model = Entry
    permission_policy = ModelPermissionPolicy(Entry)
    any_permission_required = ["view"]
    page_title = _("Audit log")
    header_icon = "history"
    index_url_name = "audit_entries"
    index_results_url_name = "audit_entries_results"
    filterset_class = EntryFilters
    paginator_class = BoundedPaginator
    paginate_by = 50
    columns = [
        Column("at", label=_("When"), accessor=_moment, width="16%"),
        Column("actor", label=_("Who"), accessor=lambda entry: entry.actor or "–", width="14%"),
        Column("action", label=_("Act"), width="18%"),
        Column("subject", label=_("Subject"), accessor=lambda entry: f"{entry.subject_kind} {entry.subject_id}"),
        Column("reason", label=_("Reason"), width="22%"),
        Column("details", label=_("Details"), accessor=_details, classname="rd-wrapped"),
    ]

    def get_base_queryset(self) -> QuerySet[Entry]:
        return Entry.objects.select_related("actor").order_by("-id")
