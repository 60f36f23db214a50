"""The site's first texts, one file a page and language: title, introduction, then sections.

They are what a new site starts with. After that they are the editors': nothing here overwrites what stands in the CMS.
"""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
PAGES = ("how-petitions-work", "who-answers", "standards", "privacy", "help", "accessibility")

REASONS = "<!-- reasons -->"  # where the list of reasons for refusal is to stand

_HEAD = re.compile(r"<h1>(?P<title>.+?)</h1>\s*<p>(?P<introduction>.+?)</p>\s*(?P<body>.*)", re.DOTALL)
_HEADING = re.compile(r"<(?P<level>h2|h3)>(?P<text>.+?)</(?P=level)>", re.DOTALL)
_BLOCKS = {"h2": "heading", "h3": "subheading"}


class Text(NamedTuple):
    title: str
    introduction: str
    body: list[tuple[str, str | None]]  # block type and value, as a StreamField takes them


def languages_of(page: str) -> list[str]:
    """The languages in which a page is written here."""
    return sorted(path.name.split(".")[1] for path in FOLDER.glob(f"{page}.*.html"))


@cache
def text_of(page: str, language: str, contact: str = "") -> Text:
    """A page's text in one language. Raises ValueError where the file lacks a title or an introduction."""
    source = (FOLDER / f"{page}.{language}.html").read_text(encoding="utf-8")
    head = _HEAD.fullmatch(source.strip())
    if head is None:
        raise ValueError(f"{page}.{language}.html begins with no title and introduction")
    body: list[tuple[str, str | None]] = []
    rest = head["body"].replace("{contact}", contact)
    pieces = _HEADING.split(rest)
    # The split gives text, then level, heading and text again for each heading.
    for position in range(0, len(pieces), 3):
        if position:
            body.append((_BLOCKS[pieces[position - 2]], unescape(pieces[position - 1].strip())))
        body += _blocks(pieces[position])
    return Text(unescape(head["title"]), unescape(head["introduction"]), body)


def _blocks(source: str) -> Iterator[tuple[str, str | None]]:
    """What stands below one heading."""
    for number, text in enumerate(source.split(REASONS)):
        if number:
            yield "reasons", None
        if text.strip():
            yield "paragraph", text.strip()
