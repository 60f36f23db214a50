"""Pages of a list whose end nobody looks for: neither counting nor leafing goes on without bound."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator

from search.queries import DEEPEST_PAGE, PAGE_SIZE, Results


class _Bounded(Paginator):
    """A paginator over a page that was fetched already, told how many there are."""

    def __init__(self, total: int) -> None:
        super().__init__([], PAGE_SIZE)
        self._total = total

    @property
    def count(self) -> int:
        return min(self._total, DEEPEST_PAGE * PAGE_SIZE)


def page_of(results: Results, number: int, entries: Sequence[Any]) -> Page:
    """These entries as page ``number`` of the results, for the pagination tag."""
    return Page(entries, number, _Bounded(results.total))
