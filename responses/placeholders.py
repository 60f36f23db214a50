"""Gaps in saved texts: those we can fill, and those that the writer has to. Pure."""

import re
from collections.abc import Mapping

# What we know of a case; a template names them so: {petition}.
NAMES = ("petition", "number", "signatures", "department", "due")
KNOWN = re.compile(r"\{(\w+)\}")
# What only the writer knows: [[date of the work]].
BY_HAND = re.compile(r"\[\[([^\[\]\n]{1,80})\]\]")


def unknown(text: str) -> list[str]:
    """The names in braces that nothing of a case stands for."""
    return sorted({name for name in KNOWN.findall(text) if name not in NAMES})


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with what is known in place of the names; what is not known stays for the writer, in double brackets."""
    return KNOWN.sub(lambda found: values.get(found[1]) or f"[[{found[1]}]]", text)


def by_hand(text: str) -> list[str]:
    """What the writer still has to fill in."""
    return BY_HAND.findall(text)
