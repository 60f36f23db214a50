"""One signature held, released, rejected, reinstated, withdrawn: the count follows, once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.permissions import NotAllowed
from audit.models import Entry
from petitions.models import Event, HourCount, Limits, Petition, RegionCount
from petitions.refusals import Refused
from signatures import telling
from signatures.fraud import handling
from signatures.models import Act, Removal
from tests.factories import make_closed_petition, make_petition
from tests.signatures.conftest import send_mails
from tests.signatures.fraud.conftest import counted, make_signature, state_of

REASON = "One person wrote them all."


def do(act: Act, row: Any, actor: User, **more: Any) -> None:
    given = {"reason": REASON, "now": timezone.now(), **more}
    handling.act(act, petition_id=row.petition_id, row_id=row.id, actor=actor, **given)


def test_a_held_signature_leaves_the_count_and_a_released_one_returns(petition: Petition, moderator: User) -> None:
    row, _other = make_signature(petition), make_signature(petition)
    assert counted(petition) == 2
    do(Act.HOLD, row, moderator)
    assert (state_of(row), counted(petition)) == (("held", "staff"), 1)
    do(Act.RELEASE, row, moderator)
    assert (state_of(row), counted(petition)) == (("confirmed", ""), 2)


def test_places_and_hours_follow_the_count(petition: Petition, moderator: User) -> None:
    at = timezone.now() - timedelta(minutes=2)  # one moment: an hour may end between two
    rows = [make_signature(petition, at=at) for _ in range(3)]
    do(Act.REJECT, rows[0], moderator)
    do(Act.HOLD, rows[1], moderator)
    do(Act.RELEASE, rows[1], moderator)
    assert counted(petition) == 2
    assert RegionCount.objects.filter(petition=petition).aggregate(sum=Sum("signed"))["sum"] == 2
    assert [hour.count for hour in HourCount.objects.filter(petition=petition)] == [2]


@pytest.mark.parametrize("act", [Act.HOLD, Act.REJECT])
def test_the_same_act_twice_counts_once(petition: Petition, moderator: User, act: Act) -> None:
    row = make_signature(petition)
    do(act, row, moderator)
    with pytest.raises(Refused):
        do(act, row, moderator)
    assert counted(petition) == 0


def test_what_never_counted_is_rejected_without_a_change(petition: Petition, moderator: User) -> None:
    held = make_signature(petition, state="held", suspicion="disposable")
    pending = make_signature(petition, state="pending")
    do(Act.REJECT, held, moderator)
    do(Act.REJECT, pending, moderator)
    assert counted(petition) == 0
    assert not Removal.objects.exists()


def test_a_released_signature_that_was_held_for_its_address_counts(petition: Petition, moderator: User) -> None:
    row = make_signature(petition, state="held", suspicion="disposable")
    do(Act.RELEASE, row, moderator)
    assert (state_of(row), counted(petition)) == (("confirmed", ""), 1)


def test_a_pending_signature_is_watched_and_let_go_again(petition: Petition, moderator: User) -> None:
    row = make_signature(petition, state="pending")
    do(Act.HOLD, row, moderator)
    assert state_of(row) == ("pending", "watched")
    do(Act.RELEASE, row, moderator)
    assert (state_of(row), counted(petition)) == (("pending", ""), 0)


@pytest.mark.parametrize(("before", "after"), [("confirmed", 1), ("pending", 0)])
def test_a_rejection_is_taken_back(petition: Petition, moderator: User, before: str, after: int) -> None:
    row = make_signature(petition, state=before)
    do(Act.REJECT, row, moderator)
    assert counted(petition) == 0
    do(Act.REINSTATE, row, moderator)
    assert (state_of(row), counted(petition)) == ((before, ""), after)
    assert sum(Removal.objects.values_list("removed", flat=True)) == 0


def test_the_creators_signature_stands(petition: Petition, moderator: User) -> None:
    row = make_signature(petition, role="creator")
    for act in (Act.HOLD, Act.REJECT):
        with pytest.raises(Refused):
            do(act, row, moderator)
    assert counted(petition) == 1


def test_a_rejected_supporter_is_one_supporter_fewer(moderator: User) -> None:
    petition = make_petition(state="gathering_support", supporter_count=1)
    row = make_signature(petition, role="supporter")
    do(Act.REJECT, row, moderator)
    petition.refresh_from_db()
    assert petition.supporter_count == 0


def test_every_act_leaves_who_did_it_to_which_row_and_why(petition: Petition, moderator: User) -> None:
    row = make_signature(petition)
    do(Act.HOLD, row, moderator)
    entry = Entry.objects.get(action="signature.hold")
    assert (entry.actor, entry.subject_kind, entry.subject_id) == (moderator, "signature", row.id)
    assert (entry.reason, entry.details) == (REASON, {"petition": petition.pk})


@pytest.mark.parametrize("reason", ["", "   ", "mary@example.org wrote them"])
def test_a_reason_is_needed_and_names_no_address(petition: Petition, moderator: User, reason: str) -> None:
    row = make_signature(petition)
    with pytest.raises(Refused) as refused:
        do(Act.REJECT, row, moderator, reason=reason)
    assert (refused.value.field, counted(petition)) == ("reason", 1)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("role", ["auditor", "administrator", "coordinator", "drafter", "editor"])
def test_only_moderators_act(petition: Petition, staff: dict[str, User], role: str) -> None:
    row = make_signature(petition)
    given = {"petition_id": petition.pk, "row_id": row.id, "actor": staff[role]}
    for forbidden in (
        lambda: do(Act.HOLD, row, staff[role]),
        lambda: handling.withdraw(**given, reason=REASON, now=timezone.now()),
        lambda: handling.resend(**given, now=timezone.now()),
        lambda: handling.unmask(**given, reason=REASON),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    assert (counted(petition), Entry.objects.count()) == (1, 0)


def test_a_signature_is_withdrawn_for_its_owner(petition: Petition, moderator: User) -> None:
    row = make_signature(petition)
    given = {"petition_id": petition.pk, "row_id": row.id, "actor": moderator, "reason": "Asked on the telephone."}
    handling.withdraw(**given, now=timezone.now())
    assert (state_of(row)[0], row.generation, counted(petition)) == ("withdrawn", 1, 0)
    with pytest.raises(Refused):
        handling.withdraw(**given, now=timezone.now())


def test_a_closed_petition_keeps_what_it_had_but_not_what_was_forged(moderator: User) -> None:
    petition = make_closed_petition()
    row = make_signature(petition)
    with pytest.raises(Refused):
        handling.withdraw(petition_id=petition.pk, row_id=row.id, actor=moderator, reason="Asked.", now=timezone.now())
    assert counted(petition) == 1
    do(Act.REJECT, row, moderator)
    assert counted(petition) == 0


def test_the_person_behind_a_signature_is_shown_for_a_reason(petition: Petition, moderator: User) -> None:
    row = make_signature(petition, email="mary@example.org")
    given = {"petition_id": petition.pk, "row_id": row.id, "actor": moderator}
    with pytest.raises(Refused):
        handling.unmask(**given, reason="")
    assert handling.unmask(**given, reason="She called.").email == "mary@example.org"
    entry = Entry.objects.get()
    assert (entry.action, entry.subject_id, entry.reason) == ("signature.unmask", row.id, "She called.")
    assert "mary" not in str(entry.details)


def test_whose_data_are_gone_cannot_be_shown(petition: Petition, moderator: User) -> None:
    row = make_signature(petition, sealed=None)
    with pytest.raises(Refused):
        handling.unmask(petition_id=petition.pk, row_id=row.id, actor=moderator, reason="She called.")


def test_many_removals_are_told_once_they_come_together(petition: Petition, moderator: User) -> None:
    Limits.objects.update_or_create(pk=1, defaults={"removals_noted": 2})
    rows = [make_signature(petition) for _ in range(6)]
    for row in rows[:2]:
        do(Act.REJECT, row, moderator)
    assert not Event.objects.filter(kind="removed").exists()
    for row in rows[2:5]:
        do(Act.REJECT, row, moderator)
    event = Event.objects.get(kind="removed")
    assert (event.details, event.public, event.tells_creator) == ({"signatures": 3}, True, True)


@pytest.mark.parametrize(
    ("language", "subject", "words", "title"),
    [
        ("en", "Signatures of your petition were removed", "removed 3 from its count", "3 signatures were removed"),
        ("fr", "Des signatures de votre pétition ont été retirées", "retiré 3 du décompte", "3 signatures ont été"),
    ],
)
def test_creator_and_public_read_how_many_in_their_language(
    petition: Petition, moderator: User, client: Client, language: str, subject: str, words: str, title: str
) -> None:
    Limits.objects.update_or_create(pk=1, defaults={"removals_noted": 2})
    make_signature(petition, role="creator", language=language)
    for row in [make_signature(petition) for _ in range(3)]:
        do(Act.REJECT, row, moderator)
    telling.tell_due(timezone.now())
    (message,) = send_mails()
    assert message.subject.startswith(subject)
    assert words in " ".join(message.body.split())
    page = client.get(f"{'' if language == 'en' else '/fr'}/petitions/{petition.pk}/")
    assert title in page.content.decode()
