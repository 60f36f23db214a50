"""The colours of a site: what may be chosen, so that everybody can read it, and what follows from the choice. Pure."""

import re
from functools import cache
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WHITE = "#ffffff"
# What text and bars stand on beside white: the page's paper, and the sand of its bands (assets/scss/_settings.scss).
GROUNDS = (WHITE, "#fdfcf9", "#f4f0e6")
# GOV.UK's own blues, reserved for GOV.UK.
RESERVED = frozenset({"#1d70b8", "#1a65a6"})
# WCAG 2.2, 1.4.3 and 1.4.11.
TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0

COLOUR = re.compile(r"#[0-9a-f]{6}")


class Colours(NamedTuple):
    """``brand`` is header, buttons and links, ``accent`` the mark on it, ``bar`` progress towards a number."""

    brand: str = "#0f4c3a"
    accent: str = "#ffc445"
    bar: str = "#c2560c"


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2.2 defines it: from 1 (none) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def faults(colours: Colours) -> dict[str, Promise]:
    """What is wrong with each of the colours; empty when everybody can read what is written in them."""
    wrong: dict[str, Promise] = {
        name: _("Choose a colour like #0f4c3a.") for name, one in colours._asdict().items() if not _is(one)
    }
    if wrong:
        return wrong
    for name, one in colours._asdict().items():
        if one in RESERVED:
            wrong[name] = _("This blue belongs to GOV.UK. Choose another colour.")
    if min(contrast(colours.brand, ground) for ground in GROUNDS) < TEXT_CONTRAST:
        wrong.setdefault("brand", _("Too light: white text on it, and links in it, could not be read by everybody."))
    if contrast(colours.accent, colours.brand) < SHAPE_CONTRAST:
        wrong.setdefault("accent", _("Too near to the main colour: it would not be seen on it by everybody."))
    if min(contrast(colours.bar, ground) for ground in GROUNDS) < SHAPE_CONTRAST:
        wrong.setdefault("bar", _("Too light: a bar in it would not be seen by everybody."))
    return wrong


def named(address: str) -> Colours:
    """The colours that a style sheet's address names: ``0f4c3a-ffc445-c2560c``. Raises ValueError."""
    chosen = [f"#{part}" for part in address.split("-")]
    if len(chosen) != len(Colours._fields) or not all(_is(one) for one in chosen):
        raise ValueError("no colours")
    return Colours(*chosen)


def address(colours: Colours) -> str:
    """How an address names these colours."""
    return "-".join(one.lstrip("#") for one in colours)


def style_sheet(colours: Colours) -> str:
    """Puts these colours in the place of those that the styles were built with."""
    brand, accent, bar = colours
    properties = {
        "--govuk-brand-colour": brand,
        "--govuk-template-background-colour": mixed(brand, "#000000", 0.3),
        "--govuk-link-colour": brand,
        "--govuk-link-hover-colour": mixed(brand, "#000000", 0.3),
        "--app-deep": mixed(brand, "#000000", 0.3),
        "--app-mist": mixed(brand, WHITE, 0.9),
        "--app-accent": accent,
        "--app-bar": bar,
    }
    return ":root{" + ";".join(f"{name}:{value}" for name, value in properties.items()) + "}\n"


def mixed(one: str, other: str, share: float) -> str:
    """``one`` with this share (0 to 1) of ``other`` in it."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


@cache
def white_from(colour: str) -> float:
    """From which opacity (0 to 1) on white paper text on ``colour`` is read better in white than in black. Either has
    a contrast of at least 4.5 then, whatever the colour.
    """
    shares = (share / 100 for share in range(101))
    return next((share for share in shares if _white_reads_better(mixed(WHITE, colour, share))), 1.01)


def _white_reads_better(ground: str) -> bool:
    return contrast(WHITE, ground) > contrast("#000000", ground)


def _is(text: str) -> bool:
    return COLOUR.fullmatch(text) is not None


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def _luminance(colour: str) -> float:
    shares = (channel / 255 for channel in _channels(colour))
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
