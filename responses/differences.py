"""How one version of an answer differs from another: everything that the public sees, line by line. Pure."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from bs4 import BeautifulSoup
from django.utils.translation import gettext as _
from wagtail.blocks import StructValue
from wagtail.blocks.list_block import ListValue
from wagtail.contrib.typed_table_block.blocks import TypedTable
from wagtail.rich_text import RichText

from responses.models import AnswerPage, AnswerText

PARAGRAPHS = ("p", "li", "h2", "h3", "h4")


@dataclass(frozen=True)
class Difference:
    """What changed in one language, or ('') about the answer as a whole: sign is "+", "-" or " "."""

    language: str
    lines: list[tuple[str, str]]


def differences(before: AnswerPage, after: AnswerPage) -> list[Difference]:
    """The parts that changed, the answer as a whole first, then its languages."""
    old, new = _lines_by_part(before), _lines_by_part(after)
    found = []
    for part in sorted(old.keys() | new.keys()):
        signed = list(_signed(old.get(part, []), new.get(part, [])))
        if any(sign != " " for sign, _line in signed):
            found.append(Difference(part, signed))
    return found


def _signed(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Each line with its sign; where lines took the place of others, each after the one whose place it took.

    Not by difflib.ndiff: it compares each line with each other, and takes seconds for a long answer written anew.
    """
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            yield from ((" ", line) for line in old[old_from:old_to])
            continue
        for gone, come in zip_longest(old[old_from:old_to], new[new_from:new_to]):
            yield from ((sign, line) for sign, line in (("-", gone), ("+", come)) if line is not None)


def _lines_by_part(page: AnswerPage) -> dict[str, list[str]]:
    whole = {
        _("Address"): page.slug,
        _("Date of the answer"): page.responded_on,
        _("Kind of answer"): page.get_kind_display(),
        _("Words for search engines"): page.search_description,
    }
    parts = {"": [f"{name}: {value}" for name, value in whole.items() if value]}
    return parts | {text.language: list(_lines_of_text(text)) for text in page.texts.all()}


def _lines_of_text(text: AnswerText) -> Iterator[str]:
    yield text.title
    yield from text.summary.splitlines()
    for block in text.body:
        yield from lines_of(block.value)


def lines_of(value: Any) -> Iterator[str]:
    """The words of a block's value, of whatever kind: rows of tables, titles of files and targets of links too."""
    if isinstance(value, RichText):
        yield from _lines_of_markup(value.source)
    elif isinstance(value, StructValue):
        for part in value.values():
            yield from lines_of(part)
    elif isinstance(value, ListValue):
        for part in value:
            yield from lines_of(part)
    elif isinstance(value, TypedTable):
        yield _row(column["heading"] for column in value.columns)
        for row in value.row_data:
            yield _row(row["values"])
    elif value not in (None, ""):
        yield from (line for line in str(value).splitlines() if line.strip())


def _row(cells: Iterable[Any]) -> str:
    return " | ".join("" if cell is None else str(cell) for cell in cells)


def _lines_of_markup(markup: str) -> Iterator[str]:
    soup = BeautifulSoup(markup, "html.parser")
    for link in soup.find_all("a"):
        target = link.get("href") or f"{link.get('linktype', '')} {link.get('id', '')}".strip()
        link.append(f" <{target}>")
    for element in soup.find_all(PARAGRAPHS) or [soup]:
        if text := element.get_text(" ", strip=True):
            yield f"- {text}" if element.name == "li" else text
