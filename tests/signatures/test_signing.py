"""From the form to the count."""

from django.test import Client
from django.utils import timezone

from petitions.models import Petition
from signatures import tally
from signatures.models import Delta, SignatureState
from tests.signatures.conftest import Sign, path_in, row_of, send_mails


def test_a_signature_goes_from_the_form_to_the_count(petition: Petition, sign: Sign, plain_client: Client) -> None:
    response = sign(petition, email="mary@example.org", name="Mary Poppins")
    assert response.status_code == 303
    assert response["Location"] == f"/petitions/{petition.pk}/sign/check-email/"
    page = plain_client.get(response["Location"])
    assert "mary@example.org" in page.content.decode()

    (message,) = send_mails()
    assert message.to == ["mary@example.org"]
    assert "Plant more trees" in message.subject
    assert "Mary Poppins" in message.body
    link = path_in(message, "/confirm/")
    page = plain_client.get(link)
    assert page.status_code == 200
    assert "Plant more trees" in page.content.decode()
    assert row_of(petition).state == SignatureState.PENDING

    signed = plain_client.post(link)
    assert signed.status_code == 200
    assert "You signed" in signed.content.decode()
    assert row_of(petition).state == SignatureState.CONFIRMED
    assert tally.fold(timezone.now()) == 1
    petition.refresh_from_db()
    assert petition.signature_count == 1
    assert not Delta.objects.exists()
