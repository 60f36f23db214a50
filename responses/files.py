"""Documents and pictures of published answers: they were approved with the text and stay as they are."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, TextField
from django.db.models.functions import Cast
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from responses.models.page import AnswerText

# What the public sees of a file.
SHOWN = ("title", "file")


def kinds() -> tuple[type[Model], ...]:
    """The kinds of files that a text can refer to."""
    return get_document_model(), get_image_model()


def references(text: AnswerText) -> Iterator[tuple[type[Model], str]]:
    """Kind and id of each file that a text refers to."""
    for model, object_id, _model_path, _content_path in text._meta.get_field("body").extract_references(text.body):
        if model in kinds():
            yield model, str(object_id)


def is_public(stored: Model) -> bool:
    """Whether a live answer refers to this file."""
    # Of many answers only those are read that hold the number at all.
    holding = AnswerText.objects.filter(page__live=True).annotate(stored=Cast("body", TextField()))
    wanted = type(stored), str(stored.pk)
    return any(wanted in references(text) for text in holding.filter(stored__contains=str(stored.pk)))


def keep_as_shown(*, instance: Any, **_signal: Any) -> None:
    """Before a file is stored: raise PermissionDenied where a published answer would show another one."""
    before = type(instance)._default_manager.filter(pk=instance.pk).first()
    if before and any(getattr(before, name) != getattr(instance, name) for name in SHOWN):
        keep(instance=before)


def keep(*, instance: Any, **_signal: Any) -> None:
    """Before a file is deleted: raise PermissionDenied where a published answer refers to it."""
    if is_public(instance):
        raise PermissionDenied("a published answer refers to this file")
