"""The search page and its suggestions, as a reader meets them."""

import pytest
from django.core.management import call_command
from django.test import Client

from search.indexing import pages
from tests import factories as make

pytestmark = pytest.mark.django_db


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Cache-Control"].startswith("public")
    assert "Vary" not in response
    assert not response.cookies
    return response.content.decode()


def test_petitions_answers_and_pages_stand_in_one_list(client):
    call_command("create_site", verbosity=0)
    pages.sweep()
    make.make_open_petition(title="Standards of privacy for squirrels")
    html = read(client, "/search/?q=privacy")
    assert "Standards of <mark>privacy</mark> for squirrels" in html
    assert 'href="/privacy/"' in html
    assert "noindex" in html
    only = read(client, "/search/?q=privacy&kind=page")
    assert "<mark>privacy</mark> for squirrels" not in only
    assert 'href="/fr/privacy/"' in read(client, "/fr/search/?q=vie+priv%C3%A9e")


def test_without_a_question_there_is_a_box_and_help(client):
    html = read(client, "/search/")
    assert 'role="search"' in html
    assert "noindex" not in html
    assert "Recherche" in read(client, "/fr/search/")


def test_suggestions_come_as_json_and_stand_on_the_page_too(client):
    petition = make.make_open_petition(title="Protect <i>hedgehogs</i>")
    response = client.get("/search/suggestions.json?q=hedg")
    assert response.json() == {"suggestions": [{"title": petition.title, "url": f"/petitions/{petition.pk}/"}]}
    assert response["Content-Type"] == "application/json"
    assert client.get("/fr/search/suggestions.json?q=hedg").json()["suggestions"][0]["url"].startswith("/fr/petitions/")
    for address in ("/petitions/?q=hedg", "/search/?q=hedg"):
        html = read(client, address)
        assert "Titles that begin like this" in html
        assert "Protect &lt;i&gt;hedgehogs&lt;/i&gt;" in html


@pytest.mark.parametrize("path", ["/search/", "/fr/search/", "/search/suggestions.json", "/petitions/"])
@pytest.mark.parametrize(
    "query",
    ["?q=%ff%fe", "?q=%ed%a0%80", "?q=" + "a" * 3000, "?q=%27%22", "?q=a&page=abc&token=%00", "?q=a&department=1e9",
     "?q=a&department=999999999", "?q=a&year=9999", "?q=a&year=0", "?q=a&region=%27", "?q=a&kind=%00", "?q=%C2%A7t:3",
     "?q=a&topic=" + "t" * 500, "?q=a&token=cDk5OTk5", "?year=0&department=0&region=ZZ", "?q=-a"],
)  # fmt: skip
def test_no_question_is_a_fault(client, path, query):
    make.make_open_petition()
    assert client.get(path + query).status_code in (200, 400, 404)


def test_the_page_is_only_read(client):
    for path in ("/search/", "/search/suggestions.json"):
        assert client.post(path).status_code == 405
