"""The door of the staff's side: name and password. What comes after them is allauth's, in `accounts.second_factor`."""

from typing import Any

from allauth.account.utils import perform_login
from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django_ratelimit.decorators import ratelimit
from wagtail.admin.forms.auth import LoginForm
from wagtail.admin.views.account import LoginView

from accounts.services import signing_in

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
