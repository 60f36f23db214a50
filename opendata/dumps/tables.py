"""What a dump tells: its files, and the columns of each with what they mean. The schema that goes with it is made of
this.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opendata.uk import documents
from opendata.values import day, moment, text
from petitions.lifecycle import State
from petitions.models import Petition
from petitions.models.petition import Source

Value = str | int | None


@dataclass(frozen=True)
class Column:
    """One column: its name, its kind (text, integer, date, time, address) and what it says, in English."""

    name: str
    kind: str
    says: str


@dataclass(frozen=True)
class Table:
    """One CSV file. ``label`` says what it is, in the reader's language."""

    name: str
    label: Promise
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"{self.name}.csv.gz"

    @property
    def head(self) -> list[str]:
        return [column.name for column in self.columns]


def _columns(*rows: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in rows)


PETITION = ("petition_id", "integer", "the petition's number")
PETITIONS = Table(
    "petitions",
    _("Petitions, one row each"),
    _columns(
        PETITION,
        ("url", "address", "the petition's page"),
        ("language", "text", "ISO 639-1 code of the language it is written in"),
        ("title", "text", "what it asks for"),
        ("ask", "text", "what should be done, and why"),
        ("detail", "text", "more detail"),
        ("state", "text", "open, closed or rejected; what was withdrawn after opening is closed"),
        ("signature_count", "integer", "confirmed signatures, with those counted elsewhere"),
        ("created_at", "time", "when it was written"),
        ("opened_at", "time", "when it was opened for signatures"),
        ("closing_date", "date", "the last day to sign, of open petitions"),
        ("closed_at", "time", "when it was closed or withdrawn"),
        ("rejected_at", "time", "when it was refused"),
        ("rejection_code", "text", "why it was refused"),
        ("response_threshold_reached_at", "time", "when it had the signatures for an answer"),
        ("debate_threshold_reached_at", "time", "when it had the signatures to be put forward for a hearing"),
        ("answer_due_on", "date", "the day by which the answer is due, while it is owed"),
        ("answered_at", "time", "when the answer was published"),
        ("answer_url", "address", "where the answer stands"),
        ("answer_summary", "text", "the answer in a few sentences"),
        ("departments", "text", "acronyms of the departments, parted by a space"),
        ("topics", "text", "codes of the topics, parted by a space"),
        ("source", "text", "uk or wtp where the petition was imported; empty: this site"),
        ("source_id", "text", "its number there"),
    ),
    ("petition_id",),
)
PLACES = Table(
    "places",
    _("Signatures by country, region and constituency"),
    _columns(
        PETITION,
        ("kind", "text", "country, region or constituency"),
        ("code", "text", "ISO 3166-1 code of the country, code of the region, ONS code of the constituency"),
        ("name", "text", "the place's name"),
        ("signature_count", "integer", "signatures from there; fewer than five signed here are shown by no place"),
    ),
    ("petition_id", "kind", "code", "name"),
)
HOURS = Table(
    "hours",
    _("New signatures by hour"),
    _columns(
        PETITION,
        ("hour", "time", "the first instant of the hour, UTC"),
        ("signature_count", "integer", "signatures confirmed in it; hours without any are left out"),
    ),
    ("petition_id", "hour"),
)
TABLES = (PETITIONS, PLACES, HOURS)
DOCUMENTS = "petitions.jsonl.gz"
DOCUMENTS_LABEL = _("Petitions with everything that is public of them, one JSON object a line")
SOURCES = {Source.UK: "uk", Source.WTP: "wtp"}


def document(petition: Petition) -> dict[str, Any]:
    """One line: what stands at /petitions/<id>.json under ``data``, with what that shape has no place for beside it."""
    return {
        "type": "petition",
        "id": petition.pk,
        "url": _page(petition),
        "language": petition.language,
        "source": _source(petition),
        "case": _case(petition),
        "attributes": documents.attributes(petition) | documents.breakdowns(petition),
    }


def _page(petition: Petition) -> str:
    return f"{settings.BASE_URL.rstrip('/')}/petitions/{petition.pk}/"


def _source(petition: Petition) -> dict[str, Any] | None:
    if not petition.source:
        return None
    return {
        "name": SOURCES[Source(petition.source)],
        "id": petition.source_id,
        "url": text(petition.source_url),
        "state": text(petition.source_state),
    }


def _case(petition: Petition) -> dict[str, Any] | None:
    case = getattr(petition, "public_case", None)
    if case is None:
        return None
    return {
        "state": case.state,
        "owed_since": moment(case.owed_since),
        "due_on": day(case.due_on),
        "answered_at": moment(case.answered_at),
        "corrected_at": moment(case.corrected_at),
        "answer_url": _answer(petition),
    }


def _answer(petition: Petition) -> str | None:
    case = getattr(petition, "public_case", None)
    if case is None or case.answered_at is None:
        return None
    return f"{settings.BASE_URL.rstrip('/')}{case.answer_path}" if case.answer_path else text(case.external_url)


def petition_row(petition: Petition, line: dict[str, Any]) -> list[Value]:
    """The petition's row, from its document where that says the same."""
    every = line["attributes"]
    answer, rejection, case = every["government_response"], every["rejection"], line["case"]
    owed = case["due_on"] if case and not case["answered_at"] and petition.state != State.REJECTED else None
    return [
        petition.pk,
        line["url"],
        petition.language,
        every["action"],
        every["background"],
        every["additional_details"],
        every["state"],
        every["signature_count"],
        every["created_at"],
        every["opened_at"],
        every.get("closing_date"),
        every["closed_at"],
        every["rejected_at"],
        rejection["code"] if rejection else None,
        every["response_threshold_reached_at"],
        every["debate_threshold_reached_at"],
        owed,
        every["government_response_at"],
        case["answer_url"] if case else None,
        answer["summary"] if answer else None,
        " ".join(one["acronym"] for one in every["departments"]),
        " ".join(every["topics"]),
        line["source"]["name"] if line["source"] else None,
        line["source"]["id"] if line["source"] else None,
    ]


KINDS: tuple[tuple[str, str, Callable[[dict[str, Any]], Value]], ...] = (
    ("country", "signatures_by_country", lambda row: row["code"]),
    ("region", "signatures_by_region", lambda row: row["ons_code"]),
    ("constituency", "signatures_by_constituency", lambda row: row["ons_code"]),
)


def place_rows(line: dict[str, Any]) -> Iterator[list[Value]]:
    """The rows of a petition's places, as its document has them."""
    for kind, name, code in KINDS:
        for row in line["attributes"].get(name, ()):
            yield [line["id"], kind, code(row), row["name"], row["signature_count"]]
