"""A mailbox's owner says "I did not sign this", or wants no mail at all; who typed the address learns nothing."""

import base64
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from mailing.models import Mail, MailState, Suppression
from petitions.models import Petition
from signatures import disowning, links, persons, tally
from signatures.models import Delta, Disowned, Signature, SignatureState
from tests.factories import make_open_petition
from tests.signatures.clock import let_pass
from tests.signatures.conftest import Sign, path_in, send_mails, sign_as

VICTIM = "victim@example.org"
HOST = "https://petitions.example"


def test_looking_changes_nothing(petition: Petition, sign: Sign, client: Client) -> None:
    sign(petition, email=VICTIM)
    (message,) = send_mails()
    for page in (path_in(message, "/not-me/"), path_in(message, "/never/")):
        for look in (client.get, client.head):
            response = look(page)
            assert response.status_code == 200
            assert response["Cache-Control"] == "no-store"
    assert Signature.objects.get().state == SignatureState.PENDING
    assert not Disowned.objects.exists()
    assert not Suppression.objects.exists()


def test_a_pending_signature_goes_and_its_mailbox_is_left_alone(
    petition: Petition, sign: Sign, client: Client, plain_client: Client
) -> None:
    first = sign(petition, email=VICTIM)
    (message,) = send_mails()
    page = path_in(message, "/not-me/")
    said = client.post(page)
    assert (said.status_code, "Thank you for telling us" in said.content.decode()) == (200, True)
    assert not Signature.objects.exists()
    assert client.post(page).content == said.content
    assert client.get(page).status_code == 200
    assert client.post(path_in(message, "/confirm/")).status_code == 404
    let_pass(days=2)
    again = sign(petition, email="Victim+x@example.org")
    assert (again.status_code, again["Location"], len(again.content)) == (
        first.status_code,
        first["Location"],
        len(first.content),
    )
    assert plain_client.post(f"/petitions/{petition.pk}/sign/resend/")["Location"].endswith("?sent=1")
    assert send_mails() == []
    other = make_open_petition()
    sign(other, email=VICTIM)
    assert [mail.to for mail in send_mails()] == [[VICTIM]]


def test_the_submitter_s_page_does_not_change(
    petition: Petition, sign: Sign, client: Client, plain_client: Client
) -> None:
    sign(petition, email=VICTIM)
    check = f"/petitions/{petition.pk}/sign/check-email/"
    before = plain_client.get(check).content
    (message,) = send_mails()
    client.post(path_in(message, "/not-me/"))
    assert plain_client.get(check).content == before
    for act, fields in (("resend", {}), ("code", {"code": "12345678"})):
        answer = plain_client.post(f"/petitions/{petition.pk}/sign/{act}/", fields)
        assert answer.status_code in (200, 303)
    let_pass(minutes=5)
    assert plain_client.post(f"/petitions/{petition.pk}/sign/resend/")["Location"].endswith("?sent=1")
    assert send_mails() == []


def test_one_confirmed_within_a_day_counts_no_more(petition: Petition, client: Client) -> None:
    row = sign_as(petition, email=VICTIM, confirmed_at=timezone.now() - timedelta(hours=23))
    Petition.objects.update(signature_count=10)
    page = links.not_me(row).removeprefix(HOST)
    for _time in range(3):
        assert "Thank you for telling us" in client.post(page).content.decode()
    assert [(delta.amount, delta.at) for delta in Delta.objects.all()] == [(-1, row.confirmed_at)]
    tally.fold(timezone.now())
    petition.refresh_from_db()
    assert petition.signature_count == 9
    row.refresh_from_db()
    assert (row.state, row.generation) == (SignatureState.WITHDRAWN, 1)
    assert client.post(links.confirm(row).removeprefix(HOST)).status_code == 404


def test_one_that_staff_hold_is_gone_without_a_count(petition: Petition, client: Client) -> None:
    row = sign_as(petition, email=VICTIM, state="held")
    client.post(links.not_me(row).removeprefix(HOST))
    assert Signature.objects.get().state == SignatureState.WITHDRAWN
    assert not Delta.objects.exists()


