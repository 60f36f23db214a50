"""What an address says about itself, asked for every signature: set look-ups, no database once the rules are read."""

import idna
from disposable_email_domains import blocklist

from cms.kept import Kept
from signatures.models import DomainRule, DomainVerdict

CACHED_SECONDS = 10

NONE = ""
DISPOSABLE = "disposable"
BLOCKED = "blocked"

_SUSPICION = {
    DomainVerdict.PASS: NONE,
    DomainVerdict.HOLD: DISPOSABLE,
    DomainVerdict.BLOCK: BLOCKED,
}


def of_address(email: str) -> str:
    """'' for nothing; 'disposable' where the signature is to be held; 'blocked' where it is to be held and not mailed.

    A rule of staff's for the domain, or for a domain above it, comes before the public list of disposable domains; of
    two rules the closer one holds. A changed rule is in force within ten seconds.
    """
    rules = _rules()
    domain = in_ascii(email.rpartition("@")[2])
    listed = NONE
    while "." in domain:
        if domain in rules:
            return rules[domain]
        if domain in blocklist:
            listed = DISPOSABLE
        domain = domain.partition(".")[2]
    return listed


def in_ascii(domain: str) -> str:
    """The one spelling of a domain: in small letters, internationalised ones as IDNA (UTS 46) writes them."""
    domain = domain.strip().lower().rstrip(".")
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain


def _read() -> dict[str, str]:
    return {domain: _SUSPICION[verdict] for domain, verdict in DomainRule.objects.values_list("domain", "verdict")}


_rules = Kept(_read, seconds=CACHED_SECONDS)


def forget() -> None:
    """Read the rules anew at the next question."""
    _rules.forget()
