"""Following a petition without signing it: asked, confirmed behind a mailed link, told once, forgotten when asked."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mailing.models import Mail
from petitions.models import Petition
from petitions.models.timeline import EventKind
from petitions.services import record_event
from signatures import cards, clearing, following, retention, telling
from signatures.models import Disowned, Follower, MailedAddress
from tests.factories import make_closed_petition, make_hidden_petition, make_open_petition, make_petition
from tests.signatures.conftest import path_in, send_mails, sign_as

pytestmark = pytest.mark.django_db
MARY = "mary@example.org"


def ask(client: Client, petition: Petition, email: str = MARY, prefix: str = "") -> Any:
    return client.post(f"{prefix}/petitions/{petition.pk}/follow/", {"email": email})


def follow(client: Client, petition: Petition, email: str = MARY, prefix: str = "") -> Follower:
    """A mailbox that went the whole way."""
    ask(client, petition, email, prefix)
    (mail,) = send_mails()
    assert client.post(path_in(mail, "/follow/")).status_code == 200
    return Follower.objects.get(petition_id=petition.pk, confirmed_at__isnull=False, language=mail_language(prefix))


def mail_language(prefix: str) -> str:
    return prefix.strip("/") or "en"


def tell(petition: Petition, kind: str = EventKind.ANSWERED, **more: Any) -> list[Any]:
    record_event(petition_id=petition.pk, kind=kind, now=timezone.now(), tells_signers=True, **more)
    telling.tell_due(timezone.now())
    return send_mails()


def test_who_follows_hears_of_it_and_stops_with_one_click(petition: Petition, plain_client: Client) -> None:
    assert ask(plain_client, petition)["Location"] == f"/petitions/{petition.pk}/follow/?sent=1"
    (asked,) = send_mails()
    link = path_in(asked, "/follow/")
    assert "Follow a petition: Plant more trees" in asked.subject
    assert "List-Unsubscribe" not in asked.extra_headers
    for _scanner in range(3):
        assert plain_client.get(link).status_code == 200
    assert tell(petition, EventKind.CASE) == []
    assert b"You follow this petition" in plain_client.post(link).content
    assert plain_client.post(link).status_code == 200
    (told,) = tell(petition, text={"en": "A hundred will be planted."}, link="/answers/trees/")
    assert told.to == [MARY]
    assert told.subject == "Answered: Plant more trees"
    assert "A hundred will be planted." in told.body
    assert "https://petitions.example/answers/trees/" in told.body
    assert told.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = path_in(told, "/unfollow/")
    assert plain_client.get(stop).status_code == 200
    assert Follower.objects.exists()
    for _time in range(2):
        assert plain_client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Follower.objects.exists()
    assert tell(petition, EventKind.OUTCOME) == []
    assert plain_client.post(link).status_code == 404


def test_the_reply_is_the_same_whoever_follows_already(petition: Petition, client: Client) -> None:
    follow(client, petition)
    again, new = ask(client, petition), ask(client, petition, "nobody@example.org")
    assert (again.status_code, again.content, again.headers) == (new.status_code, new.content, new.headers)
    assert not new.cookies
    assert Follower.objects.filter(confirmed_at__isnull=False).count() == 1


def test_who_follows_already_is_told_so_and_can_stop(petition: Petition, client: Client) -> None:
    row = follow(client, petition)
    MailedAddress.objects.all().delete()  # a minute has passed
    ask(client, petition, prefix="/fr")
    (mail,) = send_mails()
    assert mail.subject == "You follow this petition already: Plant more trees"
    assert client.post(path_in(mail, "/unfollow/")).status_code == 200
    assert not Follower.objects.filter(pk=row.pk).exists()


def test_what_is_no_address_stays_in_the_form(petition: Petition, client: Client) -> None:
    page = ask(client, petition, '"><script>alert(1)</script>@x')
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert b"govuk-error-summary" in page.content
    assert b"<script>alert" not in page.content
    assert b"&quot;&gt;&lt;script&gt;" in page.content
    assert not Follower.objects.exists()
    assert not Mail.objects.exists()


def test_an_address_that_looks_mistyped_is_asked_about_once(petition: Petition, client: Client) -> None:
    page = ask(client, petition, "mary@gmial.com")
    assert page.status_code == 200
    assert b'name="email" value="mary@gmail.com"' in page.content
    assert not Follower.objects.exists()
    address = f"/petitions/{petition.pk}/follow/"
    meant = client.post(address, {"email": "mary@gmial.com", "seen_address": "mary@gmial.com"})
    assert meant.status_code == 303
    assert ask(client, petition, "mary@gmail.com").status_code == 303
    assert Follower.objects.count() == 2


def test_one_mailbox_hears_once_however_it_is_spelled_and_signers_hear_as_signers(
    petition: Petition, client: Client
) -> None:
    follow(client, petition, "mary.poppins+news@gmail.com")
    ask(client, petition, "marypoppins@googlemail.com")
    send_mails()
    assert Follower.objects.count() == 1
    sign_as(petition, email="m.arypoppins@gmail.com", notify=True)
    (told,) = tell(petition)
    assert "/unsubscribe/" in told.body


def test_a_signer_who_wants_no_mail_but_follows_is_told_as_follower(petition: Petition, client: Client) -> None:
    sign_as(petition, email=MARY, notify=False)
    follow(client, petition)
    (told,) = tell(petition)
    assert "/unfollow/" in told.body


def test_followers_are_told_in_their_language(petition: Petition, client: Client) -> None:
    follow(client, petition, prefix="/fr")
    (told,) = tell(petition, text={"en": "Good.", "fr": "Bien."}, link="/answers/trees/")
    assert "Bien." in told.body
    assert "https://petitions.example/fr/answers/trees/" in told.body
    assert "Plant more trees" in told.body


def test_only_what_is_public_can_be_followed(client: Client) -> None:
    gone, draft = make_hidden_petition(opened=True), make_petition()
    for petition, status in ((gone, 410), (draft, 404), (make_petition(state="in_moderation"), 200)):
        page = ask(client, petition)
        assert page.status_code == status
        assert petition.title.encode() not in page.content
    imported = make_closed_petition(exempt=True, source="uk", source_id="1")
    page = ask(client, imported)
    assert page.status_code == 200
    assert b'name="email"' not in page.content
    assert f"/petitions/{imported.pk}.atom".encode() in page.content
    assert not Follower.objects.exists()


def test_a_petition_taken_away_mails_its_followers_nothing(petition: Petition, client: Client) -> None:
    follow(client, petition)
    record_event(petition_id=petition.pk, kind=EventKind.NOTE, now=timezone.now(), tells_signers=True)
    telling.tell_due(timezone.now())
    Petition.objects.filter(pk=petition.pk).update(state="hidden", hidden_at=timezone.now())
    assert send_mails() == []


def test_a_mailbox_that_was_left_alone_gets_no_mail_by_following(petition: Petition, client: Client) -> None:
    row = follow(client, petition)
    Disowned.objects.create(petition_id=petition.pk, signer_key=row.follower_key)
    assert tell(petition) == []


def test_the_address_goes_when_its_time_has_come(petition: Petition, client: Client) -> None:
    ask(client, petition, "never.confirmed@example.org")
    send_mails()
    kept = follow(client, petition)
    assert MARY.encode() not in bytes(kept.sealed)
    retention.expire_pending(timezone.now() + timedelta(days=31))
    assert list(Follower.objects.values_list("pk", flat=True)) == [kept.pk]
    Petition.objects.filter(pk=petition.pk).update(
        state="closed", closed_at=timezone.now() - timedelta(days=400), closes_at=timezone.now() - timedelta(days=400)
    )
    clearing.clear_due(timezone.now())
    assert not Follower.objects.exists()


def test_the_owner_of_a_mailbox_sees_what_it_follows_takes_a_copy_and_stops_it(
    petition: Petition, client: Client
) -> None:
    other = make_open_petition(title="Fewer cars")
    follow(client, petition)
    follow(client, other)
    client.post("/mailbox/", {"email": MARY})
    (mail,) = send_mails()
    page = path_in(mail, "/mailbox/")
    shown = client.get(page).content
    assert b"Fewer cars" in shown
    assert b"Plant more trees" in shown
    followed = client.get(f"{page}data.json").json()["followed"]
    assert [each["petition"] for each in followed] == [other.pk, petition.pk]
    client.post(f"{page}{other.pk}/", {"unfollow": "1"})
    assert [row.petition_id for row in Follower.objects.all()] == [petition.pk]
    client.post(f"{page}erase/")
    assert not Follower.objects.exists()


def test_followers_keep_hearing_after_their_petition_got_other_keys(petition: Petition, client: Client) -> None:
    row = follow(client, petition)
    card = replace(cards.of(petition), rules_version=1 if petition.rules_version != 1 else 2)
    following.rekey(card)
    row.refresh_from_db()
    Petition.objects.filter(pk=petition.pk).update(rules_version=card.rules_version)
    (told,) = tell(petition)
    assert told.to == [MARY]


def test_changed_links_and_those_of_other_purposes_open_nothing(petition: Petition, client: Client) -> None:
    ask(client, petition)
    (mail,) = send_mails()
    link = path_in(mail, "/follow/")
    changed = f"{link[:-2]}{'A' if link[-2] != 'A' else 'B'}/"
    pages = [client.post(changed), client.post(link.replace("/follow/", "/unfollow/")), client.get("/follow/nothing/")]
    assert {page.status_code for page in pages} == {404}
    assert len({len(page.content) for page in pages}) == 1
    assert not Follower.objects.filter(confirmed_at__isnull=False).exists()
