"""Whether what came in comes out again: source records beside this site's own JSON, value by value. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from petitions.terms import months_after

TEXTS = ("action", "background", "additional_details", "committee_note")
DATES = ("created_at", "updated_at", "opened_at", "rejected_at", "moderation_threshold_reached_at")
THRESHOLDS = ("response_threshold_reached_at", "debate_threshold_reached_at")
HEARINGS = ("scheduled_debate_date", "debate_outcome_at", "debate")
ANSWERS = ("government_response_at", "government_response")
PLACES = {
    "region": ("signatures_by_region", "ons_code"),
    "country": ("signatures_by_country", "code"),
    "constituency": ("signatures_by_constituency", "ons_code"),
}
SHOWN = 20


@dataclass(slots=True)
class Row:
    """How many values of one kind were compared, and how many of them were the same or differ by rule."""

    checked: int = 0
    equal: int = 0
    excepted: int = 0


@dataclass
class Table:
    """Rows by kind, and in words the first differences that no rule explains."""

    rows: dict[str, Row] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    different: int = 0

    def compare(self, kind: str, where: str, theirs: Any, ours: Any, *, by_rule: Any = None) -> None:
        """Count one value; one that is empty on both sides is none. ``by_rule`` is what may stand here instead."""
        theirs, ours = plain(theirs), plain(ours)
        if theirs is None and ours is None:
            return
        row = self.rows.setdefault(kind, Row())
        row.checked += 1
        if theirs == ours:
            row.equal += 1
        elif by_rule is not None and ours == plain(by_rule):
            row.excepted += 1
        else:
            self.different += 1
            if len(self.differences) < SHOWN:
                self.differences.append(f"{where}: {str(theirs)[:100]!r} came out as {str(ours)[:100]!r}")


def plain(value: Any) -> Any:
    """``value`` as it is compared: times as instants; an empty text, list or object, or one of such, as nothing."""
    if isinstance(value, Mapping):
        value = {name: kept for name, inside in value.items() if (kept := plain(inside)) is not None}
        return value or None
    if isinstance(value, list):
        return [plain(inside) for inside in value] or None
    if isinstance(value, str) and len(value) >= len("2019-02-20T10:25:02Z") and value[4:5] == "-" and "T" in value[:11]:
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except ValueError:
            return value
    return None if value == "" else value


def compare_uk(table: Table, record: Mapping[str, Any], ours: Mapping[str, Any], count: Mapping[str, Any]) -> None:
    """Count every public field of a UK record against the petition's document and its count document.

    By rule a petition that the record calls open is closed here, six calendar months after it was opened.
    """
    number = record["id"]

    def fields(kind: str, names: Iterable[str], change: Callable[[Any], Any] = lambda value: value) -> None:
        for name in names:
            table.compare(kind, f"{number} {name}", change(record.get(name)), change(ours[name]))

    state, closed_at = ("closed", _six_months_after(record["opened_at"])) if record["state"] == "open" else (None, None)
    table.compare("UK state", f"{number} state", record["state"], ours["state"], by_rule=state)
    table.compare("UK closing time", f"{number} closed_at", record["closed_at"], ours["closed_at"], by_rule=closed_at)
    fields("UK texts", TEXTS)
    fields("UK dates", DATES)
    fields("UK threshold dates", THRESHOLDS)
    fields("UK count", ("signature_count",))
    table.compare("UK count.json", f"{number} count", record["signature_count"], count["signature_count"])
    fields("UK refusals", ("rejection",))
    fields("UK answers", ANSWERS)
    fields("UK hearings", HEARINGS)
    fields("UK departments", ("departments",), lambda found: sorted(list(one.values()) for one in found or []))
    fields("UK topics", ("topics",), lambda found: sorted(found or []))
    if record["state"] != "rejected":
        name = "other_parliamentary_business"
        by_time = sorted(record.get(name) or [], key=_time_and_subject)
        table.compare("UK other business", f"{number} {name}", by_time, sorted(ours[name], key=_time_and_subject))


def compare_places(
    table: Table, number: int, published: Mapping[str, Mapping[str, int]], ours: Mapping[str, Any]
) -> None:
    """Count every cell of a breakdown, by kind of place, against the petition's document."""
    for kind, (attribute, code) in PLACES.items():
        theirs = published.get(kind, {})
        # A country without a code stands under its name.
        shown = {row.get(code) or row["name"]: row["signature_count"] for row in ours[attribute]}
        for place in sorted({*theirs, *shown}):
            table.compare(f"UK by {kind}", f"{number} {kind} {place}", theirs.get(place), shown.get(place))


def compare_wtp(table: Table, record: Mapping[str, Any], ours: Mapping[str, Any], kept: Mapping[str, Any]) -> None:
    """Count the fields of a We the People record against the petition's document and ``kept``, what stands beside.

    The document calls every one of them closed; its status at the source stands beside.
    """
    number = record["id"]
    for kind, theirs, mine in (
        ("WTP texts", record["title"], ours["action"]),
        ("WTP texts", record["body"], ours["background"]),
        ("WTP count", record["signatureCount"], ours["signature_count"]),
        ("WTP dates", _unix(record["created"]), ours["opened_at"]),
        ("WTP dates", _unix(record["deadline"]), ours["closed_at"]),
        ("WTP state", "closed", ours["state"]),
        ("WTP status", record["status"], kept["status"]),
        ("WTP address", record["url"], kept["url"]),
        ("WTP threshold", record["signatureThreshold"], kept["threshold"]),
        ("WTP issues", record["issues"], kept["issues"]),
        ("WTP response", record["response"], kept["response"]),
        ("WTP response link", (record["response"] or {}).get("url"), kept["response_link"]),
    ):
        table.compare(kind, f"{number} {kind}", theirs, mine)


def _six_months_after(time: str) -> str:
    opened_at = datetime.fromisoformat(time)
    return datetime.combine(months_after(opened_at.date(), 6), opened_at.timetz()).isoformat()


def _time_and_subject(business: Mapping[str, Any]) -> tuple[str, str]:
    return str(business.get("created_at")), str(business.get("subject"))


def _unix(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
