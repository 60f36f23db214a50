"""What compiled templates know: the site's words and filters, and what `{% load components %}` gives to others."""

from functools import lru_cache
from typing import Any

from django.template.defaultfilters import urlencode
from django.utils.translation import get_language, ngettext
from markupsafe import Markup

from cms import formatting
from cms.compiled import around
from cms.spoken import Spoken
from cms.templatetags import components

FILTERS = {
    "number": formatting.number,
    "day": formatting.day,
    "short_day": formatting.short_day,
    "moment": formatting.moment,
    "ago": formatting.ago,
    "paragraphs": components.paragraphs,
    "urlencode": urlencode,
}
PIECES = (
    components.breadcrumbs,
    components.breakdown,
    components.button,
    components.count_rows,
    components.day_tag,
    components.localized_path,
    components.progress,
    components.share,
    components.signature_count,
    components.tag,
    components.timeline,
)
AROUND_A_CONTENT = (components.details, components.notification)


def environment(**options: Any) -> Spoken:
    """The environment of all compiled templates, as settings.TEMPLATES names it."""
    made = Spoken(**options)  # noqa: S701 -- Django's backend sets autoescape
    made.filters.update(FILTERS)
    made.globals.update({"ngettext": counted_words})
    made.globals.update({piece.__name__: piece for piece in PIECES})
    made.globals.update({piece.__name__: around(piece) for piece in AROUND_A_CONTENT})
    return made


@lru_cache(maxsize=4096)
def _counted(singular: str, plural: str, number: int, _language: str | None) -> Markup:
    return Markup(ngettext(singular, plural, number))  # noqa: S704 -- our own words, marked up or not


def counted_words(singular: str, plural: str, number: int, /, **values: object) -> Markup:
    """A message that depends on a number in the active language, with these values, escaped, in its places."""
    return _counted(singular, plural, number, get_language()) % values
