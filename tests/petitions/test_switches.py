"""Pausing signing and creation, and the notice: what is asked, what is stored, what moves."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.roles import Role
from audit.models import Entry
from petitions import services, switches
from petitions.lifecycle import State
from petitions.models import Event, Petition, SigningPause
from petitions.switches import Pause, Switches
from tests import factories

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
MakePetition = Callable[..., Petition]


@pytest.fixture
def administrator(make_user: Any) -> User:
    return make_user("administrator", role=Role.ADMINISTRATOR)


@pytest.fixture
def paused(administrator: User, now: datetime) -> SigningPause:
    return services.pause_signing(actor=administrator, reason="Too many at once.", now=now)


def closes(petition: Petition) -> datetime:
    return Petition.objects.values_list("closes_at", flat=True).get(pk=petition.pk)


def resume(administrator: User, now: datetime) -> int:
    return services.resume_signing(actor=administrator, reason="All is well.", now=now)


def test_each_switch_is_seen_here_at_once_and_leaves_who_and_why(
    administrator: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    switches.forget()
    assert switches.current() == Switches()
    with django_capture_on_commit_callbacks(execute=True):
        services.pause_signing(actor=administrator, reason=" A flood. ", now=now)
        services.pause_creation(actor=administrator, reason="A flood.", now=now)
        services.set_notice(
            actor=administrator, notice="We are slow.", notice_fr="Nous sommes lents.", reason="A flood.", now=now
        )
    seen = switches.current()
    assert (seen.signing_paused_at, seen.creation_paused_at) == (now, now)
    assert seen.notice == {"en": "We are slow.", "fr": "Nous sommes lents."}
    entries = Entry.objects.filter(subject_kind="switches")
    assert [(entry.action, entry.actor, entry.reason) for entry in entries.order_by("id")] == [
        (f"switches.{act}", administrator, "A flood.") for act in ("pause_signing", "pause_creation", "set_notice")
    ]


def test_a_switch_made_elsewhere_is_in_force_within_thirty_seconds(now: datetime, monkeypatch: Any) -> None:
    switches.forget()
    switches.current()
    SigningPause.objects.create(began_at=now)
    assert not switches.current().signing_paused
    later = switches.time.monotonic() + 30
    monkeypatch.setattr(switches.time, "monotonic", lambda: later)
    assert switches.current().signing_paused


def test_without_the_database_switches_stay_as_they_were(paused: SigningPause, monkeypatch: Any) -> None:
    switches.forget()
    assert switches.current().signing_paused
    asked = []

    def away() -> Switches:
        asked.append(1)
        raise OperationalError

    later = switches.time.monotonic() + 30
    monkeypatch.setattr(switches.time, "monotonic", lambda: later)
    monkeypatch.setattr(switches, "_stored", away)
    assert switches.current().signing_paused
    assert switches.current().signing_paused
    assert len(asked) == 1


def test_who_may_not_switch_and_what_has_no_reason_is_refused(
    moderator: User, administrator: User, now: datetime
) -> None:
    notice = {"notice": "Hello.", "notice_fr": "Bonjour."}
    acts: list[tuple[Callable[..., Any], dict[str, str]]] = [
        (services.pause_signing, {}),
        (services.resume_signing, {}),
        (services.pause_creation, {}),
        (services.resume_creation, {}),
        (services.set_notice, notice),
    ]
    for act, words in acts:
        with pytest.raises(services.NotAllowed):
            act(actor=moderator, reason="I like it.", now=now, **words)
        with pytest.raises(services.Refused) as refusal:
            act(actor=administrator, reason=" \u200b ", now=now, **words)
        assert refusal.value.field == "reason"
    assert not SigningPause.objects.exists()
    assert not Entry.objects.exists()


def test_nothing_is_paused_or_resumed_twice(administrator: User, paused: SigningPause, now: datetime) -> None:
    who = {"actor": administrator, "reason": "Again.", "now": now + HOUR}
    with pytest.raises(services.Refused):
        services.pause_signing(**who)
    with transaction.atomic(), pytest.raises(IntegrityError):
        SigningPause.objects.create(began_at=now)
    services.resume_signing(**who)
    with pytest.raises(services.Refused):
        services.resume_signing(**who)
    services.pause_creation(**who)
    with pytest.raises(services.Refused):
        services.pause_creation(**who)
    services.resume_creation(**who)
    with pytest.raises(services.Refused):
        services.resume_creation(**who)


@pytest.mark.parametrize(
    ("notice", "notice_fr", "field"),
    [("Hello.", " ", "notice_fr"), ("", "Bonjour.", "notice"), ("x" * 501, "Bonjour.", "notice"), ("", "", "")],
)
def test_a_notice_is_in_every_language_and_short(
    administrator: User, now: datetime, notice: str, notice_fr: str, field: str
) -> None:
    with pytest.raises(services.Refused) as refusal:
        services.set_notice(actor=administrator, notice=notice, notice_fr=notice_fr, reason="Why not.", now=now)
    assert refusal.value.field == field


def test_open_deadlines_move_by_the_time_lost_once_and_the_timeline_says_so(
    make_petition: MakePetition, administrator: User, now: datetime
) -> None:
    open_before, closed = make_petition(), make_petition(State.CLOSED, at=now - timedelta(days=300))
    ended = make_petition()
    Petition.objects.filter(pk=ended.pk).update(closes_at=now + HOUR)
    before = {petition.pk: closes(petition) for petition in (open_before, closed)}
    services.pause_signing(actor=administrator, reason="A flood.", now=now + 2 * HOUR)
    opened_meanwhile = make_petition(at=now + 4 * HOUR)
    before[opened_meanwhile.pk] = closes(opened_meanwhile)

    assert resume(administrator, now + 5 * HOUR) == 2
    with pytest.raises(services.Refused):
        resume(administrator, now + 6 * HOUR)

    assert closes(open_before) == before[open_before.pk] + 3 * HOUR
    assert closes(opened_meanwhile) == before[opened_meanwhile.pk] + HOUR
    # Whose deadline had come before lost nothing, though the sweep had not closed it yet.
    assert (closes(closed), closes(ended)) == (before[closed.pk], now + HOUR)
    events = Event.objects.filter(kind="deadline_moved")
    assert {event.petition_id for event in events} == {open_before.pk, opened_meanwhile.pk}
    event = events.get(petition=open_before)
    assert datetime.fromisoformat(event.details["closes_at"]) == closes(open_before)
    assert (event.public, event.tells_creator, event.tells_signers) == (True, True, False)
    assert Entry.objects.get(action="switches.resume_signing").details["moved"] == 2


def test_no_petition_closes_while_signing_is_paused(
    make_petition: MakePetition, administrator: User, now: datetime
) -> None:
    due_in_the_pause, due_before = make_petition(), make_petition()
    Petition.objects.filter(pk=due_in_the_pause.pk).update(closes_at=now + 2 * HOUR)
    Petition.objects.filter(pk=due_before.pk).update(closes_at=now + HOUR - timedelta(seconds=1))
    services.pause_signing(actor=administrator, reason="A flood.", now=now + HOUR)
    assert services.close_due(now + 10 * HOUR) == 1
    resume(administrator, now + 10 * HOUR)
    assert closes(due_in_the_pause) == now + 11 * HOUR
    assert services.close_due(now + 11 * HOUR - timedelta(seconds=1)) == 0
    assert services.close_due(now + 11 * HOUR) == 1
    assert closes(due_before) == now + HOUR - timedelta(seconds=1)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_move_each_deadline_once(now: datetime) -> None:
    boss = User.objects.create_superuser("boss", "boss@staff.example")
    petitions = [factories.make_open_petition(opened_at=now - HOUR) for _number in range(5)]
    before = [closes(petition) for petition in petitions]
    services.pause_signing(actor=boss, reason="A flood.", now=now)
    together, moved = Barrier(4), []

    def run() -> None:
        together.wait()
        try:
            moved.append(resume(boss, now + HOUR))
        except services.Refused:
            moved.append(0)
        finally:
            connection.close()

    threads = [Thread(target=run) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(moved) == [0, 0, 0, 5]
    assert [closes(petition) for petition in petitions] == [closed + HOUR for closed in before]


def at(now: datetime, minutes: int) -> datetime:
    return now + timedelta(minutes=minutes)


@given(data=st.data())
def test_the_grace_is_as_long_as_signing_was_possible(data: st.DataObject) -> None:
    start = datetime(2026, 1, 1)
    times = sorted(data.draw(st.sets(st.integers(0, 5000), max_size=9)))
    pauses = tuple(
        Pause(at(start, begins), at(start, ends) if ends is not None else None)
        for begins, ends in zip(times[::2], [*times[1::2], None], strict=False)
    )
    now, grace = at(start, data.draw(st.integers(5000, 6000))), data.draw(st.integers(0, 3000))
    pauses_newest_first = pauses[::-1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(switches, "current", lambda: Switches(pauses=pauses_newest_first))
        began = switches.grace_began(now, timedelta(minutes=grace))
    lost = sum((max((p.ended_at or now) - max(p.began_at, began), timedelta()) for p in pauses), timedelta())
    assert (now - began) - lost == timedelta(minutes=grace)


def test_no_petition_is_handed_in_while_creation_is_paused(administrator: User, now: datetime) -> None:
    words = {"title": "Mend it", "ask": "Please.", "detail": "", "language": "en", "creator_name": "A B", "now": now}
    services.pause_creation(actor=administrator, reason="A flood.", now=now)
    switches.forget()
    with pytest.raises(services.Refused):
        services.submit(**words)
    switches.forget()
    services.resume_creation(actor=administrator, reason="Over.", now=now)
    switches.forget()
    assert services.submit(**words).pk
