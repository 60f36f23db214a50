"""What somebody who has just signed is shown besides."""

import pytest
from django.test import Client

from petitions import related
from petitions.lifecycle import State
from petitions.models import Petition, Topic
from tests.factories import make_closed_petition, make_open_petition
from tests.signatures.conftest import a_person, path_in, send_mails

pytestmark = pytest.mark.django_db


def test_the_two_open_petitions_most_like_it_are_related() -> None:
    petition = make_open_petition(title="Plant more trees in our towns")
    alike = [make_open_petition(title=f"Plant more trees in {place}") for place in ("villages", "schools", "parks")]
    make_closed_petition(title="Plant more trees in our towns now")
    make_open_petition(title="Lower the price of bread")
    found = related.to(petition)
    assert len(found) == 2
    assert set(found) < set(alike)
    # What has closed meanwhile makes room for the next; who they are is not looked for again.
    Petition.objects.filter(pk=found[0].pk).update(state=State.CLOSED)
    assert found[0] not in related.to(petition)
    assert len(related.to(petition)) == 2


def test_where_nothing_is_alike_the_most_signed_of_its_topics_are_related() -> None:
    topic = Topic.objects.create(code="food", name="Food")
    petition, few, many, other = (
        make_open_petition(title=title, signature_count=count)
        for title, count in (("Lower the price of bread", 1), ("Label all eggs", 5), ("Ban palm oil", 9), ("Sing", 99))
    )
    for one in (petition, few, many):
        one.topics.add(topic)
    assert related.to(petition) == [many, few]
    assert related.to(other) == []


def test_who_has_signed_sees_them(client: Client) -> None:
    petition = make_open_petition(title="Plant more trees in our towns")
    alike = make_open_petition(title="Plant more trees in our villages")
    client.post(f"/petitions/{petition.pk}/sign/", a_person(), REMOTE_ADDR="10.8.0.1")
    (message,) = send_mails()
    page = client.post(path_in(message, "/confirm/")).content.decode()
    assert f'href="/petitions/{alike.pk}/"' in page
