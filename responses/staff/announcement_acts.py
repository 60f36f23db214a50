"""Hearings and outcomes as staff see them: proposing one, signing it off, sending it back."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateInput

from accounts.models import User
from accounts.permissions import allowed
from responses import services
from responses.models import Announcement, AnnouncementKind, Case
from responses.services.announcing import LENGTH, SIGN_OFF
from responses.services.proposals import COMMENT_LENGTH
from responses.staff.act import ASSIGN, DRAFT, StaffAct
from responses.staff.forms import ActForm, NoFieldsForm


class AnnounceForm(ActForm):
    kind = forms.ChoiceField(label=_("What happened"), choices=AnnouncementKind)
    on = forms.DateField(label=_("Day"), widget=AdminDateInput, help_text=_("Of the hearing, or when it came about."))
    transcript_url = forms.URLField(
        label=_("Address of the transcript"), required=False, max_length=500, assume_scheme="https"
    )
    video_url = forms.URLField(label=_("Address of the video"), required=False, max_length=500, assume_scheme="https")
    tells_signers = forms.BooleanField(label=_("Mail the signers who wish to hear"), required=False, initial=True)

    def begin(self, case: Case) -> None:
        for code, name in settings.LANGUAGES:
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Text, public (%(language)s)") % {"language": name},
                required=code == settings.LANGUAGE_CODE,
                max_length=LENGTH,
                widget=AdminAutoHeightTextInput,
            )

    def text(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"text_{code}"] for code, _name in settings.LANGUAGES}


class OfAnnouncement(ActForm):
    """An act on the announcement that was shown, not on one that came after it."""

    announcement_id = forms.IntegerField(widget=forms.HiddenInput)

    def begin(self, case: Case) -> None:
        found = waiting(case)
        self.initial.setdefault("announcement_id", found.pk if found else None)


class SignOffForm(OfAnnouncement, NoFieldsForm):
    """Letting an announcement pass."""


class TurnDownForm(OfAnnouncement):
    comment = forms.CharField(
        label=_("What has to change"),
        required=False,
        max_length=COMMENT_LENGTH,
        widget=AdminAutoHeightTextInput,
        help_text=_("May stay empty for what you proposed yourself."),
    )


def waiting(case: Case) -> Announcement | None:
    """The announcement of the case that waits for its sign-off."""
    return Announcement.objects.filter(case=case, decided_at=None).select_related("proposed_by").first()


def _announce(case: Case, actor: User, form: ActForm, now: datetime) -> None:
    names = ("kind", "on", "transcript_url", "video_url", "tells_signers")
    given: dict[str, Any] = {name: form.cleaned_data[name] for name in names}
    services.announce(case_id=case.pk, actor=actor, text=form.text(), now=now, **given)  # type: ignore[attr-defined]


def _sign_off(case: Case, actor: User, form: ActForm, now: datetime) -> None:
    services.sign_off_announcement(announcement_id=_shown(case, form), actor=actor, now=now)


def _return(case: Case, actor: User, form: ActForm, now: datetime) -> None:
    services.return_announcement(
        announcement_id=_shown(case, form), actor=actor, comment=form.cleaned_data["comment"], now=now
    )


def _shown(case: Case, form: ActForm) -> int:
    shown = Announcement.objects.filter(case=case, pk=form.cleaned_data["announcement_id"]).values_list("pk", flat=True)
    if not shown:
        raise services.Refused(_("There is no such announcement."))
    return shown[0]


def _may_announce(case: Case, user: User) -> bool:
    return (allowed(user, ASSIGN) or allowed(user, DRAFT)) and waiting(case) is None


def _may_sign_off(case: Case, user: User) -> bool:
    found = waiting(case)
    return found is not None and allowed(user, SIGN_OFF) and found.proposed_by != user


def _may_return(case: Case, user: User) -> bool:
    found = waiting(case)
    return found is not None and (allowed(user, SIGN_OFF) or found.proposed_by == user)


ACTS = (
    StaffAct(
        "announcement_sign_off",
        _("Sign the announcement off"),
        _("The announcement is public."),
        SignOffForm,
        _sign_off,
        _may_sign_off,
        hint=_("It stands on every petition of the case at once, and goes out by mail as it says."),
    ),
    StaffAct(
        "announcement_return",
        _("Return the announcement"),
        _("The announcement went back."),
        TurnDownForm,
        _return,
        _may_return,
    ),
    StaffAct(
        "announce",
        _("Announce a hearing or an outcome"),
        _("The announcement waits for sign-off."),
        AnnounceForm,
        _announce,
        _may_announce,
        hint=_("Somebody else signs it off before it is public."),
    ),
)
