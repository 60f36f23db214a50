"""The acts on a case's clock as staff see them."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import allowed
from responses import services
from responses.models import Case
from responses.staff import forms
from responses.staff.act import ASSIGN, StaffAct, plain, reasoned


def _runs_clock(case: Case, user: User) -> bool:
    return case.is_owed and not case.is_paused and allowed(user, ASSIGN)


def _stands_still(case: Case, user: User) -> bool:
    return case.is_paused and allowed(user, ASSIGN)


ACTS = (
    StaffAct(
        "pause",
        _("Pause the clock"),
        _("The clock stands still."),
        forms.PublicReasonForm,
        reasoned(services.pause),
        _runs_clock,
        hint=_("The reason is public, and the creator is told."),
    ),
    StaffAct(
        "resume",
        _("Let the clock run"),
        _("The clock is running."),
        forms.NoFieldsForm,
        plain(services.resume),
        _stands_still,
        hint=_("The due date moves by the working days that the clock stood still."),
    ),
)
