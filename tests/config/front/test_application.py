"""The front of a web process before an application that answers as it is told."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from pytest_django import DjangoDbBlocker
from redis.exceptions import ConnectionError as RedisConnectionError

from config.front import application as fronts
from config.front import copies, database, gate
from config.front.application import Front
from config.front.kinds import Kind

PUBLIC = {"Cache-Control": "public, max-age=2"}
HTML = "<html><main class=x>Some words</main></html>" + " " * 1000


class Site:
    """A stand-in for Django: counts what it is asked, and answers with `response`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.response: Callable[[], HttpResponse] = lambda: HttpResponse(HTML, headers=PUBLIC)
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> HttpResponse:
        self.asked.append(environ["PATH_INFO"] + environ.get("QUERY_STRING", ""))
        assert self.go_on.wait(20)
        response = self.response()
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return response


class Got:
    def __init__(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = int(status[:3])
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body


def get(front: Front, path: str = "/petitions/7/", method: str = "GET", **headers: str) -> Got:
    started: list[Any] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "HTTP_HOST": "localhost",
        "wsgi.url_scheme": "http",
        **headers,
    }
    body = b"".join(front(environ, lambda *told: started.extend(told)))
    return Got(started[0], started[1], body)


@pytest.fixture(autouse=True)
def _no_connection(django_db_blocker: DjangoDbBlocker) -> None:
    """A connection that an earlier test left open would be looked at when an answer is closed; none is allowed here."""
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def django() -> Site:
    return Site()


