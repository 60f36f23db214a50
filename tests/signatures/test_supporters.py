"""The secret link, its few signatures, and the way into moderation."""

import pytest
from django.test import Client
from django.utils import timezone

from petitions import limits
from petitions.lifecycle import State
from petitions.models import Limits, Petition
from signatures import links, supporters, tally
from signatures.models import Delta, Role, Signature, SignatureState
from tests.factories import make_petition
from tests.signatures.conftest import a_person, path_in, send_mails, until_429

HOST = "https://petitions.example"


@pytest.fixture
def petition(db: None) -> Petition:
    return make_petition(title="Keep the library open", state=State.GATHERING_SUPPORT)


@pytest.fixture
def link(petition: Petition) -> str:
    return links.support(petition, language="en", now=timezone.now()).removeprefix(HOST)


def support(link: str, **fields: str) -> int:
    return Client(REMOTE_ADDR=f"10.1.1.{Signature.objects.count()}").post(link, a_person(**fields)).status_code


def confirm_all() -> None:
    for message in send_mails():
        if "/confirm/" in message.body:
            assert Client().post(path_in(message, "/confirm/")).status_code == 200


def test_the_link_shows_the_text_under_a_neutral_title(petition: Petition, link: str, client: Client) -> None:
    response = client.get(link)
    page = response.content.decode()
    assert response.status_code == 200
    assert petition.title in page
    assert petition.ask in page
    head = page[: page.index("</head>")]
    assert petition.title not in head
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"] == "no-store"


def test_without_the_link_nobody_signs_or_reads(petition: Petition, link: str, client: Client) -> None:
    assert client.get(f"/petitions/{petition.pk}/sign/").status_code == 404
    assert petition.title not in client.get(f"/petitions/{petition.pk}/").content.decode()
    other = make_petition(state=State.GATHERING_SUPPORT)
    assert client.get(link.replace(str(petition.pk), str(other.pk))).status_code == 404
    assert client.post(link[:-2] + "/", a_person()).status_code == 404
    Petition.objects.filter(pk=petition.pk).update(link_generation=1)
    assert client.get(link).status_code == 404
    assert not Signature.objects.exists()


def test_five_supporters_bring_the_petition_to_the_moderators(petition: Petition, link: str, client: Client) -> None:
    for number in range(4):
        assert support(link, email=f"s{number}@example.org") == 303
    confirm_all()
    petition.refresh_from_db()
    assert (petition.supporter_count, petition.state) == (4, State.GATHERING_SUPPORT)
    assert support(link) == 303
    (message,) = send_mails()
    assert "library" not in message.subject + message.body
    path = path_in(message, "/confirm/")
    assert "Keep the library open" in client.get(path).content.decode()
    page = client.post(path).content.decode()
    assert "being checked" in page
    petition.refresh_from_db()
    assert (petition.supporter_count, petition.state) == (5, State.IN_MODERATION)
    assert client.get(link).status_code == 200
    assert petition.title not in client.get(link).content.decode()
    assert support(link) == 200
    assert Signature.objects.count() == 5


def test_supporters_count_from_opening(petition: Petition, link: str) -> None:
    support(link)
    confirm_all()
    assert Delta.objects.count() == 1
    tally.fold(timezone.now())
    petition.refresh_from_db()
    assert petition.signature_count == 1


def test_a_supporter_who_confirms_late_still_counts(petition: Petition, link: str) -> None:
    support(link)
    (message,) = send_mails()
    Petition.objects.update(state=State.IN_MODERATION)
    assert Client().post(path_in(message, "/confirm/")).status_code == 200
    petition.refresh_from_db()
    assert petition.supporter_count == 1


def test_a_supporter_who_confirms_after_opening_is_a_signature(petition: Petition, link: str) -> None:
    from datetime import timedelta

    support(link)
    (message,) = send_mails()
    now = timezone.now()
    Petition.objects.update(state=State.OPEN, opened_at=now, closes_at=now + timedelta(days=5))
    assert "See the petition" in Client().post(path_in(message, "/confirm/")).content.decode()
    assert Signature.objects.get().state == SignatureState.CONFIRMED
    assert Delta.objects.count() == 1


def test_after_opening_the_link_leads_to_the_petition(petition: Petition, link: str, client: Client) -> None:
    now = timezone.now()
    Petition.objects.update(state=State.OPEN, opened_at=now)
    assert client.get(link)["Location"] == f"/petitions/{petition.pk}/"


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.HIDDEN])
def test_the_link_to_what_never_opened_works_no_more(petition: Petition, link: str, client: Client, state: str) -> None:
    Petition.objects.update(state=state)
    assert client.get(link).status_code == client.post(link, a_person()).status_code == 404
    assert "does not work" in client.get(link).content.decode()


def test_twenty_is_the_most_before_moderation(petition: Petition, link: str) -> None:
    for number in range(20):
        assert support(link, email=f"s{number}@example.org") == 303
    assert support(link, email="one.more@example.org") == 200
    assert support(link, email="s3@example.org") == 303
    assert Signature.objects.count() == 20


def test_bad_input_is_named_on_the_page_with_the_text(petition: Petition, link: str, client: Client) -> None:
    page = client.post(link, a_person(email="nonsense")).content.decode()
    assert 'href="#id_email"' in page
    assert petition.ask in page


def test_over_the_limit_is_429_with_the_typed_data(petition: Petition, link: str) -> None:
    client = Client(REMOTE_ADDR="10.2.2.2")
    response = until_429(lambda: client.post(link, a_person(name="Mary Poppins")))
    assert "Mary Poppins" in response.content.decode()


def test_the_sweep_mends_a_number_that_nobody_counted(petition: Petition) -> None:
    now = timezone.now()
    for number in range(5):
        Signature.objects.create(
            petition_id=petition.pk,
            signer_key=bytes([number]) * 16,
            role=Role.SUPPORTER,
            state=SignatureState.CONFIRMED,
            confirmed_at=now,
            domain_tag=b"x" * 8,
            name_tag=b"x" * 8,
            network_tag=b"x" * 8,
        )
    assert supporters.sweep(now) == 1
    petition.refresh_from_db()
    assert (petition.supporter_count, petition.state) == (5, State.IN_MODERATION)
    assert supporters.sweep(now) == 0


def test_the_sweep_hands_in_what_has_enough_since_less_is_asked_for(petition: Petition) -> None:
    now = timezone.now()
    Petition.objects.update(supporter_count=0)
    assert supporters.sweep(now) == 0
    Limits.objects.update_or_create(pk=1, defaults={"supporters": 0})
    limits.forget()
    assert supporters.sweep(now) == 1
    petition.refresh_from_db()
    assert petition.state == State.IN_MODERATION
    assert supporters.sweep(now) == 0
