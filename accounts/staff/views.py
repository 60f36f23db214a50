"""Colleagues: the list, an invitation, and the page of one of them with all that can be done about a login."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from accounts.models import User
from accounts.permissions import allowed
from accounts.refusals import Refused
from accounts.services import colleagues
from accounts.services.colleagues import MANAGE
from accounts.services.signing_in import MOST_TRIES, STRONG
from accounts.staff.forms import InvitationForm, ReasonForm, RolesForm
from audit.models import Entry
from audit.viewsets import BoundedPaginator

PER_PAGE = 50
CHANGES_SHOWN = 20
LARGEST = 2**63 - 1
ROLES = "roles"

# What is done with a reason: the service, the button, what is said of it, and whether it is offered for this login.
Offered = Callable[[User], bool]
ACTS: dict[str, tuple[Callable[..., None], Any, Any, Any, Offered]] = {
    "release": (
        colleagues.release,
        _("Release the lock"),
        _("Wrong tries have locked this login. Ask its holder first whether they were theirs."),
        _("The login can be tried again."),
        lambda user: user.wrong_tries >= MOST_TRIES,
    ),
    "send_link": (
        colleagues.send_link,
        _("Mail a link to set a password"),
        _("For an invitation that got lost, or a forgotten password."),
        _("The link is on its way."),
        lambda user: user.is_active,
    ),
    "reset_factors": (
        colleagues.reset_factors,
        _("Take the second factors away"),
        _("For a lost telephone. Make sure by another way that it is really this colleague who asks."),
        _("The second factors are gone; the next sign-in asks for a new one."),
        lambda user: user.has_factor,
    ),
    "disable": (
        colleagues.disable,
        _("Disable"),
        _("For who leaves. The login is out at its next request; its past acts stay in the audit log."),
        _("The login is disabled."),
        lambda user: user.is_active,
    ),
    "enable": (
        colleagues.enable,
        _("Enable again"),
        _("The login has the roles again that it had."),
        _("The login is enabled."),
        lambda user: not user.is_active,
    ),
}


class ColleaguesScreen(WagtailAdminTemplateMixin, TemplateView):
    """A page about colleagues: coordinators and administrators act, who may see users reads."""

    header_icon = "group"
    http_method_names = ["get", "head", "options", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.may_act = allowed(request.user, MANAGE)
        reads = request.method in ("GET", "HEAD") and allowed(request.user, "accounts.view_user")
        if not self.may_act and not reads:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, *self.get_parents(), here]

    def get_parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse("staff_colleagues"), "label": _("Colleagues")}]

    def again(self, form: forms.Form, /, **context: Any) -> HttpResponse:
        """The page once more, with what was typed and what is wrong with it."""
        for error in form.non_field_errors() or [_("Nothing was changed yet: see the fields below.")]:
            messages.error(self.request, error)
        return self.render_to_response(self.get_context_data(**context))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_act=self.may_act, **kwargs)


def ran(form: forms.Form, act: Callable[[], Any]) -> bool:
    """Whether the form was in order and the service did what it asks; its refusal is put into the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    return True


def staff() -> QuerySet[User]:
    """All logins with what the screens show of them."""
    factors = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=STRONG)
    return User.objects.select_related("department").prefetch_related("groups").annotate(has_factor=Exists(factors))


class ColleaguesView(ColleaguesScreen):
    """``colleagues/``: everybody, found by name; the locked ones first."""

    http_method_names = ["get", "head", "options"]
    template_name = "staff/colleagues/list.html"
    page_title = _("Colleagues")

    def get_parents(self) -> list[dict[str, Any]]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = self.request.GET.get("q", "").strip()[:100]
        found = staff().order_by("-is_active", F("locked_at").asc(nulls_last=True), "last_name", "username")
        if words:
            names = ("username", "first_name", "last_name", "email", "department__acronym", "groups__name")
            matches = Q()
            for name in names:
                matches |= Q(**{f"{name}__icontains": words})
            found = found.filter(pk__in=User.objects.filter(matches).values("pk"))
        page = BoundedPaginator(found, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(page_obj=page, words=words, most_tries=MOST_TRIES, **kwargs)


class InviteView(ColleaguesScreen):
    """``colleagues/invite/``: one form, one mail."""

    template_name = "staff/colleagues/invite.html"
    page_title = _("Invite a colleague")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user, MANAGE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = InvitationForm(request.POST, actor=request.user)
        if ran(form, lambda: colleagues.invite(actor=request.user, person=form.person(), **form.given())):
            messages.success(request, _("The invitation is on its way."))
            return redirect("staff_colleagues")
        return self.again(form, form=form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": InvitationForm(actor=self.request.user), **kwargs})


class ColleagueView(ColleaguesScreen):
    """``colleagues/<number>/``: roles and department, and the acts of ``ACTS``."""

    template_name = "staff/colleagues/colleague.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.colleague = staff().filter(pk=kwargs["pk"]).first() if kwargs["pk"] <= LARGEST else None
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self._found()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        user, given = self._found(), {"actor": request.user, "user_id": pk}
        asked = request.POST.get("act", "")
        if asked == ROLES:
            form = RolesForm(request.POST, actor=request.user, user=user)
            if ran(form, lambda: colleagues.change_roles(**given, **form.given())):
                messages.success(request, _("The roles are changed. Open sessions of this colleague have ended."))
                return redirect("staff_colleague", user.pk)
            return self.again(form, form=form)
        if asked not in ACTS:
            return self.again(forms.Form())
        service, _label, _help, done, _offered = ACTS[asked]
        reason = ReasonForm(request.POST)
        if ran(reason, lambda: service(**given, **reason.cleaned_data)):
            messages.success(request, done)
            return redirect("staff_colleague", user.pk)
        return self.again(reason, asked=asked, reason=reason)

    def _found(self) -> User:
        if self.colleague is None:
            raise Http404
        return self.colleague

    def get_page_title(self) -> str:
        return str(self.colleague)

    def get_context_data(self, *, asked: str = "", reason: ReasonForm | None = None, **kwargs: Any) -> dict[str, Any]:
        user = self._found()
        acts = [
            {"name": name, "label": label, "help": words, "form": reason if name == asked else ReasonForm()}
            for name, (_service, label, words, _done, offered) in ACTS.items()
            if offered(user) or name == asked
        ]
        context = {
            "colleague": user,
            "most_tries": MOST_TRIES,
            "may_change": colleagues.may_change(self.request.user, user),
            "form": RolesForm.about(user, actor=self.request.user),
            "acts": acts,
            "changes": Entry.objects.filter(subject_kind="user", subject_id=user.pk)
            .select_related("actor")
            .order_by("-id")[:CHANGES_SHOWN],
        }
        return super().get_context_data(**{**context, **kwargs})


URLS: list[URLPattern] = [
    path("colleagues/", ColleaguesView.as_view(), name="staff_colleagues"),
    path("colleagues/invite/", InviteView.as_view(), name="staff_colleagues_invite"),
    path("colleagues/<int:pk>/", ColleagueView.as_view(), name="staff_colleague"),
]
