"""Whose network a caller belongs to, and what staff have said about it: allowed more, or blocked."""

from datetime import datetime, timedelta
from hashlib import blake2b
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

import audit.services
from accounts.models import User
from accounts.permissions import require
from cms.kept import Kept
from petitions.models import NetworkRule
from petitions.refusals import Refused
from vault import keys

MANAGE = "petitions.manage_networks"
CACHED_SECONDS = 10
ALLOWED_FACTOR = 20  # design, limits to start from
# Wider than any one provider's customer, or than one provider: a slip of the pen would shut out a country.
WIDEST = {4: 8, 6: 16}
# A network that no rule holds for any more is an address of people: it is kept as long as the fraud desk's prefixes.
KEPT_AFTER_END = timedelta(days=90)

Network = IPv4Network | IPv6Network


class Caller(NamedTuple):
    """Where a request comes from, without its address: keyed hashes of the network and of the wider one around it.

    ``near`` stands for an IPv4 address or an IPv6 /64 (what a household gets), ``wide`` for an IPv6 /48 ('' for IPv4).
    """

    near: str
    wide: str
    is_allowed: bool
    is_blocked: bool

    @property
    def factor(self) -> int:
        """How many times the usual limits hold."""
        return ALLOWED_FACTOR if self.is_allowed else 1

    def on(self, petition_id: int) -> str:
        """What stands for this network on one petition: nobody can tell that two petitions saw the same one."""
        return digest(f"{self.near}:{petition_id}".encode())


def caller(address: str) -> Caller:
    """The caller at ``address``. What is no address at all is one network of its own. Reads no table but the cached
    list, at most ten seconds old.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return Caller(digest(b"unknown"), "", False, False)
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            packed, kind = parsed.packed, _kind(parsed)
            return Caller(digest(packed[:8]), digest(packed[:6]), kind == "allow", kind == "block")
        parsed = parsed.ipv4_mapped
    kind = _kind(parsed)
    return Caller(digest(parsed.packed), "", kind == "allow", kind == "block")


def digest(network: bytes) -> str:
    """What stands for a network where limits are kept: addresses are personal data."""
    return blake2b(network, key=keys.derive("throttle"), digest_size=12).hexdigest()


# By version: (bits beyond the prefix, {leading bits: kind}), the longest prefix first, since it decides.
Table = dict[int, list[tuple[int, dict[int, str]]]]


def _kind(address: IPv4Address | IPv6Address) -> str:
    number = int(address)
    for shift, kinds in _table().get(address.version, ()):
        if kind := kinds.get(number >> shift):
            return kind
    return ""


def _read() -> Table:
    shifts: dict[tuple[int, int], dict[int, str]] = {}
    for network, kind in in_force(timezone.now()).values_list("network", "kind"):
        shift = network.max_prefixlen - network.prefixlen
        shifts.setdefault((network.version, shift), {})[int(network.network_address) >> shift] = kind
    table: Table = {}
    for (version, shift), kinds in sorted(shifts.items()):
        table.setdefault(version, []).append((shift, kinds))
    return table


_table = Kept(_read, seconds=CACHED_SECONDS)


def forget() -> None:
    """Read the list anew at the next question."""
    _table.forget()


def in_force(now: datetime) -> Any:
    """The rules that hold at ``now``."""
    return NetworkRule.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now))


def parse(text: str) -> Network:
    """The network that somebody typed: an address, or a network with its prefix; bits beyond the prefix are dropped.

    Raises Refused for anything else, and for a network wider than an IPv4 /8 or an IPv6 /16.
    """
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise Refused(_("Enter an address, or a network such as 192.0.2.0/24 or 2001:db8::/32."), "network") from error
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped and network.prefixlen >= 96:
        network = IPv4Network((mapped, network.prefixlen - 96))
    if network.prefixlen < WIDEST[network.version]:
        raise Refused(_("This network is too large: a whole part of the world would be concerned."), "network")
    return network


@transaction.atomic
def put(
    *, actor: User, network: str, kind: str, note: str, expires_at: datetime | None, now: datetime, rule_id: int = 0
) -> NetworkRule:
    """Allow or block ``network`` until ``expires_at`` (None: until it is taken off). ``rule_id`` names the rule that is
    changed, if one holds for this network.

    In force everywhere within ten seconds. One audit row, which names the rule and not the network. Raises NotAllowed;
    Refused with its field for a network that is none, too large or on the list already, a date that is past, a kind
    that is none, or no reason.
    """
    require(actor, MANAGE)
    parsed, note = parse(network), note.strip()
    if kind not in NetworkRule.Kind.values:
        raise Refused(_("Choose what holds for this network."), "kind")
    if not note:
        raise Refused(_("Say why: whose network it is, or what came from it."), "note")
    if expires_at is not None and expires_at <= now:
        raise Refused(_("This time is past."), "expires_at")
    _lock_list()
    rule = NetworkRule.objects.filter(network=parsed).first() or NetworkRule(created_at=now)
    if rule.pk not in (None, rule_id) and (rule.expires_at is None or rule.expires_at > now):
        raise Refused(_("This network is on the list already."), "network")
    before = {} if rule.pk is None else _facts(rule)
    rule.network, rule.kind, rule.note, rule.expires_at = parsed, kind, note, expires_at
    rule.created_by = actor
    rule.save()
    _record("network.change" if before else "network.put", rule, actor, note, before=before)
    return rule


@transaction.atomic
def take_off(*, actor: User, rule_id: int, reason: str, now: datetime) -> None:
    """End a rule now. Its row stays for 90 days, so that the log's entries can be read.

    Raises NotAllowed; Refused without a reason, or when the rule is over already.
    """
    require(actor, MANAGE)
    if not reason.strip():
        raise Refused(_("Say why the rule ends."), "reason")
    rule = in_force(now).select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise Refused(_("This rule is over already."))
    rule.expires_at = now
    rule.save(update_fields=["expires_at"])
    _record("network.take_off", rule, actor, reason.strip())


def forget_ended(now: datetime) -> int:
    """Delete what ended more than 90 days ago; how many rules."""
    return NetworkRule.objects.filter(expires_at__lt=now - KEPT_AFTER_END).delete()[0]


def _lock_list() -> None:
    # Two of the staff at once may add the same network; the second is told, whether the row is there yet or not.
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE petitions_networkrule IN SHARE ROW EXCLUSIVE MODE")


def _facts(rule: NetworkRule) -> dict[str, Any]:
    return {"kind": rule.kind, "until": rule.expires_at.isoformat() if rule.expires_at else None}


def _record(action: str, rule: NetworkRule, actor: User, reason: str, **details: Any) -> None:
    audit.services.record(
        action=action,
        subject_kind="network",
        subject_id=rule.pk,
        actor_id=actor.pk,
        reason=reason,
        details={**_facts(rule), **details},
    )
    transaction.on_commit(forget)
