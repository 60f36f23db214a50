"""Acts on many signatures: counted, started, cancelled, run twice and at once; the count follows exactly."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from accounts.permissions import NotAllowed
from audit.models import Entry
from petitions.lifecycle import ResponseState
from petitions.models import Crossing, Event, Petition, RegionCount, Threshold
from petitions.refusals import Refused
from signatures.fraud import bulk
from signatures.fraud.criteria import Criteria
from signatures.models import Act, BulkAct, BulkState, Signature
from tests.factories import make_open_petition
from tests.signatures.fraud.conftest import counted, make_signature

REASON = "All from one script."


def counted_act(petition: Petition, actor: User, act: Act = Act.REJECT, **criteria: str) -> BulkAct:
    """An act whose signatures are counted."""
    made = bulk.make(petition_id=petition.pk, act=act, criteria=Criteria(**criteria), actor=actor)
    bulk.work()
    made.refresh_from_db()
    assert made.state == BulkState.COUNTED
    return made


def run(petition: Petition, actor: User, act: Act = Act.REJECT, **criteria: str) -> BulkAct:
    """An act that was counted, started and done."""
    made = counted_act(petition, actor, act, **criteria)
    bulk.start(bulk_id=made.pk, actor=actor, reason=REASON, now=timezone.now())
    bulk.work()
    made.refresh_from_db()
    assert made.state == BulkState.DONE
    return made


def test_counting_changes_nothing(petition: Petition, moderator: User) -> None:
    for number in range(5):
        make_signature(petition, email=f"a{number}@farm.example")
    make_signature(petition)
    made = counted_act(petition, moderator, domain="farm.example")
    assert (made.found, made.changed, made.rows, counted(petition)) == (5, 0, 6, 6)


def test_a_rejection_by_domain_takes_exactly_those(petition: Petition, moderator: User) -> None:
    for number in range(5):
        make_signature(petition, email=f"a{number}@farm.example")
    stays = make_signature(petition, email="a@farm.example.org")
    done = run(petition, moderator, domain="Farm.Example")
    assert (done.changed, done.count_change, counted(petition)) == (5, -5, 1)
    assert Signature.objects.get(petition_id=petition.pk, state="confirmed").id == stays.id
    assert RegionCount.objects.filter(petition=petition).aggregate(sum=Sum("signed"))["sum"] == 1


EVERY = {
    "domain": ({"domain": "farm.example"}, False),
    "subdomains": ({"domain": "*.farm.example"}, True),
    "foreign domain": ({"domain": "bücher.example"}, False),
    "address": ({"network": "192.0.2.7"}, False),
    "prefix": ({"network": "192.0.2.0/24"}, True),
    "household": ({"network": "2001:db8:1:2::/64"}, False),
    "one of the household": ({"network": "2001:db8:1:2::9"}, True),
    "provider": ({"network": "2001:db8::/32"}, True),
    "name": ({"name": "JOHN  SMITH"}, False),
    "part of a name": ({"name": "john*"}, True),
    "brackets": ({"name": "[a-z]*"}, True),
    "region": ({"regions": "J"}, False),
    "unplaced": ({"regions": "-"}, False),
    "suspicion": ({"suspicion": "disposable"}, False),
}
FITTING: dict[str, list[dict[str, Any]]] = {
    "domain": [{"email": "x@farm.example"}],
    "subdomains": [{"email": "x@farm.example"}, {"email": "x@a.b.farm.example"}],
    "foreign domain": [{"email": "x@bücher.example"}, {"email": "y@xn--bcher-kva.example"}],
    "address": [{"network": "192.0.2.7"}],
    "prefix": [{"network": "192.0.2.7"}, {"network": "192.0.2.200"}],
    "household": [{"network": "2001:db8:1:2::9"}, {"network": "2001:db8:1:2:3::"}],
    "one of the household": [{"network": "2001:db8:1:2::9"}],
    "provider": [{"network": "2001:db8:1:2::9"}, {"network": "2001:db8:9::"}],
    "name": [{"name": "John Smith"}],
    "part of a name": [{"name": "John Smith"}, {"name": "Johnny B."}],
    "brackets": [{"name": "[a-z] Odd"}],
    "region": [{"region_code": "J"}],
    "unplaced": [{"region_code": ""}],
    "suspicion": [{"suspicion": "disposable", "state": "held"}],
}
FAR = {"network": "198.51.100.1", "name": "Ann Other", "region_code": "K"}


@pytest.mark.parametrize("case", EVERY)
def test_each_criterion_finds_what_it_says(petition: Petition, moderator: User, case: str) -> None:
    criteria, unseals = EVERY[case]
    fitting = {make_signature(petition, **{**FAR, **fields}).id for fields in FITTING[case]}
    make_signature(petition, **{**FAR, "email": "x@notfarm.example", "network": "192.0.3.7", "name": "a Johnson"})
    done = run(petition, moderator, **criteria)
    rejected = Signature.objects.filter(petition_id=petition.pk, state="invalidated").values_list("id", flat=True)
    assert (set(rejected), done.unseals) == (fitting, unseals)


def test_a_time_window_holds_its_beginning_and_not_its_end(petition: Petition, moderator: User) -> None:
    noon = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    for minutes in (-1, 0, 9, 10):
        make_signature(petition, at=noon + timedelta(minutes=minutes))
    window = {"since": noon.isoformat(), "until": (noon + timedelta(minutes=10)).isoformat()}
    assert counted_act(petition, moderator, **window).found == 2


def test_all_criteria_must_be_met(petition: Petition, moderator: User) -> None:
    make_signature(petition, email="a@farm.example", name="John Smith")
    make_signature(petition, email="b@farm.example", name="Ann Other")
    make_signature(petition, email="c@elsewhere.example", name="John Smith")
    assert counted_act(petition, moderator, domain="farm.example", name="John*").found == 1


@pytest.mark.parametrize(
    ("criteria", "field"),
    [
        ({}, ""),
        ({"domain": "example"}, "domain"),
        ({"network": "192.0.2"}, "network"),
        ({"since": "2026-01-02T00:00:00+00:00", "until": "2026-01-02T00:00:00+00:00"}, "until"),
        ({"suspicion": "odd"}, "suspicion"),
    ],
)
def test_criteria_that_make_no_sense_are_refused(
    petition: Petition, moderator: User, criteria: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        bulk.make(petition_id=petition.pk, act=Act.REJECT, criteria=Criteria(**criteria), actor=moderator)
    assert refused.value.field == field
    assert not BulkAct.objects.exists()


def test_nothing_starts_before_it_is_counted_or_twice(petition: Petition, moderator: User) -> None:
    row = make_signature(petition, email="a@farm.example")
    made = bulk.make(petition_id=petition.pk, act=Act.REJECT, criteria=Criteria(domain="farm.example"), actor=moderator)
    given = {"bulk_id": made.pk, "actor": moderator, "reason": REASON, "now": timezone.now()}
    with pytest.raises(Refused):
        bulk.start(**given)
    bulk.work()
    with pytest.raises(Refused) as refused:
        bulk.start(**{**given, "reason": " "})
    assert refused.value.field == "reason"
    bulk.start(**given)
    with pytest.raises(Refused):
        bulk.start(**given)
    bulk.work()
    with pytest.raises(Refused):
        bulk.start(**given)
    row.refresh_from_db()
    assert (row.state, counted(petition)) == ("invalidated", 0)


def test_later_signatures_are_left_alone(petition: Petition, moderator: User) -> None:
    make_signature(petition, email="a@farm.example")
    made = counted_act(petition, moderator, domain="farm.example")
    make_signature(petition, email="b@farm.example")
    bulk.start(bulk_id=made.pk, actor=moderator, reason=REASON, now=timezone.now())
    bulk.work()
    assert counted(petition) == 1


def test_a_cancelled_act_keeps_what_it_did_and_does_no_more(
    petition: Petition, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BATCH", 2)
    for number in range(6):
        make_signature(petition, email=f"a{number}@farm.example")
    made = counted_act(petition, moderator, domain="farm.example")
    bulk.start(bulk_id=made.pk, actor=moderator, reason=REASON, now=timezone.now())
    bulk.work_on_next(timezone.now())
    bulk.cancel(bulk_id=made.pk, actor=moderator, now=timezone.now())
    assert bulk.work() == 0
    made.refresh_from_db()
    assert (made.state, made.changed, counted(petition)) == ("cancelled", 2, 4)
    with pytest.raises(Refused):
        bulk.cancel(bulk_id=made.pk, actor=moderator, now=timezone.now())
    assert Entry.objects.get(action="signatures.bulk_cancel").details["changed"] == 2


def test_a_held_group_is_released_and_counted_once(petition: Petition, moderator: User) -> None:
    for number in range(3):
        make_signature(petition, email=f"a{number}@farm.example", state="held", suspicion="disposable")
    assert counted(petition) == 0
    for expected in (3, 0):
        assert run(petition, moderator, Act.RELEASE, domain="farm.example").changed == expected
        assert counted(petition) == 3


def test_a_rejection_of_many_is_taken_back_whole(petition: Petition, moderator: User) -> None:
    for number in range(3):
        make_signature(petition, email=f"a{number}@farm.example")
    run(petition, moderator, domain="farm.example")
    assert counted(petition) == 0
    run(petition, moderator, Act.REINSTATE, domain="farm.example")
    assert counted(petition) == 3


def test_the_log_has_who_and_why_and_neither_domain_nor_name(petition: Petition, moderator: User) -> None:
    make_signature(petition, email="a@farm.example", name="John Smith")
    run(petition, moderator, domain="*.farm.example", name="John Smith")
    entries = {entry.action: entry for entry in Entry.objects.order_by("id")}
    assert list(entries) == ["signatures.bulk_count", "signatures.bulk_start", "signatures.bulk_done"]
    assert {(entry.actor_id, entry.subject_id) for entry in entries.values()} == {(moderator.pk, petition.pk)}
    assert entries["signatures.bulk_count"].details["unseals"] is True
    assert entries["signatures.bulk_done"].reason == REASON
    assert "farm" not in str([entry.details for entry in entries.values()])
    assert "John" not in str([entry.details for entry in entries.values()])
    sealed = bytes(BulkAct.objects.get().sealed)
    assert b"farm" not in sealed


def test_the_public_hears_of_it_once_it_is_done(petition: Petition, moderator: User) -> None:
    for number in range(101):
        make_signature(petition, email=f"a{number}@farm.example")
    run(petition, moderator, domain="farm.example")
    assert [event.details for event in Event.objects.filter(kind="removed")] == [{"signatures": 101}]


def test_falling_below_a_threshold_asks_for_a_look_and_keeps_the_promise(moderator: User) -> None:
    petition = make_open_petition(thresholds=False)
    threshold = Threshold.objects.create(petition=petition, kind="response", count=3, opens_case=True)
    for number in range(3):
        make_signature(petition, email=f"a{number}@farm.example")
    assert counted(petition) == 3
    run(petition, moderator, domain="farm.example")
    assert counted(petition) == 0
    crossing = Crossing.objects.get(threshold=threshold)
    assert crossing.undercut_at is not None
    assert petition.response_state == ResponseState.AWAITING
    assert Crossing.objects.undercut_unreviewed().get() == crossing


@pytest.mark.parametrize("sealed", [None, b"what nobody can open"])
def test_an_act_whose_criteria_are_gone_ends_and_holds_up_no_other(
    petition: Petition, moderator: User, sealed: bytes | None
) -> None:
    make_signature(petition, email="a@farm.example")
    given = {"petition_id": petition.pk, "act": Act.REJECT, "actor": moderator}
    lost, other = (bulk.make(criteria=Criteria(domain="farm.example"), **given) for _ in range(2))
    BulkAct.objects.filter(pk=lost.pk).update(sealed=sealed)
    bulk.work()
    lost.refresh_from_db()
    other.refresh_from_db()
    assert (lost.state, other.state) == (BulkState.CANCELLED, BulkState.COUNTED)


def test_without_the_petitions_keys_the_work_ends(petition: Petition, moderator: User) -> None:
    make_signature(petition, email="a@farm.example")
    made = bulk.make(petition_id=petition.pk, act=Act.REJECT, criteria=Criteria(domain="farm.example"), actor=moderator)
    Petition.objects.filter(pk=petition.pk).update(salt=None)
    bulk.work()
    made.refresh_from_db()
    assert made.state == BulkState.CANCELLED
    with pytest.raises(Refused):
        bulk.make(petition_id=petition.pk, act=Act.REJECT, criteria=Criteria(domain="farm.example"), actor=moderator)


def test_only_moderators_make_start_and_cancel(petition: Petition, staff: dict[str, User]) -> None:
    made = counted_act(petition, staff["moderator"], domain="farm.example")
    for role in ("auditor", "administrator", "coordinator"):
        actor, now = staff[role], timezone.now()
        with pytest.raises(NotAllowed):
            bulk.make(petition_id=petition.pk, act=Act.HOLD, criteria=Criteria(name="x"), actor=actor)
        with pytest.raises(NotAllowed):
            bulk.start(bulk_id=made.pk, actor=actor, reason=REASON, now=now)
        with pytest.raises(NotAllowed):
            bulk.cancel(bulk_id=made.pk, actor=actor, now=now)
    assert BulkAct.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_it_once(petition: Petition, moderator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BATCH", 3)
    for number in range(20):
        make_signature(petition, email=f"a{number}@farm.example")
    made = counted_act(petition, moderator, domain="farm.example")
    bulk.start(bulk_id=made.pk, actor=moderator, reason=REASON, now=timezone.now())

    def worker(_number: int) -> None:
        try:
            while not BulkAct.objects.filter(pk=made.pk, state=BulkState.DONE).exists():
                bulk.work()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(worker, range(4)))
    made.refresh_from_db()
    assert (made.changed, made.looked_at, counted(petition)) == (20, 20, 0)
