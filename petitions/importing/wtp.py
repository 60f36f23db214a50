"""We the People petitions, in the shape of its API v1."""

import re
from collections.abc import Mapping
from typing import Any

from petitions.importing.fields import Fields
from petitions.importing.lines import BadRecord
from petitions.importing.records import Answer, Licence, Mark, Record, digest_of
from petitions.lifecycle import ResponseState, State
from petitions.models.petition import Source, ThresholdKind

LICENCE = Licence(
    name="Creative Commons Attribution 3.0",
    url="https://creativecommons.org/licenses/by/3.0/",
    notice="We the People, petitions.whitehouse.gov, 2011-2013",
)

STATUSES = ("open", "pending response", "responded", "closed")
ID = re.compile(r"[0-9a-f]{24}", re.ASCII)


def read(values: Mapping[str, Any]) -> Record:
    """The petition of one record. Raises BadRecord.

    All are closed here, whatever their status says: the site they stood on is gone. The status is kept beside.
    """
    fields = Fields(values)
    source_id = fields.needed_text("id", longest=40)
    if not ID.fullmatch(source_id):
        raise BadRecord("id: not 24 hexadecimal digits")
    status = fields.needed_text("status", longest=40)
    if status not in STATUSES:
        raise BadRecord(f"status: none of {', '.join(STATUSES)}")
    opened_at, closed_at = fields.unix_moment("created"), fields.unix_moment("deadline")
    answer, beside = _answer(fields), _source_data(fields)
    if (status == "responded") != (answer is not None):
        raise BadRecord("response: belongs to the status responded and to no other")
    columns = {
        "source": Source.WTP,
        "source_id": source_id,
        "source_state": status,
        "source_url": fields.address("url"),
        "title": fields.needed_text("title", longest=2000),
        "ask": fields.text("body"),
        "state": State.CLOSED,
        "response_state": ResponseState.ANSWERED if answer else ResponseState.NONE,
        "created_at": opened_at,
        "opened_at": opened_at,
        "closes_at": closed_at,
        "closed_at": closed_at,
        "updated_at": max(closed_at, answer.published_at) if answer else closed_at,
        **dict.fromkeys(("signature_count", "imported_count"), fields.count("signatureCount")),
        "source_data": beside,
    }
    return Record(
        source_id=source_id,
        digest=digest_of(values),
        columns=columns,
        topics={_code_of(issue["name"]): issue["name"] for issue in beside["issues"]},
        marks=(Mark(ThresholdKind.RESPONSE, beside["signatureThreshold"]),),
        answer=answer,
    )


def _answer(fields: Fields) -> Answer | None:
    inside = fields.one("response")
    if inside is None:
        return None
    inside.needed_text("url")
    return Answer(published_at=inside.unix_moment("associationTime"), external_url=inside.address("url"))


def _source_data(fields: Fields) -> dict[str, Any]:
    """Fields of the API v1 for which we have no column, as published."""
    response = fields.one("response")
    return {
        "issues": [
            {"id": issue.needed_text("id", longest=20), "name": issue.needed_text("name", longest=100)}
            for issue in fields.many("issues")
        ],
        "signatureThreshold": fields.whole("signatureThreshold", low=1, high=2**31 - 1),
        "created": fields.whole("created", low=0, high=2**40),
        "deadline": fields.whole("deadline", low=0, high=2**40),
        "response": response
        and {
            "id": response.needed_text("id", longest=40),
            "url": response.address("url"),
            "associationTime": response.whole("associationTime", low=0, high=2**40),
        },
    }


def _code_of(name: str) -> str:
    """``Women's Issues`` -> ``womens-issues``."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower().replace("'", ""))[:60].strip("-")
