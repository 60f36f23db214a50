"""Putting petitions into a case and taking them out again, as staff see it."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from accounts.models import User
from accounts.permissions import allowed
from cms.formatting import number
from petitions import similar
from petitions.lifecycle import ResponseState, State
from petitions.models import Petition
from responses import lifecycle, services
from responses.models import Case
from responses.staff.act import ASSIGN, StaffAct, can
from responses.staff.forms import ActForm

REASON_LENGTH = 1000
LOOKED_AT, OFFERED = 20, 5
# Among a hundred thousand petitions the search takes longer than all the rest of a case's page.
FOUND_SECONDS = 3600
ANSWERABLE = (State.OPEN, State.CLOSED)


class GroupForm(ActForm):
    """A petition that is near to this one, or any by its number."""

    near = forms.TypedChoiceField(
        label=_("Petitions that ask for nearly the same"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    petition_id = forms.IntegerField(label=_("Or its number"), required=False, min_value=1)
    reason = forms.CharField(label=_("Why"), max_length=REASON_LENGTH, widget=AdminAutoHeightTextInput)

    def begin(self, case: Case) -> None:
        found = near_petitions(case)
        self.fields["near"].choices = [(petition.pk, _named(petition)) for petition in found]
        if not found:
            del self.fields["near"]
            self.fields["petition_id"].label = _("Number of the petition")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["petition_id"] = data.get("near") or data.get("petition_id")
        if not data["petition_id"] and "petition_id" not in self.errors:
            self.add_error("petition_id", _("Choose a petition, or give its number."))
        return data


class UngroupForm(ActForm):
    petition_id = forms.TypedChoiceField(label=_("Petition"), coerce=int, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why"), max_length=REASON_LENGTH, widget=AdminAutoHeightTextInput)

    def begin(self, case: Case) -> None:
        links = case.links.select_related("petition")
        self.fields["petition_id"].choices = [(link.petition_id, _named(link.petition)) for link in links]


def near_petitions(case: Case) -> list[Petition]:
    """Petitions like the first one of ``case`` that could be answered with it, nearest first; sought once an hour."""
    petitions = [link.petition for link in case.links.select_related("petition")]
    if not petitions:
        return []
    ids: list[int] = cache.get_or_set(f"near:{petitions[0].pk}", lambda: _near(petitions[0]), FOUND_SECONDS) or []
    found = Petition.objects.filter(state__in=ANSWERABLE).in_bulk(ids)
    near = (found[pk] for pk in ids if pk in found)
    return [
        petition
        for petition in near
        if petition not in petitions and not petition.exempt and petition.response_state != ResponseState.ANSWERED
    ][:OFFERED]


def _near(petition: Petition) -> list[int]:
    found = similar.find(
        title=petition.title,
        language=petition.language,
        limit=LOOKED_AT,
        states=ANSWERABLE,
        exclude_id=petition.pk,
    )
    return [near.pk for near in found]


def _named(petition: Petition) -> str:
    return f"{petition.title} ({petition.pk}, {number(petition.signature_count)})"


def _group(case: Case, actor: User, form: ActForm, now: datetime) -> None:
    data = form.cleaned_data
    services.group(case_id=case.pk, petition_id=data["petition_id"], actor=actor, reason=data["reason"], now=now)


def _ungroup(case: Case, actor: User, form: ActForm, now: datetime) -> None:
    data = form.cleaned_data
    services.ungroup(case_id=case.pk, petition_id=data["petition_id"], actor=actor, reason=data["reason"], now=now)


def _may_group(case: Case, user: User) -> bool:
    return case.is_owed and can(lifecycle.Act.GROUP, ASSIGN)(case, user)


def _may_ungroup(case: Case, user: User) -> bool:
    return allowed(user, ASSIGN) and _may_group(case, user) and case.links.count() > 1


ACTS = (
    StaffAct(
        "group",
        _("Answer another petition too"),
        _("This case answers both petitions."),
        GroupForm,
        _group,
        _may_group,
        hint=_(
            "The answer goes to all who signed either. Each keeps its own signatures. A case that the petition has "
            "already ends in this one, and the earlier promise counts. Its creator is told."
        ),
    ),
    StaffAct(
        "ungroup",
        _("Answer a petition on its own"),
        _("The petition has a case of its own again."),
        UngroupForm,
        _ungroup,
        _may_ungroup,
        hint=_("It goes back to the case it came from, or gets a new one. Its creator is told."),
    ),
)
