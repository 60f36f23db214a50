"""What people meet while administrators have paused signing or starting petitions, and what they can do afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

import petitions.services
from accounts.models import User
from petitions import switches
from petitions.lifecycle import State
from petitions.models import Draft, Petition
from signatures import intake
from signatures.models import Delta, Signature, SignatureState
from tests import factories
from tests.signatures.conftest import Sign, a_person, path_in, row_of, send_mails

HOUR = timedelta(hours=1)


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("boss", "boss@staff.example")


def switch(act: Any, boss: User, **words: Any) -> None:
    act(actor=boss, reason="A flood.", now=words.pop("now", timezone.now()), **words)
    switches.forget()


def is_paused(response: Any, words: str = "Signing is paused") -> bool:
    return (response.status_code, response.get("Retry-After")) == (503, "300") and words in response.content.decode()


def test_nothing_is_signed_while_paused_and_the_page_says_so(
    petition: Petition, sign: Sign, client: Client, boss: User
) -> None:
    switch(petitions.services.pause_signing, boss)
    assert is_paused(client.get(f"/petitions/{petition.pk}/sign/"))
    assert is_paused(sign(petition))
    assert is_paused(client.get(f"/fr/petitions/{petition.pk}/sign/"), "Les signatures sont suspendues")
    assert not Signature.objects.exists()
    page = client.get(f"/petitions/{petition.pk}/").content.decode()
    assert "Signing is paused." in page
    assert f"/petitions/{petition.pk}/sign/" not in page

    switch(petitions.services.resume_signing, boss)
    assert sign(petition).status_code == 303
    assert f"/petitions/{petition.pk}/sign/" in client.get(f"/petitions/{petition.pk}/").content.decode()


def test_what_cannot_be_signed_anyway_answers_as_ever(sign: Sign, boss: User) -> None:
    switch(petitions.services.pause_signing, boss)
    assert sign(factories.make_closed_petition()).status_code == 303
    assert sign(factories.make_petition()).status_code == 404
    assert sign(factories.make_hidden_petition(opened=True)).status_code == 410


def test_a_deadline_that_comes_in_the_pause_does_not_end_the_petition(sign: Sign, boss: User) -> None:
    petition = factories.make_open_petition(closes_at=timezone.now() - HOUR)
    switch(petitions.services.pause_signing, boss, now=timezone.now() - 2 * HOUR)
    assert is_paused(sign(petition))
    switch(petitions.services.resume_signing, boss)
    assert sign(petition).status_code == 303


def test_links_and_codes_confirm_nothing_while_paused_and_work_afterwards(
    petition: Petition, sign: Sign, plain_client: Client, boss: User
) -> None:
    sign(petition)
    (mail,) = send_mails()
    link = path_in(mail, "/confirm/")
    switch(petitions.services.pause_signing, boss)
    assert is_paused(plain_client.get(link))
    assert is_paused(plain_client.post(link))
    assert is_paused(plain_client.post(f"/petitions/{petition.pk}/sign/code/", {"code": "12345678"}))
    row = row_of(petition)
    assert (row.state, row.code_tries, Delta.objects.count()) == (SignatureState.PENDING, 0, 0)

    switch(petitions.services.resume_signing, boss)
    assert plain_client.post(link).status_code == 200
    assert row_of(petition).state == SignatureState.CONFIRMED


def test_the_day_after_closing_grows_by_the_time_paused(db: None, boss: User) -> None:
    closed_at = timezone.now() - 30 * HOUR
    petition = factories.make_closed_petition(closes_at=closed_at, closed_at=closed_at)
    tags = dict.fromkeys(("domain_tag", "name_tag", "network_tag"), b"12345678")
    row = Signature.objects.create(
        petition_id=petition.pk, signer_key=b"k" * 16, created_at=closed_at - HOUR, sealed=b"", **tags
    )
    row.refresh_from_db(fields=["id"])
    of = {"petition_id": petition.pk, "row_id": row.id, "generation": 0}
    assert intake.confirm(**of, now=timezone.now()).outcome == intake.Outcome.CLOSED
    switch(petitions.services.pause_signing, boss, now=closed_at + HOUR)
    switch(petitions.services.resume_signing, boss, now=closed_at + 8 * HOUR)
    assert intake.confirm(**of, now=closed_at + 31 * HOUR + timedelta(seconds=1)).outcome == intake.Outcome.CLOSED
    assert intake.confirm(**of, now=closed_at + 31 * HOUR - timedelta(seconds=1)).outcome == intake.Outcome.CONFIRMED


def test_nothing_is_started_or_handed_in_while_creation_is_paused(client: Client, boss: User) -> None:
    draft = factories.make_draft(title="Mend it", ask="Please.", saw_similar=True)
    switch(petitions.services.pause_creation, boss)
    words = "Starting petitions is paused"
    for address in (
        "/petitions/new/",
        f"/petitions/new/{draft.token}/title/",
        f"/petitions/new/{draft.token}/creator/",
    ):
        assert is_paused(client.get(address), words)
        assert is_paused(client.post(address, {**a_person(), "title": "Other"}), words)
    assert is_paused(client.get("/fr/petitions/new/"), "Le lancement de pétitions est suspendu")
    draft.refresh_from_db()
    assert (draft.title, draft.petition, Draft.objects.count()) == ("Mend it", None, 1)

    switch(petitions.services.resume_creation, boss)
    assert client.get(f"/petitions/new/{draft.token}/creator/").status_code == 200


def test_supporters_wait_too(db: None, boss: User) -> None:
    from signatures.standing import Standing, standing

    petition = factories.make_petition(state=State.GATHERING_SUPPORT)
    assert standing(petition, by_supporters_link=True, now=timezone.now()) == Standing.TAKES
    switch(petitions.services.pause_signing, boss)
    assert standing(petition, by_supporters_link=True, now=timezone.now()) == Standing.PAUSED


def test_the_notice_stands_above_public_pages_in_their_language(client: Client, petition: Petition, boss: User) -> None:
    address = f"/petitions/{petition.pk}/"
    assert "site-notice" not in client.get(address).content.decode()
    switch(petitions.services.set_notice, boss, notice="<b>Slow</b> today.", notice_fr="Lent aujourd’hui.")
    assert "&lt;b&gt;Slow&lt;/b&gt; today." in client.get(address).content.decode()
    assert "Lent aujourd’hui." in client.get(f"/fr{address}").content.decode()
    switch(petitions.services.set_notice, boss, notice="", notice_fr="")
    assert "site-notice" not in client.get(address).content.decode()


def test_the_timeline_says_why_the_deadline_moved(client: Client, petition: Petition, boss: User) -> None:
    switch(petitions.services.pause_signing, boss, now=timezone.now() - 3 * HOUR)
    switch(petitions.services.resume_signing, boss)
    page = client.get(f"/petitions/{petition.pk}/").content.decode()
    assert "Deadline moved" in page
    assert "Signing was paused from" in page
    assert "Open until" in page
    assert "La date limite a été reportée" in client.get(f"/fr/petitions/{petition.pk}/").content.decode()
