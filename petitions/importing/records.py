"""What a sound record of any source comes to: the rows of one petition, ready to be stored."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from petitions.models.petition import ThresholdKind


class Result(StrEnum):
    """What became of one petition."""

    LOADED = "loaded"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CHANGED_HERE = "changed here"


@dataclass(frozen=True, slots=True)
class Licence:
    """The terms under which a source's texts and counts may be shown, and the credit it asks for."""

    name: str
    url: str
    notice: str


@dataclass(frozen=True, slots=True)
class Office:
    """A department as its source names it."""

    acronym: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A threshold of the source; ``reached_at`` where it published when."""

    kind: ThresholdKind
    count: int
    reached_at: datetime | None = None

    @property
    def opens_case(self) -> bool:
        return self.kind == ThresholdKind.RESPONSE


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why the source refused it, and the number of the petition it said that this one repeats."""

    code: str
    details: str
    duplicate_of: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer that the source published: its text, or only where it stands."""

    published_at: datetime
    responded_on: date | None = None
    summary: str = ""
    text: str = ""
    external_url: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One petition: ``columns`` of Petition by name, and what hangs on it."""

    source_id: str
    digest: str
    columns: dict[str, Any]
    topics: dict[str, str] = field(default_factory=dict)  # code -> name
    departments: tuple[Office, ...] = ()
    marks: tuple[Mark, ...] = ()
    rejected: Rejected | None = None
    answer: Answer | None = None
    hearing: dict[str, Any] | None = None  # columns of Hearing
    business: tuple[dict[str, Any], ...] = ()  # columns of OtherBusiness


def digest_of(values: Mapping[str, Any] | list[Any]) -> str:
    """The same for the same values: how a later load sees that nothing has changed."""
    plain = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()[:32]
