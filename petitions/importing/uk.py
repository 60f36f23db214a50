"""Petitions to the UK Parliament, in the attribute names of its API."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from petitions.importing.fields import Fields
from petitions.importing.lines import BadRecord
from petitions.importing.records import Answer, Licence, Mark, Office, Record, Rejected, digest_of
from petitions.lifecycle import ResponseState, State
from petitions.models.petition import Source, ThresholdKind
from petitions.terms import months_after

LARGEST_ID = 999_999
OPEN_MONTHS = 6
RESPONSE_THRESHOLD, DEBATE_THRESHOLD = 10_000, 100_000
PETITION_LINK = re.compile(r"petition\.parliament\.uk/(?:archived/)?petitions/(\d{1,9})\b", re.ASCII)
HEARING_LINKS = ("transcript_url", "video_url", "debate_pack_url", "public_engagement_url", "debate_summary_url")

LICENCE = Licence(
    name="Open Government Licence v3.0",
    url="https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    notice="Contains public sector information licensed under the Open Government Licence v3.0.",
)


def read(values: Mapping[str, Any]) -> Record:
    """The petition of one record. Raises BadRecord.

    A petition that the record calls open is long past its deadline: it comes in as closed six calendar months after it
    was opened.
    """
    fields = Fields(values)
    number = fields.whole("id", low=1, high=LARGEST_ID)
    answer = _answer(fields)
    columns = {
        "id": number,
        "source": Source.UK,
        "source_id": str(number),
        "source_url": f"https://petition.parliament.uk/petitions/{number}",
        "title": fields.needed_text("action", longest=500),
        "ask": fields.text("background"),
        "detail": fields.text("additional_details"),
        "committee_note": fields.text("committee_note"),
        "creator_name": fields.text("creator_name", longest=100),
        "created_at": fields.needed_moment("created_at"),
        "updated_at": fields.needed_moment("updated_at"),
        "moderation_threshold_reached_at": fields.moment("moderation_threshold_reached_at"),
        "response_state": ResponseState.ANSWERED if answer else ResponseState.NONE,
        **_course(fields),
        **dict.fromkeys(("signature_count", "imported_count"), fields.count("signature_count")),
        "source_data": _source_data(fields),
    }
    return Record(
        source_id=str(number),
        digest=digest_of(values),
        columns=columns,
        topics={code: code.replace("-", " ").capitalize() for code in fields.codes("topics", longest=60)},
        departments=tuple(_office(office) for office in fields.many("departments")),
        marks=tuple(_marks(fields)),
        rejected=_rejected(fields, number) if columns["state"] == State.REJECTED else None,
        answer=answer,
        hearing=_hearing(fields),
        business=tuple(_business(business) for business in fields.many("other_parliamentary_business")),
    )


def months_later(moment: datetime, months: int) -> datetime:
    """The same time of day, so many calendar months later."""
    return datetime.combine(months_after(moment.date(), months), moment.timetz())


def _course(fields: Fields) -> dict[str, Any]:
    """State and dates."""
    state = fields.needed_text("state", longest=40)
    opened_at, closed_at, rejected_at = (fields.moment(f"{act}_at") for act in ("opened", "closed", "rejected"))
    if state == "rejected":
        if rejected_at is None:
            raise BadRecord("rejected_at: missing")
    elif state in ("open", "closed"):
        if opened_at is None:
            raise BadRecord("opened_at: missing")
        if state == "closed" and closed_at is None:
            raise BadRecord("closed_at: missing")
        closed_at = closed_at or months_later(opened_at, OPEN_MONTHS)
    else:
        raise BadRecord("state: none of open, closed, rejected")
    return {
        "state": State.REJECTED if state == "rejected" else State.CLOSED,
        "source_state": state,
        "opened_at": opened_at,
        "closes_at": closed_at,
        "closed_at": closed_at,
        "rejected_at": rejected_at,
    }


def _marks(fields: Fields) -> list[Mark]:
    marks = (
        Mark(ThresholdKind.RESPONSE, RESPONSE_THRESHOLD, fields.moment("response_threshold_reached_at")),
        Mark(ThresholdKind.DEBATE, DEBATE_THRESHOLD, fields.moment("debate_threshold_reached_at")),
    )
    return [mark for mark in marks if mark.reached_at]


def _rejected(fields: Fields, number: int) -> Rejected:
    inside = fields.one("rejection")
    if inside is None:
        raise BadRecord("rejection: missing")
    details = inside.text("details")
    link = PETITION_LINK.search(details)
    repeated = int(link[1]) if link and inside.text("code") == "duplicate" else None
    return Rejected(inside.code("code", longest=40), details, repeated if repeated != number else None)


def _answer(fields: Fields) -> Answer | None:
    inside, published_at = fields.one("government_response"), fields.moment("government_response_at")
    if inside is None:
        return None
    if published_at is None:
        raise BadRecord("government_response_at: missing")
    return Answer(
        published_at=published_at,
        responded_on=inside.day("responded_on"),
        summary=inside.text("summary"),
        text=inside.needed_text("details"),
    )


def _hearing(fields: Fields) -> dict[str, Any] | None:
    inside, scheduled_on = fields.one("debate"), fields.day("scheduled_debate_date")
    outcome_at = fields.moment("debate_outcome_at")
    if inside is None:
        return {"scheduled_on": scheduled_on, "outcome_at": outcome_at} if scheduled_on or outcome_at else None
    debated_on = inside.day("debated_on")
    return {
        "scheduled_on": scheduled_on,
        "outcome_at": outcome_at,
        "debated": debated_on is not None,
        "debated_on": debated_on,
        "overview": inside.text("overview"),
        "links": {name: link for name in HEARING_LINKS if (link := inside.address(name))},
    }


def _business(fields: Fields) -> dict[str, Any]:
    return {
        "subject": fields.needed_text("subject", longest=1000),
        "body": fields.text("body"),
        "occurred_on": fields.day("occurred_on"),
        "created_at": fields.moment("created_at"),
        "updated_at": fields.moment("updated_at"),
    }


def _office(fields: Fields) -> Office:
    return Office(
        acronym=fields.needed_text("acronym", longest=20),
        name=fields.needed_text("name", longest=200),
        url=fields.address("url", longest=200),
    )


def _source_data(fields: Fields) -> dict[str, Any]:
    """Public fields for which we have no column, as published."""
    found: dict[str, Any] = {"dataset": fields.text("source", longest=100)}
    taken_at = fields.moment("breakdown_as_of")
    if taken_at:
        found["breakdown_as_of"] = fields.text("breakdown_as_of")
        found["breakdown_signature_count"] = fields.count("breakdown_signature_count")
    answer = fields.one("government_response")
    if answer is not None:
        for name in ("created_at", "updated_at"):
            answer.moment(name)
        found["government_response"] = {name: answer.text(name) or None for name in ("created_at", "updated_at")}
    return found
