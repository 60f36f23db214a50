"""Hearing no more, and taking a signature back."""

import pytest
from django.test import Client
from django.utils import timezone

from petitions.lifecycle import State
from petitions.models import Petition
from signatures import links, tally
from signatures.models import Delta, Signature, SignatureState
from tests.factories import make_open_petition
from tests.signatures.conftest import sign_as

HOST = "https://petitions.example"


@pytest.fixture
def signature(petition: Petition) -> Signature:
    return sign_as(petition, notify=True, email="mary@example.org")


@pytest.fixture
def link(signature: Signature) -> str:
    return links.unsubscribe(signature, now=timezone.now()).removeprefix(HOST)


def test_looking_changes_nothing(signature: Signature, link: str, client: Client) -> None:
    for look in (client.get, client.head):
        response = look(link)
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
    signature.refresh_from_db()
    assert signature.notify


def test_one_click_takes_effect_at_once_for_this_petition_only(petition: Petition, link: str) -> None:
    other = sign_as(make_open_petition(), notify=True, email="mary@example.org")
    client = Client(enforce_csrf_checks=True)
    response = client.post(link, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert not response.cookies
    assert not Signature.objects.get(petition_id=petition.pk).notify
    other.refresh_from_db()
    assert other.notify
    assert Signature.objects.get(petition_id=petition.pk).state == SignatureState.CONFIRMED
    assert client.post(link).status_code == 200


def test_a_signature_is_withdrawn_once_and_counts_no_more(petition: Petition, link: str, client: Client) -> None:
    assert "Withdraw my signature" in client.get(link).content.decode()
    tally.fold(timezone.now())
    Petition.objects.update(signature_count=10)
    response = client.post(link, {"withdraw": "1"})
    assert "is withdrawn" in response.content.decode()
    assert client.post(link, {"withdraw": "1"}).status_code == 404
    row = Signature.objects.get()
    assert (row.state, row.notify) == (SignatureState.WITHDRAWN, False)
    assert [(delta.amount, delta.at) for delta in Delta.objects.all()] == [(-1, row.confirmed_at)]
    tally.fold(timezone.now())
    petition.refresh_from_db()
    assert petition.signature_count == 9


def test_nothing_is_withdrawn_from_a_closed_petition(petition: Petition, link: str, client: Client) -> None:
    Petition.objects.update(state=State.CLOSED)
    assert "Withdraw my signature" not in client.get(link).content.decode()
    response = client.post(link, {"withdraw": "1"})
    assert "can't be withdrawn" in response.content.decode()
    assert Signature.objects.get().state == SignatureState.CONFIRMED
    assert not Delta.objects.exists()


def test_a_creator_s_signature_goes_with_the_petition_only(petition: Petition, client: Client) -> None:
    creator = sign_as(petition, role="creator")
    link = links.unsubscribe(creator, now=timezone.now()).removeprefix(HOST)
    client.post(link, {"withdraw": "1"})
    creator.refresh_from_db()
    assert creator.state == SignatureState.CONFIRMED


def test_of_a_hidden_petition_the_page_shows_nothing(petition: Petition, link: str, client: Client) -> None:
    Petition.objects.update(state=State.HIDDEN)
    for response in (client.get(link), client.post(link)):
        assert response.status_code == 200
        assert petition.title not in response.content.decode()


def test_the_link_of_another_generation_is_void(link: str, client: Client) -> None:
    Signature.objects.update(generation=1)
    assert client.get(link).status_code == client.post(link).status_code == 404
    assert Signature.objects.get().notify
