"""Who signs: what they typed, and the columns of a row that are made of it."""

import ipaddress
from dataclasses import dataclass
from typing import Any

from petitions import places
from petitions.models import Petition
from petitions.places import HOME_COUNTRY
from signatures import identity
from signatures.addressees import Addressee
from signatures.cards import Card
from signatures.identity import Address
from signatures.models import Signature
from vault import sealing, signer

# Never raised with the rules of petitions: what is kept under address keys outlives them.
ADDRESS_RULES_VERSION = 2


@dataclass(frozen=True)
class Signer:
    """One person as typed and checked: ``email`` by ``identity.checked``, ``name`` by ``names.checked``.

    ``country`` is a code of the table of countries; ``network`` the address the request came from ('' if unknown).
    """

    name: str
    email: str
    postcode: str
    country: str
    notify: bool
    language: str
    network: str


def signer_key(email: str | Address, petition: Petition | Card) -> bytes:
    """The key of this mailbox on this petition. Raises InvalidAddress; ValueError once the petition's salt is gone."""
    if petition.salt is None:
        raise ValueError(f"petition {petition.pk} has no salt any more")
    address = identity.parsed(email) if isinstance(email, str) else email
    return signer.signer_key(
        address.canonical(petition.rules_version),
        petition_id=petition.pk,
        salt=petition.salt,
        key_version=petition.key_version,
        rules_version=petition.rules_version,
    )


def address_key(email: str) -> bytes:
    """The key by which the mails to this mailbox are counted over all petitions. Raises InvalidAddress."""
    return signer.address_key(identity.parsed(email).canonical(ADDRESS_RULES_VERSION))


def address_keys(email: str | Address) -> list[bytes]:
    """The key of this mailbox over all petitions as it is made now, then those of older master keys still kept.

    For what must outlive a rotation of keys, such as "never mail me". Raises InvalidAddress.
    """
    address = identity.parsed(email) if isinstance(email, str) else email
    return list(signer.address_keys(address.canonical(ADDRESS_RULES_VERSION)))


def columns(person: Signer, petition: Petition | Card) -> dict[str, Any]:
    """The columns of this person's row under this petition. Personal data is only in ``sealed``.

    Raises InvalidAddress; ValueError once the petition's salt is gone.
    """
    address = identity.parsed(person.email)
    key = signer_key(address, petition)

    def tag(kind: str, value: str) -> bytes:
        return signer.group_tag(
            kind, value, petition_id=petition.pk, salt=petition.salt, key_version=petition.key_version
        )

    at_home = person.country == HOME_COUNTRY
    return {
        "signer_key": key,
        "sealed": sealing.seal(
            {
                "name": person.name,
                "email": person.email,
                "postcode": person.postcode,
                "network": person.network,
            },
            context=_place(petition.pk, key),
        ),
        "region_code": places.region_of(person.postcode) if at_home else "",
        "country_code": person.country,
        "notify": person.notify,
        "language": person.language,
        "domain_tag": tag("domain", address.domain),
        "name_tag": tag("name", person.name.casefold()),
        "network_tag": tag("network", network(person.network)),
    }


def unsealed(signature: Signature | Addressee) -> Signer | None:
    """The person behind a row; None once their data was erased. Raises BrokenSeal."""
    if signature.sealed is None:
        return None
    fields = sealing.unseal(signature.sealed, context=_place(signature.petition_id, signature.signer_key))
    return Signer(**fields, country=signature.country_code, notify=signature.notify, language=signature.language)


def network(address: str, *, ipv6_prefix: int = 64) -> str:
    """The network an address belongs to: an IPv4 address itself, an IPv6 one its /64 (what one household gets).

    IPv4 written as IPv6 is folded; what is no address at all is one network of its own, 'unknown'.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, ipv6_prefix), strict=False))


def _place(petition_id: int, key: bytes) -> str:
    return f"signature:{petition_id}:{bytes(key).hex()}"
