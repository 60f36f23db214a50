"""Which signatures of a petition an act is for: by tags and columns where they suffice, else by what is sealed."""

import ipaddress
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from django.utils.translation import gettext as _

from petitions.models import Petition
from petitions.refusals import Refused
from signatures import persons
from signatures.fraud import suspicion
from signatures.models import Suspicion
from vault import sealing, signer

UNPLACED = "-"
TAGS = ("domain", "name", "network")


@dataclass(frozen=True)
class Criteria:
    """What a signature must meet, all of it; '' asks nothing.

    ``domain``: of the address; with ``*.`` in front its sub-domains too. ``network``: an address or a prefix.
    ``name``: any case; ``*`` stands for any letters. ``since``, ``until``: ISO, when it was handed in, without the end.
    ``regions``: codes with commas between, ``-`` for unplaced. ``suspicion``: why it is held. ``domain_tag``,
    ``name_tag``, ``network_tag``: a group of the desk, in hex, of which no more is known.
    """

    domain: str = ""
    network: str = ""
    name: str = ""
    since: str = ""
    until: str = ""
    regions: str = ""
    suspicion: str = ""
    domain_tag: str = ""
    name_tag: str = ""
    network_tag: str = ""

    @property
    def kinds(self) -> list[str]:
        """What is asked for, without the values: this may be logged."""
        return [name for name, value in asdict(self).items() if value]

    @property
    def unseals(self) -> bool:
        """Whether each signature must be unsealed to be judged."""
        return bool(self._free())

    def sealed(self, petition_id: int) -> bytes:
        """The criteria as they are kept."""
        return sealing.seal(asdict(self), context=_place(petition_id))

    @classmethod
    def unsealed(cls, seal: bytes, petition_id: int) -> "Criteria":
        """The criteria that were kept. Raises BrokenSeal."""
        return cls(**sealing.unseal(seal, context=_place(petition_id)))

    def conditions(self, petition: Petition) -> tuple[str, dict[str, Any]]:
        """What the columns must be, as SQL with its values. Raises Refused where a tag is needed and can't be made."""
        asked: dict[str, tuple[str, Any]] = {}
        free = self._free()
        for kind in TAGS:
            if (value := getattr(self, kind)) and kind not in free:
                asked[kind] = f"{kind}_tag = %({kind})s", _tag(kind, value, petition)
            if group := getattr(self, f"{kind}_tag"):
                asked[f"{kind}_group"] = f"{kind}_tag = %({kind}_group)s", bytes.fromhex(group)
        if self.since:
            asked["since"] = "created_at >= %(since)s", datetime.fromisoformat(self.since)
        if self.until:
            asked["until"] = "created_at < %(until)s", datetime.fromisoformat(self.until)
        if self.regions:
            codes = ["" if code == UNPLACED else code for code in self.regions.split(",")]
            asked["regions"] = "region_code = ANY(%(regions)s)", codes
        if self.suspicion:
            asked["suspicion"] = "suspicion = %(suspicion)s", self.suspicion
        sql = " AND ".join(condition for condition, _value in asked.values()) or "true"
        return sql, {name: value for name, (_condition, value) in asked.items()}

    def fits(self, person: persons.Signer) -> bool:
        """Whether this person meets what only unsealing can tell."""
        return all(_FITS[kind](getattr(self, kind), person) for kind in self._free())

    def _free(self) -> list[str]:
        """The criteria that no tag answers."""
        return [kind for kind in TAGS if (value := getattr(self, kind)) and not _HAS_TAG[kind](value)]


def checked(criteria: Criteria) -> Criteria:
    """The criteria with each value in the spelling that is compared. Raises Refused with the field that is wrong."""
    if not criteria.kinds:
        raise Refused(_("Ask for something: without any criterion every signature would be meant."))
    if criteria.since and criteria.until and criteria.since >= criteria.until:
        raise Refused(_("The end must be later than the beginning."), "until")
    if criteria.suspicion and criteria.suspicion not in Suspicion.values:
        raise Refused(_("Choose one of the list."), "suspicion")
    typed = criteria.domain.strip().lstrip("@")
    domain = typed[: 2 * typed.startswith("*.")] + suspicion.in_ascii(typed.removeprefix("*."))
    if domain and "." not in domain.removeprefix("*."):
        raise Refused(_("Enter a domain such as example.org, or *.example.org with its sub-domains."), "domain")
    return Criteria(
        **{
            **asdict(criteria),
            "domain": domain,
            "network": _network(criteria.network) if criteria.network.strip() else "",
            "name": unicodedata.normalize("NFC", " ".join(criteria.name.split())),
        }
    )


def _network(typed: str) -> str:
    try:
        return str(ipaddress.ip_network(typed.strip(), strict=False))
    except ValueError:
        message = _("Enter an address or a network such as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/48.")
        raise Refused(message, "network") from None


def _is_tagged_network(value: str) -> bool:
    network = ipaddress.ip_network(value)
    return network.prefixlen == (32 if network.version == 4 else 64)


_HAS_TAG = {
    "domain": lambda value: not value.startswith("*."),
    "name": lambda value: "*" not in value,
    "network": _is_tagged_network,
}


def _tag(kind: str, value: str, petition: Petition) -> bytes:
    if petition.salt is None:
        raise Refused(_("The keys of this petition’s signatures are gone: nothing can be found by that any more."))
    if kind == "network":
        value = persons.network(str(ipaddress.ip_network(value).network_address))
    if kind == "name":
        value = value.casefold()
    return signer.group_tag(kind, value, petition_id=petition.pk, salt=petition.salt, key_version=petition.key_version)


def _fits_domain(wanted: str, person: persons.Signer) -> bool:
    domain = suspicion.in_ascii(person.email.rpartition("@")[2])
    above = wanted.removeprefix("*.")
    return domain == above or domain.endswith(f".{above}")


def _fits_name(wanted: str, person: persons.Signer) -> bool:
    # Only the asterisk is special: brackets and question marks stand for themselves.
    pattern = wanted.casefold().replace("[", "[[]").replace("?", "[?]")
    return fnmatchcase(person.name.casefold(), pattern)


def _fits_network(wanted: str, person: persons.Signer) -> bool:
    try:
        address = ipaddress.ip_address(person.network.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address) in ipaddress.ip_network(wanted)


_FITS = {"domain": _fits_domain, "name": _fits_name, "network": _fits_network}


def _place(petition_id: int) -> str:
    return f"bulk_act:{petition_id}"
