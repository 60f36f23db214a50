"""Share cards as PNG: what messengers and social networks show of a link. Pure but for the fonts that it reads.

A card has the site's name, the title, and a line below it. A title with a character that the fonts do not hold, or that
this machine cannot set (Arabic without FriBidi), is left out: better no title than one of empty boxes.
"""

import io
import json
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

FONTS = Path(__file__).parent / "fonts"
FACES = ("NotoSans-Bold", "NotoSansArabic-Bold")
WIDTH, HEIGHT = 1200, 630
MARGIN = 80
TITLE_TOP, TITLE_BOTTOM = 170, 500
SIZES = (84, 76, 68, 60, 54, 48, 42)
LEADING = 1.22
LONGEST_TITLE = 220  # no more is legible; titles of other sites may be of any length
COLOURS_KEPT = 64  # halves the file, and nobody sees it
RIGHT_TO_LEFT = {"R", "AL"}


@dataclass(frozen=True)
class Design:
    """Colours as ``#rrggbb``."""

    ground: str
    mark: str
    ink: str = "#ffffff"


def card(*, site: str, title: str, note: str, design: Design) -> bytes:
    """The card as PNG, 1200 by 630 pixels."""
    image = Image.new("RGB", (WIDTH, HEIGHT), design.ground)
    draw = ImageDraw.Draw(image)
    _mark(draw, design)
    _line(draw, site, y=62, size=40, design=design, x=MARGIN + 68)
    lines, size = _fitted(_plain(title))
    height = round(size * LEADING)
    top = TITLE_TOP + (TITLE_BOTTOM - TITLE_TOP - height * len(lines)) // 2
    for number, line in enumerate(lines):
        _line(draw, line, y=top + number * height, size=size, design=design)
    draw.rectangle((MARGIN, 530, MARGIN + 90, 538), fill=design.mark)
    _line(draw, note, y=550, size=36, design=design)
    packed = io.BytesIO()
    image.quantize(COLOURS_KEPT).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def can_draw(text: str) -> bool:
    """Whether one of the fonts holds every character of ``text``."""
    return _face(_plain(text)) is not None


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _face(text: str) -> str | None:
    return next((face for face in _faces() if all(ord(character) in _held(face) for character in text)), None)


@cache
def _faces() -> tuple[str, ...]:
    sets_arabic = features.check("raqm") and features.check("fribidi")
    return FACES if sets_arabic else FACES[:1]


@cache
def _held(face: str) -> frozenset[int]:
    ranges = json.loads((FONTS / "coverage.json").read_text())[face]
    return frozenset(chain.from_iterable(range(first, last + 1) for first, last in ranges))


@lru_cache(maxsize=32)
def _font(face: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"{face}.ttf", size)


def _fitted(title: str) -> tuple[list[str], int]:
    """The title in the largest letters in which it has room; cut short where it has none in the smallest."""
    face = _face(title)
    if not title or face is None:
        return [], SIZES[0]
    if len(title) > LONGEST_TITLE:
        title = title[:LONGEST_TITLE].rsplit(" ", 1)[0] + "…"
    for size in SIZES:
        lines = _wrapped(title, _font(face, size))
        most = int((TITLE_BOTTOM - TITLE_TOP) / (size * LEADING))
        if len(lines) <= most:
            return lines, size
    return [*lines[: most - 1], lines[most - 1].rstrip(" .,") + "…"], SIZES[-1]


def _wrapped(title: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for word in title.split():
        for piece in _pieces(word, font):
            longer = f"{lines[-1]} {piece}".strip()
            if font.getlength(longer) <= WIDTH - 2 * MARGIN:
                lines[-1] = longer
            else:
                lines.append(piece)
    return [line for line in lines if line]


def _pieces(word: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """A word that is wider than the card, in pieces that are not."""
    # Letters differ in width: a piece of as many wide ones must have room as well.
    most = max(int(0.8 * (WIDTH - 2 * MARGIN) * len(word) / max(font.getlength(word), 1)), 1)
    return (
        [word]
        if font.getlength(word) <= WIDTH - 2 * MARGIN
        else [word[at : at + most] for at in range(0, len(word), most)]
    )


def _line(draw: ImageDraw.ImageDraw, text: str, *, y: int, size: int, design: Design, x: int = MARGIN) -> None:
    text = _plain(text)
    face = _face(text)
    if not text or face is None:
        return
    font = _font(face, size)
    if _reads_from_right(text):
        draw.text((WIDTH - MARGIN, y), text, font=font, fill=design.ink, anchor="ra")
    else:
        draw.text((x, y), text, font=font, fill=design.ink, anchor="la")


def _reads_from_right(text: str) -> bool:
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in kinds if kind in RIGHT_TO_LEFT | {"L"}), "L") in RIGHT_TO_LEFT


def _mark(draw: ImageDraw.ImageDraw, design: Design) -> None:
    """The site's own mark: two halves that do not quite meet."""
    draw.pieslice((MARGIN, 62, MARGIN + 44, 106), 90, 270, fill=design.ink)
    draw.pieslice((MARGIN + 6, 80, MARGIN + 50, 124), 270, 90, fill=design.mark)
