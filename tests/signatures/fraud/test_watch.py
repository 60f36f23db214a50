"""What the clock notices, and what it leaves alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from petitions.models import HourCount, Petition
from petitions.refusals import Refused
from signatures.fraud import watch
from signatures.models import Flag, Signature
from tests.signatures.fraud.conftest import make_signature


def kinds() -> set[str]:
    watch.look(timezone.now())
    return set(Flag.objects.filter(settled_at=None).values_list("kind", flat=True))


def crowd(petition: Petition, number: int, **columns: str) -> None:
    for _ in range(number):
        make_signature(petition, **columns)


def test_a_network_and_a_name_stand_out_from_so_many_on(petition: Petition) -> None:
    crowd(petition, watch.LEAST["network"] - 1, network="192.0.2.77")
    crowd(petition, watch.LEAST["name"] - 1, name="John Smith")
    assert kinds() == set()
    crowd(petition, 1, network="192.0.2.77")
    crowd(petition, 1, name="JOHN SMITH")
    assert kinds() == {"network", "name"}


def test_a_domain_stands_out_unless_everybody_has_it(petition: Petition) -> None:
    for number in range(watch.LEAST["domain"]):
        make_signature(petition, email=f"a{number}@gmail.com")
    assert kinds() == set()
    for number in range(watch.LEAST["domain"]):
        make_signature(petition, email=f"a{number}@farm.example")
    assert kinds() == {"domain"}


def test_a_burst_is_far_more_than_usual(petition: Petition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "BURST_LEAST", 5)
    crowd(petition, 5)
    yesterday = timezone.now() - timedelta(hours=5)
    usual = HourCount.objects.create(
        petition=petition, hour=yesterday.replace(minute=0, second=0, microsecond=0), count=144
    )
    assert kinds() == set()
    usual.delete()
    assert kinds() == {"burst"}


def test_nothing_is_done_to_what_stands_out(petition: Petition) -> None:
    crowd(petition, watch.LEAST["network"], network="192.0.2.77")
    assert kinds() == {"network"}
    assert set(Signature.objects.values_list("state", "suspicion")) == {("confirmed", "")}


def test_one_flag_grows_and_rests_for_a_day_once_somebody_has_looked(petition: Petition, moderator: User) -> None:
    crowd(petition, watch.LEAST["network"], network="192.0.2.77")
    assert (kinds(), Flag.objects.get().signatures) == ({"network"}, watch.LEAST["network"])
    crowd(petition, 2, network="192.0.2.77")
    assert (kinds(), Flag.objects.get().signatures) == ({"network"}, watch.LEAST["network"] + 2)
    given = {"flag_id": Flag.objects.get().pk, "actor": moderator, "reason": "A school."}
    watch.settle(**given, now=timezone.now())
    with pytest.raises(Refused):
        watch.settle(**given, now=timezone.now())
    assert kinds() == set()
    Flag.objects.update(settled_at=timezone.now() - watch.REST - timedelta(minutes=1))
    assert kinds() == {"network"}
    assert Flag.objects.get().settled_by is None


def test_what_is_older_than_one_look_is_not_looked_at(petition: Petition) -> None:
    old = timezone.now() - watch.SPAN - timedelta(minutes=1)
    for _ in range(watch.LEAST["network"]):
        make_signature(petition, network="192.0.2.77", at=old)
    assert kinds() == set()


def test_erased_people_are_no_group(petition: Petition) -> None:
    for _ in range(watch.LEAST["domain"]):
        make_signature(petition, sealed=None, domain_tag=b"", name_tag=b"", network_tag=b"")
    assert kinds() == set()
