"""Public pages on which people tell us about using the site."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from cms.caching import private_page, unstored_page
from cms.languages import current_language
from petitions import services
from petitions.forms import WrittenField, WrittenForm
from petitions.services.feedback import PAGE_LENGTH, TEXT_LENGTH
from petitions.throttling import seconds_to_wait
from petitions.views import reading, see_other, too_many, writing

RATE = "10/h"


class FeedbackForm(WrittenForm):
    """What somebody wants to say of the site; a reply only for those who ask for one."""

    text = WrittenField(
        lines=True,
        label=_("What stood in your way, or what should be better?"),
        help_text=_("If you use a screen reader or another aid, tell us which one."),
        error_messages={"required": _("Write what you want to tell us.")},
    )
    page = forms.CharField(
        required=False,
        label=_("On which page?"),
        help_text=_("Its address or its title."),
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )
    email = forms.CharField(
        required=False,
        label=_("Your e-mail address, if you would like a reply"),
        help_text=_("Only the people who look after this site see it, and only for the reply."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hold("text", TEXT_LENGTH)

    def clean_page(self) -> str:
        return str(self.cleaned_data["page"])[:PAGE_LENGTH]

    def clean_email(self) -> str:
        address = self.cleaned_data["email"].strip()
        try:
            if address:
                validate_email(address)
        except ValidationError:
            message = _("Enter an e-mail address in the correct format, like name@example.com.")
            raise ValidationError(message, code="invalid") from None
        return address


@csrf_exempt
@writing
@unstored_page
def give(request: HttpRequest) -> HttpResponse:
    """Anybody's word about using the site; ``?page=`` names the page it is about."""
    form = FeedbackForm(
        request.POST if request.method == "POST" else None, initial={"page": request.GET.get("page", "")[:PAGE_LENGTH]}
    )
    context = {"form": form}
    if form.is_bound and form.is_valid():
        if wait := seconds_to_wait(request, group="feedback", rate=RATE):
            return too_many(request, "petitions/feedback.html", context, wait)
        try:
            services.give_feedback(language=current_language(), now=timezone.now(), **form.cleaned_data)
        except services.Refused as refusal:
            refusal.add_to(form)
        else:
            return see_other(reverse("petitions:feedback_given"))
    return render(request, "petitions/feedback.html", context)


@reading
@private_page
def given(request: HttpRequest) -> HttpResponse:
    """Thanks for it."""
    return render(request, "petitions/feedback_given.html")
