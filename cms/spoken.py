"""Compiled templates speak one language each: its words, and what they include, are put in when they are compiled.

A page then asks for no translation and looks up no piece while it is drawn (decision 0098).
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext, override
from jinja2 import Environment, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from cms.languages import path_for

VALUE = re.compile(r"%\((\w+)\)s")


class _Plain(Context):
    """Calls functions as they are: none of ours asks for the context of the template."""

    def call(
        self, function: Callable[..., Any], *given: Any, _block_vars: Any = None, _loop_vars: Any = None, **named: Any
    ) -> Any:
        return function(*given, **named)


class Spoken(Environment):
    """An environment whose templates speak ``language``.

    ``_("…")`` is no function of theirs: it takes a literal, and stands for its translation. Values go in by name:
    ``_("Open until %(day)s", day=…)``.
    """

    language = settings.LANGUAGE_CODE
    context_class = _Plain

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Filters and globals that are handed their template's language before all else.
        self.spoken_filters: dict[str, Callable[..., Any]] = {}
        self.spoken_globals: dict[str, Callable[..., Any]] = {}
        # Functions that are put in as the template named with them, filled with the values they give.
        self.pieces: dict[str, tuple[str, Callable[..., Mapping[str, Any]]]] = {}

    def in_language(self, language: str) -> "Spoken":
        """The same environment for templates that speak ``language``."""
        own: Any = self.overlay()
        own.language = language
        own.filters = {**self.filters, **{name: partial(f, language) for name, f in self.spoken_filters.items()}}
        own.globals = {**self.globals, **{name: partial(f, language) for name, f in self.spoken_globals.items()}}
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

    def visit_Output(self, node: nodes.Output) -> list[nodes.Node]:  # noqa: N802 -- the same
        parts: list[nodes.Node] = []
        for said in node.nodes:
            called = said.node.name if isinstance(said, nodes.Call) and isinstance(said.node, nodes.Name) else ""
            put_in = self.visit(said)
            if called in self._environment.pieces:
                parts.append(self._piece(put_in, *self._environment.pieces[called]))
                continue
            if not parts or not isinstance(parts[-1], nodes.Output):
                parts.append(nodes.Output([], lineno=said.lineno))
            parts[-1].nodes += _in_turn(put_in) if isinstance(put_in, nodes.Mod) and called == "_" else [put_in]
        return parts

    def _piece(self, call: nodes.Call, template: str, values: Callable[..., Mapping[str, Any]]) -> nodes.Node:
        """The piece's template, with a name for each of the values that it reads."""
        source = self._parsed(template)
        body, known = self._body(source), self._environment.globals
        names = sorted(find_undeclared_variables(source) - known.keys())
        picked = f"values_of_{values.__name__}"
        known[picked] = partial(_pick, itemgetter(*names), values)
        call.node = nodes.Name(picked, "load")
        targets: list[nodes.Node] = [nodes.Name(name, "param") for name in names]
        if len(targets) > 1:
            targets = [nodes.Tuple(targets, "param")]
        return nodes.With(targets, [call], body, lineno=call.lineno)

    def _parsed(self, name: str) -> nodes.Template:
        source, filename, _is_current = self._environment.loader.get_source(self._environment, name)
        return self._environment._parse(source, name, filename)

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802 -- the same
        if not isinstance(node.template, nodes.Const):
            return node
        included = self._parsed(node.template.value)
        return nodes.Scope(self._body(included), lineno=node.lineno)

    def _body(self, template: nodes.Template) -> list[nodes.Node]:
        return self.generic_visit(template).body


def _in_turn(words: nodes.Mod) -> list[nodes.Expr]:
    """Words and the values in them, one after the other: said so, nothing has to be put together first."""
    values = {pair.key.value: pair.value for pair in words.right.items}
    pieces = VALUE.split(words.left.value)
    return [
        values[piece] if place % 2 else nodes.Const(Markup(piece.replace("%%", "%")))  # noqa: S704 -- our own words
        for place, piece in enumerate(pieces)
    ]


def _pick(chosen: Callable[..., Any], values: Callable[..., Mapping[str, Any]], /, *given: Any, **named: Any) -> Any:
    return chosen(values(*given, **named))
