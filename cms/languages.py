"""Languages by path: the main one stands at the plain address, each other under its own first piece."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import get_language, get_language_info


class Alternative(NamedTuple):
    """One language in which a page may be read."""

    code: str
    name: str  # in its own words: "Français"
    path: str
    current: bool


def main_language() -> str:
    """The language of addresses without a language piece."""
    return settings.LANGUAGE_CODE


@cache
def codes() -> tuple[str, ...]:
    """Every language of the site, the main one first."""
    return tuple(sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != main_language()))


def current_language() -> str:
    """The active language if the site has it, else the main one."""
    language = get_language() or main_language()
    return language if language in codes() else main_language()


def language_of(path: str) -> str:
    """The language that a path stands for: `/fr/petitions/` gives `fr`."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in codes() and first != main_language() else main_language()


def path_for(path: str, language: str) -> str:
    """The same page's path in another language. Query strings are left alone."""
    if language_of(path) != main_language():
        # Of two slashes the first ends this site: a browser reads another one's name behind them.
        path = "/" + path.lstrip("/").partition("/")[2].lstrip("/")
    if language == main_language():
        return path
    return f"/{language}/{path.lstrip('/')}"


def alternatives(path: str) -> Iterator[Alternative]:
    """Every language of the site with this page's path in it."""
    current = language_of(path)
    for code in codes():
        yield Alternative(code, own_name(code), path_for(path, code), code == current)


@cache
def own_name(code: str) -> str:
    """What a language calls itself, as a word that stands alone."""
    name: str = get_language_info(code)["name_local"]
    return name[:1].upper() + name[1:]
