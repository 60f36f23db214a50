"""The list of saved texts in Wagtail's admin."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.widgets import AdminAutoHeightTextInput

from audit.viewsets import AuditedViewSet
from responses import placeholders
from responses.models import AnswerPage, SavedText
from responses.models.saved import SavedKind

NAMES = ", ".join(f"{{{name}}}" for name in placeholders.NAMES)


class SavedTextForm(WagtailAdminModelForm):
    """Takes the answer that a text came from by the last piece of its address, and keeps which version that was."""

    taken_from = forms.CharField(
        label=gettext_lazy("Taken from the answer"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Its address. The text is marked when that answer is corrected."),
    )

    class Meta:
        model = SavedText
        fields = ["kind", "language", "title", "text", "source", "source_url", "department", "active"]
        widgets = {"text": AdminAutoHeightTextInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _(
            "In templates %(names)s are filled in; what stands in [[double brackets]] the writer has to fill in."
        ) % {"names": NAMES}
        if self.instance.answer is not None:
            self.initial["taken_from"] = self.instance.answer.slug

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if unknown := placeholders.unknown(text):
            raise ValidationError(_("Nothing stands for: %(names)s.") % {"names": ", ".join(unknown)})
        return text

    def clean_taken_from(self) -> AnswerPage | None:
        typed = self.cleaned_data["taken_from"].strip().rstrip("/").rpartition("/")[2]
        page = AnswerPage.objects.live().filter(slug=typed).first() if typed else None
        if typed and page is None:
            raise ValidationError(_("No published answer has this address."))
        return page

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("kind") in (SavedKind.ARGUMENT, SavedKind.FIGURE) and not cleaned.get("source"):
            self.add_error("source", _("Say what it rests on."))
        return cleaned

    def save(self, commit: bool = True) -> SavedText:
        page = self.cleaned_data["taken_from"]
        # Saved anew, the text is taken to be what that answer says now.
        self.instance.answer, self.instance.answer_revision_id = page, page.live_revision_id if page else None
        return super().save(commit)


def _corrected(saved: SavedText) -> str:
    return _("corrected since") if saved.corrected_since else ""


class SavedTextIndexView(IndexView):
    """The list, with the answers that its rows came from read in one go."""

    def get_base_queryset(self) -> QuerySet[SavedText]:
        return super().get_base_queryset().select_related("answer")


class SavedTextViewSet(AuditedViewSet):
    """Templates, arguments and figures that answers use again."""

    model = SavedText
    index_view_class = SavedTextIndexView
    icon = "snippet"
    menu_label = gettext_lazy("Saved texts")
    menu_name = "saved-texts"
    menu_order = 140
    add_to_admin_menu = True
    url_prefix = "saved-texts"
    list_display = [
        "title",
        "kind",
        "language",
        "source",
        Column("corrected", label=gettext_lazy("Its answer"), accessor=_corrected),
        BooleanColumn("active", label=gettext_lazy("Active")),
    ]
    list_filter = ["kind", "language", "active"]
    search_fields = ["title", "text", "source"]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return SavedTextForm


saved_texts = SavedTextViewSet("saved_texts")
