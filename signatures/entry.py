"""The sign form as nearly everybody hands it in, without a fault, read without Django's forms: they cost more than all
else that is done for a signature. By the same rules; whatever is not as expected is left to ``SignForm`` to explain.
"""

import re
from collections.abc import Mapping

from cms.languages import current_language
from petitions import places
from petitions.places import HOME_COUNTRY
from signatures import identity, names
from signatures.persons import Signer

POSTCODE_LENGTH = 10
POSTCODE = re.compile(r"[0-9A-Z]+([ -][0-9A-Z]+)*")
TICKED, NOT_TICKED = "on", ""


def read(typed: Mapping[str, str], *, network: str, language: str = "") -> Signer | None:
    """The person of a form that is ready to be handed in; None where it has anything to say (``SignForm``).

    ``network`` is the address the request came from; ``language`` that of the page, the active one unless given.
    """
    country = typed.get("country") or HOME_COUNTRY
    at_home, notify = country == HOME_COUNTRY, typed.get("notify", NOT_TICKED)
    postcode = tidy_postcode(typed.get("postcode", "")) if at_home else ""
    if typed.get("eligible") != TICKED or notify not in (TICKED, NOT_TICKED) or (at_home and not postcode):
        return None
    if not at_home and (country not in places.countries() or typed.get("postcode")):
        return None
    try:
        name = names.checked(typed.get("name", ""))
        address = identity.parsed(typed.get("email", ""))
        address.canonical(identity.RULES_VERSION)
    except (names.InvalidName, identity.InvalidAddress):
        return None
    if typed.get("seen_address") != address.typed and identity.suggestion(address):
        return None
    return Signer(
        name=name,
        email=address.typed,
        postcode=postcode,
        country=country,
        notify=notify == TICKED,
        language=language or current_language(),
        network=network,
    )


def tidy_postcode(typed: str) -> str:
    """A postcode in capitals with single blanks; '' for what is none. Any country's: letters and digits, at most 10."""
    postcode = " ".join(typed.upper().split())
    return postcode if len(postcode) <= POSTCODE_LENGTH and POSTCODE.fullmatch(postcode) else ""
