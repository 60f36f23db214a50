"""A petition's page past the middleware: the same answer, and the long way for whatever is not plainly such a page."""

import io
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection

from config import learned, short_page
from config.short_page import Asked, ShortPage
from petitions import switches
from petitions.models import Petition
from tests.factories import make_answered_petition, make_closed_petition, make_open_petition, make_petition

django = get_wsgi_application()
Answer = tuple[str, list[tuple[str, str]], bytes]


@pytest.fixture(autouse=True)
def _connection_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    # As Django's own test client does: the test's transaction lives in this connection.
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)


@pytest.fixture
def petition(db: None) -> Petition:
    return make_open_petition()


@pytest.fixture
def went_long() -> list[str]:
    """The paths of requests that reached Django."""
    return []


@pytest.fixture
def site(went_long: list[str], petition: Petition) -> ShortPage:
    """An application that has shown a page of each language already and knows the headers."""

    def noted(environ: dict[str, Any], start_response: Any) -> Any:
        went_long.append(environ["PATH_INFO"])
        return django(environ, start_response)

    application = ShortPage(noted)
    for path in (page_of(petition), "/fr" + page_of(petition)):
        ask(application, path)
    assert len(went_long) == 2
    went_long.clear()
    return application


def page_of(petition: Petition) -> str:
    return f"/petitions/{petition.pk}/"


def ask(application: Any, path: str, **more: Any) -> Answer:
    """Ask for a page; the answer with the directives of its policy sorted, which come in any order."""
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "10.9.8.7",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        **more,
    }
    started: list[tuple[str, list[tuple[str, str]]]] = []
    response = application(environ, lambda status, headers, *_error: started.append((status, headers)))
    content = b"".join(response)
    response.close()
    status, headers = started[-1]
    return status, sorted((name, "; ".join(sorted(value.split("; ")))) for name, value in headers), content


@pytest.mark.parametrize("make", [make_open_petition, make_closed_petition, make_answered_petition])
@pytest.mark.parametrize("language", ["", "/fr"])
def test_the_answer_is_that_of_the_long_way(site: ShortPage, went_long: list[str], make: Any, language: str) -> None:
    path = language + page_of(make())
    short = ask(site, path)
    assert not went_long
    assert short[0] == "200 OK"
    assert short == ask(django, path)


def test_a_notice_stands_there_too(site: ShortPage, petition: Petition, went_long: list[str]) -> None:
    switches.remember(switches.Switches(notice={"en": "Something to know"}), seconds=60)
    try:
        assert b"Something to know" in ask(site, page_of(petition))[2]
    finally:
        switches.forget()
    assert not went_long


@pytest.mark.parametrize(
    "special",
    [
        {"QUERY_STRING": "signing=ended"},
        {"HTTP_COOKIE": "a=b"},
        {"HTTP_AUTHORIZATION": "Basic x"},
        {"REQUEST_METHOD": "POST"},
        {"HTTP_HOST": "127.0.0.1"},
        {"wsgi.url_scheme": "https"},
        {"SCRIPT_NAME": "/below"},
    ],
)
def test_what_is_not_plainly_the_page_goes_the_long_way(
    site: ShortPage, petition: Petition, went_long: list[str], special: dict[str, str]
) -> None:
    ask(site, page_of(petition), **special)
    assert went_long == [page_of(petition)]


def test_what_is_not_shown_goes_the_long_way_and_is_not_learned_from(
    site: ShortPage, petition: Petition, went_long: list[str]
) -> None:
    hidden = page_of(make_petition(state="hidden"))
    for path in (hidden, "/petitions/77777777/", "/petitions/0/", "/petitions/new/", "/de" + page_of(petition)):
        assert ask(site, path) == ask(django, path), path
        assert went_long.pop() == path
    new = ShortPage(django)
    ask(new, "/petitions/77777777/")
    assert not new._learned._known


def test_a_page_that_fails_is_tried_the_long_way(
    site: ShortPage,
    petition: Petition,
    went_long: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def failing(*_arguments: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(short_page.views, "page", failing)
    assert ask(site, page_of(petition))[0].startswith("50")
    assert "page_not_drawn" in caplog.text
    assert went_long == [page_of(petition)]


def test_pages_asked_for_together_are_those_asked_for_alone(
    site: ShortPage, petition: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(number: int, language: str) -> Asked:
        path = ("" if language == "en" else f"/{language}") + f"/petitions/{number}/"
        return Asked({"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_HOST": "localhost"}, number, language)

    answered = make_answered_petition()
    hidden = make_petition(state="hidden")
    several = [
        asked(number, language) for number in (petition.pk, 7777, answered.pk, hidden.pk) for language in ("en", "fr")
    ]
    pages = short_page.drawn(several)
    assert pages == [short_page.drawn([one])[0] for one in several]
    assert [page is None for page in pages] == [False, False, True, True, False, False, True, True]
    assert b'lang="fr"' in pages[1]

    page = short_page.views.page
    monkeypatch.setattr(
        short_page.views,
        "page",
        lambda request, found, path: 1 / 0 if found.petition.pk == petition.pk else page(request, found, path=path),
    )
    assert short_page.drawn(several) == [None, None, *pages[2:]]


def test_where_the_rows_cannot_be_read_all_go_the_long_way(
    site: ShortPage, petition: Petition, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(_numbers: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(short_page.selectors, "wholes_by_number", failing)
    assert short_page.drawn([Asked({}, 1, "en"), Asked({}, 2, "en")]) == [None, None]
    assert "pages_not_read" in caplog.text


def test_only_so_many_sites_are_remembered(petition: Petition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned, "MOST_KNOWN", 1)
    site = ShortPage(django)
    for language in ("", "/fr"):
        ask(site, language + page_of(petition))
    assert [key[-1] for key in site._learned._known] == ["fr"]
