"""What mail providers do with the parts of an address: tables by version, and nothing else.

A version is never changed once petitions were made under it: their signer keys would no longer match. New knowledge
becomes a new version, used by new petitions; ``manage.py rekey`` lifts older ones.
"""

from dataclasses import dataclass, field, replace
from typing import Literal


@dataclass(frozen=True)
class Rules:
    """What providers say on their own help pages (UK Parliament and We the People kept such tables too).

    ``aliases``: a domain whose mailboxes are those of another. ``ignored``: signs before the @ that mean nothing.
    ``same_sign``: a sign that stands for another. ``dashed``: what follows a dash is a tag. ``by_subdomain``:
    anything@user.domain is user@domain. ``ascii_only``: has no mailbox with other letters. ``folding``: the Unicode
    form in which spellings are compared. After a plus stands a tag everywhere.
    """

    aliases: dict[str, str]
    ignored: dict[str, str]
    dashed: frozenset[str]
    by_subdomain: frozenset[str]
    ascii_only: frozenset[str]
    same_sign: dict[str, tuple[str, str]] = field(default_factory=dict)
    folding: Literal["NFC", "NFKC"] = "NFC"


YAHOO = frozenset(
    f"yahoo.{ending}"
    for ending in (  # noqa: SIM905 - a table reads better in lines
        "com ca fr de es it ie in se dk no gr ro pl at be nl pt hu cz "
        "co.uk co.in co.id co.jp co.nz co.th com.ar com.au com.br com.mx com.ph com.sg com.tr com.vn"
    ).split()
) | {"ymail.com", "rocketmail.com"}
MICROSOFT = frozenset(
    f"{name}.{ending}"
    for name in ("hotmail", "outlook", "live")
    for ending in "com fr de es it be nl at ie dk se no gr co.uk co.jp com.au com.br com.ar com.mx".split()  # noqa: SIM905
) | {"msn.com", "windowslive.com"}
FASTMAIL = frozenset(
    f"fastmail.{ending}"
    for ending in "com fm co.uk net org us cn de es im in jp mx nl se to tw".split()  # noqa: SIM905
) | {"fastmail.com.au", "messagingengine.com", "sent.com"}
YANDEX = frozenset(f"yandex.{ending}" for ending in ("ru", "com", "by", "kz", "ua", "fr", "com.tr")) | {"ya.ru"}

_FIRST = Rules(
    aliases={
        "googlemail.com": "gmail.com",
        "me.com": "icloud.com",
        "mac.com": "icloud.com",
        "protonmail.com": "proton.me",
        "protonmail.ch": "proton.me",
        "pm.me": "proton.me",
    },
    ignored={"gmail.com": "."},
    dashed=YAHOO,
    by_subdomain=frozenset({"fastmail.com", "fastmail.fm"}),
    ascii_only=YAHOO
    | MICROSOFT
    | {"gmail.com", "icloud.com", "proton.me", "aol.com", "gmx.com", "gmx.de", "gmx.net", "web.de", "orange.fr"}
    | {"wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "btinternet.com", "sky.com", "fastmail.com", "zoho.com"},
)

RULES: dict[int, Rules] = {
    1: _FIRST,
    2: replace(
        _FIRST,
        # Yandex gives one mailbox all of its domains, and takes a dash for a dot.
        aliases={**_FIRST.aliases, **dict.fromkeys(YANDEX - {"yandex.ru"}, "yandex.ru")},
        same_sign={"yandex.ru": ("-", ".")},
        # Proton gives no name that differs from another in these signs only.
        ignored={**_FIRST.ignored, "proton.me": "._-"},
        by_subdomain=FASTMAIL | {"anonaddy.com", "anonaddy.me"},
        ascii_only=_FIRST.ascii_only | FASTMAIL | {"yandex.ru", "aim.com", "hey.com", "zohomail.com"},
        # Wide and styled letters are the letters they stand for.
        folding="NFKC",
    ),
}
RULES_VERSION = 2  # of petitions made from now on
