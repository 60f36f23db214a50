import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

EVIL = '"><img src=x onerror=alert(1)>{{7*7}}'


def render(source: str, **context: Any) -> str:
    return Template("{% load components %}" + source).render(Context(context))


def test_count_says_how_many_are_missing() -> None:
    html = render('{% signature_count 8766 10000 "an official answer" %}')
    assert "8,766" in html
    assert "1,234 more for an official answer" in html
    assert '<progress class="app-progress" value="8766" max="10000"' in html


def test_reached_threshold_is_full_and_named() -> None:
    html = render('{% signature_count 12000 10000 "an answer" %}')
    assert 'value="10000" max="10000"' in html
    assert "10,000 reached: an answer" in html


def test_progress_in_french_keeps_its_attributes_machine_readable() -> None:
    with translation.override("fr"):
        html = render("{% progress 1234 10000 %}")
    assert 'value="1234" max="10000"' in html
    assert "1\xa0234" in html


def test_texts_of_others_are_escaped_everywhere() -> None:
    entries = [{"at": datetime(2026, 3, 1, tzinfo=UTC), "title": EVIL, "text": EVIL, "url": "/x", "url_text": EVIL}]
    html = render(
        "{% card t '/x' excerpt=t meta=t tag_text=t %}{% timeline e %}{% summary_list r %}{% breakdown t p %}"
        "{% facets t o %}{% tag t %}{% button t %}{{ t|paragraphs }}{% share t '/x' %}"
        "{% notification t %}{{ t }}{% endnotification %}{% inset %}{{ t }}{% endinset %}"
        "{% details t %}{{ t }}{% enddetails %}{% confirmation t %}{{ t }}{% endconfirmation %}"
        "{% breadcrumbs t '/x' t %}{% figures f %}",
        t=EVIL,
        e=entries,
        r=[(EVIL, EVIL, "/x", EVIL)],
        p=[(EVIL, 3)],
        o=[{"label": EVIL, "url": "?x", "count": 1, "current": False}],
        f=[(EVIL, EVIL)],
    )
    assert "<img" not in html
    assert "49" not in html


def test_paragraphs_follow_empty_lines() -> None:
    html = render("{{ t|paragraphs }}", t="a\r\nb\r\n\r\nc & d")
    assert html == '<p class="govuk-body">a<br>b</p>\n<p class="govuk-body">c &amp; d</p>'


def test_pagination_keeps_the_filters(rf: RequestFactory) -> None:
    page = Paginator(range(100), 10).page(5)
    html = render("{% pagination page %}", page=page, request=rf.get("/petitions/?q=a%26b&state=open&page=5"))
    assert "?q=a%26b&amp;state=open&amp;page=6" in html
    assert html.count('aria-current="page"') == 1


def test_single_page_has_no_pagination(rf: RequestFactory) -> None:
    assert not render("{% pagination page %}", page=Paginator([1], 10).page(1), request=rf.get("/")).strip()


def test_timeline_links_to_itself_and_marks_foreign_text() -> None:
    entries = [{"at": datetime(2026, 3, 1, tzinfo=UTC), "title": "Bonjour", "anchor": "e-7", "lang": "fr"}]
    html = render("{% timeline entries %}", entries=entries)
    assert 'id="e-7"' in html
    assert 'href="#e-7"' in html
    assert '<time datetime="2026-03-01T00:00:00+00:00">1 March 2026</time>' in html
    assert '<h3 lang="fr" dir="auto">' in html


def test_bars_are_measured_against_the_longest() -> None:
    with translation.override("fr"):
        html = render("{% breakdown 'Places' rows %}", rows=[("A", 300), ("B", 100), ("C", 0)])
    assert re.findall(r'<rect width="([\d.]+)"', html) == ["100.0", "33.3", "0.0"]


def test_no_component_needs_inline_style_or_script() -> None:
    html = render("{% signature_count 1 10 live_url='/c.json' %}{% breakdown 'a' r %}{% share 't' 'u' %}", r=[("a", 1)])
    assert not re.search(r"style=|<script|\son\w+=", html)


@pytest.mark.parametrize("name", ["grey", "red"])
def test_tag_carries_its_colour(name: str) -> None:
    assert f"app-tag--{name}" in render("{% tag 'x' colour %}", colour=name)
