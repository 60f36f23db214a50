"""When two addresses are one mailbox. Pure: tables and two questions; nothing is looked up anywhere.

A rules version is never changed once petitions were made under it: their signer keys would no longer match. New
knowledge becomes a new version, used by new petitions.
"""

import difflib
import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 254
RULES_VERSION = 1


class InvalidAddress(ValueError):
    """No address that a mail could reach. ``reason`` is a translatable sentence for the person who typed it."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Rules:
    """What providers do with the parts of an address (their own help pages; UK and We the People did the same).

    ``aliases``: a domain whose mailboxes are those of another. ``dotless``: dots mean nothing. ``dashed``: what
    follows a dash is a tag. ``by_subdomain``: anything@user.domain is user@domain. ``ascii_only``: has no mailbox with
    other letters. After a plus stands a tag everywhere.
    """

    aliases: dict[str, str]
    dotless: frozenset[str]
    dashed: frozenset[str]
    by_subdomain: frozenset[str]
    ascii_only: frozenset[str]


_YAHOO = frozenset(
    f"yahoo.{ending}"
    for ending in (  # noqa: SIM905 - a table reads better in lines
        "com ca fr de es it ie in se dk no gr ro pl at be nl pt hu cz "
        "co.uk co.in co.id co.jp co.nz co.th com.ar com.au com.br com.mx com.ph com.sg com.tr com.vn"
    ).split()
) | {"ymail.com", "rocketmail.com"}
_MICROSOFT = frozenset(
    f"{name}.{ending}"
    for name in ("hotmail", "outlook", "live")
    for ending in "com fr de es it be nl at ie dk se no gr co.uk co.jp com.au com.br com.ar com.mx".split()  # noqa: SIM905
) | {"msn.com", "windowslive.com"}

RULES: dict[int, Rules] = {
    1: Rules(
        aliases={
            "googlemail.com": "gmail.com",
            "me.com": "icloud.com",
            "mac.com": "icloud.com",
            "protonmail.com": "proton.me",
            "protonmail.ch": "proton.me",
            "pm.me": "proton.me",
        },
        dotless=frozenset({"gmail.com"}),
        dashed=_YAHOO,
        by_subdomain=frozenset({"fastmail.com", "fastmail.fm"}),
        ascii_only=_YAHOO
        | _MICROSOFT
        | {"gmail.com", "icloud.com", "proton.me", "aol.com", "gmx.com", "gmx.de", "gmx.net", "web.de", "orange.fr"}
        | {"wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "btinternet.com", "sky.com", "fastmail.com", "zoho.com"},
    )
}


def checked(address: str) -> str:
    """``address`` as it is to be mailed: as typed, without blanks around it, in NFC. Raises InvalidAddress.

    Syntax by RFC 5321 and 5322 without quoted local parts, address literals, single-label and reserved domains.
    """
    return _parsed(address)[0]


def canonical(address: str, rules_version: int) -> str:
    """The one spelling that stands for this mailbox under the rules of that version.

    Raises InvalidAddress with the reason; KeyError for a version that there is not.
    """
    rules = RULES[rules_version]
    _typed, local, domain = _parsed(address)
    local = unicodedata.normalize("NFC", unicodedata.normalize("NFD", local).casefold())
    owner, _dot, host = domain.partition(".")
    if host in rules.by_subdomain:
        local, domain = owner, host
    domain = rules.aliases.get(domain, domain)
    if domain in rules.ascii_only and not local.isascii():
        raise InvalidAddress(_("This provider has no addresses with such letters. Check the part before the @."))
    local = _without_tag(local, "+")
    if domain in rules.dashed:
        local = _without_tag(local, "-")
    if domain in rules.dotless:
        local = local.replace(".", "")
    return f"{local}@{domain}"


def _without_tag(local: str, sign: str) -> str:
    # A local part that begins with the sign has nothing in front of its tag: it stays whole.
    return local.partition(sign)[0] or local


def _parsed(address: str) -> tuple[str, str, str]:
    """The address as to be mailed, its local part, and its domain in ASCII."""
    typed = unicodedata.normalize("NFC", address.strip())
    if len(typed) > MAX_LENGTH:
        raise InvalidAddress(_("An e-mail address has at most 254 characters."))
    try:
        parts = validate_email(
            typed, check_deliverability=False, allow_quoted_local=False, allow_domain_literal=False, strict=True
        )
    except EmailNotValidError as error:
        raise InvalidAddress(_("Enter an e-mail address in the correct format, like name@example.com.")) from error
    return typed, parts.local_part, parts.ascii_domain.lower()


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
NO_SLIPS = _YAHOO | _MICROSOFT | {"mail.com", "email.com", "gmx.com", "hotmail.net", "cloud.com", "range.fr"}
LIKENESS = 0.87


def suggestion(address: str) -> str | None:
    """The address that was probably meant where its domain looks like a slip of a well-known one; else None.

    Raises InvalidAddress.
    """
    typed, _local, domain = _parsed(address)
    if domain in OFTEN_MEANT or domain in NO_SLIPS:
        return None
    close = difflib.get_close_matches(domain, OFTEN_MEANT, n=1, cutoff=LIKENESS)
    return f"{typed.rpartition('@')[0]}@{close[0]}" if close else None
