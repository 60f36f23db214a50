import re
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import mark_safe
from wagtail.models import Site
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms import content, panels
from cms.models import HomePage, StandardPage
from petitions.models import RejectionReason
from tests.factories import make_open_petition

ADDRESSES = ["/", *(f"/{slug}/" for slug in content.PAGES)]


@pytest.fixture
def extra_panels() -> Iterator[None]:
    def broken(request: HttpRequest, context: dict[str, object]) -> str:
        raise RuntimeError("no such thing")

    panels.register("home", "test-broken", broken, order=1)
    panels.register("home", "test-raw", lambda request, context: "<b>raw</b>", order=3)
    panels.register("home", "test-good", lambda request, context: mark_safe("<b>good</b>"), order=2)
    yield
    for name in ("test-broken", "test-raw", "test-good"):
        panels.unregister("home", name)


@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_pages_are_public_and_speak_their_language(client: Client, site: None, prefix: str) -> None:
    for address in ADDRESSES:
        response = client.get(prefix + address)
        html = response.content.decode()
        assert response.status_code == 200
        assert f'<html lang="{"fr" if prefix else "en"}" dir="ltr"' in html
        assert html.count("<h1") == 1
        assert response["Cache-Control"].startswith("public, max-age=")
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert "Accept-Language" not in response.get("Vary", "")


def test_language_link_leads_to_the_same_page(client: Client, site: None) -> None:
    assert 'href="/fr/privacy/?a=1&amp;b=2"' in client.get("/privacy/?a=1&b=2").content.decode()
    assert 'href="/privacy/"' in client.get("/fr/privacy/").content.decode()


def test_links_of_a_french_page_stay_french(client: Client, site: None) -> None:
    for address in ADDRESSES:
        html = client.get("/fr" + address).content.decode()
        links = set(re.findall(r'<a[^>]* href="(/[^"]*)"(?![^>]*hreflang)', html))
        assert {link for link in links if not link.startswith("/fr/")} <= {
            "/petitions.json",
            "/tracker.json",
            "/tracker.csv",
            "/tracker/departments.csv",
            "/tracker/months.csv",
            "/audit/heads.json",
        }


def test_broken_panel_is_left_out_and_the_rest_stands_in_order(client: Client, site: None, extra_panels: None) -> None:
    html = client.get("/").content.decode()
    assert "<b>good</b>&lt;b&gt;raw&lt;/b&gt;" in html
    assert "no such thing" not in html


def test_unknown_slot_is_refused() -> None:
    with pytest.raises(ValueError, match="kitchen"):
        panels.register("kitchen", "x", lambda request, context: "")


def test_search_box_asks_the_list(client: Client, site: None) -> None:
    html = client.get("/fr/").content.decode()
    assert re.search(r'<form action="/fr/petitions/" method="get"', html)
    assert 'name="q"' in html


def test_page_without_a_text_in_a_language_shows_the_original_marked(client: Client, site: None) -> None:
    page = StandardPage.objects.get(slug="help")
    page.texts = [text for text in page.texts.all() if text.language == "en"]
    page.save_revision().publish()
    html = client.get("/fr/help/").content.decode()
    assert '<article lang="en" dir="auto">' in html
    assert "<h1" in html


def test_contents_lead_to_the_headings(client: Client, site: None) -> None:
    html = client.get("/fr/standards/").content.decode()
    targets = set(re.findall(r'href="#(s-[^"]+)"', html))
    assert len(targets) > 3
    assert targets <= set(re.findall(r'<h2 id="([^"]+)"', html))


def test_created_site_is_left_alone_the_second_time(site: None) -> None:
    page = StandardPage.objects.get(slug="help")
    page.title = "Changed by an editor"
    page.save_revision().publish()
    call_command("create_site", verbosity=0)
    assert HomePage.objects.count() == 1
    assert StandardPage.objects.count() == len(content.PAGES)
    assert StandardPage.objects.get(slug="help").title == "Changed by an editor"
    assert Site.objects.get(is_default_site=True).root_page.specific == HomePage.objects.get()


def test_editor_changes_all_languages_in_one_revision(admin_client: Client, client: Client, site: None) -> None:
    page = StandardPage.objects.get(slug="help")
    address = f"/staff/pages/{page.pk}/edit/"
    assert admin_client.get(address).status_code == 200
    texts = [
        {
            "id": text.pk,
            "language": text.language,
            "title": f"{text.title} {text.language}",
            "introduction": "",
            "body": streamfield([("heading", "One"), ("paragraph", rich_text("<p>Two</p>"))]),
        }
        for text in page.texts.all()
    ]
    form = {"title": page.title, "slug": page.slug, "texts": inline_formset(texts, initial=len(texts))}
    fields = nested_form_data({**form, "comments": inline_formset([]), "action-publish": "publish"})
    before = page.revisions.count()
    assert admin_client.post(address, fields).status_code == 302
    assert page.revisions.count() == before + 1
    assert "Help and contact en" in client.get("/help/").content.decode()
    french = client.get("/fr/help/").content.decode()
    assert "Aide et contact fr" in french
    assert '<h2 id="s-one">One</h2>' in french


def test_contact_is_named_on_the_pages(client: Client, db: None) -> None:
    call_command("create_site", contact="ask@petitions.example", verbosity=0)
    html = client.get("/privacy/").content.decode()
    assert '<a href="mailto:ask@petitions.example">ask@petitions.example</a>' in html
    assert "{contact}" not in html


@pytest.mark.parametrize("page", [*content.PAGES, "home"])
def test_every_text_is_written_in_both_languages_with_the_same_shape(page: str) -> None:
    english, french = (content.text_of(page, language) for language in ("en", "fr"))
    assert [kind for kind, _value in english.body] == [kind for kind, _value in french.body]
    assert max(len(english.title), len(french.title)) <= 120
    assert max(len(english.introduction), len(french.introduction)) <= 400


def test_standard_page_costs_few_queries(client: Client, site: None) -> None:
    client.get("/help/")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get("/help/")
    assert len(queries) <= 10


def test_the_rules_list_every_reason_for_refusal_as_staff_keep_them(client: Client, site: None) -> None:
    call_command("create_reference_data", verbosity=0)
    RejectionReason.objects.filter(code="duplicate").update(title="Somebody asked before", title_fr="Déjà demandé")
    RejectionReason.objects.filter(code="irrelevant").update(active=False)
    html = client.get("/standards/").content.decode()
    assert '<h3 id="reason-duplicate">Somebody asked before</h3>' in html
    assert "reason-irrelevant" not in html
    assert html.count('id="reason-') == RejectionReason.objects.filter(active=True).count() > 5
    assert "Déjà demandé" in client.get("/fr/standards/").content.decode()


def test_arabic_pages_are_written_from_right_to_left_and_say_where_they_lack_words(client: Client, site: None) -> None:
    petition = make_open_petition(title="Plant a tree", language="en")
    page = client.get(f"/ar/petitions/{petition.pk}/").content.decode()
    assert '<html lang="ar" dir="rtl"' in page
    assert re.search(r'<link rel="stylesheet" href="[^"]*app\.rtl\.[^"]*css"', page)
    assert re.search(r'<h1[^>]* lang="en" dir="auto"[^>]*>\s*Plant a tree', page)
    assert f'href="/ar/petitions/{petition.pk}/sign/"' in page
    assert "اطلب التغيير" in client.get("/ar/").content.decode()
    assert '<article lang="en" dir="auto">' in client.get("/ar/help/").content.decode()
