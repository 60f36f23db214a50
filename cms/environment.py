"""What compiled templates know: the site's words and filters, and what `{% load components %}` gives to others."""

from functools import lru_cache
from typing import Any

import jinja2
from django.template.defaultfilters import urlencode
from django.utils.translation import get_language, gettext, ngettext
from markupsafe import Markup

from cms import formatting
from cms.compiled import around
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


def environment(**options: Any) -> jinja2.Environment:
    """The environment of all compiled templates, as settings.TEMPLATES names it."""
    made = jinja2.Environment(**options)  # noqa: S701 -- Django's backend sets autoescape
    made.filters.update(FILTERS)
    made.globals.update({"_": words, "ngettext": counted_words})
    made.globals.update({piece.__name__: piece for piece in PIECES})
    made.globals.update({piece.__name__: around(piece) for piece in AROUND_A_CONTENT})
    return made


def words(message: str, /, **values: object) -> Markup:
    """A message in the active language, with these values, escaped, in its places."""
    translated = _translated(message, get_language())
    return translated % values if values else translated


@lru_cache(maxsize=4096)
def _translated(message: str, _language: str | None) -> Markup:
    return Markup(gettext(message))  # noqa: S704 -- our own words, marked up or not


@lru_cache(maxsize=4096)
def _counted(singular: str, plural: str, number: int, _language: str | None) -> Markup:
    return Markup(ngettext(singular, plural, number))  # noqa: S704 -- the same


def counted_words(singular: str, plural: str, number: int, /, **values: object) -> Markup:
    """The same where the words depend on a number."""
    return _counted(singular, plural, number, get_language()) % values
