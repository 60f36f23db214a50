"""The site's own links, in the order in which they stand in header and footer."""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.languages import current_language, language_of, main_language, path_for

Table = tuple[tuple[str, Promise | str], ...]

# Addresses are a contract of the project, so they stand here and not behind route names of apps above this one.
MAIN: Table = (
    ("/petitions/", _("Petitions")),
    ("/petitions/new/", _("Start a petition")),
    ("/answers/", _("Answers")),
    ("/tracker/", _("Answers owed")),
)
ABOUT: Table = (
    ("/how-petitions-work/", _("How petitions work")),
    ("/standards/", _("Rules for petitions")),
    ("/who-answers/", _("Who answers, and by when")),
    ("/privacy/", _("Privacy")),
    ("/mailbox/", _("What did I sign?")),
    ("/help/", _("Help and contact")),
    ("/accessibility/", _("Accessibility")),
)
# What lies below these is reached by mailed links, and is in no menu: a link that failed looks the same anywhere.
ENTRANCES = frozenset({"/mailbox/"})
# Data has one address for all languages.
DATA: Table = (
    ("/petitions.json", _("Petitions as JSON")),
    ("/tracker.json", _("Answers owed as JSON")),
    ("/data/", _("All open data")),
)


class Link(NamedTuple):
    path: str
    label: Promise | str
    current: bool


def nearest(table: Table, path: str) -> str:
    """The address in the table that leads nearest to `path`; '' for none."""
    plain = path_for(path, main_language())
    above = (target for target, _label in table if plain.startswith(target))
    return max((target for target in above if target == plain or target not in ENTRANCES), key=len, default="")


def links(table: Table, path: str) -> Iterator[Link]:
    """The table's links in the language of the page at `path`; the one that leads nearest to it is current."""
    return links_from(table, nearest(table, path), language_of(path) if path else current_language())


def links_from(table: Table, current: str, language: str) -> Iterator[Link]:
    """The table's links in a language, the one to the address `current` marked."""
    for target, label in table:
        yield Link(path_for(target, language), label, target == current)
