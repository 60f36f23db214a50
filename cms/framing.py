"""Compiled pages inside `base.html`.

The frame is drawn once for each face of the site, language and entry of the menus that a page stands below, with a mark
in each place that is a page's own. A page then costs what it says itself.
"""

import re
from html import escape
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from cms import compiled, face, panels
from cms.languages import current_language, main_language, path_for
from cms.templatetags.frame import links_to_languages, query_of

# The blocks of base.html that a compiled page has, each of them.
OWN = ("title", "description", "canonical", "feeds", "social", "before_main", "main")
# No text of anybody's can hold this: NUL passes neither the door nor PostgreSQL.
MARK = "\0"

Frame = list[str]  # text and name of a place in turn
_frames: dict[tuple[str, str], tuple[face.Shown, Frame]] = {}  # each with the face that it wears


def framed(request: HttpRequest, name: str, context: dict[str, Any], *, below: str) -> str:
    """The page whose blocks stand in the compiled template ``name``, framed as all pages are.

    ``below`` is the entry of the menus that it stands below.
    """
    page = compiled.template(name)
    values = page.new_context({**context, "request": request})
    own = {block: "".join(page.blocks[block](values)) for block in OWN}
    own["here"] = _here(request)
    own["above"] = panels.render_slot("notice", request, {})
    parts = _frame(current_language(), below).copy()
    parts[1::2] = [own[place] for place in parts[1::2]]
    return "".join(parts)


def _frame(language: str, below: str) -> Frame:
    worn = face.current()
    known = _frames.get((language, below))
    if known is None or known[0] is not worn:
        known = _frames[language, below] = (worn, _drawn(language, below))
    return known[1]


def _drawn(language: str, below: str) -> Frame:
    marks = {place: f"{MARK}{place}{MARK}" for place in (*OWN, "here", "above")}
    marks["languages"] = links_to_languages(path_for(f"/{marks['here']}", language))
    # Of the request that is answered nothing goes in.
    request = HttpRequest()
    request.path = path_for(below, language)
    return re.split(f"{MARK}([a-z_]+){MARK}", render_to_string("cms/frame.html", {"own": marks, "request": request}))


def _here(request: HttpRequest) -> str:
    """The page's address, as the links to its other languages have it behind each language's piece."""
    path, query = path_for(request.path, main_language()).lstrip("/"), query_of(request)
    return escape(f"{path}?{query}" if query else path)
