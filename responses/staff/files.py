"""Wagtail's form of a document, for what is part of a published answer."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.documents.forms import BaseDocumentForm

from responses import files


class DocumentForm(BaseDocumentForm):
    """Refuses another file or title where a published answer shows this one: Wagtail deletes the old file at once."""

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
        return cleaned
