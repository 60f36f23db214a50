"""A petition as the We the People API describes it."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from cms.languages import main_language
from opendata.wethepeople import statuses
from opendata.wethepeople.finding import FIRST_RESPONSE
from petitions import limits
from petitions.importing.sources import LICENCES
from petitions.lifecycle import OPENED, ResponseState
from petitions.models import Petition, PublicCase, Threshold
from petitions.models.petition import Source, ThresholdKind
from petitions.wording import localized


def prepared(petitions: QuerySet[Petition]) -> QuerySet[Petition]:
    """Petitions with all that ``document`` reads, in a fixed number of queries however many they are."""
    thresholds = Threshold.objects.filter(kind=ThresholdKind.RESPONSE)
    return petitions.select_related("public_case").prefetch_related(
        "topics", Prefetch("thresholds", queryset=thresholds, to_attr="asks_for_answer")
    )


def document(petition: Petition, *, host: str, now: datetime) -> dict[str, Any]:
    """A prepared public petition. ``host`` begins its addresses; times are seconds since 1970."""
    threshold = next((one.count for one in petition.asks_for_answer), limits.current().response_threshold)
    published = seconds(petition.opened_at or petition.rejected_at)
    ended = petition.closes_at or petition.closed_at or petition.rejected_at
    return {
        "id": id_of(petition),
        "type": "petition",
        "title": petition.title,
        "body": "\n\n".join(text for text in (petition.ask, petition.detail) if text),
        "petition_type": None,
        "issues": issues(petition),
        "signatureThreshold": threshold,
        "signatureCount": petition.signature_count,
        "signaturesNeeded": max(threshold - petition.signature_count, 0),
        "url": host + path_of(petition),
        "deadline": seconds(ended),
        "status": statuses.status(petition),
        "response": _response(petition, host),
        "created": published,
        "published": published,
        "isSignable": statuses.is_signable(petition, now),
        "isPublic": True,
        "reachedPublic": published,
        "source": _source(petition),
    }


def id_of(petition: Petition) -> str:
    """The petition's id in this API: the one it had there, else our number."""
    return petition.source_id if petition.source == Source.WTP else str(petition.pk)


def path_of(petition: Petition) -> str:
    """The path of its page in the main language, whatever the address of the request."""
    return reverse("petitions:detail", args=[petition.pk])


def seconds(moment: datetime | None) -> int | None:
    """Whole seconds since 1970."""
    return int(moment.timestamp()) if moment else None


def issues(petition: Petition) -> list[dict[str, str]]:
    """What it is about: the issues it had there, else our topics by name."""
    if petition.source == Source.WTP:
        return petition.source_data.get("issues", [])
    topics = ({"id": topic.code, "name": localized(topic, main_language())} for topic in petition.topics.all())
    return sorted(topics, key=lambda issue: issue["name"])


def response_id(petition: Petition) -> str:
    """The number of the response to it: the one it had there, else one of ours; '' where there is none."""
    case: PublicCase | None = getattr(petition, "public_case", None)
    is_answered = petition.response_state == ResponseState.ANSWERED and petition.state in OPENED
    if case is None or case.answered_at is None or not is_answered:
        return ""
    if case.case_id is not None:
        return str(FIRST_RESPONSE + case.case_id)
    return (petition.source_data.get("response") or {}).get("id", "")


def _response(petition: Petition, host: str) -> dict[str, Any] | None:
    number = response_id(petition)
    if not number:
        return None
    case = petition.public_case
    address = host + case.answer_path if case.answer_path else case.external_url
    return {"id": number, "url": address, "associationTime": seconds(case.answered_at)}


def _source(petition: Petition) -> dict[str, str] | None:
    """Where an imported petition comes from, and under which licence its text may be used."""
    licence = LICENCES.get(Source(petition.source))
    if licence is None:
        return None
    return {
        "name": str(Source(petition.source).label),
        "id": petition.source_id,
        "url": petition.source_url,
        "licence": licence.name,
        "licence_url": licence.url,
        "notice": licence.notice,
    }
