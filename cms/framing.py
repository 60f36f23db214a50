"""Compiled pages inside `base.html`.

The frame is drawn once for each face of the site, language and entry of the menus that a page may stand below, with a
mark in each place that is a page's own. A page then costs what it says itself.
"""

import re
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from cms import compiled, face, navigation, panels
from cms.languages import current_language
from cms.templatetags.frame import language_links

# The blocks of base.html that a compiled page has, each of them.
OWN = ("title", "description", "canonical", "feeds", "social", "before_main", "main")
# No text of anybody's can hold this: NUL passes neither the door nor PostgreSQL.
MARK = "\0"

Frame = list[str]  # text and name of a place in turn
_frames: dict[tuple[str, ...], tuple[face.Shown, Frame]] = {}  # each with the face that it wears


def framed(request: HttpRequest, name: str, context: dict[str, Any]) -> str:
    """The page whose blocks stand in the compiled template ``name``, framed as all pages are."""
    page = compiled.template(name)
    values = page.new_context({**context, "request": request})
    own = {block: "".join(page.blocks[block](values)) for block in OWN}
    own["languages"] = language_links({"request": request})
    own["above"] = panels.render_slot("notice", request, {})
    parts = _frame(request.path).copy()
    parts[1::2] = [own[place] for place in parts[1::2]]
    return "".join(parts)


def _frame(path: str) -> Frame:
    tables = (navigation.MAIN, navigation.ABOUT, navigation.DATA)
    key = (current_language(), *(navigation.nearest(table, path) for table in tables))
    worn = face.current()
    known = _frames.get(key)
    if known is None or known[0] is not worn:
        known = _frames[key] = (worn, _drawn(path))
    return known[1]


def _drawn(path: str) -> Frame:
    request = HttpRequest()  # of the one that is answered nothing goes in but where it leads
    request.path = path
    marks = {place: f"{MARK}{place}{MARK}" for place in (*OWN, "languages", "above")}
    return re.split(f"{MARK}([a-z_]+){MARK}", render_to_string("cms/frame.html", {"own": marks, "request": request}))
