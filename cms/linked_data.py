"""JSON-LD: what a page says of itself to machines. No script: browsers run nothing of this type."""

from typing import Any

import orjson
from django.utils.safestring import SafeString

# Within a script element nothing may look like its end or like a comment.
ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
_ESCAPES = str.maketrans(ESCAPED)


def graph(*things: dict[str, Any]) -> SafeString:
    """These things as one document, to stand in ``<script type="application/ld+json">``."""
    text = orjson.dumps({"@context": "https://schema.org", "@graph": things}).decode()
    return SafeString(text.translate(_ESCAPES))  # noqa: S308 -- escaped for where it stands


def step(number: int, name: str, address: str) -> dict[str, Any]:
    """One step of a ``BreadcrumbList``, counted from 1."""
    return {"@type": "ListItem", "position": number, "name": name, "item": address}
