"""Who is away and who takes their reviews: set by whoever goes, or by a coordinator for them."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput

from accounts.models import User
from accounts.permissions import allowed
from petitions.services import Refused
from responses.models import Delegation
from responses.reviewers import PERMISSIONS
from responses.services import delegating
from responses.services.cases import takes_part
from responses.staff.act import ASSIGN, DRAFT, PUBLISH
from responses.staff.forms import name_and_department
from responses.staff.screens import Screen, field_of, say_errors

REVIEWS = tuple(PERMISSIONS.values())
SHOWN = 200


class AbsenceForm(forms.Form):
    """Somebody away, their delegate, and the days."""

    required_css_class = "required"

    principal_id = forms.ModelChoiceField(label=_("Away"), queryset=User.objects.none(), empty_label=_("Choose"))
    delegate_id = forms.ModelChoiceField(label=_("Delegate"), queryset=User.objects.none(), empty_label=_("Choose"))
    starts_on = forms.DateField(label=_("First day"), widget=AdminDateInput)
    ends_on = forms.DateField(label=_("Last day"), widget=AdminDateInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reviewers = holders(*REVIEWS) | Q(extra_reviews__active=True)
        choices = {
            "principal_id": reviewers if allowed(user, ASSIGN) else Q(pk=user.pk),
            "delegate_id": holders(*REVIEWS, ASSIGN, DRAFT, PUBLISH) & ~Q(pk=user.pk),
        }
        for name, condition in choices.items():
            field: Any = self.fields[name]
            field.queryset = colleagues(condition)
            field.label_from_instance = name_and_department
        self.initial = {"principal_id": user.pk, "starts_on": timezone.localdate()} | self.initial


def holders(*permissions: str) -> Q:
    """The condition of holding any of these rights."""
    found = Q(pk=None)
    for permission in permissions:
        holders = User.objects.with_perm(
            permission, backend="django.contrib.auth.backends.ModelBackend", include_superusers=False
        )
        found |= Q(pk__in=holders.values("pk"))
    return found


def colleagues(condition: Q) -> QuerySet[User]:
    """Those at work who meet it."""
    return User.objects.filter(condition, is_active=True).select_related("department").distinct().order_by("username")


class AbsencesView(Screen):
    """Own absences and those that one stands in for; a coordinator sees all. Posts one more, or ends one."""

    template_name = "staff/answers/absences.html"
    page_title = _("Absences")
    header_icon = "user"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.form: AbsenceForm | None = None
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        self._require_part()
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        self._require_part()
        done = self._end(request.POST["end"]) if "end" in request.POST else self._add(request.POST)
        return redirect("cases:absences") if done else self.render_to_response(self.get_context_data())

    def _require_part(self) -> None:
        if not takes_part(self._user()):
            raise PermissionDenied

    def _user(self) -> User:
        return self.request.user  # type: ignore[return-value]

    def _add(self, data: QueryDict) -> bool:
        self.form = form = AbsenceForm(data, user=self._user())
        if form.is_valid():
            chosen = {name: form.cleaned_data[name] for name in ("starts_on", "ends_on")}
            people = {name: form.cleaned_data[name].pk for name in ("principal_id", "delegate_id")}
            try:
                delegating.delegate(**people, **chosen, actor=self._user(), now=timezone.now())
            except Refused as refusal:
                form.add_error(field_of(form, refusal), str(refusal))
        if form.is_valid():
            messages.success(self.request, _("Their reviews are in good hands."))
            return True
        say_errors(self.request, form)
        return False

    def _end(self, number: str) -> bool:
        try:
            held = self._shown().get(pk=int(number) if number.isdecimal() and len(number) < 19 else 0)
            delegating.end(delegation_id=held.pk, actor=self._user(), now=timezone.now())
        except Delegation.DoesNotExist:
            messages.error(self.request, _("This is over already."))
        except Refused as refusal:
            messages.error(self.request, str(refusal))
        else:
            messages.success(self.request, _("They are back: their reviews wait for them again."))
        return True

    def _shown(self) -> QuerySet[Delegation]:
        held = Delegation.objects.ahead(timezone.localdate()).select_related("principal", "delegate", "set_by")
        user = self._user()
        return held if allowed(user, ASSIGN) else held.filter(Q(principal=user) | Q(delegate=user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self._user()
        return super().get_context_data(
            form=self.form or AbsenceForm(user=user),
            absences=self._shown()[:SHOWN],
            sets_all=allowed(user, ASSIGN),
            user_id=user.pk,
            today=timezone.localdate(),
            **kwargs,
        )
