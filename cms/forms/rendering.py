"""How a public form's fields become markup."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.template.base import Template
from django.utils.safestring import SafeString

TEMPLATES = {
    "django/forms/widgets/radio.html": "cms/forms/choices.html",
    "django/forms/widgets/checkbox_select.html": "cms/forms/choices.html",
}


class PublicBoundField(BoundField):
    """A field of a public form: knows the ids of its hint, count and errors, and the classes of its widget."""

    @property
    def widget(self) -> forms.Widget:
        return self.field.widget

    @property
    def is_choices(self) -> bool:
        """A group of radios or checkboxes, which needs a legend."""
        return isinstance(self.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)

    @property
    def is_tick(self) -> bool:
        """A single checkbox, whose label stands beside it."""
        return isinstance(self.widget, forms.CheckboxInput)

    @property
    def count_limit(self) -> int | None:
        """The number of characters shown below the field, from the widget's `data-count`."""
        return self.widget.attrs.get("data-count")

    @property
    def error_target(self) -> str:
        """The id that the error summary leads to: of a group, its first choice."""
        return f"{self.auto_id}_0" if self.is_choices else self.auto_id

    @property
    def aria_describedby(self) -> str | None:
        if not self.auto_id or self.is_hidden:
            return None
        ids = [self.widget.attrs.get("aria-describedby", "")]
        ids += [f"{self.auto_id}-hint"] if self.help_text else []
        ids += [f"{self.auto_id}-count"] if self.count_limit else []
        ids += [f"{self.auto_id}-error"] if self.errors else []
        return " ".join(filter(None, ids)) or None

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if described := None if self.is_choices else self.aria_describedby:
            attrs["aria-describedby"] = described
        attrs["class"] = " ".join(filter(None, [*self._classes(widget), widget.attrs.get("class", "")]))
        # A browser that cuts off at the limit loses what was pasted; the server says what is too long.
        attrs["maxlength"] = False
        return attrs

    def _classes(self, widget: forms.Widget) -> list[str]:
        if isinstance(widget, forms.RadioSelect):
            block = "govuk-radios__input"
        elif isinstance(widget, forms.CheckboxSelectMultiple | forms.CheckboxInput):
            block = "govuk-checkboxes__input"
        elif isinstance(widget, forms.Textarea):
            block = "govuk-textarea"
        elif isinstance(widget, forms.Select):
            block = "govuk-select"
        elif widget.is_hidden:
            return []
        else:
            block = "govuk-input"
        return [block, f"{block}--error"] if self.errors and "__" not in block else [block]

    def with_heading(self) -> SafeString:
        """The field with its label or legend as the page's first heading."""
        return self.render(context={**self.get_context(), "heading": True})


class PublicRenderer(DjangoTemplates):
    """Renders fields from cms/forms; the staff's forms keep Django's and Wagtail's own."""

    field_template_name = "cms/forms/field.html"
    bound_field_class = PublicBoundField

    def get_template(self, template_name: str) -> Template:
        return super().get_template(TEMPLATES.get(template_name, template_name))
