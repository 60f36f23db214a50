"""Addresses as QR codes: drawn by us, inside the page, so that no other server learns who looks."""

from functools import lru_cache

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


@lru_cache(maxsize=512)
def svg(address: str, text: str) -> SafeString:
    """``address`` as an SVG picture of class ``app-qr``; ``text`` is what those hear who do not see it.

    Black on white whatever the colours of the site, with the quiet zone that cameras need; still read where an eighth
    of it is dirty (level M).
    """
    code = segno.make(address, error="m", micro=False)
    width, height = code.symbol_size(border=4)
    path = "".join(_row(number, row) for number, row in enumerate(code.matrix_iter(border=4)))
    return format_html(
        '<svg class="app-qr" viewBox="0 0 {0} {1}" role="img" aria-label="{2}" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{0}v{1}H0z"/><path d="{3}"/></svg>',
        width,
        height,
        text,
        mark_safe(path),  # noqa: S308 -- numbers only
    )


def _row(number: int, row: bytes) -> str:
    """The dark modules of one row, those side by side as one piece."""
    pieces, start = [], None
    for place, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            pieces.append(f"M{start} {number}h{place - start}v1h-{place - start}z")
            start = None
    return "".join(pieces)
