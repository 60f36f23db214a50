"""What an approval is bound to: everything that the public sees of an answer, as one digest."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.db import models

from responses import files
from responses.models import AnswerPage, AnswerText

FILE_CHUNK = 1 << 20
# Of a page and of its texts what is no word of the answer: keys and bookkeeping; and what the digest names itself.
NOT_PUBLIC = {"id", "page_ptr", "page", "case", "sort_order", "responded_on"}
NAMED_OF_TEXT = {"language", "title", "summary", "body"}


def digest(page: AnswerPage, *, withdraws: dict[str, str] | None = None) -> str:
    """64 hex digits over everything the public sees of the page, in all languages, with its address and its files.

    ``page`` is the live page or a revision's ``as_object()``; the same content gives the same digest. ``withdraws`` is
    the public reason, where taking the page off is what is to be approved.
    """
    texts = sorted(page.texts.all(), key=lambda text: text.language)
    public: dict[str, Any] = {
        "slug": page.slug,
        "title": page.title,
        "seo_title": page.seo_title,
        "search_description": page.search_description,
        "responded_on": page.responded_on,
        "go_live_at": page.go_live_at,
        "expire_at": page.expire_at,
        "texts": [[text.language, text.title, text.summary, text.body.get_prep_value()] for text in texts],
        "files": sorted(_files(page)),
    }
    # Left out where empty, so that a column added later changes no digest that was taken before.
    more = [_more(page, AnswerPage), *(_more(text, AnswerText) for text in texts)]
    if any(more):
        public["more"] = more
    if withdraws:
        public["withdraws"] = withdraws
    return hashlib.sha256(json.dumps(public, sort_keys=True, default=str).encode()).hexdigest()


def _more(instance: models.Model, model: type[models.Model]) -> dict[str, Any]:
    """The columns of ours that ``digest`` does not name and that hold something else than they begin with."""
    named = NOT_PUBLIC | (NAMED_OF_TEXT if model is AnswerText else set())
    found = {
        field.name: field.value_to_string(instance)
        for field in model._meta.local_concrete_fields
        if field.name not in named and field.value_from_object(instance) not in (None, "", field.get_default())
    }
    return dict(sorted(found.items()))


def _files(page: AnswerPage) -> Iterator[tuple[str, str, str, str]]:
    """Kind, id, title and content of each document and image that the texts refer to."""
    for text in page.texts.all():
        for model, object_id in files.references(text):
            stored: Any = model._default_manager.filter(pk=object_id).first()
            title, content = (stored.title, _content(stored.file)) if stored else ("", "gone")
            yield model.__name__, object_id, title, content


def _content(file: Any) -> str:
    try:
        with file.storage.open(file.name) as stream:
            hashed = hashlib.sha256()
            while chunk := stream.read(FILE_CHUNK):
                hashed.update(chunk)
    except FileNotFoundError:
        return "gone"
    return hashed.hexdigest()
