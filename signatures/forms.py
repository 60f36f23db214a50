"""What people type about themselves, and nothing else."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms.forms import PublicForm
from cms.languages import current_language
from petitions import places
from petitions.forms import AskForm, DetailForm, TitleForm, WrittenField, WrittenForm
from petitions.models.rating import RatingChoice
from petitions.places import HOME_COUNTRY
from petitions.services.creator import REVIEW_LENGTH
from petitions.services.ratings import COMMENT_LENGTH
from signatures import identity, names
from signatures.entry import tidy_postcode
from signatures.persons import Signer

ADDRESS_FIELDS = ("email", "seen_address")
MOST_KEPT = 500  # characters of a field that may not hold


class AddressField(forms.CharField):
    """An e-mail address as typed, checked by the rules that signer keys are made by."""

    widget = forms.EmailInput(
        attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none", "dir": "ltr"}
    )

    def clean(self, value: Any) -> str:
        try:
            address = identity.parsed(super().clean(value))
            address.canonical(identity.RULES_VERSION)
            return address.typed
        except identity.InvalidAddress as error:
            raise ValidationError(error.reason, code="invalid") from error


class AddressedForm(PublicForm):
    """A form with the field ``email``. A likely slip in the address shows it once more."""

    seen_address = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggested = ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self._look_for_slip(given.get("email", ""), given.get("seen_address", ""))
        return given

    def _look_for_slip(self, email: str, seen: str) -> None:
        """Ask once about an address that looks mistyped; handed in again unchanged, it is meant."""
        if not email or self.errors or seen == email:
            return
        self.suggested = identity.suggestion(email) or ""
        if self.suggested:
            self.data = self.data.copy()
            self.data["seen_address"] = email

    @property
    def is_ready(self) -> bool:
        """Whether it can be handed in: valid, and no slip is to be asked about."""
        return self.is_valid() and not self.suggested

    @property
    def typed_beside(self) -> list[tuple[str, str]]:
        """Name and value of all else that was typed: with the address that was meant, the form as it should be."""
        return [(name, self.data[name]) for name in self.fields if name in self.data and name not in ADDRESS_FIELDS]


class SignForm(AddressedForm):
    """Name, address, place, eligibility."""

    marks_optional = False  # postcode or country: one of them is needed

    name = forms.CharField(
        label=_("Your full name"),
        help_text=_("Your name is not shown to the public."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": _("Enter your full name.")},
        strip=False,
    )
    email = AddressField(
        label=_("E-mail address"),
        help_text=_("We send you a link to confirm your signature. We use the address for this petition only."),
        error_messages={"required": _("Enter your e-mail address.")},
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        help_text=_("Leave it empty if you live in another country."),
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "postal-code", "spellcheck": "false", "class": "govuk-input--width-10"}
        ),
    )
    country = forms.ChoiceField(
        label=_("Country you live in"), required=False, widget=forms.Select(attrs={"autocomplete": "country"})
    )
    eligible = forms.BooleanField(
        label=_("I am a citizen or I live in the country"),
        error_messages={"required": _("Tick the box if you are a citizen or live in the country.")},
    )
    notify = forms.BooleanField(
        label=_("Send me an e-mail when this petition is answered or something else happens to it"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = list(places.countries().items())
        self.fields["country"].initial = HOME_COUNTRY

    def clean_name(self) -> str:
        try:
            return names.checked(self.cleaned_data["name"])
        except names.InvalidName as error:
            raise ValidationError(error.reason, code="invalid") from error

    def clean_country(self) -> str:
        return self.cleaned_data["country"] or HOME_COUNTRY

    def clean_postcode(self) -> str:
        typed = self.cleaned_data["postcode"]
        postcode = tidy_postcode(typed)
        if typed.strip() and not postcode:
            raise ValidationError(_("Enter a postcode of letters and digits, at most 10 characters."), code="invalid")
        return postcode

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        at_home = given.get("country") == HOME_COUNTRY
        if at_home and "postcode" in given and not given["postcode"]:
            self.add_error("postcode", _("Enter your postcode, or choose the country you live in."))
        if "country" in given and not at_home:
            given["postcode"] = ""
        return super().clean()

    def signer(self, *, network: str) -> Signer:
        """The person of a form that is ready, with the language of the page."""
        given = self.cleaned_data
        return Signer(
            name=given["name"],
            email=given["email"],
            postcode=given["postcode"],
            country=given["country"],
            notify=given["notify"],
            language=current_language(),
            network=network,
        )


class CreatorForm(SignForm):
    """The last step of a petition: who asks."""

    field_order = ("name", "email", "postcode", "country", "notify")
    eligible = None  # type: ignore[assignment]  # asked at the start: nobody is asked twice

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("Your name is shown with the petition once it is published.")
        self.fields["email"].help_text = _(
            "We send you a link to confirm it, and mail you about every step of your petition. It is not shown."
        )
        self.fields["notify"].label = _("Send me the mails for people who signed as well")

    def typed(self) -> dict[str, str]:
        """What was typed into each field, not judged; of each at most as much as anybody needs."""
        return {name: str(self.data.get(name, ""))[:MOST_KEPT] for name in self.fields}


class AddressForm(AddressedForm):
    """Another address for what was handed in a moment ago."""

    email = AddressField(
        label=_("The right e-mail address"), error_messages={"required": _("Enter your e-mail address.")}
    )


class CodeForm(PublicForm):
    wrong = _("This code is not right, or it works no more. After five wrong tries only the link in the mail works.")
    code = forms.CharField(
        label=_("Code from the e-mail"),
        help_text=_("8 digits"),
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "spellcheck": "false",
                "dir": "ltr",
                "class": "govuk-input--width-10",
            }
        ),
        error_messages={"required": _("Enter the 8 digits from the e-mail.")},
    )

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split())
        if not (code.isascii() and code.isdigit() and len(code) == 8):
            raise ValidationError(_("Enter the 8 digits from the e-mail."), code="invalid")
        return code


class SendAgainForm(PublicForm):
    """Which link somebody lost."""

    petition = forms.IntegerField(
        label=_("Number of the petition"),
        help_text=_("It stands in the petition's address and in every mail from us, such as 1000001."),
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-10"}),
        error_messages={
            "required": _("Enter the number of the petition."),
            "invalid": _("Enter the number of the petition, in digits only."),
            "min_value": _("Enter the number of the petition, in digits only."),
            "max_value": _("There is no petition of this number."),
        },
    )
    email = AddressField(
        label=_("E-mail address you used"), error_messages={"required": _("Enter your e-mail address.")}
    )


class FollowForm(AddressedForm):
    """Where news of a petition go."""

    email = AddressField(
        label=_("Your e-mail address"),
        help_text=_("We use it for news of this petition only, and show it to nobody."),
        error_messages={"required": _("Enter your e-mail address.")},
    )


class MailboxForm(PublicForm):
    """Which mailbox gets the link to what it signed, or to what somebody is writing."""

    email = AddressField(label=_("Your e-mail address"), error_messages={"required": _("Enter your e-mail address.")})


class TextForm(TitleForm, AskForm, DetailForm):
    """All of a petition's text, to be corrected before moderation."""

    field_order = ("title", "ask", "detail")


class ReviewForm(PublicForm):
    text = WrittenField(
        lines=True,
        label=_("Why do you think the decision was wrong?"),
        error_messages={"required": _("Say why you think the decision was wrong.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].limit(REVIEW_LENGTH)


class RatingForm(WrittenForm):
    """What a signer thinks of an answer."""

    choice = forms.ChoiceField(
        label=_("Was this an answer to what was asked?"),
        choices=RatingChoice,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three."), "invalid_choice": _("Choose one of the three.")},
    )
    comment = WrittenField(
        lines=True,
        required=False,
        label=_("What is missing?"),
        help_text=_("Only the staff who answer read it. Do not write your name or address."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hold("comment", COMMENT_LENGTH)
