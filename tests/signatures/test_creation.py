"""From a finished draft to a petition that gathers supporters."""

import base64
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from mailing.models import Mail
from petitions.lifecycle import State
from petitions.models import Draft, Petition
from signatures import persons, retention
from signatures.models import LapsedCount, Role, Signature, SignatureState
from tests.factories import make_draft
from tests.signatures.clock import let_pass
from tests.signatures.conftest import a_person, path_in, send_mails, until_429


def finished_draft(**columns: str) -> Draft:
    """A draft that only its creator's name is missing from."""
    written = {"title": "Keep the library open", "ask": "The town should keep it.", "detail": "Many read there."}
    return make_draft(saw_similar=True, **written | columns)


@pytest.fixture
def draft(db: None) -> Draft:
    return finished_draft()


def address(draft: Draft) -> str:
    return f"/petitions/new/{draft.secret}/creator/"


def hand_in(client: Client, draft: Draft, **fields: str):
    return client.post(address(draft), a_person(**fields))


def test_the_last_step_shows_what_was_written_with_links_to_change_it(draft: Draft, client: Client) -> None:
    response = client.get(address(draft))
    page = response.content.decode()
    for text in ("Keep the library open", "The town should keep it.", "Many read there."):
        assert text in page
    for step in ("title", "ask", "detail"):
        assert f"/petitions/new/{draft.secret}/{step}/?change" in page
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies


def test_an_unfinished_draft_is_sent_back_to_what_is_missing(db: None, client: Client) -> None:
    draft = finished_draft(ask="")
    response = client.get(address(draft))
    assert response.status_code == 302
    assert response["Location"] == f"/petitions/new/{draft.secret}/ask/"
    assert hand_in(client, draft).status_code == 302
    assert not Petition.objects.exists()


def test_an_unknown_draft_is_404(db: None, client: Client) -> None:
    assert client.get("/petitions/new/unknown-secret/creator/").status_code == 404
    assert client.post("/petitions/new/unknown-secret/creator/", a_person()).status_code == 404


def test_handing_in_makes_petition_signature_and_mail_together(draft: Draft, client: Client) -> None:
    response = hand_in(client, draft, name="Mary Poppins", email="mary@example.org")
    petition, row = Petition.objects.get(), Signature.objects.get()
    assert response.status_code == 303
    assert response["Location"] == f"/petitions/{petition.pk}/sign/check-email/"
    assert (petition.state, petition.creator_name, petition.title) == (
        State.DRAFT,
        "Mary Poppins",
        "Keep the library open",
    )
    assert (row.petition_id, row.role, row.state) == (petition.pk, Role.CREATOR, SignatureState.PENDING)
    (message,) = send_mails()
    assert message.to == ["mary@example.org"]
    for text in ("library", "The town", "Many read"):
        assert text not in message.subject + message.body
    assert client.get(f"/petitions/{petition.pk}/").status_code == 404


def test_a_new_petition_is_under_the_newest_key(draft: Draft, client: Client, tmp_path: Path, settings) -> None:
    ring = json.loads(Path(settings.REDRESS_KEYS).read_text())
    ring = {"current": 7, "keys": ring["keys"] | {"7": base64.b64encode(b"7" * 32).decode()}}
    settings.REDRESS_KEYS = str(tmp_path / "keys")
    Path(settings.REDRESS_KEYS).write_text(json.dumps(ring))
    hand_in(client, draft)
    assert Petition.objects.get().key_version == 7
    (message,) = send_mails()
    assert client.post(path_in(message, "/confirm/")).status_code == 200


@pytest.mark.parametrize("field", ["name", "email", "postcode", "eligible"])
def test_bad_input_keeps_the_rest_and_makes_nothing(draft: Draft, client: Client, field: str) -> None:
    response = hand_in(client, draft, **{field: ""})
    assert response.status_code == 200
    assert f'href="#id_{field}"' in response.content.decode()
    assert not Petition.objects.exists()
    assert not Mail.objects.exists()


