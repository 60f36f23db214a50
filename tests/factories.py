"""Rows for tests, written straight into the tables: no service, no event, no mail.

Each function takes the columns that matter to the test by keyword and invents the rest.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Department
from petitions.lifecycle import ResponseState, State
from petitions.models import (
    Crossing,
    Draft,
    Event,
    HourCount,
    Petition,
    PublicCase,
    Rejection,
    RejectionReason,
    Threshold,
    Topic,
)
from petitions.models.petition import ThresholdKind
from petitions.models.timeline import EventKind

_numbers = count(1)


def make_petition(**columns: Any) -> Petition:
    """A petition in state draft unless told otherwise. ``topics`` and ``departments`` are lists of rows."""
    number = next(_numbers)
    topics, departments = columns.pop("topics", ()), columns.pop("departments", ())
    petition = Petition.objects.create(
        **{
            "title": f"Plant more trees in street {number}",
            "ask": f"The council should plant trees in street {number}, because summers are hot.",
            "detail": "Shade cools houses.",
            "creator_name": "Somebody Else",
            **columns,
        }
    )
    petition.topics.set(topics)
    petition.departments.set(departments)
    petition.refresh_from_db()
    return petition


def make_open_petition(*, thresholds: bool = True, **columns: Any) -> Petition:
    """A petition open for signatures since yesterday, for six months, with the two usual thresholds."""
    opened_at = columns.pop("opened_at", timezone.now() - timedelta(days=1))
    petition = make_petition(
        **{
            "state": State.OPEN,
            "opened_at": opened_at,
            "moderation_threshold_reached_at": opened_at - timedelta(days=2),
            "closes_at": opened_at + timedelta(days=182),
            **columns,
        }
    )
    if thresholds:
        make_threshold(petition)
        make_threshold(petition, kind=ThresholdKind.DEBATE, count=100_000, opens_case=False)
    return petition


def make_closed_petition(**columns: Any) -> Petition:
    """A petition that was open from January to July 2025."""
    opened_at = columns.pop("opened_at", datetime(2025, 1, 10, 12, tzinfo=UTC))
    closed_at = columns.pop("closed_at", datetime(2025, 7, 11, tzinfo=UTC))
    return make_open_petition(
        **{"state": State.CLOSED, "opened_at": opened_at, "closes_at": closed_at, "closed_at": closed_at, **columns}
    )


def make_rejected_petition(
    *, code: str = "no-action", details: str = "", duplicate_of: Petition | None = None, **columns: Any
) -> Petition:
    """A petition refused before it was opened, in public."""
    rejected_at = columns.pop("rejected_at", timezone.now() - timedelta(days=1))
    petition = make_petition(**{"state": State.REJECTED, "rejected_at": rejected_at, **columns})
    Rejection.objects.create(
        petition=petition,
        reason=make_reason(code=code),
        details=details,
        duplicate_of=duplicate_of,
        decided_at=rejected_at,
    )
    return petition


def make_hidden_petition(*, opened: bool = False, **columns: Any) -> Petition:
    """A petition taken from sight, before or after it was opened."""
    if opened:
        columns.setdefault("opened_at", timezone.now() - timedelta(days=3))
    return make_petition(**{"state": State.HIDDEN, "hidden_at": timezone.now(), **columns})


def make_withdrawn_petition(*, opened: bool = True, **columns: Any) -> Petition:
    """A petition that its creator took back, after or before it was opened."""
    withdrawn = {"state": State.WITHDRAWN, "withdrawn_at": timezone.now(), **columns}
    return make_open_petition(**withdrawn) if opened else make_petition(**withdrawn)


def make_reason(**columns: Any) -> RejectionReason:
    """A reason for refusal; the one of this code if it is there."""
    code = columns.pop("code", "no-action")
    defaults = {
        "title": "It asks for nothing that can be done",
        "title_fr": "Elle ne demande rien de faisable",
        "explanation": "A petition must ask for an action.",
        "explanation_fr": "Une pétition doit demander une action.",
        **columns,
    }
    return RejectionReason.objects.get_or_create(code=code, defaults=defaults)[0]


def make_threshold(petition: Petition, **columns: Any) -> Threshold:
    """The threshold of 10,000 signatures for an answer, unless told otherwise."""
    values = {"kind": ThresholdKind.RESPONSE, "count": 10_000, "opens_case": True, **columns}
    return Threshold.objects.create(petition=petition, **values)


def make_crossing(petition: Petition, kind: str = ThresholdKind.RESPONSE, **columns: Any) -> Crossing:
    """That the petition reached its threshold of this kind, now unless told otherwise."""
    threshold = petition.thresholds.get(kind=kind)
    values = {"crossed_at": timezone.now(), "count": threshold.count, **columns}
    return Crossing.objects.create(petition=petition, threshold=threshold, **values)


def make_owed_petition(
    *, due_on: date | None = None, pause_reason: dict[str, str] | None = None, **columns: Any
) -> Petition:
    """An open petition past its threshold, with a case that is due in ten days unless told otherwise."""
    petition = make_open_petition(**{"signature_count": 12_000, "response_state": ResponseState.AWAITING, **columns})
    crossing = make_crossing(petition)
    make_public_case(
        petition,
        case_id=petition.pk,
        state="drafting",
        owed_since=crossing.crossed_at,
        due_on=due_on or timezone.localdate() + timedelta(days=10),
        pause_reason=pause_reason or {},
    )
    return petition


def make_public_case(petition: Petition, **columns: Any) -> PublicCase:
    """The public face of the petition's case: published, unless told otherwise."""
    return PublicCase.objects.create(petition=petition, **{"state": "published", **columns})


