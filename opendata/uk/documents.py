"""A petition as the UK Parliament's petitions API describes it, attribute by attribute.

Every attribute is always there, null where there is nothing to say: clients test for that. What that API has not is
added beside it under names that it does not use (`paper_signature_count`, `counted_at`, `age`) or has an address of its
own.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from cms.languages import main_language
from opendata.values import day, moment, text
from petitions import places
from petitions.lifecycle import State
from petitions.models import Hearing, Petition, PublicCase, Threshold
from petitions.models.petition import ThresholdKind
from petitions.selectors import last_day
from petitions.wording import localized

STATES = {State.OPEN: "open", State.REJECTED: "rejected"}
LINKS = ("transcript_url", "video_url", "debate_pack_url", "public_engagement_url", "debate_summary_url")


def prepared(petitions: QuerySet) -> QuerySet:
    """Petitions with all that `attributes` reads, in a fixed number of queries however many they are."""
    thresholds = Threshold.objects.select_related("crossing")
    # What a search looks at, and what no reader may see, is no part of any document.
    shown = petitions.defer("search", "salt")
    return shown.select_related("public_case", "hearing", "rejection__reason").prefetch_related(
        "topics", "departments", Prefetch("thresholds", queryset=thresholds)
    )


def attributes(petition: Petition) -> dict[str, Any]:
    """The attributes of a prepared public petition, in the order in which the UK API has them."""
    reached = {one.kind: one.crossing.crossed_at for one in petition.thresholds.all() if hasattr(one, "crossing")}
    hearing: Hearing | None = getattr(petition, "hearing", None)
    case: PublicCase | None = getattr(petition, "public_case", None)
    scheduled_on = day(hearing.scheduled_on) if hearing else None
    is_open = petition.state == State.OPEN
    return {
        "action": petition.title,
        "background": text(petition.ask),
        "additional_details": text(petition.detail),
        "committee_note": text(petition.committee_note),
        "state": STATES.get(State(petition.state), "closed"),
        "signature_count": petition.signature_count,
        "paper_signature_count": petition.paper_count,
        **({"closing_date": day(last_day(petition.closes_at))} if is_open else {}),
        "created_at": moment(petition.created_at),
        "updated_at": moment(petition.updated_at),
        "rejected_at": moment(petition.rejected_at),
        "opened_at": moment(petition.opened_at),
        "closed_at": moment(petition.withdrawn_at if petition.state == State.WITHDRAWN else petition.closed_at),
        "moderation_threshold_reached_at": moment(petition.moderation_threshold_reached_at),
        "response_threshold_reached_at": moment(reached.get(ThresholdKind.RESPONSE)),
        "government_response_at": moment(case.answered_at) if case else None,
        "debate_threshold_reached_at": moment(reached.get(ThresholdKind.DEBATE)),
        "debate_scheduled_on": scheduled_on,
        "scheduled_debate_date": scheduled_on,
        "debate_outcome_at": moment(hearing.outcome_at) if hearing else None,
        "creator_name": text(petition.creator_name) if is_open else None,
        "rejection": _rejection(petition),
        "government_response": _answer(petition, case),
        "debate": _debate(hearing),
        "departments": [
            {"acronym": one.acronym, "name": one.name, "url": text(one.url)}
            for one in sorted(petition.departments.all(), key=lambda one: one.name)
        ],
        "topics": sorted(topic.code for topic in petition.topics.all()),
    }


def _rejection(petition: Petition) -> dict[str, Any] | None:
    rejection = getattr(petition, "rejection", None)
    if petition.state != State.REJECTED or rejection is None:
        return None
    return {"code": rejection.reason.code, "details": text(rejection.details)}


def _answer(petition: Petition, case: PublicCase | None) -> dict[str, Any] | None:
    if case is None or case.answered_at is None:
        return None
    language = main_language()
    published = petition.source_data.get("government_response") or {}
    return {
        "responded_on": day(case.responded_on),
        "summary": text(localized(case.summary, language)),
        "details": text(localized(case.text, language)),
        "created_at": published.get("created_at") or moment(case.answered_at),
        "updated_at": published.get("updated_at") or moment(case.corrected_at or case.answered_at),
    }


def _debate(hearing: Hearing | None) -> dict[str, Any] | None:
    if hearing is None or hearing.debated is None:
        return None
    links = {name: text(hearing.links.get(name)) for name in LINKS}
    return {"debated_on": day(hearing.debated_on), **links, "overview": text(hearing.overview)}


def breakdowns(petition: Petition) -> dict[str, Any]:
    """The four further attributes that the document of one petition has, unless it was refused.

    Signatures shown by no place are in no row: the shape has none for them.
    """
    if petition.state == State.REJECTED:
        return {}
    language = main_language()
    countries = places.public_countries(petition, language).rows
    regions = places.public_regions(petition, language).rows
    return {
        "signatures_by_country": [
            {"name": row.name, "code": text(row.code), "signature_count": row.count}
            for row in sorted(countries, key=lambda row: row.name)
        ],
        "signatures_by_constituency": [
            {"name": row.name, "ons_code": row.ons_code, "mp": text(row.mp), "signature_count": row.signature_count}
            for row in sorted(petition.constituency_counts.all(), key=lambda row: row.ons_code)
        ],
        "signatures_by_region": [
            {"name": row.name, "ons_code": row.code, "signature_count": row.count}
            for row in sorted(regions, key=lambda row: row.code)
        ],
        "other_parliamentary_business": [
            {
                "subject": piece.subject,
                "body": piece.body,
                "occurred_on": day(piece.occurred_on),
                "created_at": moment(piece.created_at),
                "updated_at": moment(piece.updated_at),
            }
            for piece in petition.other_business.all()
        ],
    }


def count(petition: Petition, *, counted_at: datetime | None, now: datetime) -> dict[str, Any]:
    """The small document that pages ask for again and again.

    ``counted_at`` is until when all that was confirmed is in the count; ``age`` says how many seconds ago that was.
    """
    every = attributes(petition)
    names = (
        "signature_count",
        "paper_signature_count",
        "response_threshold_reached_at",
        "government_response_at",
        "debate_threshold_reached_at",
        "scheduled_debate_date",
        "debate_outcome_at",
    )
    hearing = getattr(petition, "hearing", None)
    return {
        **{name: every[name] for name in names},
        "debated": bool(hearing and hearing.debated),
        "counted_at": moment(counted_at),
        "age": max(int((now - counted_at).total_seconds()), 0) if counted_at else None,
    }


def history(petition: Petition) -> dict[str, Any]:
    """New signatures by hour, oldest first; hours without any are left out. An hour's first instant (UTC) names it.

    ``before`` are those of the count that no hour is known of: given elsewhere, or before the first hour.
    """
    hours = petition.hour_counts.exclude(count=0).order_by("hour").values_list("hour", "count")
    rows = [{"hour": moment(hour), "signature_count": number} for hour, number in hours]
    return {
        "signature_count": petition.signature_count,
        "before": petition.signature_count - sum(number for _hour, number in hours),
        "signatures_by_hour": rows,
    }


def items(petitions: Iterable[Petition], address: Any) -> list[dict[str, Any]]:
    """Prepared petitions as the items of a list; ``address(petition)`` is that of its own document."""
    return [
        {
            "type": "petition",
            "id": petition.pk,
            "links": {"self": address(petition)},
            "attributes": attributes(petition),
        }
        for petition in petitions
    ]
