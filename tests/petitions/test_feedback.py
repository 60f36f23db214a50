"""What people tell us about the site reaches staff, its sender's address only those who ask; and it goes in time."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.permissions import NotAllowed
from audit.models import Entry
from petitions import services
from petitions.models import Feedback
from petitions.services.feedback import forget_feedback

pytestmark = pytest.mark.django_db

ADDRESS = "reader@example.org"
TYPED = {"text": "The map cannot be read aloud.", "page": "/petitions/1000001/", "email": ADDRESS}


@pytest.fixture
def keeper() -> User:
    return User.objects.create_superuser("keeper", password="x")


def test_what_somebody_says_is_stored_with_its_address_sealed(client: Client) -> None:
    assert 'value="/help/"' in client.get("/feedback/?page=/help/").content.decode()
    answer = client.post("/fr/feedback/", TYPED)
    assert (answer.status_code, answer["Location"]) == (303, "/fr/feedback/thanks/")
    assert not answer.cookies
    stored = Feedback.objects.get()
    assert (stored.text, stored.page, stored.language) == (TYPED["text"], TYPED["page"], "fr")
    assert ADDRESS.encode() not in bytes(stored.sealed)
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("changed", "field"), [({"text": " "}, "text"), ({"text": "x" * 2001}, "text"), ({"email": "a@b"}, "email")]
)
def test_what_cannot_be_taken_is_said_beside_the_field_and_nothing_is_stored(
    client: Client, changed: dict[str, str], field: str
) -> None:
    page = client.post("/feedback/", TYPED | changed)
    assert page.status_code == 200
    assert f'href="#id_{field}"' in page.content.decode()
    assert TYPED["page"] in page.content.decode()
    assert not Feedback.objects.exists()


def test_a_network_that_sends_very_much_waits_with_what_was_typed(client: Client) -> None:
    for _ in range(10):
        assert client.post("/feedback/", TYPED).status_code == 303
    turned_away = client.post("/feedback/", TYPED)
    assert turned_away.status_code == 429
    assert int(turned_away["Retry-After"]) > 0
    assert TYPED["text"] in turned_away.content.decode()
    assert Feedback.objects.count() == 10


def test_staff_read_it_see_the_address_when_they_ask_and_finish_it(client: Client, keeper: User) -> None:
    client.post("/feedback/", TYPED)
    stored = Feedback.objects.get()
    client.force_login(keeper)
    assert "1 message waits" in client.get("/staff/").content.decode()
    assert TYPED["text"] in client.get("/staff/feedback/").content.decode()
    address = f"/staff/feedback/{stored.pk}/"
    assert ADDRESS not in client.get(address).content.decode()
    assert ADDRESS in client.post(address, {"act": "address"}).content.decode()
    assert client.post(address, {"act": "done"}).status_code == 302
    assert client.post(address, {"act": "done"}).status_code == 302
    assert TYPED["text"] not in client.get("/staff/feedback/").content.decode()
    assert TYPED["text"] in client.get("/staff/feedback/?done=1").content.decode()
    acts = Entry.objects.filter(subject_kind="feedback", subject_id=stored.pk).order_by("pk")
    assert [(act.action, act.actor) for act in acts] == [
        ("feedback.read_address", keeper),
        ("feedback.finish", keeper),
    ]


def test_nobody_else_of_the_staff_may(client: Client) -> None:
    drafter = User.objects.create_user("drafter", password="x")
    stored = services.give_feedback(text="Words", page="", email=ADDRESS, language="en", now=timezone.now())
    with pytest.raises(NotAllowed):
        services.address_of(stored, actor=drafter)
    with pytest.raises(NotAllowed):
        services.finish_feedback(feedback_id=stored.pk, actor=drafter, now=timezone.now())
    assert Feedback.objects.get().done_at is None


def test_it_is_deleted_half_a_year_after_it_was_dealt_with_and_after_a_year_at_most(keeper: User) -> None:
    now = timezone.now()
    done, waiting = (
        services.give_feedback(text=text, page="", email="", language="en", now=now) for text in ("Done", "Waiting")
    )
    services.finish_feedback(feedback_id=done.pk, actor=keeper, now=now)
    assert forget_feedback(now + timedelta(days=179)) == 0
    assert forget_feedback(now + timedelta(days=181)) == 1
    assert forget_feedback(now + timedelta(days=364)) == 0
    assert forget_feedback(now + timedelta(days=366)) == 1
    assert waiting.sealed is None
