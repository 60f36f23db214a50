"""What a request is for is told from its first line and its cookies."""

import pytest

from config.front.kinds import Kind, kind_of, may_be_held
from config.front.pages import key_of


def environ(path: str, method: str = "GET", **more: str) -> dict[str, str]:
    return {"PATH_INFO": path, "REQUEST_METHOD": method, "wsgi.url_scheme": "http", "HTTP_HOST": "localhost", **more}


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/confirm/some-token/", Kind.CONFIRM),
        ("GET", "/fr/confirm/some-token/", Kind.CONFIRM),
        ("POST", "/unsubscribe/some-token/", Kind.CONFIRM),
        ("POST", "/petitions/1000001/sign/code/", Kind.CONFIRM),
        # Who was told "look there" after signing must not meet a page that says that nothing was recorded.
        ("GET", "/petitions/1000001/sign/check-email/", Kind.CONFIRM),
        ("POST", "/petitions/1000001/sign/", Kind.SIGN),
        ("POST", "/v1/signatures.json", Kind.SIGN),
        ("POST", "/v1/signatures", Kind.SIGN),
        ("GET", "/v1/signatures.json", Kind.PAGE),
        ("POST", "/v1/signaturesx", Kind.WRITE),
        ("POST", "/fr/petitions/1000001/support/some-token/", Kind.SIGN),
        ("GET", "/petitions/1000001/sign/", Kind.WRITE),
        ("GET", "/petitions/new/", Kind.WRITE),
        ("POST", "/petitions/new/secret/title/", Kind.WRITE),
        ("GET", "/mailbox/", Kind.WRITE),
        ("POST", "/", Kind.WRITE),
        ("GET", "/staff/login/", Kind.WRITE),
        ("GET", "/", Kind.PAGE),
        ("GET", "/fr/", Kind.PAGE),
        ("HEAD", "/petitions/1000001/", Kind.PAGE),
        ("GET", "/de/confirm/some-token/", Kind.PAGE),
        ("GET", "/petitions/\u00ff\x00", Kind.PAGE),
    ],
)
def test_the_kind_of_a_request(method: str, path: str, kind: Kind) -> None:
    assert kind_of(environ(path, method)) is kind


def test_staff_are_those_who_are_logged_in() -> None:
    assert kind_of(environ("/staff/limits/", HTTP_COOKIE="sessionid=abc")) is Kind.STAFF
    assert kind_of(environ("/staff/limits/", "POST", HTTP_COOKIE="other=1")) is Kind.WRITE


def test_only_pages_without_cookies_and_names_are_held() -> None:
    assert may_be_held(environ("/"), Kind.PAGE)
    assert not may_be_held(environ("/", HTTP_COOKIE="a=1"), Kind.PAGE)
    assert not may_be_held(environ("/", HTTP_AUTHORIZATION="Basic x"), Kind.PAGE)
    assert not may_be_held(environ("/", "OPTIONS"), Kind.PAGE)
    assert not may_be_held(environ("/petitions/1/sign/"), Kind.WRITE)


def test_a_petition_page_is_one_page_whatever_stands_in_its_query() -> None:
    plain = environ("/petitions/1000001/", QUERY_STRING="")
    odd = environ("/petitions/1000001/", QUERY_STRING="utm_source=mail&x=1")
    ended = environ("/petitions/1000001/", QUERY_STRING="a=b&signing=ended")
    assert key_of(plain) == key_of(odd) != key_of(ended)
    # What Django is asked for is what the answer will be held for.
    assert odd["QUERY_STRING"] == ""
    assert ended["QUERY_STRING"] == "signing=ended"


def test_lists_keep_their_whole_query_and_hosts_their_own_pages() -> None:
    assert key_of(environ("/petitions/", QUERY_STRING="q=a")) != key_of(environ("/petitions/", QUERY_STRING="q=b"))
    assert key_of(environ("/")) != key_of(environ("/", HTTP_HOST="other.example"))
    assert key_of(environ("/")) != key_of(environ("/", HTTP_X_FORWARDED_PROTO="https"))
    assert key_of(environ("/petitions/", QUERY_STRING="q=" + "a" * 400)) is None
