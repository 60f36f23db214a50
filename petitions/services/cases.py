"""The public face of a case, kept here for pages, JSON and mails. Called by the room that answers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from petitions import signals
from petitions.lifecycle import ResponseState
from petitions.models import Petition, PublicCase, Rating
from petitions.models.timeline import AnswerKind, EventKind
from petitions.services.events import record_event


@transaction.atomic
def record_case(
    *,
    petition_ids: Sequence[int],
    case_id: int,
    state: str,
    department_id: int | None,
    owed_since: datetime | None,
    due_on: date | None,
    counting: dict[str, Any] | None = None,
    pause_reason: dict[str, str] | None = None,
    news: dict[str, str] | None = None,
    news_at: datetime | None = None,
    now: datetime,
) -> None:
    """Show this state of the case on its petitions. A petition that waited for nothing now awaits an answer.

    ``counting`` is how the due date comes about (``petitions.due``), ``news`` the latest word before the answer.
    Raises Petition.DoesNotExist when one of them is not there.
    """
    petitions = _locked(petition_ids)
    PublicCase.objects.bulk_create(
        [
            PublicCase(
                petition=petition,
                case_id=case_id,
                state=state,
                department_id=department_id,
                owed_since=owed_since,
                due_on=due_on,
                counting=counting or {},
                pause_reason=pause_reason or {},
                news=news or {},
                news_at=news_at,
            )
            for petition in petitions
        ],
        update_conflicts=True,
        unique_fields=["petition"],
        update_fields=[
            *("case_id", "state", "department", "owed_since", "due_on"),
            *("counting", "pause_reason", "news", "news_at"),
        ],
    )
    for petition in petitions:
        if petition.response_state == ResponseState.NONE:
            petition.response_state = ResponseState.AWAITING
    _stored(petitions, now)


@transaction.atomic
def record_answer(
    *,
    petition_ids: Sequence[int],
    case_id: int,
    answer_path: str,
    summary: dict[str, str],
    text: dict[str, str],
    responded_on: date,
    now: datetime,
    tell: bool,
    key: str = "",
    kind: AnswerKind | str = AnswerKind.ANSWER,
    region_text: dict[str, dict[str, str]] | None = None,
) -> None:
    """Show the answer on its petitions, which are answered from now on. Recording it again only changes its words.

    With ``tell`` creators and subscribed signers are mailed, once for each ``key`` (without one, for each case): the
    summary, or the words for their region (``region_text`` by code, then by language). Else the answer is one that was
    corrected. Raises Petition.DoesNotExist.
    """
    petitions = _locked(petition_ids)
    for petition in petitions:
        face, _created = PublicCase.objects.get_or_create(petition=petition, defaults={"state": "published"})
        face.case_id, face.answer_path, face.summary, face.text = case_id, answer_path, summary, text
        face.responded_on, face.answer_kind = responded_on, kind
        face.answered_at = face.answered_at or now
        face.corrected_at = None if tell else now
        face.save()
        petition.response_state = ResponseState.ANSWERED
        if tell:
            record_event(
                petition_id=petition.pk,
                kind=EventKind.ANSWERED,
                key=key or str(case_id),
                text=summary,
                details={"case": case_id} | ({} if kind == AnswerKind.ANSWER else {"answer": kind}),
                link=answer_path,
                region_text=region_text,
                tells_creator=True,
                tells_signers=True,
                now=now,
            )
        signals.announce(signals.petition_answered, petition_id=petition.pk)
    _stored(petitions, now)


@transaction.atomic
def record_answer_taken_off(*, petition_ids: Sequence[int], now: datetime) -> None:
    """Show no answer on these petitions any more: they await one again. Raises Petition.DoesNotExist.

    What signers said of it is no word on the next one: their votes are void, and they may vote on that.
    """
    petitions = _locked(petition_ids)
    faces = PublicCase.objects.filter(petition__in=petitions)
    given = Rating.objects.filter(petition__in=petitions, case_id__in=faces.values("case_id"))
    given.exclude(choice="").update(choice="", comment="", counted=False)
    faces.update(
        answer_path="",
        summary={},
        text={},
        responded_on=None,
        answered_at=None,
        corrected_at=None,
        ratings={},
        low_rated_case_id=None,
    )
    for petition in petitions:
        petition.response_state = ResponseState.AWAITING
    _stored(petitions, now)


def _locked(petition_ids: Sequence[int]) -> list[Petition]:
    wanted = set(petition_ids)
    petitions = list(Petition.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    if len(petitions) != len(wanted):
        raise Petition.DoesNotExist
    return petitions


def _stored(petitions: list[Petition], now: datetime) -> None:
    for petition in petitions:
        petition.updated_at = now
        petition.save(update_fields=["response_state", "updated_at"])
        signals.announce(signals.petition_changed, petition_id=petition.pk)
