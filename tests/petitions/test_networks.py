"""Which network a caller belongs to, and what staff say of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.permissions import NotAllowed
from accounts.roles import Role
from audit.models import Entry
from petitions import networks
from petitions.models import NetworkRule
from petitions.refusals import Refused


def put(actor: User, network: str, kind: str = "block", **fields: object) -> NetworkRule:
    given = {"note": "Forged signatures.", "expires_at": None, "now": timezone.now(), **fields}
    rule = networks.put(actor=actor, network=network, kind=kind, **given)
    networks.forget()
    return rule


def kind_of(address: str) -> str:
    caller = networks.caller(address)
    return "allow" if caller.is_allowed else "block" if caller.is_blocked else ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::1", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("", "nonsense", True),
        ("1.2.3.4, 5.6.7.8", "unknown", True),
    ],
)
def test_addresses_share_a_network_or_not(db: None, one: str, other: str, same: bool) -> None:
    assert (networks.caller(one).near == networks.caller(other).near) is same


def test_a_slash_48_is_shared_by_its_households(db: None) -> None:
    one, two, three = map(networks.caller, ("2001:db8:1:2::1", "2001:db8:1:3::1", "2001:db8:2:2::1"))
    assert one.wide == two.wide != three.wide
    assert networks.caller("192.0.2.1").wide == ""


def test_nothing_of_an_address_stands_in_what_limits_are_kept_under(db: None) -> None:
    caller = networks.caller("192.0.2.77")
    assert "192.0.2" not in caller.near + caller.on(1)
    assert caller.on(1) != caller.on(2) != caller.near


@pytest.mark.django_db
@given(st.text(max_size=60) | st.ip_addresses().map(str))
def test_any_text_is_some_caller(text: str) -> None:
    assert networks.caller(text).factor == 1


def test_the_narrowest_rule_decides(moderator: User) -> None:
    put(moderator, "192.0.0.0/16", "block")
    put(moderator, "192.0.2.0/24", "allow")
    put(moderator, "192.0.2.9", "block")
    put(moderator, "2001:db8::/32", "allow")
    addresses = ("192.0.9.1", "192.0.2.1", "192.0.2.9", "::ffff:192.0.2.9", "2001:db8:7::1", "2001:db9::1", "unknown")
    assert [kind_of(address) for address in addresses] == ["block", "allow", "block", "block", "allow", "", ""]


def test_a_rule_ends_by_itself_and_by_hand(moderator: User) -> None:
    now = timezone.now()
    rule = put(moderator, "192.0.2.1", expires_at=now + timedelta(hours=1))
    assert kind_of("192.0.2.1") == "block"
    assert list(networks.in_force(now + timedelta(hours=2))) == []
    networks.take_off(actor=moderator, rule_id=rule.pk, reason="It was a school.", now=now)
    networks.forget()
    assert kind_of("192.0.2.1") == ""
    with pytest.raises(Refused, match="over already"):
        networks.take_off(actor=moderator, rule_id=rule.pk, reason="Again.", now=now + timedelta(seconds=1))


def test_what_ended_can_hold_again_and_is_forgotten_after_ninety_days(moderator: User) -> None:
    now = timezone.now()
    rule = put(moderator, "192.0.2.1")
    networks.take_off(actor=moderator, rule_id=rule.pk, reason="Over.", now=now)
    assert put(moderator, "192.0.2.1", "allow", now=now + timedelta(seconds=1)).pk == rule.pk
    networks.take_off(actor=moderator, rule_id=rule.pk, reason="Over.", now=now + timedelta(seconds=2))
    assert networks.forget_ended(now + timedelta(days=89)) == 0
    assert networks.forget_ended(now + timedelta(days=91)) == 1


def test_every_act_is_in_the_log_without_the_network(moderator: User) -> None:
    rule = put(moderator, "192.0.2.1")
    put(moderator, "192.0.2.1", "allow", note="A school after all.", rule_id=rule.pk)
    networks.take_off(actor=moderator, rule_id=rule.pk, reason="Term is over.", now=timezone.now())
    entries = Entry.objects.filter(subject_kind="network", subject_id=rule.pk).order_by("id")
    assert [entry.action for entry in entries] == ["network.put", "network.change", "network.take_off"]
    assert [entry.reason for entry in entries] == ["Forged signatures.", "A school after all.", "Term is over."]
    assert entries[1].details["before"]["kind"] == "block"
    assert "192.0.2" not in str([entry.details for entry in entries])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"network": "nonsense"}, "network"),
        ({"network": "192.0.2.300"}, "network"),
        ({"network": "0.0.0.0/0"}, "network"),
        ({"network": "2000::/3"}, "network"),
        ({"network": "::ffff:0.0.0.0/96"}, "network"),
        ({"kind": "love"}, "kind"),
        ({"note": "  "}, "note"),
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "expires_at"),
    ],
)
def test_what_makes_no_sense_is_refused(moderator: User, fields: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        put(moderator, **{"network": "192.0.2.1", **fields})
    assert refusal.value.field == field
    assert not NetworkRule.objects.exists()
    assert not Entry.objects.filter(subject_kind="network").exists()


def test_a_network_is_on_the_list_once(moderator: User) -> None:
    rule = put(moderator, "192.0.2.7/24")
    assert str(rule) == "192.0.2.0/24"
    with pytest.raises(Refused, match="already"):
        put(moderator, "192.0.2.0/24", "allow")
    with pytest.raises(IntegrityError), transaction.atomic():
        NetworkRule.objects.create(network="192.0.2.0/24", kind="allow", note="x", created_by=moderator)


def test_only_moderators_and_administrators_change_the_list(make_user: Callable[..., User]) -> None:
    rule = put(make_user("administrator", role=Role.ADMINISTRATOR), "192.0.2.1")
    for role in set(Role) - {Role.ADMINISTRATOR, Role.MODERATOR}:
        actor = make_user(role.value, role=role)
        with pytest.raises(NotAllowed):
            put(actor, "192.0.2.2")
        with pytest.raises(NotAllowed):
            networks.take_off(actor=actor, rule_id=rule.pk, reason="No.", now=timezone.now())
    assert NetworkRule.objects.count() == 1