def test_a_text_that_became_too_long_is_refused_on_the_page(draft: Draft, client: Client) -> None:
    Draft.objects.update(title="x" * 5000)
    response = hand_in(client, draft)
    assert response.status_code == 200
    assert "characters or fewer" in response.content.decode()
    assert not Petition.objects.exists()
    assert not Signature.objects.exists()


def test_the_same_form_ten_times_is_one_petition_and_one_mail(draft: Draft, client: Client) -> None:
    person = a_person()
    for _time in range(10):
        assert client.post(address(draft), person).status_code == 303
    assert Petition.objects.count() == Signature.objects.count() == Mail.objects.count() == 1


def test_handing_in_again_corrects_the_person_and_voids_the_other_mailbox_s_link(draft: Draft, client: Client) -> None:
    hand_in(client, draft, email="wrong@example.org", name="Wrong Name")
    (first,) = send_mails()
    let_pass(minutes=2)
    hand_in(client, draft, email="right@example.org", name="Right Name")
    (second,) = send_mails()
    assert second.to == ["right@example.org"]
    assert Petition.objects.get().creator_name == "Right Name"
    assert Client().post(path_in(first, "/confirm/")).status_code == 404
    assert Client().post(path_in(second, "/confirm/")).status_code == 200


def test_the_address_can_be_corrected_from_the_check_email_page(draft: Draft, client: Client) -> None:
    hand_in(client, draft, email="wrong@example.org")
    petition = Petition.objects.get()
    let_pass(minutes=2)
    response = client.post(f"/petitions/{petition.pk}/sign/correct/", {"email": "right@example.org"})
    assert response.status_code == 303
    person = persons.unsealed(Signature.objects.get())
    assert person is not None
    assert person.email == "right@example.org"


def test_once_confirmed_nothing_is_handed_in_or_corrected_again(draft: Draft, client: Client) -> None:
    hand_in(client, draft)
    (message,) = send_mails()
    client.post(path_in(message, "/confirm/"))
    petition = Petition.objects.get()
    assert hand_in(client, draft).status_code == 404
    response = client.post(f"/petitions/{petition.pk}/sign/correct/", {"email": "right@example.org"})
    assert response.status_code == 200
    assert "confirmed already" in response.content.decode()
    assert Petition.objects.count() == 1


def test_confirming_starts_the_gathering_and_mails_both_links(draft: Draft, client: Client) -> None:
    hand_in(client, draft, email="mary@example.org")
    (message,) = send_mails()
    link = path_in(message, "/confirm/")
    assert "Keep the library open" in client.get(link).content.decode()
    assert Petition.objects.get().state == State.DRAFT
    response = client.post(link)
    page = response.content.decode()
    assert response.status_code == 200
    assert Petition.objects.get().state == State.GATHERING_SUPPORT
    assert re.search(r"/petitions/\d+/support/", page)
    assert "/creator/" in page
    assert client.post(link).status_code == 200
    (told,) = send_mails()
    assert told.to == ["mary@example.org"]
    assert "/support/" in told.body
    assert client.get(path_in(told, "/creator/")).status_code == 200
    assert "library" not in told.subject + told.body


def test_too_many_petitions_from_one_network_wait_and_keep_what_was_typed(db: None, client: Client) -> None:
    response = until_429(lambda: hand_in(client, finished_draft(), name="Mary Poppins"))
    assert "Mary Poppins" in response.content.decode()
    assert int(response["Retry-After"]) > 0
    assert Petition.objects.count() >= 10


def test_a_petition_never_confirmed_goes_after_thirty_days(draft: Draft, client: Client) -> None:
    hand_in(client, draft)
    later = timezone.now() + timedelta(days=29)
    assert retention.expire_pending(later) == 0
    later += timedelta(days=2)
    assert retention.expire_pending(later) == 1
    assert not Petition.objects.exists()
    assert not Draft.objects.exists()
    assert not Signature.objects.exists()
    assert LapsedCount.objects.count() == 1
