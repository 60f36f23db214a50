"""The act on a case's tags as staff see it."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from responses.models import Case
from responses.services import tagging
from responses.services.cases import takes_part
from responses.staff import forms
from responses.staff.act import StaffAct


def _tag(case: Case, actor: User, form: forms.ActForm, now: datetime) -> None:
    """Exactly the tags that were written are left."""
    wanted = tagging.named(form.cleaned_data["tags"])
    gone = set(tagging.tags_of(case)) - set(wanted)
    tagging.tag(case_id=case.pk, actor=actor, now=now, add=wanted, remove=gone)


ACTS = (
    StaffAct(
        "tag",
        _("Tags"),
        _("The tags are kept."),
        forms.TagsForm,
        _tag,
        lambda _case, user: takes_part(user),
    ),
)
