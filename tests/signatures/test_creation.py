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
from petitions import drafts
from petitions.lifecycle import State
from petitions.models import Country, Draft, Petition
from signatures import disowning, persons, retention
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


def address(draft: Draft, step: str = "check") -> str:
    return f"/petitions/new/{draft.token}/{step}/"


def hand_in(client: Client, draft: Draft, **fields: str):
    """Say who asks, and press the button on the page that shows everything."""
    response = client.post(address(draft, "creator"), a_person(**fields))
    return client.post(address(draft)) if response.status_code == 303 else response


def test_everything_is_checked_with_a_way_back_to_each_answer(draft: Draft, client: Client) -> None:
    response = client.post(address(draft, "creator"), a_person(name="Mary Poppins", email="mary@example.org"))
    assert response["Location"] == address(draft)
    response = client.get(address(draft))
    page = response.content.decode()
    for text in ("Keep the library open", "The town should keep it.", "Many read there.", "Mary Poppins", "SW1A 1AA"):
        assert text in page
    for step in ("title", "ask", "detail"):
        assert f"{address(draft, step)}?change" in page
    for name in ("name", "email", "postcode", "notify"):
        assert f"{address(draft, 'creator')}#id_{name}" in page
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies
    assert not Petition.objects.exists()


def test_changing_the_text_loses_nothing_of_the_person(draft: Draft, client: Client) -> None:
    Country.objects.bulk_create([Country(code="GB", name="United Kingdom"), Country(code="FR", name="France")])
    client.post(address(draft, "creator"), a_person(name="Mary Poppins", postcode="", country="FR", notify="on"))
    client.post(address(draft, "ask") + "?change", {"ask": "Much."})
    page = client.get(address(draft)).content.decode()
    assert "Mary Poppins" in page
    assert "Much." in page
    form = client.get(address(draft, "creator")).context["form"]
    assert (form["name"].value(), form["country"].value(), form["notify"].value()) == ("Mary Poppins", "FR", "on")


@pytest.mark.parametrize(("button", "leads_to"), [("back", "detail"), ("later", "later")])
def test_what_was_typed_about_the_person_is_kept_on_leaving(
    draft: Draft, client: Client, button: str, leads_to: str
) -> None:
    typed = {"name": "Mary", "email": "not an address", button: "1"}
    assert client.post(address(draft, "creator"), typed)["Location"] == address(draft, leads_to)
    assert 'value="not an address"' in client.get(address(draft, "creator")).content.decode()
    # What does not hold is asked for again, and not handed in.
    for response in (client.get(address(draft)), client.post(address(draft))):
        assert response["Location"] == address(draft, "creator")
    assert not Petition.objects.exists()


def test_who_asks_is_kept_sealed_and_goes_with_the_confirmation(draft: Draft, client: Client) -> None:
    hand_in(client, draft, name="Mary Poppins")
    draft.refresh_from_db()
    assert b"Mary" not in bytes(draft.sealed)
    client.post(path_in(send_mails()[0], "/confirm/"))
    assert not Draft.objects.exists()


def test_an_unfinished_draft_is_sent_back_to_what_is_missing(db: None, client: Client) -> None:
    draft = finished_draft(ask="")
    for step in ("creator", "check"):
        response = client.get(address(draft, step))
        assert (response.status_code, response["Location"]) == (303, address(draft, "ask"))
    assert hand_in(client, draft)["Location"] == address(draft, "ask")
    assert not Petition.objects.exists()


@pytest.mark.parametrize("step", ["creator", "check", "later"])
def test_an_unknown_draft_is_404(db: None, client: Client, step: str) -> None:
    void = f"/petitions/new/{finished_draft().token[:-4]}xxxx/{step}/"
    for response in (client.get(void), client.post(void, a_person())):
        assert response.status_code == 404
        assert "not here any more" in response.content.decode()


def test_the_link_to_go_on_is_mailed_and_opens_the_draft_elsewhere(db: None, client: Client) -> None:
    draft = finished_draft(ask="", title="Unchecked words")
    response = client.post(address(draft, "later"), {"email": "mary@example.org"})
    assert response.status_code == 303
    assert "on its way" in client.get(response["Location"]).content.decode()
    (message,) = send_mails()
    assert message.to == ["mary@example.org"]
    assert "Unchecked" not in message.subject + message.body
    resumed = Client().get(path_in(message, "/petitions/new/"))
    assert resumed["Location"] == address(draft, "ask")
    # Nobody is asked for the address twice.
    assert 'value="mary@example.org"' in client.get(address(draft, "later")).content.decode()
    draft.refresh_from_db()
    assert drafts.person(draft) == {"email": "mary@example.org"}


def test_the_link_of_a_french_draft_is_in_french(db: None, client: Client) -> None:
    draft = finished_draft(language="fr")
    client.post("/fr" + address(draft, "later"), {"email": "marie@example.org"})
    (message,) = send_mails()
    assert "/fr/petitions/new/" in message.body
    assert "pétition" in message.subject


def test_a_link_is_mailed_to_one_mailbox_three_times_a_day_and_never_to_who_wants_none(
    draft: Draft, client: Client
) -> None:
    for _time in range(5):
        client.post(address(draft, "later"), {"email": "mary@example.org"})
        let_pass(minutes=2)
    assert Mail.objects.count() == 3
    assert len(send_mails()) == 3
    client.post(address(draft, "later"), {"email": "nomail@example.org"})
    disowning.never_mail(persons.address_key("nomail@example.org"))
    assert send_mails() == []


def test_a_bad_address_for_the_link_is_named(draft: Draft, client: Client) -> None:
    response = client.post(address(draft, "later"), {"email": "nonsense"})
    assert response.status_code == 200
    assert 'href="#id_email"' in response.content.decode()
    assert not Mail.objects.exists()


def test_a_draft_is_deleted_by_its_writer(draft: Draft, client: Client) -> None:
    client.post(address(draft, "later"), {"email": "mary@example.org"})
    response = client.post(address(draft, "later"), {"delete": "1"})
    assert response.status_code == 303
    assert "What you wrote is deleted" in client.get(response["Location"]).content.decode()
    assert not Draft.objects.exists()
    assert send_mails() == []
    assert client.get(address(draft)).status_code == 404


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


@pytest.mark.parametrize("field", ["name", "email", "postcode"])
def test_bad_input_keeps_the_rest_and_makes_nothing(draft: Draft, client: Client, field: str) -> None:
    response = hand_in(client, draft, **{field: ""})
    assert response.status_code == 200
    assert f'href="#id_{field}"' in response.content.decode()
    assert not Petition.objects.exists()
    assert not Mail.objects.exists()


def test_a_text_that_became_too_long_is_asked_for_again(draft: Draft, client: Client) -> None:
    client.post(address(draft, "creator"), a_person())
    Draft.objects.update(title="x" * 5000)
    response = client.post(address(draft))
    assert response["Location"] == address(draft, "title")
    assert not Petition.objects.exists()


def test_the_same_form_ten_times_is_one_petition_and_one_mail(draft: Draft, client: Client) -> None:
    client.post(address(draft, "creator"), a_person())
    acknowledged = {client.post(address(draft))["Location"] for _time in range(10)}
    assert acknowledged == {f"/petitions/{Petition.objects.get().pk}/sign/check-email/"}
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


def test_too_many_petitions_from_one_network_wait_and_lose_nothing(db: None, client: Client) -> None:
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
