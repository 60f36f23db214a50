"""Bad bytes and shapes at every public address: refused in words, never a 500, nothing reaches a view."""

import io
import re
from collections.abc import Iterator

import pytest
from django.test import Client, RequestFactory, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

SAMPLES = {
    "int": "1000001",
    "str": "abc",
    "slug": "abc",
    "uuid": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
    "path": "a/b",
}
NOT_PUBLIC = ("staff/", "demo/", "media/", "static/")


def public_paths(prefix: str = "", patterns: list | None = None) -> Iterator[str]:
    """One sample address of each public route."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        with translation.override("en"):
            piece = str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not (prefix + piece).startswith(NOT_PUBLIC):
                yield from public_paths(prefix + piece, pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and "^" not in piece and not (prefix + piece).startswith(NOT_PUBLIC):
            route = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1] or "str", "abc"), prefix + piece)
            yield "/" + route


# Routes by expression, which no sample can be made of.
V1 = ("petitions", "petitions/abc", "petitions/1/signatures", "responses", "responses/abc", "signatures", "validations")
PATHS = sorted({"/", "/fr/", "/nowhere/", "/petitions/abc", *(f"/v1/{path}.json" for path in V1), *public_paths()})
TAKES_JSON = "/v1/signatures.json"
FORM = "application/x-www-form-urlencoded"
BAD_REQUESTS = {
    "null in the query": ("GET", "?q=a%00b", b"", "", {400}),
    "null in a name of the query": ("GET", "?a%00=1", b"", "", {400}),
    "bytes that are no UTF-8": ("GET", "?q=%ff%fe", b"", "", set()),
    "a lone surrogate": ("GET", "?q=%ed%a0%80", b"", "", set()),
    "a query of 5,000 bytes": ("GET", "?q=" + "a" * 5000, b"", "", {400}),
    "a page that is no number": ("GET", "?page=abc&state=%27%22%3E&sort=-1&topic=%F0%9F%98%80", b"", "", set()),
    "a page that is huge": ("GET", "?page=99999999999999999999999", b"", "", set()),
    "a page below nought": ("GET", "?page=-1", b"", "", set()),
    "PUT": ("PUT", "", b"a=1", FORM, {405}),
    "DELETE": ("DELETE", "", b"", "", {405}),
    "PATCH": ("PATCH", "", b"a=1", FORM, {405}),
    "TRACE": ("TRACE", "", b"", "", {405}),
    "a made-up method": ("BREW", "", b"", "", {405}),
    "a body of one megabyte": ("POST", "", b"a" * 2**20, FORM, {413}),
    "10,000 fields": ("POST", "", b"&".join(b"f%d=" % number for number in range(10_000)), FORM, {400, 413}),
    "500 fields": ("POST", "", b"&".join(b"f%d=" % number for number in range(500)), FORM, {400}),
    "JSON": ("POST", "", b'{"name": "x"}', "application/json", {415}),
    "XML": ("POST", "", b"<name/>", "text/xml", {415}),
    "an unknown charset": ("POST", "", b"name=x", f"{FORM}; charset=rot13", {415}),
    "another charset": ("POST", "", b"name=x", f"{FORM}; charset=utf-16", {400, 415}),
    "null in a field": ("POST", "", b"name=a%00b", FORM, {400}),
    "a field that is no UTF-8": ("POST", "", b"name=%ff%fe&email=%ed%a0%80", FORM, set()),
    "multipart without its boundary": ("POST", "", b"name=x", "multipart/form-data", {400}),
    "multipart that breaks off": (
        "POST",
        "",
        b'--x\r\nContent-Disposition: form-data; name="a',
        "multipart/form-data; boundary=x",
        set(),
    ),
    "no content type": ("POST", "", b"\x00\xff", "", set()),
}
GOOD_ANSWERS = {200, 204, 301, 302, 303, 307, 308, 400, 401, 404, 405, 410, 413, 415, 429, 431}


@pytest.mark.django_db
@pytest.mark.parametrize("what", BAD_REQUESTS)
def test_what_no_page_asks_for_is_refused_everywhere(client: Client, what: str) -> None:
    method, query, body, kind, expected = BAD_REQUESTS[what]
    paths = [path for path in PATHS if what != "JSON" or path != TAKES_JSON]
    answers = {path: client.generic(method, path + query, body, kind).status_code for path in paths}
    wrong = {path: status for path, status in answers.items() if status not in (expected or GOOD_ANSWERS)}
    assert wrong == {}


@pytest.mark.django_db
def test_a_form_sent_without_a_token_is_read_or_the_method_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    answers = {path: client.post(path, {"name": "x"}).status_code for path in PATHS}
    assert {path: status for path, status in answers.items() if status not in GOOD_ANSWERS} == {}
    assert client.post("/tracker/", {"name": "x"})["Allow"] == "GET, HEAD"


@pytest.mark.django_db
def test_staff_who_send_no_token_are_refused_on_our_own_page() -> None:
    answer = Client(enforce_csrf_checks=True).post("/staff/login/", {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert "CSRF" not in answer.content.decode()


@pytest.mark.parametrize("method", ["PUT", "TRACE", "BREW"])
def test_probes_are_read_only(client: Client, method: str) -> None:
    assert client.generic(method, "/healthz").status_code == 405
    assert client.generic(method, "/readyz").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(
    "bad",
    ["%00", "%0a", "%0d%0aSet-Cookie:%20a=b", "%ff", "%ed%a0%80", "%7f", "%F0%9F%98%80", "..%2f..%2fetc%2fpasswd"],
)
def test_bad_bytes_in_the_path_are_an_unknown_address(client: Client, bad: str) -> None:
    for path in PATHS:
        for address in (f"{path}{bad}", f"{path.rstrip('/')}{bad}/"):
            assert client.get(address, follow=True).status_code in {400, 404, 410}, address


@pytest.mark.django_db
def test_a_piece_of_path_longer_than_any_name_is_an_unknown_address(client: Client) -> None:
    for path in ("/", "/media/", "/static/", "/petitions/", "/answers/", "/confirm/", "/documents/1/"):
        assert client.get(f"{path}{'a' * 5000}").status_code == 404
        assert client.get(f"{path}{'é' * 200}/", follow=True).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kind", ["x; charset*=nope''x", "x; charset*=utf-7''%ff", "\xe9\xff", "multipart/form-data; a*=z''y"]
)
def test_a_content_type_that_cannot_be_parsed_is_one_that_nobody_takes(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("REDRESS_ROLE", "command")  # the import below says web
    from config.wsgi import application

    told: list[str] = []
    environ = RequestFactory()._base_environ(REQUEST_METHOD="POST", CONTENT_LENGTH="3", CONTENT_TYPE=kind)
    application({**environ, "wsgi.input": io.BytesIO(b"a=1")}, lambda status, headers: told.append(status))
    assert told == ["415 Unsupported Media Type"]


@pytest.mark.django_db
def test_bad_cookies_and_headers_do_no_harm(client: Client) -> None:
    for path in ("/", "/staff/", "/staff/login/"):
        assert client.get(path, headers={"cookie": 'sessionid="aaaaaaaa\\000b"; csrftoken="\\000"'}).status_code == 400
        assert client.get(path, headers={"cookie": "sessionid=; ;=; \xff"}).status_code < 400
        assert client.get(path, headers={"accept-language": "x" * 3000, "x-forwarded-for": ",,\x7f,"}).status_code < 400
        assert client.get(path, headers={"host": "a b<>"}).status_code == 400


@pytest.mark.django_db
def test_a_content_length_that_is_no_number_is_refused(client: Client) -> None:
    assert client.post("/", "a=1", FORM, CONTENT_LENGTH="1e3").status_code == 400
    assert client.post("/", "a=1", FORM, CONTENT_LENGTH="٣").status_code == 400


@pytest.mark.django_db
def test_refusals_are_pages_in_the_language_of_the_path(client: Client) -> None:
    english = client.post("/petitions/new/", b"a" * 2**17, FORM)
    french = client.post("/fr/petitions/new/", b"a" * 2**17, FORM)
    assert english.status_code == french.status_code == 413
    assert '<html lang="en"' in english.content.decode()
    assert '<html lang="fr"' in french.content.decode()
    assert "no-store" in english["Cache-Control"]
    assert client.put("/").headers["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.django_db
def test_staff_may_post_what_a_page_editor_posts(client: Client) -> None:
    long_form = {"body": "a" * 100_000, **{f"field-{number}": "x" for number in range(500)}}
    assert client.post("/staff/login/", long_form).status_code == 200


@pytest.mark.django_db
def test_staff_pages_answer_on_their_own_host_only(client: Client) -> None:
    with override_settings(STAFF_HOST="staff.example", ALLOWED_HOSTS=["staff.example", "testserver"]):
        assert client.get("/staff/login/").status_code == 404
        assert client.get("/staff/login/", headers={"host": "staff.example"}).status_code == 200
