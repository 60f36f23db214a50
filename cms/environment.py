"""What compiled templates know: the site's words and filters, and what `{% load components %}` gives to others."""

from functools import lru_cache
from inspect import unwrap
from typing import Any

from django.template.defaultfilters import urlencode
from django.utils.translation import ngettext
from markupsafe import Markup

from cms import formatting
from cms.compiled import around
from cms.spoken import Spoken
from cms.templatetags import boxes, components

FILTERS = {
    "short_day": formatting.short_day,
    "paragraphs": components.paragraphs,
    "urlencode": urlencode,
}
FUNCTIONS = (components.count_rows, components.localized_path, components.tag)
PIECES = (
    components.breadcrumbs,
    components.breakdown,
    components.button,
    components.progress,
    components.share,
    components.signature_count,
    components.timeline,
)
AROUND_A_CONTENT = (boxes.details, boxes.notification)


def environment(**options: Any) -> Spoken:
    """The environment of all compiled templates, as settings.TEMPLATES names it."""
    made = Spoken(**options)  # noqa: S701 -- Django's backend sets autoescape
    made.filters.update(FILTERS)
    made.spoken_filters = {
        "number": formatting.number_in,
        "day": formatting.day_in,
        "moment": formatting.moment_in,
        "ago": formatting.ago_in,
    }
    made.spoken_globals = {"ngettext": counted_words, "day_tag": components.day_tag_in}
    made.pieces = {piece.__name__: (components.template_of(piece.__name__), unwrap(piece)) for piece in PIECES}
    made.globals.update({function.__name__: function for function in (*FUNCTIONS, *PIECES)})
    made.globals.update({piece.__name__: around(piece) for piece in AROUND_A_CONTENT})
    return made


@lru_cache(maxsize=4096)
def _counted(_language: str | None, singular: str, plural: str, number: int) -> Markup:
    return Markup(ngettext(singular, plural, number))  # noqa: S704 -- our own words, marked up or not


def counted_words(language: str | None, singular: str, plural: str, number: int, /, **values: object) -> Markup:
    """A message that depends on a number, with these values, escaped, in its places.

    ``language`` must be the active one.
    """
    return _counted(language, singular, plural, number) % values
