"""The door of the staff's side: name and password. What comes after them is allauth's, in `accounts.second_factor`."""

from typing import Any

from allauth.account.utils import perform_login
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from django_ratelimit.decorators import ratelimit
from wagtail.admin.forms.auth import LoginForm
from wagtail.admin.views.account import LoginView

from accounts import links
from accounts.refusals import Refused
from accounts.services import signing_in
from vault.tokens import BadToken

# A whole office may share an address. What holds for one login is counted in PostgreSQL.
GROUP, TRIES_OF_A_NETWORK = "staff-sign-in", "120/m"


class StaffLoginForm(LoginForm):
    """Name and password. The reply is the same to a wrong password, an unknown name, a locked and a disabled login."""

    error_messages = {
        **LoginForm.error_messages,
        "invalid_login": _(
            "This name and this password do not open a login. After too many wrong tries a login is locked: "
            "a coordinator can release it."
        ),
    }

    def clean(self) -> dict[str, Any]:
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not name or not password:
            return super().clean()
        if not signing_in.take_try(name):
            get_user_model()().set_password(password)  # takes as long as looking at one
            raise self.get_invalid_login_error()
        try:
            return super().clean()
        except forms.ValidationError:
            signing_in.was_wrong(name, now=timezone.now())
            raise


@method_decorator(ratelimit(group=GROUP, key="ip", rate=TRIES_OF_A_NETWORK, method="POST"), name="dispatch")
class StaffLoginView(LoginView):
    """Wagtail's page to sign in; the sign-in itself is allauth's, so that nobody gets past a second factor."""

    template_name = "staff/accounts/sign_in.html"
    form_class = StaffLoginForm

    def get_form_class(self) -> type[StaffLoginForm]:
        return StaffLoginForm

    def form_valid(self, form: StaffLoginForm) -> HttpResponse:
        remember = form.cleaned_data["remember"]
        self.request.session.set_expiry(settings.SESSION_COOKIE_AGE if remember else 0)
        return perform_login(self.request, form.get_user(), redirect_url=self.get_success_url())


def no_door(request: HttpRequest) -> HttpResponse:
    """Where Wagtail would let people sign in on the public side: nobody does there. Raises Http404."""
    raise Http404


class PasswordForm(forms.Form):
    """A password, typed twice."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least twelve characters, such as four words that have nothing to do with each other."),
    )
    again = forms.CharField(
        label=_("The same again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "password" in given and "again" in given and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords differ."))
        return given


@method_decorator(never_cache, name="dispatch")
class JoinView(FormView[PasswordForm]):
    """``join/<token>/``: who was invited, or has forgotten it, sets a password. Reading the page changes nothing."""

    template_name = "staff/accounts/join.html"
    form_class = PasswordForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.colleague = links.opened(kwargs["token"], now=timezone.now())
            response = super().dispatch(request, *args, **kwargs)
        except BadToken:
            response = render(request, "staff/accounts/no_link.html", status=404)
        response["Referrer-Policy"] = "no-referrer"
        return response

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        try:
            links.set_password(self.kwargs["token"], password=form.cleaned_data["password"], now=timezone.now())
        except Refused as refusal:
            form.add_error("password", str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("Your password is set. Sign in with it now."))
        return redirect("wagtailadmin_login")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(username=self.colleague.username, **kwargs)
