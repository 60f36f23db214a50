"""What petitions refer to: topics, constituencies and parliaments; and who trends."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.utils.text import slugify

from cms.languages import main_language
from opendata.values import moment, text
from petitions.importing.reference import FOLDER
from petitions.lifecycle import State
from petitions.models import Petition, Topic
from petitions.wording import localized

MOST_TRENDING = 10


def topics() -> dict[str, dict[str, str]]:
    """Topics by code, in the order of the codes."""
    language = main_language()
    rows = Topic.objects.order_by("code")
    return {topic.code: {"code": topic.code, "name": localized(topic, language)} for topic in rows}


def trending(address: Callable[[Petition], str]) -> list[dict[str, Any]]:
    """The open petitions that most people signed in the last hour; ``signature_count`` is of that hour alone."""
    rows = (
        Petition.objects.filter(state=State.OPEN, trend__last_hour__gt=0)
        .select_related("trend")
        .only("title", "trend__last_hour")
        .order_by("-trend__last_hour", "-trend__last_day", "-id")[:MOST_TRENDING]
    )
    return [
        {
            "type": "petition",
            "id": petition.pk,
            "links": {"self": address(petition)},
            "attributes": {"action": petition.title, "signature_count": petition.trend.last_hour},
        }
        for petition in rows
    ]


@dataclass(frozen=True)
class Constituency:
    """A constituency of the UK's parliament, in the boundaries of 2010, of 2024, or of both: some kept their code."""

    ons_code: str
    name: str
    mp: str
    boundaries: tuple[str, ...]

    @property
    def slug(self) -> str:
        return slugify(self.name)

    def document(self, *, with_member: bool = True) -> dict[str, str | None]:
        """As the UK API has it. Parties and dates are in no data of ours."""
        return {
            "mp": text(self.mp) if with_member else None,
            "party": None,
            "constituency": self.name,
            "ons_code": self.ons_code,
            "start_date": None,
            "end_date": None,
        }


@cache
def constituencies() -> dict[str, Constituency]:
    """Every constituency by its code, in the order of the codes: those that our figures name, and those of today."""
    found: dict[str, Constituency] = {}
    with (FOLDER / "constituencies.csv").open(encoding="utf-8", newline="") as file:
        for row in sorted(csv.DictReader(file), key=lambda row: (row["ons_code"], row["boundaries"])):
            code, before = row["ons_code"], found.get(row["ons_code"])
            member, boundaries = (before.mp, before.boundaries) if before else ("", ())
            found[code] = Constituency(code, row["name"], row["mp"] or member, (*boundaries, row["boundaries"]))
    return found


@cache
def constituencies_by_slug() -> dict[str, tuple[Constituency, ...]]:
    """The constituencies that bear a name, as it stands in addresses: most names outlived the boundaries."""
    found: dict[str, tuple[Constituency, ...]] = {}
    for one in constituencies().values():
        found[one.slug] = (*found.get(one.slug, ()), one)
    return found


@dataclass(frozen=True)
class Parliament:
    """One parliament whose petitions are in the archive; ``number`` is what the UK's own site calls it by.

    What was opened from ``begins_at`` (the end of the one before) until its dissolution is its own.
    """

    number: int
    period: str
    government: str
    begins_at: datetime
    dissolution_at: datetime
    response_threshold: int
    debate_threshold: int
    boundaries: str
    members_known: bool

    def document(self) -> dict[str, Any]:
        """As it stands in the list of parliaments and beside its petitions."""
        return {
            "period": self.period,
            "dissolution_at": moment(self.dissolution_at),
            "government": self.government,
            "response_threshold": self.response_threshold,
            "debate_threshold": self.debate_threshold,
        }

    def constituencies(self) -> list[dict[str, Any]]:
        """Its constituencies; its members only where we know those of its time."""
        rows = (one for one in constituencies().values() if self.boundaries in one.boundaries)
        return [one.document(with_member=self.members_known) for one in rows]


@cache
def parliaments() -> tuple[Parliament, ...]:
    """The archived parliaments, the oldest first."""
    with (FOLDER / "parliaments.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_parliament(row) for row in csv.DictReader(file))


def _parliament(row: dict[str, str]) -> Parliament:
    return Parliament(
        number=int(row["number"]),
        period=row["period"],
        government=row["government"],
        begins_at=datetime.fromisoformat(row["begins_at"]),
        dissolution_at=datetime.fromisoformat(row["dissolution_at"]),
        response_threshold=int(row["response_threshold"]),
        debate_threshold=int(row["debate_threshold"]),
        boundaries=row["boundaries"],
        members_known=row["members_known"] == "yes",
    )
