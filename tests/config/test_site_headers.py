"""Headers of every answer: no cookie or Vary in public, a strict policy, the language of the path, the real caller."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from config.middleware import client_address


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/fr/", "/petitions/", "/fr/petitions/", "/answers/", "/tracker/", "/nowhere/"])
def test_public_pages_know_nobody(client: Client, path: str) -> None:
    answer = client.get(path, headers={"accept-language": "fr", "cookie": "django_language=fr; sessionid=abcdefgh"})
    assert answer.status_code in {200, 404}
    assert not answer.cookies
    assert set(answer.headers.get("Vary", "Accept-Encoding").split(", ")) <= {"Accept-Encoding"}
    assert answer["Content-Language"] == ("fr" if path.startswith("/fr/") else "en")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Referrer-Policy" in answer.headers
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_staff_pages_get_what_the_editor_needs_and_no_more(client: Client) -> None:
    policy = client.get("/staff/login/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline'" in policy
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy


@pytest.mark.django_db
def test_staff_cookies_stay_on_staff_pages(client: Client) -> None:
    cookies = client.get("/staff/login/").cookies
    assert {cookie["path"] for cookie in cookies.values()} == {"/staff/"}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "192.0.2.1"),
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, " , ", "192.0.2.1"),
    ],
)
def test_only_our_own_proxies_say_who_calls(proxies: int, forwarded: str | None, address: str) -> None:
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    spoofed = {"HTTP_X_REAL_IP": "6.6.6.6", "HTTP_FORWARDED": "for=6.6.6.6", "HTTP_TRUE_CLIENT_IP": "6.6.6.6"}
    if forwarded is not None:
        spoofed["HTTP_X_FORWARDED_FOR"] = forwarded
    with override_settings(TRUSTED_PROXIES=proxies):
        client_address(view)(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", **spoofed))
    assert seen == [address]


@pytest.mark.django_db
def test_nobody_resets_a_password_by_mail(client: Client) -> None:
    assert client.post("/staff/password_reset/", {"email": "someone@example.org"}).status_code == 404
    assert "password_reset" not in client.get("/staff/login/").content.decode()
