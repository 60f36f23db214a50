"""The editor's form of an answer: a save that would overwrite a colleague's newer version is refused once."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm


class AnswerPageForm(WagtailAdminPageForm):
    """Wagtail refuses a stale autosave only; a press of Save would overwrite what a colleague wrote meanwhile.

    Refused, the form is shown again with what was typed. By then it counts as begun from the newest version: whoever
    saves once more has been told.
    """

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self._is_stale():
            raise ValidationError(
                _(
                    "A colleague saved a newer version while you were writing. Your words below are not saved yet: look"
                    " at the colleague’s version in the history, then save again to put yours over it."
                ),
                code="stale",
            )
        return cleaned

    def _is_stale(self) -> bool:
        latest = self.instance.latest_revision
        if latest is None:
            return False
        if overwritten := self.data.get("overwrite_revision_id"):
            return overwritten != str(latest.pk)
        loaded = self.data.get("loaded_revision_id")
        if not loaded:
            return False
        # Autosave writes over a version in place: its time tells then.
        written_at = self.data.get("loaded_revision_created_at", "")
        return loaded != str(latest.pk) or written_at != latest.created_at.isoformat()
