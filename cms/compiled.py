"""Templates that are compiled (Jinja2): pieces of all pages, and pages that are made often (decision 0098)."""

from collections.abc import Callable
from functools import cache
from typing import Any

import jinja2
from django.conf import settings
from django.template import engines
from django.utils.safestring import SafeString
from django.utils.translation import get_language


def template(name: str) -> jinja2.Template:
    """The compiled template of this name, in the active language. Raises jinja2.TemplateNotFound."""
    return _template(name, get_language() or settings.LANGUAGE_CODE)


@cache
def _template(name: str, language: str) -> jinja2.Template:
    found = _environment(language).get_template(name)
    found.globals = dict(found.globals)  # a chain of dictionaries is copied for each drawing, ten times as slowly
    return found


@cache
def _environment(language: str) -> jinja2.Environment:
    return engines["jinja2"].env.in_language(language)


def draw(name: str, /, **values: Any) -> SafeString:
    """What this template gives for these values, and nothing but these."""
    return SafeString(template(name).render(values))  # noqa: S308 -- all such templates escape


def around(piece: Callable[..., SafeString]) -> Callable[..., SafeString]:
    """A piece with a content, as templates call it: ``{% call details(summary) %}…{% endcall %}``."""

    def called(*arguments: Any, caller: Callable[[], str], **options: Any) -> SafeString:
        return piece(SafeString(caller()), *arguments, **options)  # noqa: S308 -- drawn by an escaping template

    return called
