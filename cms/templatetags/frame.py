"""Template tags of what frames every public page: its head, the links of header and footer, its other languages."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cms import colours, navigation
from cms import face as faces
from cms.compiled import draw
from cms.languages import alternatives, current_language, language_of, path_for

register = template.Library()


@register.simple_block_tag
def head_tag(content: str, name: str) -> SafeString | str:
    """A tag of the page's head with this content; nothing where a page leaves it empty."""
    content = SafeString(content.strip())
    if not content:
        return ""
    form = '<link rel="{}" href="{}">' if name == "canonical" else '<meta name="{}" content="{}">'
    return format_html(form, name, content)


@register.simple_tag
def face() -> faces.Shown:
    """How the site looks."""
    return faces.current()


@register.simple_tag
def face_words() -> faces.Words:
    """What the site calls itself, and its standing texts."""
    return faces.words()


@register.simple_tag
def coloured(kind: str) -> str:
    """The address of the style sheet ("css") or the icon ("svg") in the colours that editors chose."""
    return f"/face/{colours.address(faces.current().colours)}.{kind}"


@register.simple_tag
def social_card() -> SafeString:
    """What messengers show of a page that says nothing of its own: the site's card."""
    address = settings.BASE_URL.rstrip("/") + path_for("/card.png", current_language())
    return format_html(SOCIAL, address)


SOCIAL = """<meta property="og:type" content="website">
  <meta property="og:image" content="{}">
  <meta property="og:image:type" content="image/png">
  <meta property="og:image:width" content="1200">
  <meta property="og:image:height" content="630">
  <meta name="twitter:card" content="summary_large_image">"""

TABLES = {"main": navigation.MAIN, "about": navigation.ABOUT, "data": navigation.DATA}


@register.simple_tag(takes_context=True)
def navigation_links(context: Mapping[str, Any], table: str) -> SafeString:
    """The links of header ("main") or footer ("about", "data") as list items."""
    path = _path(context)
    language = language_of(path) if path else current_language()
    more = faces.links() if table == "about" else ()
    return _navigation(table, navigation.nearest(TABLES[table], path), language, current_language(), more)


@lru_cache(maxsize=64)
def _navigation(table: str, current: str, language: str, _words: str, more: tuple[tuple[str, str], ...]) -> SafeString:
    links = list(navigation.links_from(TABLES[table], current, language))
    there = {link.path for link in links}
    links += [navigation.Link(path, label, False) for path, label in more if path not in there]
    return draw("cms/components/navigation.html", links=links)


@register.simple_tag(takes_context=True)
def language_links(context: Mapping[str, Any]) -> SafeString:
    """This page in every language. On a page that says that there is none, anything may stand in the path."""
    request = context.get("request")
    path = "/" + escape_uri_path(_path(context)).lstrip("/")
    return links_to_languages(path, query_of(request) if request else "")


def links_to_languages(path: str, query: str = "") -> SafeString:
    """The page that stands at this path, in every language."""
    return draw("cms/components/languages.html", alternatives=alternatives(path), query=query)


def query_of(request: HttpRequest) -> str:
    """The query with which a page is read; '' for what is written."""
    return request.META.get("QUERY_STRING", "") if request.method == "GET" else ""


def _path(context: Mapping[str, Any]) -> str:
    request: HttpRequest | None = context.get("request")
    return request.path if request else ""
