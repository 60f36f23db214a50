"""Where the room that answers finds the imported answers, and notes where it put them."""

from datetime import datetime

from django.db.models import QuerySet

from petitions.importing.parts import ANSWER_KEY
from petitions.models import Event, PublicCase
from petitions.models.timeline import EventKind


def faces_with_text() -> "QuerySet[PublicCase]":
    """The answers whose text came with an imported petition that nobody has changed the course of here."""
    return (
        PublicCase.objects.filter(petition__exempt=True)
        .exclude(text={})
        .select_related("petition")
        .defer("petition__search")
        .order_by("answered_at", "pk")
    )


def place_answer(face: PublicCase, *, case_id: int, answer_path: str, owed_since: datetime) -> None:
    """Note the case and the page of an imported answer beside its petition; its dates and words stay as published."""
    where = {"case_id": case_id, "answer_path": answer_path, "owed_since": owed_since}
    if any(getattr(face, column) != value for column, value in where.items()):
        PublicCase.objects.filter(pk=face.pk).update(**where)
    event = Event.objects.filter(petition=face.petition_id, kind=EventKind.ANSWERED, key=ANSWER_KEY)
    event.exclude(link=answer_path).update(link=answer_path)
