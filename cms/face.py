"""How the site looks and what it calls itself, as editors set it: read often and changed seldom."""

from dataclasses import dataclass, field
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import Error
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.rich_text import expand_db_html

from cms.colours import Colours
from cms.kept import Kept
from cms.languages import codes, current_language, main_language, path_for
from cms.models import Face, FaceText, HomePage, StandardPage

# Pages are kept for at most 20 seconds more (config.front): within 30 a change is seen everywhere.
CACHED_SECONDS = 8
LOGO = "max-480x96"

log = structlog.get_logger(__name__)


class Words(NamedTuple):
    """The standing texts of one language; ``footer`` is markup."""

    name: str
    header: str
    description: str
    footer: SafeString


class Logo(NamedTuple):
    address: str
    width: int
    height: int


@dataclass(frozen=True)
class Shown:
    """The face that pages wear. ``pages`` are the addresses and titles by language of what editors put in menus."""

    colours: Colours = Colours()
    words: dict[str, Words] = field(default_factory=dict)
    logo: Logo | None = None
    names_sources: bool = True
    pages: tuple[tuple[str, dict[str, str]], ...] = ()

    @property
    def is_recoloured(self) -> bool:
        return self.colours != Colours()


INSTALLED = Shown()


def current() -> Shown:
    """The face as it was at most eight seconds ago; the same object for as long as nothing changed.

    Never fails: where the database does not answer, the face stays as it was last seen.
    """
    try:
        return _kept()
    except Error as error:
        log.warning("face_not_read", error=type(error).__name__)
        return INSTALLED


def words() -> Words:
    """The standing texts in the active language; what it lacks is said in the main one, or as installed."""
    own = current().words
    spoken = [own[code] for code in (current_language(), main_language()) if code in own]
    return Words(
        name=_first(text.name for text in spoken) or getattr(settings, "WAGTAIL_SITE_NAME", "") or "Redress",
        header=_first(text.header for text in spoken),
        description=_first(text.description for text in spoken)
        or _("Start and sign petitions, and follow them to their official answers."),
        footer=SafeString(_first(text.footer for text in spoken)),  # noqa: S308 -- made by the editor's filter
    )


def links() -> tuple[tuple[str, str], ...]:
    """Address and title, in the active language, of the pages that editors put in menus."""
    language = current_language()
    named = ((path, titles.get(language) or titles.get(main_language())) for path, titles in current().pages)
    return tuple((path_for(path, language), title) for path, title in named if title)


def remember(shown: Shown, *, seconds: float) -> None:
    """Take this to be the face for so long."""
    _kept.remember(shown, seconds=seconds)


def forget() -> None:
    """Read the face anew at the next question."""
    _kept.forget()


def _first(texts: object) -> str:
    return next(filter(None, texts), "")  # type: ignore[call-overload]


def _read() -> Shown:
    global _last
    face = Face.objects.select_related("logo").first()
    read = Shown(pages=_pages())
    if face is not None:
        texts = {text.language: _words(text) for text in face.texts.all() if text.language in codes()}
        read = Shown(face.colours, texts, _logo(face), face.names_sources, read.pages)
    if read != _last:
        _last = read
    return _last


def _words(text: FaceText) -> Words:
    footer = expand_db_html(text.footer) if text.footer else ""
    return Words(text.name, text.header, text.description, SafeString(footer))  # noqa: S308 -- as above


def _logo(face: Face) -> Logo | None:
    if face.logo is None:
        return None
    try:
        picture = face.logo.get_rendition(LOGO)
    except (OSError, ValueError) as error:
        log.warning("logo_not_drawn", error=type(error).__name__)
        return None
    return Logo(picture.url, picture.width, picture.height)


def _pages() -> tuple[tuple[str, dict[str, str]], ...]:
    home = HomePage.objects.only("path", "depth", "url_path").first()
    if home is None:
        return ()
    shown = StandardPage.objects.child_of(home).live().public().in_menu().prefetch_related("texts")
    return tuple((f"/{page.slug}/", {text.language: text.title for text in page.texts.all()}) for page in shown)


_last = INSTALLED
_kept = Kept(_read, seconds=CACHED_SECONDS)
