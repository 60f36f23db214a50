from typing import Any, NamedTuple

from django import forms
from django.forms.forms import BaseForm

from cms.forms.rendering import PublicRenderer

RENDERER = PublicRenderer()


class Problem(NamedTuple):
    """One line of the error summary; without a target it concerns the form as a whole."""

    target: str
    message: str


class PublicFace(BaseForm):
    """What public forms share. The server alone judges input, so that everybody meets the same words."""

    default_renderer = RENDERER
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def problems(self) -> list[Problem]:
        """Everything that must be put right, in the order of the fields, the form's own problems first."""
        found = [Problem("", message) for message in self.non_field_errors()]
        for bound in self:
            found += [Problem("" if bound.is_hidden else bound.error_target, message) for message in bound.errors]
        return found


class PublicForm(PublicFace, forms.Form):
    """Base of every public form."""


class PublicModelForm(PublicFace, forms.ModelForm):
    """Base of every public form over a model."""
