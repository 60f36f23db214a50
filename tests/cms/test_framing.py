"""Compiled templates: what they know, and pages of them inside the frame of all pages."""

import re

import pytest
from django.template import engines
from django.test import Client, RequestFactory
from django.utils import translation
from jinja2 import UndefinedError

from cms import compiled, framing
from cms.environment import counted_words
from cms.spoken import Spoken
from petitions import switches
from tests.factories import make_open_petition

EVIL = "<i>\"'&"


def drawn(source: str, language: str = "en", **values: object) -> str:
    environment: Spoken = engines["jinja2"].env
    return environment.in_language(language).from_string(source).render(values)


def test_words_are_those_of_the_templates_language_and_values_in_them_are_escaped() -> None:
    assert drawn('{{ _("Started by %(name)s", name=name) }}', name=EVIL) == "Started by &lt;i&gt;&#34;&#39;&amp;"
    assert drawn('{{ _("Petitions") }}') == "Petitions"
    with translation.override("en"):
        assert drawn('{{ _("Petitions") }} {{ localized_path("/petitions/") }}', "fr") == "Pétitions /fr/petitions/"
    with translation.override("fr"):
        assert counted_words("fr", "signature", "signatures", 0) == "signature"
    assert counted_words(
        "en", "%(number)s signature: %(brings)s", "%(number)s signatures: %(brings)s", 2, number=2, brings="<"
    )


def test_words_that_are_no_literal_are_a_mistake_that_shows_at_once() -> None:
    with pytest.raises(UndefinedError):
        drawn("{{ _(title) }}", title="Petitions")


def test_what_is_included_sees_the_values_and_sets_none() -> None:
    source = '{% set rows = [("Ely", 5)] %}{% set caption = "A" %}{% set label = "B" %}{% include name %}{{ caption }}'
    name = "petitions/parts/long_table.html"
    put_in = drawn(source.replace("include name", f'include "{name}"'))
    assert put_in == drawn(source, name=name)
    assert "Ely" in put_in


def test_every_piece_escapes_what_it_is_given() -> None:
    assert "<i>" not in compiled.draw("cms/components/button.html", text=EVIL, href=EVIL)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["", "/fr"])
def test_a_compiled_page_has_the_frame_that_another_page_of_its_place_has(client: Client, language: str) -> None:
    petition = make_open_petition()
    address = f"{language}/petitions/{petition.pk}/"
    compiled_page, other = (client.get(path).content.decode() for path in (address, f"{address}report/"))
    for part in ('<nav class="app-nav".*?</nav>', "<footer.*</footer>", '<link rel="stylesheet"[^>]*>'):
        [here], [there] = (re.findall(part, page, re.S) for page in (compiled_page, other))
        assert here == there
    assert framing.MARK not in compiled_page
    assert f'hreflang="{"en" if language else "fr"}"' in compiled_page


@pytest.mark.django_db
def test_nothing_of_one_page_stays_in_the_frame_of_the_next(client: Client) -> None:
    framing._frames.clear()
    first, second = make_open_petition(title="Of the first"), make_open_petition(title="Of the second")
    switches.remember(switches.Switches(notice={"en": "A notice"}), seconds=60)
    assert "A notice" in client.get(f"/petitions/{first.pk}/?signing=ended").content.decode()
    switches.forget()
    page = client.get(f"/petitions/{second.pk}/").content.decode()
    for word in ("Of the first", "A notice", f"/{first.pk}/", "signing=ended"):
        assert word not in page


def test_a_page_without_one_of_the_blocks_is_a_mistake_that_shows_at_once(rf: RequestFactory) -> None:
    with pytest.raises(KeyError, match="title"):
        framing.framed(rf.get("/"), "cms/components/button.html", {}, below="")
