"""When two addresses are one mailbox. Pure: syntax, the tables of ``providers``, and a few questions."""

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from signatures.providers import MICROSOFT, RULES, RULES_VERSION, YAHOO, Rules

__all__ = ["RULES_VERSION", "Address", "InvalidAddress", "canonical", "checked", "parsed", "suggestion"]

MAX_LENGTH = 254
# Of what is typed, before letters and their marks are composed. More is not looked at.
MOST_TYPED = 1000
MAX_LOCAL_LENGTH = 64


class InvalidAddress(ValueError):
    """No address that a mail could reach. ``reason`` is a translatable sentence for the person who typed it."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Address:
    """An address whose syntax is right: ``typed`` is to be mailed, ``domain`` is in ASCII and lower case."""

    typed: str
    local: str
    domain: str

    def canonical(self, rules_version: int) -> str:
        """The one spelling that stands for this mailbox under the rules of that version.

        Raises InvalidAddress where the provider has no such mailbox; KeyError for a version that there is not.
        """
        rules = RULES[rules_version]
        local, domain = _folded(self.local, rules), self.domain
        owner, _dot, host = domain.partition(".")
        if host in rules.by_subdomain:
            local, domain = owner, host
        domain = rules.aliases.get(domain, domain)
        if domain in rules.ascii_only and not local.isascii():
            raise InvalidAddress(_("This provider has no addresses with such letters. Check the part before the @."))
        local = _without_tag(local, "+")
        if domain in rules.dashed:
            local = _without_tag(local, "-")
        if domain in rules.same_sign:
            local = local.replace(*rules.same_sign[domain])
        kept = local
        for sign in rules.ignored.get(domain, ""):
            kept = kept.replace(sign, "")
        return f"{kept or local}@{domain}"


def parsed(address: str) -> Address:
    """The parts of ``address``, without blanks around it, in NFC. Raises InvalidAddress.

    Syntax by RFC 5321 and 5322 without quoted local parts, address literals, single-label and reserved domains.
    """
    typed = address.strip()
    if plain := _plain(typed):
        return plain
    typed = unicodedata.normalize("NFC", typed) if len(typed) <= MOST_TYPED else typed
    if len(typed) > MAX_LENGTH:
        raise InvalidAddress(_("An e-mail address has at most 254 characters."))
    try:
        parts = validate_email(
            typed, check_deliverability=False, allow_quoted_local=False, allow_domain_literal=False, strict=True
        )
    except EmailNotValidError as error:
        raise InvalidAddress(_("Enter an e-mail address in the correct format, like name@example.com.")) from error
    return Address(typed, parts.local_part, parts.ascii_domain.lower())


# What nearly everybody types needs none of the questions that Unicode and internationalised domains raise.
_PLAIN = re.compile(
    r"(?P<local>[a-z0-9_+'-]+(?:\.[a-z0-9_+'-]+)*)"
    r"@(?P<domain>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?P<top>[a-z]{2,63}))",
    re.ASCII | re.IGNORECASE,
)
_RESERVED = frozenset(SPECIAL_USE_DOMAIN_NAMES)


def _plain(typed: str) -> Address | None:
    """The parts of an address that is in order at first sight; None for one that must be looked at closely."""
    found = _PLAIN.fullmatch(typed) if len(typed) <= MAX_LENGTH else None
    if found is None or len(found["local"]) > MAX_LOCAL_LENGTH:
        return None
    domain = found["domain"].lower()
    if "--" in domain or found["top"].lower() in _RESERVED:
        return None
    return Address(typed, found["local"], domain)


def checked(address: str) -> str:
    """``address`` as it is to be mailed. Raises InvalidAddress."""
    return parsed(address).typed


def canonical(address: str, rules_version: int) -> str:
    """The one spelling of the mailbox that ``address`` names. Raises InvalidAddress; KeyError as Address does."""
    return parsed(address).canonical(rules_version)


def _folded(local: str, rules: Rules) -> str:
    if local.isascii():
        return local.lower()
    folded = unicodedata.normalize("NFD", local).casefold()
    if rules.folding == "NFKC":  # twice, as Unicode defines caseless matching of compatible letters (D146)
        folded = unicodedata.normalize("NFKD", folded).casefold()
    return unicodedata.normalize(rules.folding, folded)


def _without_tag(local: str, sign: str) -> str:
    # A local part that begins with the sign has nothing in front of its tag: it stays whole.
    return local.partition(sign)[0] or local


# Domains that many people have and mistype. Those of fewer than nine letters are a slip away from too many real ones.
OFTEN_MEANT = (
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.fr",
    "outlook.com",
    "outlook.fr",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.fr",
    "icloud.com",
    "btinternet.com",
    "protonmail.com",
    "wanadoo.fr",
    "orange.fr",
    "laposte.net",
)
# Real providers that look like a slip of those above.
NO_SLIPS = YAHOO | MICROSOFT | {"mail.com", "email.com", "gmx.com", "hotmail.net", "cloud.com", "range.fr"}
LIKENESS = 0.87


def suggestion(address: str | Address) -> str | None:
    """The address that was probably meant where its domain looks like a slip of a well-known one; else None.

    Raises InvalidAddress.
    """
    given = parsed(address) if isinstance(address, str) else address
    meant = _meant(given.domain)
    return f"{given.typed.rpartition('@')[0]}@{meant}" if meant else None


@lru_cache(maxsize=4096)
def _meant(domain: str) -> str:
    if domain in OFTEN_MEANT or domain in NO_SLIPS:
        return ""
    return next(iter(difflib.get_close_matches(domain, OFTEN_MEANT, n=1, cutoff=LIKENESS)), "")
