"""What a client asks for, read from the query. Pure.

What can't be read is as if it were not given: clients of that API send all sorts, and the answer's ``requestInfo`` says
what was understood.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

WHOLE = re.compile(r"-?\d{1,20}", re.ASCII)
LONGEST_TEXT = 200
LONGEST_ADDRESS = 2_000
LARGEST = 2**31 - 1
LAST_SECOND = int(datetime(9000, 1, 1, tzinfo=UTC).timestamp())

MOST_PETITIONS, USUAL_PETITIONS = 1_000, 10
MOST_SIGNATURES = 1_000
MOST_RESPONSES, USUAL_RESPONSES = 50, 10
MOST_VALIDATIONS = 1_000
# Whoever wants what lies behind goes on after the last signature they have (`after`).
LARGEST_OFFSET = 100_000

BY_PUBLICATION, BY_COUNT = "date_reached_public", "signature_count"
ASCENDING, DESCENDING = "asc", "desc"


def whole(values: Mapping[str, str], name: str, *, low: int = 0, high: int = LARGEST) -> int | None:
    """The whole number of this name, pushed between the bounds; None where there is none."""
    text = values.get(name, "").strip()
    return min(max(int(text), low), high) if WHOLE.fullmatch(text) else None


def text(values: Mapping[str, str], name: str, *, longest: int = LONGEST_TEXT) -> str:
    """The text of this name without blanks around it; '' where there is none."""
    return values.get(name, "").strip()[:longest]


def second(values: Mapping[str, str], name: str) -> int | None:
    """The moment of this name in seconds since 1970."""
    return whole(values, name, high=LAST_SECOND)


def _flag(values: Mapping[str, str], name: str) -> bool | None:
    number = whole(values, name)
    return None if number is None else bool(number)


def _one_of(values: Mapping[str, str], name: str, *allowed: str) -> str:
    """The first of ``allowed`` unless another is asked for."""
    asked = text(values, name).lower()
    return asked if asked in allowed else allowed[0]


@dataclass(frozen=True)
class Within:
    """A number that is asked for exactly, or between bounds that count as inside; None where nothing is asked."""

    exact: int | None = None
    floor: int | None = None
    ceiling: int | None = None

    @classmethod
    def read(cls, values: Mapping[str, str], name: str) -> "Within":
        return cls(whole(values, name), whole(values, f"{name}Floor"), whole(values, f"{name}Ceiling"))

    @property
    def is_asked(self) -> bool:
        return (self.exact, self.floor, self.ceiling) != (None, None, None)


@dataclass(frozen=True)
class Created:
    """When something was made, in seconds since 1970: at one of them, or before and after, which are outside."""

    at: int | None = None
    before: int | None = None
    after: int | None = None

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Created":
        return cls(*(second(values, name) for name in ("createdAt", "createdBefore", "createdAfter")))

    @property
    def is_asked(self) -> bool:
        return (self.at, self.before, self.after) != (None, None, None)


@dataclass(frozen=True)
class Slice:
    """Which part of a list."""

    limit: int
    offset: int = 0

    @classmethod
    def read(cls, values: Mapping[str, str], *, usual: int, most: int, furthest: int = LARGEST) -> "Slice":
        limit = whole(values, "limit", low=0, high=most)
        return cls(usual if limit is None else limit, whole(values, "offset", high=furthest) or 0)

    @property
    def end(self) -> int:
        return self.offset + self.limit


@dataclass(frozen=True)
class PetitionsAsked:
    """The arguments of ``petitions.json``."""

    part: Slice
    is_public: bool
    is_signable: bool | None
    created: Created
    title: str
    body: str
    status: str
    url: str
    response_id: str
    associated_before: int | None
    count: Within
    threshold: Within
    sort_by: str
    sort_order: str
    mock: int

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "PetitionsAsked":
        return cls(
            part=Slice.read(values, usual=USUAL_PETITIONS, most=MOST_PETITIONS),
            is_public=_flag(values, "isPublic") is not False,
            is_signable=_flag(values, "isSignable"),
            created=Created.read(values),
            title=text(values, "title"),
            body=text(values, "body"),
            status=text(values, "status").lower(),
            url=text(values, "url", longest=LONGEST_ADDRESS),
            response_id=text(values, "responseID") or text(values, "responseId"),
            associated_before=second(values, "responseAssociationTimeBefore"),
            count=Within.read(values, "signatureCount"),
            threshold=Within.read(values, "signatureThreshold"),
            sort_by=_one_of(values, "sortBy", BY_PUBLICATION, BY_COUNT),
            sort_order=_one_of(values, "sortOrder", ASCENDING, DESCENDING),
            mock=whole(values, "mock", high=1) or 0,
        )

    def told(self) -> dict[str, Any]:
        """What was understood, by the names of that API; null where nothing is asked."""
        return {
            "body": self.body or None,
            "createdAfter": self.created.after,
            "createdAt": self.created.at,
            "createdBefore": self.created.before,
            "isPublic": int(self.is_public),
            "isSignable": None if self.is_signable is None else int(self.is_signable),
            "limit": self.part.limit,
            "mock": self.mock,
            "offset": self.part.offset,
            "petitionsDefaultLimit": MOST_PETITIONS,
            "responseAssociationTimeBefore": self.associated_before,
            "responseId": self.response_id or None,
            "signatureCount": self.count.exact,
            "signatureCountCeiling": self.count.ceiling,
            "signatureCountFloor": self.count.floor or 0,
            "signatureThreshold": self.threshold.exact,
            "signatureThresholdCeiling": self.threshold.ceiling,
            "signatureThresholdFloor": self.threshold.floor,
            "sortBy": self.sort_by,
            "sortOrder": self.sort_order,
            "status": self.status or None,
            "title": self.title or None,
            "url": self.url or None,
        }


@dataclass(frozen=True)
class SignaturesAsked:
    """The arguments of ``petitions/ID/signatures.json``; ``after`` is an addition of ours."""

    part: Slice
    created: Created
    state: str
    country: str
    unlisted: bool  # by town or postcode, which no listed signature tells
    after: str
    offset_asked: int

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "SignaturesAsked":
        return cls(
            part=Slice.read(values, usual=MOST_SIGNATURES, most=MOST_SIGNATURES, furthest=LARGEST_OFFSET),
            created=Created.read(values),
            state=text(values, "state"),
            country=text(values, "country"),
            unlisted=bool(text(values, "city") or text(values, "zipcode")),
            after=text(values, "after"),
            offset_asked=whole(values, "offset") or 0,
        )


@dataclass(frozen=True)
class ResponsesAsked:
    """The arguments of ``responses.json``."""

    part: Slice
    petition_id: str
    sort_order: str
    mock: int

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "ResponsesAsked":
        return cls(
            part=Slice.read(values, usual=USUAL_RESPONSES, most=MOST_RESPONSES),
            petition_id=text(values, "petitionId") or text(values, "petition_id"),
            sort_order=_one_of(values, "sortOrder", DESCENDING, ASCENDING),
            mock=whole(values, "mock", high=1) or 0,
        )

    def told(self) -> dict[str, Any]:
        """What was understood, by the names of that API."""
        return {
            "limit": self.part.limit,
            "mock": self.mock,
            "offset": self.part.offset,
            "petition_id": self.petition_id or None,
            "sortBy": "age",
            "sortOrder": self.sort_order,
        }


@dataclass(frozen=True)
class ValidationsAsked:
    """The arguments of ``validations.json``."""

    part: Slice
    petition_id: str

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "ValidationsAsked":
        part = Slice.read(values, usual=MOST_VALIDATIONS, most=MOST_VALIDATIONS)
        return cls(part, text(values, "petition_id") or text(values, "petitionId"))