@pytest.fixture(autouse=True)
def _of_unknown_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody asks the database here."""
    monkeypatch.setattr(fronts, "origin_of", lambda key: None)


@pytest.fixture
def front(django: Site) -> Iterator[Front]:
    yield Front(django, slots=2)
    database.database.is_away = False


@pytest.fixture
def _slow_clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """What was made in this test is fresh in this test, however slow the machine."""
    settings.PAGE_CACHE_SECONDS = 600
    monkeypatch.setitem(PUBLIC, "Cache-Control", "public, max-age=600")
    monkeypatch.setattr(fronts, "FOLLOW_SECONDS", 60)


def test_pages_of_the_short_way_need_no_place_at_the_gate_and_all_others_do(django: Site) -> None:
    def short(long: Any) -> Any:
        return lambda environ, start: (quick if environ["PATH_INFO"] == "/petitions/7/" else long)(environ, start)

    quick = Site()
    front = Front(django, slots=2, short_page=short)
    with front._gate.passed(Kind.SIGN), front._gate.passed(Kind.SIGN):
        assert get(front, "/petitions/7/").status == 200
        assert get(front, "/petitions/").status == 503
    assert get(front, "/petitions/").status == 200
    assert (quick.asked, django.asked) == (["/petitions/7/"], ["/petitions/"])


@pytest.mark.usefixtures("_slow_clock")
def test_a_public_page_is_made_once_and_shown_to_all(front: Front, django: Site) -> None:
    first, second = get(front), get(front)
    assert first.body == second.body == HTML.encode()
    assert django.asked == ["/petitions/7/"]
    assert second.headers["cache-control"] == PUBLIC["Cache-Control"]
    assert get(front, method="HEAD").body == b""
    assert len(django.asked) == 1


def test_a_page_is_made_again_when_it_is_old(front: Front, django: Site, settings: Any) -> None:
    settings.PAGE_CACHE_SECONDS = 1
    get(front)
    time.sleep(1.1)
    django.response = lambda: HttpResponse("new", headers=PUBLIC)
    assert get(front).body == b"new"


@pytest.mark.usefixtures("_slow_clock")
def test_a_crowd_that_comes_at_once_makes_one_page(front: Front, django: Site) -> None:
    django.go_on.clear()
    bodies: list[bytes] = []
    threads = [threading.Thread(target=lambda: bodies.append(get(front).body)) for _ in range(10)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 20
    while front._followers < 9:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    django.go_on.set()
    for thread in threads:
        thread.join(20)
    assert bodies == [HTML.encode()] * 10
    assert len(django.asked) == 1


@pytest.mark.usefixtures("_slow_clock")
def test_who_has_the_page_gets_no_body_and_who_takes_gzip_gets_it_packed(front: Front) -> None:
    whole = get(front)
    packed = get(front, HTTP_ACCEPT_ENCODING="gzip, br")
    assert gzip.decompress(packed.body) == whole.body
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == whole.headers["vary"] == "Accept-Encoding"
    assert int(packed.headers["content-length"]) == len(packed.body) < len(whole.body)
    known = get(front, HTTP_IF_NONE_MATCH=whole.headers["etag"])
    assert (known.status, known.body) == (304, b"")
    assert get(front, HTTP_IF_NONE_MATCH='W/"other"').status == 200


@pytest.mark.usefixtures("_slow_clock")
def test_a_weak_etag_of_the_answer_stays(front: Front, django: Site) -> None:
    django.response = lambda: HttpResponse('{"took": 0.1}', headers={**PUBLIC, "ETag": 'W/"same"'})
    assert get(front).headers["etag"] == 'W/"same"'
    assert get(front, HTTP_IF_NONE_MATCH='W/"same"').status == 304


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {"Cache-Control": "no-store"}),
        (200, {}),
        (200, {"Cache-Control": "public, max-age=2, private"}),
        (200, {**PUBLIC, "Set-Cookie": "a=1"}),
        (200, {**PUBLIC, "Vary": "Cookie"}),
        (404, PUBLIC),
        (301, PUBLIC),
    ],
)
def test_nothing_else_is_held(front: Front, django: Site, status: int, headers: dict[str, str]) -> None:
    django.response = lambda: HttpResponse("words", status=status, headers=headers)
    for _ in range(2):
        assert get(front).status == status
    assert len(django.asked) == 2
    django.response = lambda: HttpResponse(status=503)
    assert get(front).status == 503  # nor is there a copy for worse times


def test_who_brings_a_cookie_is_answered_by_django(front: Front, django: Site) -> None:
    for _ in range(2):
        get(front, HTTP_COOKIE="a=1")
    assert len(django.asked) == 2


def failing() -> HttpResponse:
    return HttpResponse("failed", status=503)


def test_without_a_database_pages_are_shown_as_they_were(front: Front, django: Site) -> None:
    whole = get(front)
    assert front._pages.get(("http", "localhost", "/petitions/7/", "")) is not None
    other_process = Front(django, slots=2)
    django.response = failing
    aged = get(other_process)
    assert aged.status == 200
    assert int(aged.headers["age"]) >= 1
    assert aged.headers["etag"] != whole.headers["etag"]
    assert b"<main class=x><div class=" in aged.body
    assert b"We cannot reach our records" in aged.body
    assert get(other_process, "/petitions/8/").status == 503


def test_without_redis_too_a_process_shows_what_it_has_itself(
    front: Front, django: Site, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_PAGES_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(copies, "PAUSE_SECONDS", 0)
    settings.PAGE_CACHE_SECONDS = 1
    get(front)
    django.response = failing
    time.sleep(1.1)
    assert get(front).headers["age"]
    time.sleep(fronts.AGED_SECONDS)
    assert b"Some words" in get(front).body, "a copy took the place of what it was copied from"


def test_a_copy_that_could_not_be_left_is_left_once_redis_answers(
    front: Front, django: Site, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "PAUSE_SECONDS", 0)
    settings.PAGE_CACHE_SECONDS = 1
    url, settings.REDIS_PAGES_URL = settings.REDIS_PAGES_URL, "redis://127.0.0.1:1/0"
    get(front)
    settings.REDIS_PAGES_URL = url
    del front._copies._client
    time.sleep(1.1)
    get(front)
    django.response = failing
    assert get(Front(django, slots=2)).headers["age"]


def test_copies_are_left_again_after_redis_was_away(
    front: Front, django: Site, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it held may have gone with it."""
    monkeypatch.setattr(copies, "PAUSE_SECONDS", 0)
    settings.PAGE_CACHE_SECONDS = 1
    get(front)
    with redis.Redis.from_url(settings.REDIS_PAGES_URL) as client:
        client.delete(*client.keys("copies:*"))
    front._copies._pause(RedisConnectionError())
    time.sleep(1.1)
    get(front)
    django.response = failing
    assert get(Front(django, slots=2)).headers["age"]


