"""A suspected signature is taken like any other, and waits for staff instead of being counted."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from mailing.models import Mail, Suppression
from petitions.models import Petition
from signatures import persons, tally
from signatures.fraud import suspicion
from signatures.models import Delta, Disowned, DomainRule, Signature, SignatureState
from tests.signatures.clock import let_pass
from tests.signatures.conftest import Sign, path_in, row_of, send_mails
from tests.signatures.test_uniform_reply import bare


@pytest.fixture(autouse=True)
def _fresh_rules(db: None) -> None:
    DomainRule.objects.create(domain="throwaway.example", verdict="hold", note="test")
    DomainRule.objects.create(domain="blocked.example", verdict="block", note="test")
    suspicion.forget()


def test_a_signature_from_a_suspected_domain_is_held_when_it_is_confirmed(petition: Petition, sign: Sign) -> None:
    sign(petition, email="a@throwaway.example")
    assert row_of(petition).suspicion == "disposable"
    (message,) = send_mails()
    link = path_in(message, "/confirm/")
    pages = [Client().post(link) for _time in range(2)]
    row = row_of(petition)
    assert (row.state, row.confirmed_at is not None) == (SignatureState.HELD, True)
    assert not Delta.objects.exists()
    assert tally.fold(timezone.now()) == 0
    assert {page.status_code for page in pages} == {200}
    assert pages[0].content == pages[1].content
    assert "You signed" in pages[0].content.decode()


def mailed_links(petition: Petition, sign: Sign) -> Iterator[str]:
    """The link that is mailed to somebody suspected, then that of somebody else."""
    for email in ("a@throwaway.example", "a@example.org"):
        sign(petition, email=email)
        (message,) = send_mails()
        yield path_in(message, "/confirm/")


def test_the_page_of_a_held_signature_is_that_of_a_counted_one(petition: Petition, sign: Sign) -> None:
    pages = [Client().post(link).content.replace(link.encode(), b"the link") for link in mailed_links(petition, sign)]
    assert pages[0] == pages[1]
    assert sorted(Signature.objects.values_list("state", flat=True)) == ["confirmed", "held"]


def test_a_held_signer_who_opens_the_link_again_sees_what_a_counted_one_sees(petition: Petition, sign: Sign) -> None:
    pages = []
    for link in mailed_links(petition, sign):
        Client().post(link)
        page = Client().get(link)
        assert page.status_code == 200
        pages.append(page.content.replace(link.encode(), b"the link"))
    assert pages[0] == pages[1]


def test_a_blocked_domain_an_unwanted_mail_and_a_disowned_one_are_stored_and_not_mailed(
    petition: Petition, sign: Sign
) -> None:
    Suppression.objects.create(address_key=persons.address_key("Never+tag@example.org"), reason="asked")
    Disowned.objects.create(petition_id=petition.pk, signer_key=persons.signer_key("other@example.org", petition))
    replies = [
        bare(sign(petition, email=email))
        for email in ("new@example.org", "a@blocked.example", "never@example.org", "other@example.org")
    ]
    assert {str(reply) for reply in replies} == {str(replies[0])}
    assert Signature.objects.count() == 4
    assert Mail.objects.count() == 1
    let_pass(minutes=2)
    for email in ("a@blocked.example", "never@example.org", "other@example.org"):
        sign(petition, email=email)
    assert Mail.objects.count() == 1
