"""The parts that make an answer: what was asked, an answer to each ask, what happens next, sources."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamValue
from wagtail.rich_text import RichText

from petitions.models import Petition
from responses import placeholders
from responses.plain import plain_text

NAMES: dict[str, str | Promise] = {
    "asked": _("what was asked"),
    "ask_answered": _("an answer to each ask"),
    "next_steps": _("what happens next"),
    "sources": _("sources"),
}


def first_draft(petition: Petition) -> list[tuple[str, Any]]:
    """The body that a new answer begins with: the parts, with gaps for the writer."""
    ask = petition.ask or petition.title
    return [("asked", ask), ("ask_answered", {"ask": ask, "answer": ""}), ("next_steps", "")]


def missing(body: StreamValue) -> list[str | Promise]:
    """The parts that are not there, in their order; a hint, since some answers need no source."""
    there = {block.block_type for block in body if not is_blank(block)}
    return [name for kind, name in NAMES.items() if kind not in there]


def is_blank(block: Any) -> bool:
    """Whether a part stands there with its gap open."""
    if block.block_type == "ask_answered":
        return not _has_words(block.value["answer"])
    return block.block_type in NAMES and not _has_words(block.value)


def _has_words(value: Any) -> bool:
    if isinstance(value, RichText):
        value = value.source
    return bool(value.replace("<p>", "").replace("</p>", "").strip()) if isinstance(value, str) else bool(len(value))


def is_whole(body: StreamValue) -> bool:
    """Whether there is more than the question, and no gap. Sources may be left out or empty."""
    written = [block for block in body if block.block_type not in ("asked", "sources")]
    return bool(written) and not any(is_blank(block) for block in body if block.block_type != "sources")


def left_by_hand(body: StreamValue) -> list[str]:
    """What stands in double brackets in a body, to be filled in by the writer."""
    return placeholders.by_hand(plain_text(body))
