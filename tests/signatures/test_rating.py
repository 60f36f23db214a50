"""What signers say of an answer: by a mailed link, once each, shown from twenty on."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

import petitions.services
from petitions.models import Event, Petition, PublicCase, Rating
from petitions.models.timeline import EventKind
from signatures import erasure, links, telling
from signatures.fraud import moves
from signatures.models import Act, Signature
from tests.factories import make_answered_petition, make_event
from tests.signatures.conftest import path_in, send_mails, sign_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered() -> Petition:
    return make_answered_petition(title="Plant more trees")


@pytest.fixture
def event(answered: Petition) -> Event:
    return make_event(
        answered, EventKind.ANSWERED, key=str(answered.pk), tells_signers=True, link=answered.public_case.answer_path
    )


def link_of(row: Signature, event: Event) -> str:
    return links.rate(row, event_id=event.pk, now=timezone.now()).removeprefix("https://petitions.example")


def vote(petition: Petition, *, yes: int = 0, partly: int = 0, no: int = 0, first: int = 1) -> None:
    choices = ["yes"] * yes + ["partly"] * partly + ["no"] * no
    Rating.objects.bulk_create(
        Rating(petition=petition, case_id=petition.pk, row_id=number, choice=choice, at=timezone.now())
        for number, choice in enumerate(choices, first)
    )
    petitions.services.count_ratings(timezone.now())


def test_the_link_comes_with_the_mail_about_the_answer(event: Event, answered: Petition, plain_client: Client) -> None:
    row = sign_as(answered, notify=True)
    telling.tell_due(timezone.now())
    (message,) = send_mails()
    path = path_in(message, "/rate/")
    shown = plain_client.get(path)
    assert shown.status_code == 200
    assert shown["Cache-Control"] == "no-store"
    assert shown["Referrer-Policy"] == "no-referrer"
    assert not Rating.objects.exists()
    thanks = plain_client.post(path, {"choice": "partly", "comment": "Which street?"})
    assert thanks.status_code == 200
    assert "Thank you" in thanks.content.decode()
    rating = Rating.objects.get()
    assert (rating.row_id, rating.case_id, rating.choice, rating.comment) == (
        row.id,
        answered.pk,
        "partly",
        "Which street?",
    )


def test_mails_about_other_things_have_no_such_link(answered: Petition) -> None:
    sign_as(answered, notify=True)
    make_event(answered, EventKind.NOTE, tells_signers=True)
    telling.tell_due(timezone.now())
    (message,) = send_mails()
    assert "/rate/" not in message.body


def test_one_vote_a_signer_the_last_one_counts(event: Event, answered: Petition, plain_client: Client) -> None:
    path = link_of(sign_as(answered), event)
    for choice in ("yes", "yes", "no"):
        assert plain_client.post(path, {"choice": choice}).status_code == 200
        petitions.services.count_ratings(timezone.now())
    assert PublicCase.objects.get(petition=answered).ratings == {"case": answered.pk, "no": 1}
    assert "checked" in plain_client.get(path).content.decode()


@pytest.mark.parametrize("typed", [{}, {"choice": "maybe"}, {"choice": "no", "comment": "x" * 501}])
def test_what_can_t_be_kept_is_said_and_what_was_typed_stays(
    typed: dict[str, str], event: Event, answered: Petition, plain_client: Client
) -> None:
    path = link_of(sign_as(answered), event)
    response = plain_client.post(path, {"comment": "<script>alert(1)</script>", **typed})
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert "<script>alert" not in response.content.decode()
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda row: Signature.objects.filter(id=row.id).update(generation=5),
        lambda row: Signature.objects.filter(id=row.id).update(state="invalidated"),
        lambda row: Signature.objects.filter(id=row.id).update(state="withdrawn"),
        lambda row: Signature.objects.filter(id=row.id).delete(),
        lambda row: PublicCase.objects.update(case_id=7),
        lambda row: PublicCase.objects.update(answered_at=None),
        lambda row: Petition.objects.update(state="hidden", hidden_at=timezone.now()),
        lambda row: Event.objects.all().delete(),
    ],
)
def test_a_link_that_does_not_hold_any_more_leads_to_the_neutral_page(
    change: Any, event: Event, answered: Petition, plain_client: Client
) -> None:
    row = sign_as(answered)
    path = link_of(row, event)
    change(row)
    for response in (plain_client.get(path), plain_client.post(path, {"choice": "yes"})):
        assert response.status_code == 404
        assert response.content == plain_client.get("/rate/no-such-token/").content
    assert not Rating.objects.exists()


def test_a_link_made_for_something_else_rates_nothing(event: Event, answered: Petition, plain_client: Client) -> None:
    row = sign_as(answered)
    token = links.unsubscribe(row, now=timezone.now()).rstrip("/").rpartition("/")[2]
    assert plain_client.post(f"/rate/{token}/", {"choice": "yes"}).status_code == 404


def test_figures_are_public_from_twenty_votes_on(answered: Petition, plain_client: Client) -> None:
    vote(answered, yes=10, partly=5, no=4)
    assert "19 signers" not in plain_client.get(f"/petitions/{answered.pk}/").content.decode()
    vote(answered, yes=1, first=50)
    page = plain_client.get(f"/petitions/{answered.pk}/").content.decode()
    assert "20 signers" in page
    assert "55" in page


def test_figures_of_an_earlier_case_are_not_shown_with_a_later_one(answered: Petition, plain_client: Client) -> None:
    vote(answered, yes=25)
    PublicCase.objects.update(case_id=answered.pk + 1)
    assert "25 signers" not in plain_client.get(f"/petitions/{answered.pk}/").content.decode()


def test_votes_on_grouped_petitions_are_one_figure(answered: Petition) -> None:
    other = make_answered_petition(path="/answers/same/")
    PublicCase.objects.filter(petition=other).update(case_id=answered.pk)
    vote(answered, no=12)
    vote_on_other = [
        Rating(petition=other, case_id=answered.pk, row_id=n, choice="no", at=timezone.now()) for n in range(8)
    ]
    Rating.objects.bulk_create(vote_on_other)
    petitions.services.count_ratings(timezone.now())
    for face in PublicCase.objects.all():
        assert face.ratings == {"case": answered.pk, "no": 20}
        assert face.low_rated_case_id == answered.pk


def test_it_is_low_when_more_than_half_of_twenty_say_no(answered: Petition) -> None:
    vote(answered, yes=10, no=10)
    assert PublicCase.objects.get().low_rated_case_id is None
    vote(answered, no=1, first=40)
    assert PublicCase.objects.get().low_rated_case_id == answered.pk


def test_what_forged_signatures_said_is_void(event: Event, answered: Petition, plain_client: Client) -> None:
    row, honest = sign_as(answered), sign_as(answered)
    for voter in (row, honest):
        plain_client.post(link_of(voter, event), {"choice": "no"})
    petitions.services.count_ratings(timezone.now())
    with transaction.atomic():
        moves.move(Act.REJECT, petition_id=answered.pk, row_ids=[row.id], now=timezone.now())
    assert petitions.services.count_ratings(timezone.now()) == 1
    assert PublicCase.objects.get().ratings == {"case": answered.pk, "no": 1}


def test_erasing_lets_go_of_the_voter_and_keeps_the_vote(
    event: Event, answered: Petition, plain_client: Client
) -> None:
    row = sign_as(answered)
    path = link_of(row, event)
    plain_client.post(path, {"choice": "no", "comment": "I live in Elm Street."})
    erasure.erase(signatures=[row], now=timezone.now() + timedelta(seconds=1))
    rating = Rating.objects.get()
    assert (rating.row_id, rating.comment, rating.choice) == (None, "", "no")
    assert plain_client.post(path, {"choice": "yes"}).status_code == 404


def test_comments_are_kept_for_a_year(answered: Petition) -> None:
    now = timezone.now()
    for row_id, age in ((1, 366), (2, 364)):
        Rating.objects.create(
            petition=answered, case_id=1, row_id=row_id, choice="no", comment="Why?", at=now - timedelta(days=age)
        )
    assert petitions.services.forget_comments(now) == 1
    assert list(Rating.objects.order_by("row_id").values_list("comment", flat=True)) == ["", "Why?"]


def test_an_answer_that_is_not_shown_can_t_be_rated(answered: Petition) -> None:
    given = {"petition_id": answered.pk, "row_id": 1, "choice": "yes", "now": timezone.now()}
    with pytest.raises(petitions.services.Refused):
        petitions.services.record_rating(case_id=answered.pk + 1, **given)
    petitions.services.record_rating(case_id=answered.pk, **given)
