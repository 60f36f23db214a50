"""The reviews that departments ask for besides the required ones: a list that administrators edit."""

from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views.generic import IndexView

from accounts.models import User
from audit.viewsets import AuditedEditView, AuditedViewSet
from responses.models import ExtraReviewTask
from responses.reviewers import PERMISSIONS
from responses.staff.absences import colleagues, holders
from responses.staff.act import DRAFT
from responses.staff.forms import name_and_department


class ExtraReviewForm(forms.ModelForm):
    """Named reviewers are such as work on answers: they have to see the case."""

    class Meta:
        model = ExtraReviewTask
        fields = ("name", "department", "after", "reviewers", "working_days", "active")
        widgets = {"reviewers": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, for_user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reviewers: Any = self.fields["reviewers"]
        reviewers.queryset = colleagues(holders(*PERMISSIONS.values(), DRAFT))
        reviewers.label_from_instance = name_and_department
        self.fields["active"].label = _("Asked for")
        self.fields["name"].help_text = _("Such as “Press office” or “Chief scientist”.")


class ExtraReviewIndexView(IndexView):
    """The further reviews of all departments."""

    def get_base_queryset(self) -> QuerySet[ExtraReviewTask]:
        return ExtraReviewTask.objects.select_related("department").prefetch_related("reviewers")


class ExtraReviewEditView(AuditedEditView):
    """Changes a further review; one that is switched off lets go of what waits at it."""

    def save_instance(self) -> Model:
        task = super().save_instance()
        if not task.active:
            task.deactivate(user=self.request.user)
        return task


class ExtraReviewViewSet(AuditedViewSet):
    """The required reviews are not here: no list can take one away."""

    model = ExtraReviewTask
    icon = "tasks"
    menu_name = "extra_reviews"
    menu_label = _("Further reviews")
    menu_order = 240
    add_to_settings_menu = True
    url_prefix = "extra_reviews"
    index_view_class = ExtraReviewIndexView
    edit_view_class = ExtraReviewEditView
    list_display = [
        "name",
        Column("department", label=_("Department"), accessor="department"),
        Column("after", label=_("Place"), accessor="get_after_display"),
        Column("reviewers", label=_("Reviewers"), accessor=lambda task: ", ".join(map(str, task.reviewers.all()))),
        BooleanColumn("active", label=_("Asked for")),
    ]
    list_filter = ["department", "active"]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return ExtraReviewForm


extra_reviews = ExtraReviewViewSet("extra_reviews")
