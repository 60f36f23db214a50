"""*Check your e-mail*: what the cookie tells it, the mail once more, another address."""

import base64
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from mailing.models import Mail
from petitions.models import Petition
from signatures.models import Signature, SignatureState
from tests.signatures.clock import let_pass
from tests.signatures.conftest import Sign, send_mails, until_429


@pytest.fixture
def signed(petition: Petition, sign: Sign) -> Client:
    """The browser of somebody who has just signed."""
    client = Client(REMOTE_ADDR="192.0.2.50")
    sign(petition, client=client, email="mary@example.org")
    return client


def test_the_cookie_is_sealed_short_lived_and_of_this_petition_s_sign_pages(petition: Petition, sign: Sign) -> None:
    cookie = sign(petition, email="mary@example.org").cookies["signing"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 1800
    assert cookie["path"] == f"/petitions/{petition.pk}/sign/"
    assert b"mary" not in base64.urlsafe_b64decode(cookie.value)
    assert 1000 < len(cookie.value) < 4000


def test_with_the_cookie_it_shows_the_address_and_offers_help(petition: Petition, signed: Client) -> None:
    response = signed.get(f"/petitions/{petition.pk}/sign/check-email/")
    page = response.content.decode()
    assert "mary@example.org" in page
    for act in ("resend", "code", "correct"):
        assert f'action="/petitions/{petition.pk}/sign/{act}/"' in page
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("cookie", [None, "", "nonsense", "A" * 2771, "é", "=" * 50])
def test_without_a_good_cookie_it_speaks_generally(petition: Petition, cookie: str | None) -> None:
    client = Client()
    if cookie is not None:
        client.cookies["signing"] = cookie
    response = client.get(f"/petitions/{petition.pk}/sign/check-email/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "the address you gave" in page
    assert "<form" not in page[page.index("<main") : page.index("</main>")]
    for act in ("resend", "code", "correct"):
        assert client.post(f"/petitions/{petition.pk}/sign/{act}/", {"code": "12345678"}).status_code == 303
        looked = client.get(f"/petitions/{petition.pk}/sign/{act}/")
        assert looked["Location"] == f"/petitions/{petition.pk}/sign/check-email/"
    assert not Signature.objects.exists()


def test_without_the_cookie_no_number_tells_whether_it_stands_for_a_petition(petition: Petition) -> None:
    page = Client().get(f"/petitions/{petition.pk}/sign/check-email/").content.decode()
    other = Client().get("/petitions/1999999/sign/check-email/").content.decode()
    assert page.replace(str(petition.pk), "N") == other.replace("1999999", "N")


def test_after_half_an_hour_the_cookie_tells_nothing(petition: Petition, signed: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        page = signed.get(f"/petitions/{petition.pk}/sign/check-email/").content.decode()
    assert "mary@example.org" not in page


def test_the_cookie_of_one_petition_is_none_of_another(petition: Petition, signed: Client) -> None:
    client = Client()
    client.cookies["signing"] = signed.cookies["signing"].value
    page = client.get("/petitions/1999999/sign/check-email/").content.decode()
    assert "mary@example.org" not in page


def test_resending_waits_a_minute_and_stops_at_three(petition: Petition, signed: Client) -> None:
    address = f"/petitions/{petition.pk}/sign/resend/"
    assert signed.post(address)["Location"].endswith("/check-email/?sent=1")
    assert Mail.objects.count() == 1
    for _time in range(4):
        let_pass(minutes=2)
        assert signed.post(address).status_code == 303
    assert Mail.objects.count() == 3
    mails = send_mails()
    assert len({mail.body for mail in mails}) == 1
    page = signed.get(f"/petitions/{petition.pk}/sign/check-email/?sent=1").content.decode()
    assert "another one is on its way" in page


def test_resending_to_who_has_signed_sends_no_link(petition: Petition, signed: Client) -> None:
    send_mails()
    Signature.objects.update(state=SignatureState.CONFIRMED, confirmed_at=timezone.now())
    let_pass(minutes=2)
    signed.post(f"/petitions/{petition.pk}/sign/resend/")
    (message,) = send_mails()
    assert "/confirm/" not in message.body


@pytest.mark.parametrize("change", [{"state": SignatureState.INVALIDATED}, {"sealed": None}])
def test_resending_where_there_is_nobody_to_mail_looks_the_same(
    petition: Petition, signed: Client, change: dict[str, object]
) -> None:
    send_mails()
    Signature.objects.update(**change)
    let_pass(minutes=2)
    assert signed.post(f"/petitions/{petition.pk}/sign/resend/")["Location"].endswith("?sent=1")
    assert send_mails() == []
    Signature.objects.all().delete()
    assert signed.post(f"/petitions/{petition.pk}/sign/resend/")["Location"].endswith("?sent=1")


def test_resending_too_often_from_one_network_is_429(petition: Petition, signed: Client) -> None:
    response = until_429(lambda: signed.post(f"/petitions/{petition.pk}/sign/resend/"))
    assert int(response["Retry-After"]) >= 1
    page = response.content.decode()
    assert "mary@example.org" in page
    assert f"Try again in {response['Retry-After']} second" in page


def test_a_corrected_address_gets_its_own_mail_and_row(petition: Petition, signed: Client) -> None:
    send_mails()
    address = f"/petitions/{petition.pk}/sign/correct/"
    wrong = signed.post(address, {"email": "nonsense"})
    assert wrong.status_code == 200
    assert "<title>Error:" in wrong.content.decode()
    response = signed.post(address, {"email": "right@example.org"})
    assert response.status_code == 303
    assert "right@example.org" in signed.get(response["Location"]).content.decode()
    (message,) = send_mails()
    assert message.to == ["right@example.org"]
    assert "Mary Poppins" in message.body
    assert Signature.objects.count() == 2


def test_a_correction_shows_nothing_of_the_row_of_the_address_before(petition: Petition, sign: Sign) -> None:
    sign(petition, email="victim@example.org", name="The Victim")
    stranger = Client(REMOTE_ADDR="192.0.2.51")
    sign(petition, client=stranger, email="victim@example.org", name="A Stranger")
    Signature.objects.update(state=SignatureState.CONFIRMED, confirmed_at=timezone.now())
    send_mails()
    stranger.post(f"/petitions/{petition.pk}/sign/correct/", {"email": "stranger@example.org"})
    (message,) = send_mails()
    assert "A Stranger" in message.body
    assert "Victim" not in message.body


def test_correcting_too_often_is_429_and_keeps_the_address(petition: Petition, signed: Client) -> None:
    address = f"/petitions/{petition.pk}/sign/correct/"
    response = until_429(lambda: signed.post(address, {"email": "last@example.org"}))
    assert "last@example.org" in response.content.decode()


def test_correcting_on_a_petition_that_has_closed_leads_to_its_page(petition: Petition, signed: Client) -> None:
    Petition.objects.update(state="closed")
    response = signed.post(f"/petitions/{petition.pk}/sign/correct/", {"email": "right@example.org"})
    assert response["Location"] == f"/petitions/{petition.pk}/?signing=ended"
