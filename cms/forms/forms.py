from typing import Any, NamedTuple

from django import forms
from django.forms.forms import BaseForm
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cms.forms.rendering import PublicBoundField, PublicRenderer

RENDERER = PublicRenderer()


class Problem(NamedTuple):
    """One line of the error summary; without a target it concerns the form as a whole."""

    target: str
    message: str


def _missing(field: forms.Field) -> Any:
    """What to do about an empty field: in the summary "This field is required" would not say which."""
    if isinstance(field, forms.BooleanField):
        return _("Tick “{label}” to go on")
    if isinstance(field, forms.ChoiceField):
        return _("Choose an answer: “{label}”")
    return _("Fill in “{label}”")


class PublicFace(BaseForm):
    """What public forms share. The server alone judges input, so that everybody meets the same words."""

    default_renderer = RENDERER
    use_required_attribute = False
    # Off where fields depend on each other: one of several is needed, and "(optional)" would mislead.
    marks_optional = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                label = field.label or name.replace("_", " ").capitalize()
                field.error_messages["required"] = format_lazy(_missing(field), label=label)

    def problems(self) -> list[Problem]:
        """Everything that must be put right, in the order of the fields, the form's own problems first."""
        found = [Problem("", str(message)) for message in self.non_field_errors()]
        for bound in self:
            target = bound.error_target if isinstance(bound, PublicBoundField) and not bound.is_hidden else ""
            found += [Problem(target, str(message)) for message in bound.errors]
        return found


class PublicForm(PublicFace, forms.Form):
    """Base of every public form."""


class PublicModelForm(PublicFace, forms.ModelForm):
    """Base of every public form over a model."""
