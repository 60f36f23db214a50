"""What becomes of suspected signatures from the form to the count, as their owners meet it; and all acts at random."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Sum
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from petitions.models import HourCount, Petition, RegionCount
from petitions.refusals import Refused
from signatures import leaving
from signatures.fraud import handling, moves, suspicion
from signatures.models import Act, DomainRule, Signature, SignatureState, Suspicion
from tests.factories import make_open_petition
from tests.signatures.clock import let_pass
from tests.signatures.conftest import path_in, row_of, send_mails
from tests.signatures.fraud.conftest import counted, make_signature, state_of

Sign = Callable[..., HttpResponse]
NAMES = ("Set-Cookie", "Location", "Content-Type", "Cache-Control")


def confirm(client: Client) -> HttpResponse:
    """Press the button behind the link in the one mail that leaves now."""
    (message,) = send_mails()
    return client.post(path_in(message, "/confirm/"))


def test_a_disposable_address_is_held_behind_the_usual_pages(petition: Petition, sign: Sign, client: Client) -> None:
    held = sign(petition, email="a@mailinator.com")
    usual = sign(petition, email="a@example.org")
    assert [held.get(name) for name in NAMES] == [usual.get(name) for name in NAMES]
    for message in send_mails():
        page = client.post(path_in(message, "/confirm/"))
        assert page.status_code == 200
        assert "You signed" in page.content.decode()
    assert counted(petition) == 1
    row = Signature.objects.get(petition_id=petition.pk, state="held")
    assert (row.suspicion, row.confirmed_at is None) == ("disposable", False)


def test_a_blocked_domain_gets_its_mail_once_it_is_released(
    petition: Petition, sign: Sign, client: Client, moderator: User
) -> None:
    DomainRule.objects.create(domain="blocked.example", verdict="block", note="A test.")
    suspicion.forget()
    assert sign(petition, email="a@blocked.example").status_code == 303
    assert send_mails() == []
    row = row_of(petition)
    given = {"petition_id": petition.pk, "row_id": row.id, "actor": moderator, "reason": "Known to us."}
    handling.act(Act.RELEASE, **given, now=timezone.now())
    assert confirm(client).status_code == 200
    assert counted(petition) == 1


def test_what_staff_watch_is_held_when_confirmed_however_often_it_is_handed_in(
    petition: Petition, sign: Sign, client: Client, moderator: User
) -> None:
    sign(petition, email="a@example.org")
    row = row_of(petition)
    handling.act(Act.HOLD, petition_id=petition.pk, row_id=row.id, actor=moderator, reason="Odd.", now=timezone.now())
    let_pass(minutes=2)
    sign(petition, email="a@example.org")
    assert state_of(row) == ("pending", "watched")
    for message in send_mails()[-1:]:
        assert client.post(path_in(message, "/confirm/")).status_code == 200
    assert (state_of(row), counted(petition)) == (("held", "watched"), 0)


@pytest.mark.parametrize(("acts", "ends"), [([Act.HOLD], ("held", 0)), ([Act.HOLD, Act.RELEASE], ("confirmed", 1))])
def test_who_is_held_and_signs_again_after_withdrawing_is_held_again(
    petition: Petition, sign: Sign, client: Client, moderator: User, acts: list[Act], ends: tuple[str, int]
) -> None:
    sign(petition, email="a@example.org")
    confirm(client)
    row = row_of(petition)
    given = {"petition_id": petition.pk, "row_id": row.id, "actor": moderator, "reason": "Odd."}
    for act in acts:
        handling.act(act, **given, now=timezone.now())
    assert leaving.withdraw(petition_id=petition.pk, row_id=row.id, generation=row.generation)
    let_pass(minutes=2)
    sign(petition, email="a@example.org")
    assert confirm(client).status_code == 200
    assert (state_of(row)[0], counted(petition)) == ends


def test_a_rejected_signature_stays_out_whatever_its_owner_does(
    petition: Petition, sign: Sign, client: Client, moderator: User
) -> None:
    sign(petition, email="a@example.org")
    (message,) = send_mails()
    client.post(path_in(message, "/confirm/"))
    row = row_of(petition)
    handling.act(
        Act.REJECT, petition_id=petition.pk, row_id=row.id, actor=moderator, reason="Forged.", now=timezone.now()
    )
    client.post(path_in(message, "/confirm/"))
    let_pass(minutes=2)
    assert sign(petition, email="a@example.org").status_code == 303
    assert (state_of(row)[0], send_mails(), counted(petition)) == ("invalidated", [], 0)


STATES = st.sampled_from([state for state in SignatureState.values if state != "withdrawn"])
DEEDS = st.lists(st.tuples(st.sampled_from([*Act, moves.WITHDRAW]), st.integers(0, 3)), max_size=12)


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(states=st.lists(STATES, min_size=4, max_size=4), deeds=DEEDS)
def test_whatever_is_done_the_count_is_the_number_of_confirmed_rows(states: list[str], deeds: Any) -> None:
    petition = make_open_petition()
    rows = [make_signature(petition, state=state) for state in states]
    for deed, number in deeds:
        rows[number].refresh_from_db()
        could = moves.possible(deed, rows[number])
        moved = moves.move(deed, petition_id=petition.pk, row_ids=[rows[number].id], now=timezone.now())
        assert moved.rows == int(could)
    confirmed = Signature.objects.filter(petition_id=petition.pk, state="confirmed").count()
    assert counted(petition) == confirmed
    for table, column in ((RegionCount, "signed"), (HourCount, "count")):
        assert (table.objects.filter(petition=petition).aggregate(sum=Sum(column))["sum"] or 0) == confirmed
    assert not HourCount.objects.filter(petition=petition, count__lt=0).exists()


@pytest.mark.parametrize("held", [value for value in Suspicion.values if value])
def test_a_screen_offers_what_the_statement_does(petition: Petition, moderator: User, held: str) -> None:
    for state in SignatureState.values:
        for act in Act:
            row = make_signature(petition, state=state, suspicion=held)
            offered = moves.possible(act, row)
            try:
                handling.act(
                    act, petition_id=petition.pk, row_id=row.id, actor=moderator, reason="A test.", now=timezone.now()
                )
                done = True
            except Refused:
                done = False
            assert offered == done, (act, state, held)
