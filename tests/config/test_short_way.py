"""Past the middleware: the same reply, and the long way for whatever is not plainly in order."""

import io
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlencode

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection
from django.utils import timezone

from config.short_way import FORM, ShortWay
from mailing.models import Mail, Suppression
from petitions import buckets, networks
from petitions.models import Petition
from signatures import persons, throttle
from signatures.fraud import suspicion
from signatures.models import Disowned, DomainRule, MailedAddress, Signature, SignatureState
from tests.factories import make_closed_petition, make_open_petition

_numbers = count(1)
django = get_wsgi_application()

Answer = tuple[str, list[tuple[str, str]], bytes]


@pytest.fixture(autouse=True)
def _own_buckets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(buckets, "MOST_SECONDS_LOST", 2.0)
    # As Django's own test client does: the test's transaction lives in this connection.
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    yield
    buckets.forget()
    suspicion.forget()


@pytest.fixture
def petition(db: None) -> Petition:
    return make_open_petition()


@pytest.fixture
def went_long() -> list[str]:
    """The paths of requests that reached Django."""
    return []


@pytest.fixture
def site(went_long: list[str], petition: Petition) -> ShortWay:
    """An application that has answered one signature already and knows the headers."""

    def noted(environ: dict[str, Any], start_response: Any) -> Any:
        went_long.append(environ["PATH_INFO"])
        return django(environ, start_response)

    application = ShortWay(noted)
    ask(application, petition)
    assert went_long.pop()
    return application


def a_form(**fields: str) -> dict[str, str]:
    form = {"name": "Mary Poppins", "email": f"person{next(_numbers)}@example.org", "postcode": "SW1A 1AA"}
    return {**form, "country": "GB", "eligible": "on", **fields}


def ask(application: Any, petition: Petition, *, body: bytes | None = None, language: str = "", **more: Any) -> Answer:
    """Post a form as a browser does, each time from another network."""
    fields = {name: more.pop(name) for name in ("name", "email", "postcode", "notify") if name in more}
    sent = urlencode(a_form(**fields)).encode() if body is None else body
    number = next(_numbers)
    environ = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": f"{language}/petitions/{petition.pk}/sign/",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": f"10.9.{number // 250 % 250}.{number % 250}",
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": str(len(sent)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(sent),
        "wsgi.errors": io.StringIO(),
        **more,
    }
    started: list[tuple[str, list[tuple[str, str]]]] = []
    response = application(environ, lambda status, headers, *_error: started.append((status, headers)))
    content = b"".join(response)
    response.close()
    return *started[-1], content


def bare(answer: Answer) -> tuple[str, list[tuple[str, str]], bytes]:
    """Everything but the value of the cookie, which keeps its length, and the second in which it was set."""
    status, headers, content = answer
    named = []
    for name, value in headers:
        if name == "Set-Cookie":
            first, *attributes = value.split("; ")
            kept = sorted(part for part in attributes if not part.lower().startswith("expires="))
            value = f"{len(first)} {kept} {len(attributes)}"
        if name == "Content-Security-Policy":
            value = str(sorted(value.split("; ")))  # django-csp gives its directives in any order
        named.append((name, value))
    return status, sorted(named), content


def test_the_reply_is_that_of_the_long_way(site: ShortWay, petition: Petition, went_long: list[str]) -> None:
    short, long = ask(site, petition, email="short@example.org"), ask(django, petition, email="long@example.org")
    assert not went_long
    assert short[0] == "303 See Other"
    assert bare(short) == bare(long)
    assert Signature.objects.count() == Mail.objects.count() == 3


def test_every_address_gets_the_same_reply_on_the_short_way(
    site: ShortWay, petition: Petition, went_long: list[str]
) -> None:
    def reply(email: str) -> Any:
        return bare(ask(site, petition, email=email))

    new, pending = reply("mary@example.org"), reply("mary@example.org")
    Signature.objects.update(state=SignatureState.CONFIRMED, confirmed_at=timezone.now())
    confirmed = reply("mary@example.org")
    Suppression.objects.create(address_key=persons.address_key("never@example.org"), reason="asked")
    Disowned.objects.create(petition_id=petition.pk, signer_key=persons.signer_key("other@example.org", petition))
    DomainRule.objects.create(domain="blocked.example", verdict="block", note="test")
    suspicion.forget()
    MailedAddress.objects.create(
        address_key=persons.address_key("capped@example.org"), sent=[timezone.now()] * 10, about=list(range(10))
    )
    before = Mail.objects.count()
    unmailed = ("never@example.org", "other@example.org", "a@blocked.example", "capped@example.org")
    others = [reply(email) for email in unmailed]
    assert Mail.objects.count() == before
    assert {str(each) for each in (new, pending, confirmed, *others)} == {str(new)}
    assert not went_long


