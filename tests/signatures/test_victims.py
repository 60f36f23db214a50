"""Whose address somebody else types: few mails, no words of the stranger's, and no sign of it in any reply."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import cycle
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mailing.models import SuppressionReason
from petitions.models import Petition
from signatures import disowning, persons, telling
from signatures.fraud import suspicion
from signatures.models import Disowned, DomainRule, Signature
from tests.factories import make_open_petition
from tests.signatures.conftest import Sign, a_person, path_in, send_mails, sign_as
from tests.signatures.test_telling import tell
from tests.signatures.test_uniform_reply import bare

SPELLINGS = ("victim@gmail.com", "v.i.c.t.i.m@gmail.com", "Victim+a1@gmail.com", "vic.tim+b@googlemail.com")


def as_sent(message: Any) -> EmailMessage:
    """The mail as the server gets it."""
    return message_from_bytes(message.message().as_bytes(), policy=policy.default)


@pytest.mark.slow
def test_a_thousand_forms_are_ten_mails_and_others_get_theirs(db: None) -> None:
    petitions = [make_open_petition(title=f"Petition {number}") for number in range(200)]
    spelling, replies = cycle(SPELLINGS), set()
    for number in range(1000):
        petition = petitions[number % 200]
        network = f"10.1.{number % 500 // 250}.{number % 250}"
        reply = Client().post(f"/petitions/{petition.pk}/sign/", a_person(email=next(spelling)), REMOTE_ADDR=network)
        replies.add((reply.status_code, len(reply.content), len(reply.cookies["signing"].value)))
    assert len(replies) == 1
    Client().post(f"/petitions/{petitions[0].pk}/sign/", a_person(email="other@gmail.com"), REMOTE_ADDR="10.9.9.9")
    to = [message.to[0] for message in send_mails()]
    assert to.count("other@gmail.com") == 1
    assert len(to) == 11
    assert Signature.objects.count() == 201


def test_who_is_left_alone_is_answered_as_everybody(petition: Petition, sign: Sign) -> None:
    new = bare(sign(petition, email="new@example.org"))
    disowning.never_mail(persons.address_key("never@example.org"))
    disowning.never_mail(persons.address_key("bounced@example.org"), SuppressionReason.BOUNCED)
    Disowned.objects.create(
        petition_id=petition.pk, signer_key=persons.signer_key("notme@example.org", petition), row_id=1
    )
    DomainRule.objects.create(domain="blocked.example", verdict="block", note="Forgeries.")
    suspicion.forget()
    for email in ("never@example.org", "bounced@example.org", "notme@example.org", "who@blocked.example"):
        assert bare(sign(petition, email=email)) == new, email
    assert [message.to for message in send_mails()] == [["new@example.org"]]


@pytest.mark.parametrize(
    "name",
    [
        "x\r\nBcc: y@z.example",
        "x\nSubject: pills",
        "Mary " * 1000,
        "Call 020 7946 0000 for cheap pills",
        "Buy pills at www.spam.example now",
        "Mary https://spam.example",
        "mary@spam.example",
    ],
)
def test_a_name_carries_no_header_and_no_advert(petition: Petition, sign: Sign, name: str) -> None:
    reply = sign(petition, name=name, email="victim@example.org")
    mails = send_mails()
    if reply.status_code == 200:
        assert mails == []
        assert not Signature.objects.exists()
        return
    (message,) = mails
    sent = as_sent(message)
    assert sent.get_all("To") == ["victim@example.org"]
    assert sent["Bcc"] is sent["Cc"] is None
    assert message.recipients() == ["victim@example.org"]
    for words in ("pills", "spam.example", "020 7946", "y@z.example"):
        assert words not in str(sent["Subject"]) + sent.get_body(("plain",)).get_content()


def test_the_mail_holds_no_word_of_the_form_but_the_name(petition: Petition, sign: Sign) -> None:
    sign(petition, name="Zoë Ångström", email="victim@example.org", postcode="SW1A 1AA")
    (message,) = send_mails()
    text = as_sent(message).get_body(("plain",)).get_content()
    text = text.replace("Zoë Ångström", "").replace(petition.title, "")
    text = re.sub(r"https://petitions\.example\S*", "", text)
    sign(make_open_petition(title="Another"), name="Bo", email="other@example.org", postcode="EH99 1SP")
    (other,) = send_mails()
    rest = as_sent(other).get_body(("plain",)).get_content().replace("Bo", "", 1).replace("Another", "")
    rest = re.sub(r"https://petitions\.example\S*", "", rest)
    digits = re.compile(r"\d{8}")  # the code
    assert digits.sub("", text) == digits.sub("", rest)


def test_bulk_mail_can_be_left_by_one_click_and_other_mail_has_no_such_header(petition: Petition, sign: Sign) -> None:
    sign(petition, email="new@example.org")
    (confirmation,) = send_mails()
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post"):
        assert as_sent(confirmation)[name] is None
    readers = [sign_as(petition, notify=True, email=f"reader{number}@example.org") for number in range(3)]
    tell(petition, tells_signers=True)
    telling.tell_due(timezone.now())
    mails = send_mails()
    assert len(mails) == len(readers)
    for message in mails:
        sent = as_sent(message)
        assert sent.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]
        (header,) = sent.get_all("List-Unsubscribe")
        (link,) = re.fullmatch(r"<(https://petitions\.example/unsubscribe/[\w-]+/)>", header.strip()).groups()
        assert link in sent.get_body(("plain",)).get_content()
    page = path_in(mails[0], "/unsubscribe/")
    browser = Client(enforce_csrf_checks=True)
    for look in (browser.get, browser.head):
        assert look(page).status_code == 200
    assert Signature.objects.filter(notify=True).count() == 3
    answer = browser.post(page, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.headers.get("Location"), len(answer.cookies)) == (200, None, 0)
    multipart = browser.post(page, {"List-Unsubscribe": "One-Click"})
    assert multipart.status_code == 200
    assert Signature.objects.filter(notify=True).count() == 2
