"""What the mail provider reports: a mailbox that is gone, or complained, is written to no more."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from mailing import hooks
from mailing.models import Mail, MailState, Suppression, SuppressionReason
from petitions.models import Petition
from signatures import bounces, disowning, persons
from tests.signatures.conftest import Sign, path_in, send_mails

pytestmark = pytest.mark.urls("tests.signatures.hook_urls")
SECRET = "reports:only-the-provider-knows"


@pytest.fixture(autouse=True)
def _secret(settings: Any) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


def report(secret: str = SECRET, body: str | None = None, **said: Any) -> HttpResponse:
    event = {"RecordType": "Bounce", "Type": "HardBounce", "Email": "Mary+x@Example.org", "ID": 1, **said}
    credentials = base64.b64encode(secret.encode()).decode()
    return Client(enforce_csrf_checks=True).post(
        "/hooks/mail/postmark/",
        json.dumps(event) if body is None else body,
        content_type="application/json",
        headers={"Authorization": f"Basic {credentials}"},
    )


def reasons() -> list[str]:
    return list(Suppression.objects.values_list("reason", flat=True))


def test_a_mailbox_that_is_not_there_is_written_to_no_more(petition: Petition, sign: Sign) -> None:
    sign(petition, email="mary@example.org")
    (message,) = send_mails()
    assert report(Metadata=message.metadata).status_code == 200
    assert report(Metadata=message.metadata).status_code == 200
    mail = Mail.objects.get()
    assert (mail.state, mail.error) == (MailState.FAILED, "bounced: bounced")
    assert reasons() == [SuppressionReason.BOUNCED]
    assert bytes(Suppression.objects.get().pk) == persons.address_key("mary@example.org")
    other = sign(petition, email="mary@example.org")
    assert (other.status_code, send_mails()) == (303, [])


def test_who_reports_a_mail_as_unwanted_gets_no_other(db: None) -> None:
    assert report(RecordType="SpamComplaint", Type="SpamComplaint").status_code == 200
    assert reasons() == [SuppressionReason.COMPLAINED]
    bounces.forget_old(timezone.now() + timedelta(days=400))
    assert reasons() == [SuppressionReason.COMPLAINED]


def test_a_mailbox_that_was_away_is_tried_again_after_a_month(db: None) -> None:
    report()
    assert bounces.forget_old(timezone.now() + timedelta(days=29)) == 0
    assert bounces.forget_old(timezone.now() + timedelta(days=31)) == 1


def test_who_said_never_after_a_bounce_stays_unmailed_when_the_bounce_is_forgotten(
    petition: Petition, sign: Sign, client: Client
) -> None:
    sign(petition, email="mary@example.org")
    (message,) = send_mails()
    report()
    client.post(path_in(message, "/never/"))
    report()  # a late one takes nothing of it back
    bounces.forget_old(timezone.now() + timedelta(days=400))
    assert reasons() == [SuppressionReason.ASKED]


def test_a_complaint_outlasts_a_bounce(db: None) -> None:
    report()
    report(RecordType="SpamComplaint", Type="SpamComplaint")
    bounces.forget_old(timezone.now() + timedelta(days=400))
    assert reasons() == [SuppressionReason.COMPLAINED]


@pytest.mark.parametrize(
    "said",
    [
        {"RecordType": "Delivery", "Recipient": "mary@example.org"},
        {"RecordType": "Open", "Recipient": "mary@example.org"},
        {"Type": "Transient"},
        {"Type": "Blocked"},
        {"Email": "no address at all"},
        {"Email": None},
        {"RecordType": "News"},
        {"Type": "Blocked", "Metadata": {"mail": "12; DROP TABLE"}},
        {"Type": "Blocked", "Metadata": {"mail": "9" * 30}},
    ],
)
def test_other_reports_change_nothing(db: None, said: dict[str, Any]) -> None:
    assert report(**said).status_code == 200
    assert reasons() == []


@pytest.mark.parametrize("secret", ["", "reports:", "reports:wrong", "x", "é:é"])
def test_without_the_secret_nobody_is_heard(db: None, secret: str) -> None:
    assert report(secret=secret).status_code == 400
    assert Client().post("/hooks/mail/postmark/", "{}", content_type="application/json").status_code == 400
    assert reasons() == []


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "7", '{"RecordType": {}}', '{"RecordType": "Bounce", "BouncedAt": 7}', "\0"]
)
def test_what_is_no_report_is_refused(db: None, body: str) -> None:
    assert report(body=body).status_code in (200, 400)
    assert reasons() == []


def test_looking_at_the_address_changes_nothing(db: None) -> None:
    assert Client().get("/hooks/mail/postmark/").status_code == 405
    assert Client().head("/hooks/mail/postmark/").status_code == 200


def test_an_unknown_provider_is_told_to_the_operator() -> None:
    with pytest.raises(ImproperlyConfigured):
        hooks.routes("nobody")


def test_its_owner_can_take_a_complaint_back(petition: Petition, sign: Sign, client: Client) -> None:
    sign(petition, email="mary@example.org")
    (message,) = send_mails()
    report(RecordType="SpamComplaint", Type="SpamComplaint")
    page = path_in(message, "/never/")
    assert "You get no more e-mails" in client.get(page).content.decode()
    client.post(page, {"again": "1"})
    assert not disowning.is_never_mailed(persons.address_key("mary@example.org"))