@pytest.mark.parametrize("columns", [{"confirmed_at": timezone.now() - timedelta(hours=25)}, {"role": "creator"}])
def test_later_it_can_be_withdrawn_instead(petition: Petition, client: Client, columns: dict[str, object]) -> None:
    row = sign_as(petition, email=VICTIM, **columns)
    page = client.post(links.not_me(row).removeprefix(HOST)).content.decode()
    assert "confirmed already" in page
    assert "/unsubscribe/" in page
    row.refresh_from_db()
    assert row.state == SignatureState.CONFIRMED
    assert not Disowned.objects.exists()


def test_a_creator_who_never_was_one_takes_the_draft_along(db: None, client: Client) -> None:
    from tests.factories import make_petition

    petition = make_petition(state="draft")
    row = sign_as(petition, email=VICTIM, role="creator", state="pending", confirmed_at=None)
    assert client.post(links.not_me(row).removeprefix(HOST)).status_code == 200
    assert not Petition.objects.filter(pk=petition.pk).exists()


def test_a_supporter_who_was_none_is_not_counted(db: None, client: Client) -> None:
    from tests.factories import make_petition

    petition = make_petition(state="gathering_support", supporter_count=1)
    row = sign_as(petition, email=VICTIM, role="supporter")
    assert client.post(links.not_me(row).removeprefix(HOST)).status_code == 200
    petition.refresh_from_db()
    assert petition.supporter_count == 0


def test_it_can_be_taken_back_and_signed_after_all(petition: Petition, sign: Sign, client: Client) -> None:
    sign(petition, email=VICTIM)
    (message,) = send_mails()
    page = path_in(message, "/not-me/")
    assert client.post(page, {"undo": "1"}).status_code == 404
    client.post(page)
    assert "You can sign again" in client.post(page, {"undo": "1"}).content.decode()
    let_pass(minutes=5)
    sign(petition, email=VICTIM)
    (second,) = send_mails()
    assert client.post(path_in(second, "/confirm/")).status_code == 200
    assert Signature.objects.get().state == SignatureState.CONFIRMED


def test_a_mail_queued_before_leaves_no_more(petition: Petition, client: Client) -> None:
    row = sign_as(petition, email=VICTIM, state="pending", confirmed_at=None)
    Disowned.objects.create(petition_id=petition.pk, signer_key=row.signer_key, row_id=row.id)
    Mail.objects.create(kind="confirm", priority=0, petition_id=petition.pk, row_id=row.id)
    assert send_mails() == []
    assert Mail.objects.get().state == MailState.DROPPED


def test_who_wants_no_mail_gets_none_about_any_petition_until_they_say_so(
    petition: Petition, sign: Sign, client: Client
) -> None:
    first = sign(petition, email=VICTIM)
    (message,) = send_mails()
    page = path_in(message, "/never/")
    assert "You get no more e-mails" in client.post(page, {"never": "1"}).content.decode()
    assert client.post(page, {"never": "1"}).status_code == 200
    other = make_open_petition()
    answer = sign(other, email=f"{VICTIM.replace('victim', 'VICTIM+7')}")
    assert (answer.status_code, len(answer.content)) == (first.status_code, len(first.content))
    assert send_mails() == []
    assert "We may write to you again" in client.post(page, {"again": "1"}).content.decode()
    let_pass(minutes=5)
    sign(other, email=VICTIM)
    assert len(send_mails()) == 1


def test_the_wish_outlives_a_change_of_keys(petition: Petition, settings: Settings, tmp_path: Path) -> None:
    key = persons.address_key(VICTIM)
    disowning.never_mail(key)
    newer = json.loads(Path(settings.REDRESS_KEYS).read_text())
    newer["keys"]["2"] = base64.b64encode(b"n" * 32).decode()
    path = tmp_path / "keys"
    path.write_text(json.dumps({**newer, "current": 2}))
    settings.REDRESS_KEYS = str(path)
    assert persons.address_key(VICTIM) != key
    assert key in persons.address_keys(VICTIM)
    row = sign_as(petition, email=VICTIM)
    Mail.objects.create(kind="already_signed", priority=0, petition_id=petition.pk, row_id=row.id)
    assert send_mails() == []


@pytest.mark.parametrize("kind", ["not-me", "never"])
def test_a_link_that_does_not_work_is_the_same_page_as_any_other(db: None, client: Client, kind: str) -> None:
    page = client.get("/confirm/nothing/").content
    for look in (client.get, client.post):
        answer = look(f"/{kind}/nothing/")
        assert (answer.status_code, len(answer.content)) == (404, len(page))
