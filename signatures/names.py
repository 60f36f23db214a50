"""What a person may be called: any script, nothing invisible, nothing that is not a name. Pure."""

import re
import unicodedata

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 100
# Of what is typed: blanks are joined, letters and their marks composed, before anybody counts. More is not looked at.
MOST_TYPED = 1000
# Joiners, which Persian and the scripts of India cannot be spelt without.
JOINERS = "\u200c\u200d"
UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
# Letters and marks that show nothing.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe0e\ufe0f")
LINK = re.compile(
    r"://|www\.|@|\w\.\w{2,}/|[\w-]{2,}\.(com|net|org|info|biz|io|ru|ly|app|xyz|top|shop|site|online|club|link|click)\b",
    re.I,
)
LONG_NUMBER = re.compile(r"(\d[\s().\-/]*){5,}")

_TOO_LONG = _("Your name must be 100 characters or fewer.")


class InvalidName(ValueError):
    """No name that can be taken. ``reason`` is a translatable sentence for the person who typed it."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(reason)
        self.reason = reason


def checked(name: str) -> str:
    """``name`` in NFC with single blanks, 1 to 100 characters. Raises InvalidName.

    Refused: control, direction-changing and invisible characters; anything without a letter; angle brackets; links,
    addresses and telephone numbers (the name is mailed to an address that somebody else may have typed); a first
    character by which a spreadsheet would take it for a formula (as on the UK Parliament's site).
    """
    if len(name) > MOST_TYPED:
        raise InvalidName(_TOO_LONG)
    name = unicodedata.normalize("NFC", name)
    # Before blanks are joined: a line break must not pass as one.
    if not (name.isascii() and name.isprintable()) and any(_is_unseen(name, place) for place in range(len(name))):
        raise InvalidName(_("Your name contains characters that can't be shown. Type it again without them."))
    name = " ".join(name.split())
    if not any(unicodedata.category(character).startswith("L") for character in name):
        raise InvalidName(_("Enter your full name."))
    if len(name) > MAX_LENGTH:
        raise InvalidName(_TOO_LONG)
    # A link in wide or styled letters is a link as well.
    plain = unicodedata.normalize("NFKC", name)
    if LINK.search(plain) or LONG_NUMBER.search(plain):
        raise InvalidName(_("Enter your name only, without web addresses, e-mail addresses or telephone numbers."))
    if plain[0] in "=+-@" or "<" in plain or ">" in plain:
        raise InvalidName(_("Your name can't contain < or >, or begin with one of = + - @."))
    return name


def _is_unseen(name: str, place: int) -> bool:
    character = name[place]
    if character in JOINERS:
        return not (0 < place < len(name) - 1 and _is_spelling(name[place - 1]) and _is_spelling(name[place + 1]))
    return character in BLANK or unicodedata.category(character) in UNSEEN


def _is_spelling(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM"
