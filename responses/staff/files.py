"""Wagtail's form of a document: what a published answer shows stays, what is not published can't be guessed."""

import secrets
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.documents.forms import BaseDocumentForm

from petitions.services import Refused
from responses import attachments, files


class DocumentForm(BaseDocumentForm):
    """Refuses another file or title where a published answer shows this one: Wagtail deletes the old file at once.

    A document is served to whoever knows its number and name. Numbers can be counted: the name keeps the
    document of a draft from the public until its answer is published, by 72 random bits at its end.
    """

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        changed = next((name for name in reversed(files.SHOWN) if name in self.changed_data), None)
        if changed and self.instance.pk and files.is_public(self.instance):
            self.add_error(
                changed,
                ValidationError(
                    _("A published answer shows this document. Add a new one, and have the answer corrected."),
                    code="published",
                ),
            )
        if cleaned and "file" in self.changed_data and cleaned.get("file") and self._is_of_its_kind(cleaned["file"]):
            cleaned["file"].name = _unguessable(cleaned["file"].name)
        return cleaned

    def _is_of_its_kind(self, file: Any) -> bool:
        """What it is counts, not what it is called; where it is something else, or too large, the field says so."""
        try:
            attachments.checked(file.name, file.read(attachments.MOST_BYTES + 1))
        except Refused as refusal:
            self.add_error("file", ValidationError(str(refusal), code="kind"))
            return False
        finally:
            file.seek(0)
        return True


def _unguessable(name: str) -> str:
    path = PurePath(name)
    return f"{path.stem[:60]}-{secrets.token_hex(9)}{path.suffix}"
