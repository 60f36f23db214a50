"""What each request of a signed-in member of staff must pass: their session's age, and their second factor.

The pages about that factor are in their language, as Wagtail sees to it for its own.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.users.models import UserProfile

from accounts.models import User
from accounts.services import signing_in

# Open without a second factor: setting one up, signing out, and what those pages are drawn with.
OPEN_PREFIXES = ("mfa_", "account_")
OPEN = {"wagtailadmin_login", "wagtailadmin_logout", "wagtailadmin_sprite", "wagtailadmin_javascript_catalog"}
# An open editor and the page of a case ask by themselves who else is there: nobody needs to sit before them.
ASKS_BY_ITSELF = {"wagtailadmin_editing_sessions:ping", "cases:presence"}


def staff_sessions(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that ends sessions in time, and sends who has no second factor to where one is set up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(settings.STAFF_PATH) or not request.user.is_authenticated:
            return get_response(request)
        now = timezone.now()
        name = _name_of(request)
        if signing_in.is_over(request.session, last_login=request.user.last_login, now=now):
            return _ended(request)
        if name not in ASKS_BY_ITSELF:
            signing_in.note_seen(request.session, now=now)
        if name not in OPEN and not name.startswith(OPEN_PREFIXES) and signing_in.lacks_second_factor(request):
            return redirect("mfa_index")
        if name.startswith(OPEN_PREFIXES):
            with override(_language_of(request.user)):
                return get_response(request)
        return get_response(request)

    return middleware


def _name_of(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name or ""
    except Resolver404:
        return ""


def _language_of(user: User) -> str:
    """The language that this member of staff chose for their screens."""
    profile = UserProfile.objects.filter(user=user.pk).first()
    language: str = profile.get_preferred_language() if profile else settings.LANGUAGE_CODE
    return language


def _ended(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.info(request, _("Your session has ended. Please sign in again."))
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return redirect(f"{reverse('wagtailadmin_login')}?{query}" if query else "wagtailadmin_login")
