"""What the public may write about petitions: one question a form."""

import re
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms.forms import PlainTextField, PublicForm
from petitions import limits
from petitions.models.moderation import ReportReason
from petitions.wording import clean

REPORT_LENGTH = 1000


def _has_words(text: str) -> None:
    if text and not any(character.isalpha() for character in text):
        raise ValidationError(_("Write it in words."), code="wordless")


class WrittenField(PlainTextField):
    """Text for the public: invisible characters are taken out, and it must hold words."""

    default_validators = [*PlainTextField.default_validators, _has_words]

    def __init__(self, *, lines: bool, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 8}) if lines else forms.TextInput()
        super().__init__(widget=widget, **kwargs)
        self.lines = lines

    def to_python(self, value: Any) -> Any:
        text = clean(super().to_python(value) or "")
        return re.sub(r"\n{3,}", "\n\n", text) if self.lines else " ".join(text.split())

    def limit(self, characters: int) -> None:
        """Hold the text to so many characters, and say so below the field."""
        self.validators.append(_no_longer_than(characters))
        self.widget.attrs["data-count"] = characters


def _no_longer_than(characters: int) -> Any:
    def check(text: str) -> None:
        if len(text) > characters:
            raise ValidationError(
                _("Use %(limit)s characters or fewer. You have used %(length)s."),
                code="max_length",
                params={"limit": characters, "length": len(text)},
            )

    return check


class WrittenForm(PublicForm):
    """A form with texts whose limits are read when it is made: staff may change them at any time."""

    def hold(self, name: str, characters: int) -> None:
        """Hold this field to so many characters."""
        cast(WrittenField, self.fields[name]).limit(characters)

    def typed(self, name: str) -> str:
        """What was typed into this field, cleaned but not judged."""
        return cast(WrittenField, self.fields[name]).to_python(self[name].data)


class EligibilityForm(PublicForm):
    """Who may start a petition says so."""

    eligible = forms.BooleanField(
        label=_("I am a citizen or I live in the country"),
        error_messages={"required": _("Tick the box if you are a citizen or live in the country.")},
    )


class TitleForm(WrittenForm):
    title = WrittenField(
        lines=False,
        label=_("What do you want to be done?"),
        help_text=_("This becomes the title of your petition. Say what should happen, in one sentence."),
        error_messages={"required": _("Write what you want to be done.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hold("title", limits.current().title_length)


class AskForm(WrittenForm):
    ask = WrittenField(
        lines=True,
        label=_("What exactly should be done, and why?"),
        help_text=_("Say what the government or the parliament should do, and why it matters."),
        error_messages={"required": _("Write what exactly should be done, and why.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hold("ask", limits.current().ask_length)


class DetailForm(WrittenForm):
    detail = WrittenField(
        lines=True,
        required=False,
        label=_("Is there more that people should know?"),
        help_text=_("Facts, examples or reasons that help people to decide. Leave it empty if you have said it all."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hold("detail", limits.current().detail_length)


QUESTIONS: dict[str, type[WrittenForm]] = {"title": TitleForm, "ask": AskForm, "detail": DetailForm}


class ReportForm(WrittenForm):
    """Anybody's report that a petition should not stand here."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=ReportReason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong with the petition.")},
    )
    text = WrittenField(
        lines=True,
        required=False,
        label=_("Tell us more"),
        help_text=_("Do not write your name or address. We cannot answer."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hold("text", REPORT_LENGTH)
