"""What the desk shows of the people behind signatures: enough to judge a group by, and nobody's name."""

from dataclasses import dataclass

from signatures import persons
from signatures.fraud.suspicion import in_ascii
from signatures.models import Signature
from signatures.persons import Signer
from signatures.providers import RULES
from vault.sealing import BrokenSeal

# Domains that everybody has: many addresses of theirs say nothing.
LARGE = frozenset(domain for rules in RULES.values() for domain in (*rules.ascii_only, *rules.aliases))
DOT = "•"


def is_large(domain: str) -> bool:
    """Whether so many people have an address of this domain that a crowd of them means nothing."""
    return domain in LARGE


def person(petition_id: int, row_id: int) -> Signer | None:
    """The person behind a row; None once their data are gone, or where they can't be read."""
    row = Signature.objects.filter(petition_id=petition_id, id=row_id).first()
    return readable(row) if row else None


def readable(row: Signature) -> Signer | None:
    """As ``persons.unsealed``, but None for what can't be read."""
    try:
        return persons.unsealed(row)
    except BrokenSeal:
        return None


def shared(petition_id: int, row_id: int, kind: str) -> str:
    """What the signatures of one group share, read from one of them: domain, name or network; '' if unreadable."""
    found = person(petition_id, row_id)
    if found is None:
        return ""
    return {
        "domain": in_ascii(found.email.rpartition("@")[2]),
        "name": found.name,
        "network": persons.network(found.network),
    }[kind]


@dataclass(frozen=True)
class Masked:
    """A signature and what may be shown of its signer without a reason; '' once their data are gone."""

    row: Signature
    name: str = ""
    address: str = ""
    network: str = ""

    @classmethod
    def of(cls, row: Signature) -> "Masked":
        found = readable(row)
        if found is None:
            return cls(row)
        network = masked_network(persons.network(found.network))
        return cls(row, masked_name(found.name), masked_address(found.email), network)


def masked(kind: str, value: str) -> str:
    """What may be shown of it without a reason: a domain whole, of a name the initials, of a network its beginning."""
    return {"domain": str, "name": masked_name, "network": masked_network}[kind](value)


def masked_name(name: str) -> str:
    """``M••• P•••`` for Mary Poppins; the number of letters is not told."""
    return " ".join(f"{word[0]}{DOT * 3}" for word in name.split())


def masked_address(email: str) -> str:
    """``m•••@e•••.org`` for mary@example.org."""
    local, _at, domain = email.rpartition("@")
    host, _dot, ending = domain.rpartition(".")
    return f"{local[:1]}{DOT * 3}@{host[:1]}{DOT * 3}.{ending}"


def masked_network(network: str) -> str:
    """``192.0.••.••`` for 192.0.2.1, ``2001:db8:•••`` for an IPv6 network."""
    if ":" in network:
        return ":".join(network.split(":")[:2]) + f":{DOT * 3}"
    return ".".join([*network.split(".")[:2], DOT * 2, DOT * 2]) if "." in network else network