def test_what_is_gone_comes_back_with_no_fault(front: Front, django: Site, settings: Any) -> None:
    settings.PAGE_CACHE_SECONDS = 1
    get(front)
    django.response = lambda: HttpResponse("gone", status=410)
    time.sleep(1.1)
    assert get(front).status == 410
    django.response = failing
    assert get(front).status == 503
    assert get(Front(django, slots=2)).status == 503


def test_copies_from_before_a_text_was_taken_down_are_not_shown(front: Front, django: Site) -> None:
    get(front)
    copies.void_before(time.time())
    django.response = failing
    assert get(Front(django, slots=2)).status == 503
    django.response = lambda: HttpResponse(HTML, headers=PUBLIC)
    third = Front(django, slots=2)
    assert get(third).status == 200
    django.response = failing
    assert get(Front(django, slots=2)).status == 200


def test_while_the_database_is_known_to_be_away_nobody_waits_for_it(front: Front, django: Site) -> None:
    get(front)
    before = len(django.asked)
    database.database.is_away = True
    signing = get(front, "/petitions/7/sign/", "POST")
    assert signing.status == 503
    assert int(signing.headers["retry-after"]) > 0
    assert b"your signature has not been taken" in signing.body
    assert "no-store" in signing.headers["cache-control"]
    assert b"Nothing was recorded" in get(front, "/petitions/new/x/title/", "POST").body
    in_french = get(front, "/fr/petitions/7/sign/", "POST")
    assert b'lang="fr"' in in_french.body
    assert "votre signature n’a pas été prise".encode() in in_french.body
    data = get(front, "/petitions.json")
    assert data.body.startswith(b'{"error": ')
    assert data.headers["access-control-allow-origin"] == "*", "a page of another site can read what is wrong"
    by_partner = get(front, "/v1/signatures", "POST")
    assert by_partner.body.startswith(b'{"error": ')
    assert b"your signature has not been taken" in by_partner.body
    assert get(Front(django, slots=2), "/petitions/7/").headers["age"]
    assert len(django.asked) == before


def test_who_finds_no_place_is_turned_away_with_words_and_django_is_not_asked(
    front: Front, django: Site, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PAGE_CACHE_SECONDS = 600
    get(front)
    before = len(django.asked)
    monkeypatch.setattr(gate, "ROOM", dict.fromkeys(Kind, 0))
    for _ in range(2):
        front._gate.enter(Kind.SIGN)
    for path, method in (("/confirm/x/", "POST"), ("/petitions/7/sign/", "POST"), ("/petitions/", "GET")):
        away = get(front, path, method)
        assert away.status == 503
        assert int(away.headers["retry-after"]) > 0
        assert away.headers["content-security-policy"]
        assert b"Very many people are here" in away.body
        assert (b"Nothing was recorded" in away.body) == (method == "POST")
    assert len(django.asked) == before
    assert get(front).status == 200, "a held page needs no place"
    assert get(front, "/healthz").status == 200, "probes need none either"
    for _ in range(2):
        front._gate.leave(Kind.SIGN)
    assert get(front, "/petitions/", "GET").status == 200


def test_a_stream_is_handed_on_as_it_comes(front: Front, django: Site) -> None:
    django.response = lambda: StreamingHttpResponse(iter([b"a", b"b"]), headers=PUBLIC)  # type: ignore[assignment,return-value]
    assert get(front).body == b"ab"
    assert front._gate._free == 2


def test_a_page_is_not_made_again_while_it_would_be_the_same(
    front: Front, django: Site, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PAGE_CACHE_SECONDS = 0
    origin = "as it was"
    questions: list[str] = []
    monkeypatch.setattr(fronts, "origin_of", lambda key: questions.append(key) or origin)
    assert get(front).body == HTML.encode()
    assert not questions, "most pages are asked for once, and were asked what they are made of all the same"
    for _ in range(3):
        assert get(front).body == HTML.encode()
    assert len(django.asked) == 2
    origin = "changed"
    django.response = lambda: HttpResponse("new", headers=PUBLIC)
    assert get(front).body == b"new"
    monkeypatch.setattr("config.front.pages.MADE_ANEW_SECONDS", 0)
    get(front)
    assert len(django.asked) == 4, "what stands beside the origin was never looked at again"