def make_answered_petition(
    *, summary: dict[str, str] | None = None, path: str = "/answers/trees/", **columns: Any
) -> Petition:
    """An open petition with a published answer."""
    petition = make_open_petition(**{"signature_count": 12_000, "response_state": ResponseState.ANSWERED, **columns})
    crossing = make_crossing(petition)
    make_public_case(
        petition,
        case_id=petition.pk,
        state="published",
        owed_since=crossing.crossed_at,
        answer_path=path,
        summary=summary or {"en": "Trees will be planted.", "fr": "Des arbres seront plantés."},
        text={"en": "We will plant a thousand trees.", "fr": "Nous planterons mille arbres."},
        responded_on=timezone.localdate(),
        answered_at=timezone.now(),
    )
    return petition


def make_event(petition: Petition, kind: str = EventKind.OPENED, **columns: Any) -> Event:
    """A public entry of the timeline."""
    return Event.objects.create(petition=petition, kind=kind, **columns)


def make_hours(petition: Petition, hours: int, *, each: int = 10, last: datetime | None = None) -> None:
    """So many signatures in each of the last hours, up to the one that ``last`` (now) lies in."""
    end = (last or timezone.now()).replace(minute=0, second=0, microsecond=0)
    HourCount.objects.bulk_create(
        HourCount(petition=petition, hour=end - timedelta(hours=back), count=each) for back in range(hours)
    )


def make_topic(code: str = "trees", **columns: Any) -> Topic:
    return Topic.objects.get_or_create(code=code, defaults={"name": code.replace("-", " ").capitalize(), **columns})[0]


def make_department(acronym: str = "TREES", **columns: Any) -> Department:
    """A department that answers."""
    defaults = {"name": "Department of Trees", "name_fr": "Ministère des arbres", **columns}
    return Department.objects.get_or_create(acronym=acronym, defaults=defaults)[0]


def make_draft(**columns: Any) -> Draft:
    """A petition that somebody is writing: the first step is still to be taken."""
    return Draft.objects.create(**{"eligible": True, "created_at": timezone.now(), **columns})
