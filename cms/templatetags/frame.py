"""Template tags of what frames every public page: its head, the links of header and footer, its other languages."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cms import navigation
from cms.compiled import draw
from cms.languages import alternatives, current_language, language_of

register = template.Library()


@register.simple_block_tag
def head_tag(content: str, name: str) -> SafeString | str:
    """A tag of the page's head with this content; nothing where a page leaves it empty."""
    content = SafeString(content.strip())
    if not content:
        return ""
    form = '<link rel="{}" href="{}">' if name == "canonical" else '<meta name="{}" content="{}">'
    return format_html(form, name, content)


TABLES = {"main": navigation.MAIN, "about": navigation.ABOUT, "data": navigation.DATA}


@register.simple_tag(takes_context=True)
def navigation_links(context: Mapping[str, Any], table: str) -> SafeString:
    """The links of header ("main") or footer ("about", "data") as list items."""
    path = _path(context)
    language = language_of(path) if path else current_language()
    return _navigation(table, navigation.nearest(TABLES[table], path), language, current_language())


@lru_cache(maxsize=64)
def _navigation(table: str, current: str, language: str, _words: str) -> SafeString:
    links = navigation.links_from(TABLES[table], current, language)
    return draw("cms/components/navigation.html", links=links)


@register.simple_tag(takes_context=True)
def language_links(context: Mapping[str, Any]) -> SafeString:
    """This page in every language."""
    request = context.get("request")
    return links_to_languages(_path(context) or "/", query_of(request) if request else "")


def links_to_languages(path: str, query: str = "") -> SafeString:
    """The page that stands at this path, in every language."""
    return draw("cms/components/languages.html", alternatives=alternatives(path), query=query)


def query_of(request: HttpRequest) -> str:
    """The query with which a page is read; '' for what is written."""
    return request.META.get("QUERY_STRING", "") if request.method == "GET" else ""


def _path(context: Mapping[str, Any]) -> str:
    request: HttpRequest | None = context.get("request")
    return request.path if request else ""