def test_the_page_after_it_knows_who_signed(site: ShortWay, petition: Petition) -> None:
    from django.test import Client

    _status, headers, _content = ask(site, petition, email="mary@example.org")
    sent = dict(headers)
    browser = Client()
    browser.cookies.load(sent["Set-Cookie"].strip())
    assert "mary@example.org" in browser.get(sent["Location"]).content.decode()


def test_each_language_learns_its_own_headers(site: ShortWay, petition: Petition, went_long: list[str]) -> None:
    for _time in range(2):
        answer = ask(site, petition, language="/fr")
        assert dict(answer[1])["Content-Language"] == "fr"
        assert dict(answer[1])["Location"] == f"/fr/petitions/{petition.pk}/sign/check-email/"
    assert len(went_long) == 1
    assert Signature.objects.filter(language="fr").count() == 2


@pytest.mark.parametrize(
    "more",
    [
        {"email": "a@b"},
        {"name": ""},
        {"HTTP_COOKIE": "a=b"},
        {"QUERY_STRING": "a=b"},
        {"CONTENT_TYPE": f"{FORM}; charset=utf-8"},
        {"CONTENT_TYPE": "application/json"},
        {"CONTENT_LENGTH": "x"},
        {"CONTENT_LENGTH": "70000"},
        {"body": b"name=%00"},
        {"body": b"name=%ff%fe"},
        {"body": b"name=\xff"},
        {"body": b"&".join(b"a=b" for _time in range(300))},
        {"HTTP_HOST": "evil.example"},
        {"REQUEST_METHOD": "GET"},
    ],
)
def test_what_is_not_plainly_in_order_goes_the_long_way(
    site: ShortWay, petition: Petition, went_long: list[str], more: dict[str, Any]
) -> None:
    before = Signature.objects.count()
    answer = ask(site, petition, **more)
    assert len(went_long) == 1
    assert not answer[0].startswith("5")
    if not {"HTTP_COOKIE", "QUERY_STRING"} & more.keys() and "charset" not in more.get("CONTENT_TYPE", ""):
        assert Signature.objects.count() == before


def test_what_is_refused_is_explained_by_the_long_way(site: ShortWay, went_long: list[str]) -> None:
    status, headers, _content = ask(site, make_closed_petition())
    assert status.startswith("303")
    assert dict(headers)["Location"].endswith("?signing=ended")
    assert len(went_long) == 1


def test_the_long_way_after_the_short_one_takes_no_second_turn(
    site: ShortWay, petition: Petition, went_long: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    knocks: list[int] = []
    take = throttle.take_each
    monkeypatch.setattr(throttle, "take_each", lambda asked: knocks.append(len(asked)) or take(asked))
    ask(site, make_closed_petition())
    for _time in range(30):
        status, *_rest = ask(site, petition, REMOTE_ADDR="192.0.2.8")
        if status.startswith("429"):
            break
    assert len(went_long) == 2
    assert sum(knocks) == 1 + _time + 1


def test_a_list_that_cannot_be_read_leaves_the_answer_to_the_long_way(
    site: ShortWay, petition: Petition, went_long: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        networks.forget()
        patch.setattr(networks._table, "_read", Mock(side_effect=[OperationalError, {}]))
        assert ask(site, petition)[0].startswith("303")
    assert len(went_long) == 1
    networks.forget()


def test_a_petition_that_has_just_closed_is_asked_about_though_its_card_is_kept(
    site: ShortWay, petition: Petition, went_long: list[str]
) -> None:
    Petition.objects.filter(pk=petition.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    before = Signature.objects.count()
    assert dict(ask(site, petition)[1])["Location"].endswith("?signing=ended")
    assert Signature.objects.count() == before


def test_over_the_limit_the_form_is_shown_with_what_was_typed(site: ShortWay, petition: Petition) -> None:
    for _time in range(30):
        status, headers, content = ask(site, petition, email="over@example.org", REMOTE_ADDR="192.0.2.7")
        if status.startswith("429"):
            break
    assert status.startswith("429")
    assert int(dict(headers)["Retry-After"]) > 0
    assert b"over@example.org" in content
