"""Compiled templates speak one language each: its words, and what they include, are put in when they are compiled.

A page then asks for no translation and looks up no piece while it is drawn (decision 0098).
"""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext, override
from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from cms.languages import path_for


class Spoken(Environment):
    """An environment whose templates speak ``language``.

    ``_("…")`` is no function of theirs: it takes a literal, and stands for its translation. Values go in by name:
    ``_("Open until %(day)s", day=…)``.
    """

    language = settings.LANGUAGE_CODE

    def in_language(self, language: str) -> "Spoken":
        """The same environment for templates that speak ``language``."""
        own: Any = self.overlay()
        own.language = language
        return own

    def _generate(self, source: nodes.Template, *arguments: Any, **options: Any) -> Any:
        with override(self.language):
            source = _PutIn(self).visit(source)
        return super()._generate(source, *arguments, **options)


class _PutIn(NodeTransformer):
    """Puts in what is known before a template is drawn."""

    def __init__(self, environment: Spoken) -> None:
        self._environment = environment

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802 -- named by the library, after the node
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        literal = node.args[0].value if len(node.args) == 1 and isinstance(node.args[0], nodes.Const) else None
        if name == "_" and literal is not None:
            words = nodes.Const(Markup(gettext(literal)), lineno=node.lineno)  # noqa: S704 -- our own words, marked up or not
            values = [nodes.Pair(nodes.Const(given.key), given.value) for given in node.kwargs]
            return nodes.Mod(words, nodes.Dict(values, lineno=node.lineno), lineno=node.lineno) if values else words
        if name == "localized_path" and literal is not None:
            return nodes.Const(path_for(literal, str(get_language())), lineno=node.lineno)
        return node

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802 -- the same
        if not isinstance(node.template, nodes.Const):
            return node
        source, filename, _is_current = self._environment.loader.get_source(self._environment, node.template.value)
        included = self._environment._parse(source, node.template.value, filename)
        return nodes.Scope([self.visit(part) for part in included.body], lineno=node.lineno)
