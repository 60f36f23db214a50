"""Links that narrow a search, with how many it would find."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from accounts.models import Department
from cms.kept import Kept
from petitions import places
from petitions.listings import LISTINGS, SHOWN
from petitions.models import Topic
from petitions.wording import localized
from search.addresses import address, parameters
from search.models import Kind
from search.queries import SORTS, Query, Results

NAMES_SECONDS = 60
MOST_SHOWN = 40

KIND_LABELS: dict[str, Promise] = {
    "": _("Everything"),
    Kind.PETITION: _("Petitions"),
    Kind.ANSWER: _("Answers"),
    Kind.PAGE: _("About this site"),
}
SORT_LABELS: dict[str, Promise] = {
    "relevance": _("Best match"),
    "signatures": _("Most signatures"),
    "trending": _("Signed most today"),
    "newest": _("Newest"),
    "closing": _("Closing soon"),
}
ALL_LABELS: dict[str, Promise] = {
    "topic": _("All topics"),
    "department": _("All departments"),
    "region": _("All regions"),
    "year": _("All years"),
}

departments = Kept(lambda: Department.objects.in_bulk(), seconds=NAMES_SECONDS)
topics = Kept(lambda: {topic.code: topic for topic in Topic.objects.all()}, seconds=NAMES_SECONDS)


@dataclass(frozen=True)
class Group:
    """One way to narrow a search. ``folded``: it opens on demand."""

    name: str
    legend: Promise | str
    options: list[dict[str, Any]]
    folded: bool
    open: bool


class Narrowing:
    """The ways to narrow one question, as links to a page."""

    def __init__(self, query: Query, results: Results, *, route: str, language: str) -> None:
        self._query = query
        self._results = results
        self._route = route
        self._language = language

    def groups(self) -> Iterator[Group]:
        """Those with something to choose, in the order of the page."""
        if self._query.across:
            yield self._group(
                "kind", _("What"), [self._option("kind", name, label) for name, label in KIND_LABELS.items()]
            )
        yield self._group("state", _("State"), [self._state(name) for name in SHOWN])
        yield self._group("sort", _("Order"), list(self._sorts()))
        names = {
            "topic": (_("Topic"), self._topic),
            "department": (_("Department"), self._department),
            "region": (pgettext("petitions", "Signed in"), self._region),
            "year": (_("Year"), str),
        }
        for name, (legend, label) in names.items():
            if options := self._values(name, label):
                yield self._group(name, legend, options, folded=True)

    def _group(self, name: str, legend: Promise, options: list[dict[str, Any]], *, folded: bool = False) -> Group:
        return Group(name, legend, options, folded, folded and bool(self._query.filters.get(name)))

    def _option(self, name: str, value: str, label: Any, *, count: int | None = None) -> dict[str, Any]:
        counts = self._results.facets.get(name, {})
        count = counts.get(value) if count is None else count
        return {
            "label": label,
            "url": self._address(**{name: value}),
            "count": count,
            "more": bool(count) and self._results.is_least(count or 0),
            "current": value == getattr(self._query, name),
        }

    def _state(self, name: str) -> dict[str, Any]:
        option = self._option(
            "state", name, LISTINGS[name].label, count=self._results.facets.get("state", {}).get(name, 0)
        )
        return option | {"url": self._address(state="" if name == "all" else name)}

    def _sorts(self) -> Iterator[dict[str, Any]]:
        for name in SORTS:
            if self._query.text or name != "relevance":
                url, current = self._address(sort=name), name == self._query.sort
                yield {"label": SORT_LABELS[name], "url": url, "count": None, "current": current}

    def _values(self, name: str, label: Any) -> list[dict[str, Any]]:
        """The values of a facet that something has, most frequent first; years as they went by, the last first."""
        chosen = self._query.filters.get(name, "")
        counts = {chosen: 0} if chosen else {}
        counts |= self._results.facets.get(name, {})
        named = [(value, label(value), number) for value, number in counts.items()]
        shown = [self._option(name, value, words, count=number) for value, words, number in named if words]
        if not shown:
            return []
        shown.sort(key=lambda option: str(option["label"]).casefold())
        shown.sort(key=lambda option: str(option["label"]) if name == "year" else option["count"], reverse=True)
        every = {"label": ALL_LABELS[name], "url": self._address(**{name: ""}), "count": None, "current": not chosen}
        return [every, *shown[:MOST_SHOWN]]

    def _topic(self, code: str) -> str:
        topic = topics().get(code)
        return localized(topic, self._language) if topic else ""

    def _department(self, number: str) -> str:
        department = departments().get(int(number))
        return localized(department, self._language) if department else ""

    def _region(self, code: str) -> str:
        region = next((one for one in places.regions() if one.code == code), None)
        return localized(region, self._language) if region else ""

    def _address(self, **changes: str) -> str:
        return address(self._route, parameters(self._query, **changes))
