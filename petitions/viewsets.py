"""Lists in Wagtail's admin: all petitions, and the small tables that staff edit."""

from typing import Any

import django_filters
from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Q, QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from audit.viewsets import AuditedViewSet, BoundedPaginator
from petitions import places
from petitions.lifecycle import ResponseState, State
from petitions.models import Petition, PostcodeArea, Region, RejectionReason, Topic
from petitions.models.petition import Source
from petitions.staff.petition import sees_all
from petitions.staff.views import petition_url


class PetitionFilters(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple
    )
    response_state = django_filters.MultipleChoiceFilter(
        label=_("Answer"), choices=ResponseState.choices, widget=forms.CheckboxSelectMultiple
    )
    topics = django_filters.ModelMultipleChoiceFilter(
        label=_("Topic"), queryset=Topic.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    source = django_filters.ChoiceFilter(
        label=_("Source"),
        choices=[(value or "here", label) for value, label in Source.choices],
        method="from_source",
    )

    class Meta:
        model = Petition
        fields = ["state", "response_state", "topics", "source"]

    def from_source(self, queryset: QuerySet[Petition], name: str, value: str) -> QuerySet[Petition]:
        return queryset.filter(source="" if value == "here" else value)


def _signatures(petition: Petition) -> str:
    return intcomma(petition.signature_count)


class PetitionIndexView(IndexView):
    """All petitions that this member of staff may see, the newest first."""

    paginator_class = BoundedPaginator
    any_permission_required = ["view"]
    is_searchable = True
    columns = [
        TitleColumn("title", label=_("Petition"), accessor="title", get_url=petition_url, width="45%"),
        Column("id", label=_("Number"), accessor="pk"),
        Column("state", label=_("State"), accessor="get_state_display"),
        Column("response_state", label=_("Answer"), accessor="get_response_state_display"),
        Column("signature_count", label=_("Signatures"), accessor=_signatures, sort_key="signature_count"),
        DateColumn("created_at", label=_("Created"), accessor="created_at", sort_key="created_at"),
    ]

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.is_export = False

    def get_base_queryset(self) -> QuerySet[Petition]:
        petitions = Petition.objects.all() if sees_all(self.request.user) else Petition.objects.public()
        return petitions.defer("ask", "detail", "source_data", "search").order_by("-pk")

    def search_queryset(self, queryset: QuerySet[Petition]) -> QuerySet[Petition]:
        if not self.is_searching:
            return queryset
        wanted = Q(pk__in=Petition.objects.matching(self.search_query))
        if self.search_query.isdecimal() and len(self.search_query) < 19:
            wanted |= Q(pk=int(self.search_query))
        return queryset.filter(wanted)


class PetitionViewSet(ModelViewSet):
    """Read-only: petitions change by acts on their own page, never by a form of columns."""

    model = Petition
    icon = "form"
    url_prefix = "petitions"
    menu_name = "petitions"
    menu_label = _("Petitions")
    menu_order = 110
    add_to_admin_menu = True
    index_view_class = PetitionIndexView
    filterset_class = PetitionFilters
    form_fields = ["title"]
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        views = super().get_common_view_kwargs(**kwargs)
        return views | {"add_url_name": None, "edit_url_name": None, "delete_url_name": None}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
        ]


class RejectionReasonViewSet(AuditedViewSet):
    model = RejectionReason
    icon = "cross"
    menu_label = _("Reasons for rejection")
    menu_order = 620
    add_to_settings_menu = True
    list_display = [
        "title",
        "code",
        BooleanColumn("hides", label=_("Hides the petition")),
        BooleanColumn("needs_duplicate", label=_("Names another petition")),
        BooleanColumn("active", label=_("Active")),
    ]
    form_fields = [
        "code",
        "title",
        "title_fr",
        "title_ar",
        "explanation",
        "explanation_fr",
        "explanation_ar",
        "advice",
        "advice_fr",
        "advice_ar",
        "hides",
        "needs_duplicate",
        "active",
    ]


class TopicViewSet(AuditedViewSet):
    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    menu_order = 630
    add_to_settings_menu = True
    list_display = ["name", "name_fr", "code"]
    search_fields = ["name", "name_fr", "name_ar"]
    form_fields = ["code", "name", "name_fr", "name_ar"]


class RegionForm(WagtailAdminModelForm):
    """A region keeps its code: counts and prefixes of postcodes know it by that."""

    class Meta:
        model = Region
        fields = ("code", "name", "name_fr", "name_ar", "gss_code", "tile_row", "tile_column")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = not self.instance._state.adding


class RegionViewSet(AuditedViewSet):
    model = Region
    icon = "site"
    menu_label = _("Regions")
    menu_order = 640
    add_to_settings_menu = True
    list_display = ["name", "name_fr", "code"]

    def get_form_class(self, for_update: bool = False) -> type[RegionForm]:
        return RegionForm


class PostcodeAreaForm(forms.ModelForm):
    """A prefix is kept as it is compared: in capitals, with one space before a sector."""

    class Meta:
        model = PostcodeArea
        fields = ("prefix", "region")

    def clean_prefix(self) -> str:
        try:
            return places.prefix(self.cleaned_data["prefix"])
        except ValueError as error:
            raise forms.ValidationError(_("Give an area (KT), a district (KT1) or a sector (KT1 2).")) from error


class PostcodeAreaViewSet(AuditedViewSet):
    model = PostcodeArea
    icon = "crosshairs"
    menu_label = _("Postcode areas")
    menu_order = 650
    add_to_settings_menu = True
    list_display = ["prefix", "region"]
    list_filter = ["region"]
    search_fields = ["prefix"]

    def get_form_class(self, for_update: bool = False) -> type[PostcodeAreaForm]:
        return PostcodeAreaForm


VIEWSETS = (
    PetitionViewSet("staff_petitions"),
    RejectionReasonViewSet("rejection_reasons"),
    TopicViewSet("topics"),
    RegionViewSet("regions"),
    PostcodeAreaViewSet("postcode_areas"),
)
