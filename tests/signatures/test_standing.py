"""What somebody meets who wants to sign a petition that is not open."""

import pytest
from django.test import Client
from django.utils import timezone

from mailing.models import Mail
from petitions.lifecycle import State
from petitions.models import Petition
from signatures.models import Signature
from tests import factories
from tests.signatures.conftest import Sign

ABSENT = {
    "draft": lambda: factories.make_petition(),
    "gathering support": lambda: factories.make_petition(state=State.GATHERING_SUPPORT),
    "in moderation": lambda: factories.make_petition(state=State.IN_MODERATION),
    "hidden before opening": lambda: factories.make_hidden_petition(),
    "withdrawn before opening": lambda: factories.make_withdrawn_petition(opened=False),
}
ENDED = {
    "closed": lambda: factories.make_closed_petition(),
    "rejected": lambda: factories.make_rejected_petition(),
    "withdrawn after opening": lambda: factories.make_withdrawn_petition(),
    "past its deadline": lambda: factories.make_open_petition(closes_at=timezone.now()),
}


def stored_nothing() -> bool:
    return not Signature.objects.exists() and not Mail.objects.exists()


@pytest.mark.parametrize("case", ABSENT)
def test_what_nobody_may_know_of_answers_like_an_unknown_number(
    db: None, sign: Sign, client: Client, case: str
) -> None:
    petition = ABSENT[case]()
    unknown = client.get("/petitions/1999999/sign/")
    shown, posted = client.get(f"/petitions/{petition.pk}/sign/"), sign(petition)
    assert (shown.status_code, posted.status_code) == (404, 404)
    assert len(shown.content) == len(unknown.content)
    assert petition.title not in posted.content.decode()
    assert stored_nothing()


@pytest.mark.parametrize("case", ENDED)
def test_what_can_be_signed_no_more_leads_to_its_page(db: None, sign: Sign, client: Client, case: str) -> None:
    petition: Petition = ENDED[case]()
    for response in (client.get(f"/petitions/{petition.pk}/sign/"), sign(petition)):
        assert response.status_code == 303
        assert response["Location"].startswith(f"/petitions/{petition.pk}/?")
    page = client.get(response["Location"])
    assert page.status_code == 200
    assert "can’t be signed" in page.content.decode()
    assert stored_nothing()


def test_what_was_hidden_after_opening_is_gone(db: None, sign: Sign, client: Client) -> None:
    petition = factories.make_hidden_petition(opened=True)
    assert client.get(f"/petitions/{petition.pk}/sign/").status_code == 410
    assert sign(petition).status_code == 410
    assert stored_nothing()
