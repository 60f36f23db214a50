"""The change feed: what is public, in the order in which it last changed."""

from collections.abc import Sequence
from typing import Annotated, Literal, cast

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from opendata.api import lists
from opendata.api.answers import documents as answer_documents
from opendata.api.answers.shapes import Answer
from opendata.api.kinds import Moment, Problem, Shape, described
from opendata.api.petitions import documents as petition_documents
from opendata.api.petitions.shapes import Petition
from opendata.models import Change, Kind
from opendata.replies import host_address
from petitions.models import Petition as PetitionRow

router = Router(tags=["changes"])

# Numbers up to here are the same in every language that reads JSON.
LAST_POSITION = 2**53 - 1


class ChangeEntry(Shape):
    """One thing that changed, as it is now."""

    position: int = described(_("Its place in the feed."), 1772442895120000)
    kind: Literal["petition", "answer", "department", "topic"] = described(_("What it is."), "petition")
    id: int = described(
        _("The petition's number, or for an answer its case's; of tables read the whole anew."), 1000001
    )
    change: Literal["changed", "removed"] = described(
        _("Whether it is there (new or changed), or public no more."), "changed"
    )
    at: Moment = described(_("When it was noticed."), "2026-03-02T09:14:55.120Z")
    petition: Petition | None = described(_("The petition, unless it was removed."))
    answer: Answer | None = described(_("The answer without its text, unless it was removed."), None)


class Changes(Shape):
    """Changes behind a position, in order."""

    data: list[ChangeEntry] = described(_("The rows of this page."))
    since: int = described(_("The position to ask with next time."), 1772442895120000)
    next: str = described(
        _("The address to ask at next: at once where there is more, else in a while."),
        "https://example.org/api/changes?since=1772442895120000",
    )
    more: bool = described(_("Whether more is waiting there already."), False)


class Asked(BaseModel):
    """From where on."""

    since: Annotated[
        int,
        Field(
            ge=0,
            le=LAST_POSITION,
            description=_(
                "The last position seen; 0: from the start, which is everything. "
                "A time will do: microseconds since 1970."
            ),
            examples=[1772442895120000],
        ),
    ] = 0
    limit: lists.Limit = lists.USUAL


@router.get(
    "/changes",
    response={200: Changes, 400: Problem},
    operation_id="listChanges",
    summary=_("The change feed"),
    description=_(
        "Each petition, answer, department and topic stands once, at its last change. Nothing becomes visible before "
        "something that you have passed: who asks with the last position seen misses nothing. What follows from the "
        "calendar alone (`days_late`) is no change."
    ),
)
def changes(request: HttpRequest, asked: Query[Asked]) -> Changes:
    rows = list(Change.objects.filter(listed=True, position__gt=asked.since).order_by("position")[: asked.limit + 1])
    shown = rows[: asked.limit]
    since = shown[-1].position if shown else asked.since
    address = f"{host_address(request)}{request.path}?limit={asked.limit}&since={since}"
    return Changes(data=_entries(shown, host_address(request)), since=since, next=address, more=len(rows) > len(shown))


def _entries(rows: Sequence[Change], base: str) -> list[ChangeEntry]:
    today = timezone.localdate()
    petitions = {
        row.pk: petition_documents.petition(row, base=base, today=today)
        for row in petition_documents.prepared(PetitionRow.objects.public().filter(pk__in=_of(rows, Kind.PETITION)))
    }
    answers = {
        page.case_id: answer_documents.answer(page, base=base)
        for page in answer_documents.prepared().filter(case__in=_of(rows, Kind.ANSWER))
    }
    return [_entry(row, petitions, answers) for row in rows]


def _of(rows: Sequence[Change], kind: Kind) -> list[int]:
    return [row.subject for row in rows if row.kind == kind]


def _entry(row: Change, petitions: dict[int, Petition], answers: dict[int, Answer]) -> ChangeEntry:
    petition = petitions.get(row.subject) if row.kind == Kind.PETITION else None
    answer = answers.get(row.subject) if row.kind == Kind.ANSWER else None
    stays = petition or answer or row.kind in (Kind.DEPARTMENT, Kind.TOPIC)
    return ChangeEntry(
        position=row.position,
        kind=cast(Literal["petition", "answer", "department", "topic"], row.kind),
        id=row.subject,
        change="changed" if stays else "removed",
        at=row.at,
        petition=petition,
        answer=answer,
    )
