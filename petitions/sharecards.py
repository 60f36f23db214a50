"""Share cards of petitions, answers and the site: drawn when first asked for, kept under names made of what they show.

Nobody can have another card drawn than the one of a petition as it is: whatever else is asked for leads there.
"""

import hashlib
import os
import tempfile
import threading
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from cms import face
from cms.formatting import number
from cms.languages import current_language
from petitions import drawing
from petitions.lifecycle import ResponseState
from petitions.models import Petition

log = structlog.get_logger(__name__)

DESIGN = 1  # to be raised when cards are drawn another way
FOLDERS = 1000
OTHERS = "others"
# A count that grows does not draw a new card until it says something new.
STEPS = [step * 10**power for power in range(1, 8) for step in (1, 2, 5)]
PATIENCE_SECONDS = 2.0

_pen = threading.Lock()


class Busy(Exception):
    """Others are being drawn: ask again."""


def digest(petition: Petition) -> str:
    """The name of the petition's card in the active language."""
    language = current_language()
    return _digest(petition.title, _step(petition), _is_answered(petition), language, *_look(language))


def path(petition: Petition) -> str:
    """Where the petition's card stands, in the active language."""
    return f"{petition.get_absolute_url()}card/{digest(petition)}.png"


def address(petition: Petition) -> str:
    """The same in full, on the site's own name."""
    return settings.BASE_URL.rstrip("/") + path(petition)


_looks: dict[str, tuple[face.Shown, tuple[str, str]]] = {}  # by language, each with the face that it is of


def _look(language: str) -> tuple[str, str]:
    """What all cards in this language, the active one, have in common: the site's name, and its colours."""
    worn = face.current()
    known = _looks.get(language)
    if known is None or known[0] is not worn:
        known = _looks[language] = (worn, (face.words().name, " ".join(worn.colours)))
    return known[1]


@lru_cache(maxsize=4096)
def _digest(*shown: object) -> str:
    return hashlib.blake2b(repr((DESIGN, *shown)).encode(), digest_size=10).hexdigest()


def card(petition: Petition) -> bytes:
    """The petition's card as PNG. Raises Busy after two seconds in which others were drawn."""
    return _picture(
        settings.CARDS_FOLDER / str(petition.pk % FOLDERS),
        f"{petition.pk}-{current_language()}",
        digest(petition),
        title=petition.title,
        note=_note(petition),
    )


def digest_of(title: str, note: str) -> str:
    """The name, in the active language, of a card that is no petition's."""
    language = current_language()
    return _digest(title, note, language, *_look(language))


def card_of(name: str, *, title: str, note: str) -> bytes:
    """A card that is no petition's. ``name`` says whose: a plain word, unique among them. Raises Busy, too."""
    stem = f"{name}-{current_language()}"
    return _picture(settings.CARDS_FOLDER / OTHERS, stem, digest_of(title, note), title=title, note=note)


def _picture(folder: Path, stem: str, digest: str, *, title: str, note: str) -> bytes:
    kept = folder / f"{stem}-{digest}.png"
    if found := _read(kept):
        return found
    # One at a time: a crowd of cards must not take the time of those who sign.
    if not _pen.acquire(timeout=PATIENCE_SECONDS):
        raise Busy
    try:
        if found := _read(kept):  # those who waited for the same one
            return found
        drawn = _drawn(title, note)
        _keep(kept, drawn)
    finally:
        _pen.release()
    return drawn


def _read(kept: Path) -> bytes:
    try:
        return kept.read_bytes()
    except OSError:
        return b""


def _drawn(title: str, note: str) -> bytes:
    colours = face.current().colours
    design = drawing.Design(ground=colours.brand, mark=colours.accent)
    return drawing.card(site=face.words().name, title=title, note=note, design=design)


def _note(petition: Petition) -> str:
    step = _step(petition)
    if _is_answered(petition):
        return _("This petition was answered")
    return _("More than %(number)s signatures") % {"number": number(step)} if step else _("Read and sign this petition")


def _step(petition: Petition) -> int:
    place = bisect_right(STEPS, petition.signature_count - 1)
    return STEPS[place - 1] if place else 0


def _is_answered(petition: Petition) -> bool:
    return petition.response_state == ResponseState.ANSWERED


def _keep(kept: Path, drawn: bytes) -> None:
    """Keep it instead of what the same card was before. Where that can't be, it is drawn again."""
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        earlier = list(kept.parent.glob(f"{kept.name.rpartition('-')[0]}-*.png"))
        with tempfile.NamedTemporaryFile(dir=kept.parent, suffix=".new", delete=False) as file:
            file.write(drawn)
        os.replace(file.name, kept)
        for each in earlier:
            if each != kept:
                each.unlink(missing_ok=True)
    except OSError as error:
        log.warning("card_not_kept", error=type(error).__name__)
