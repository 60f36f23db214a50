"""What a held page was made of, where that is cheap to ask. As long as it is the same, so is the page."""

import re
from datetime import datetime
from typing import NamedTuple

from django.db import Error, connection
from django.utils import timezone

from config.front.pages import Key
from petitions import switches, versions
from petitions.switches import Switches

PETITION = re.compile(r"(?:/[a-z]{2}(?:-[a-z]+)?)?/petitions/(\d{1,18})/$")


class Origin(NamedTuple):
    """All rows of the petition, how the site is switched, and the hour: charts and words about days follow it."""

    version: str
    switches: Switches
    hour: datetime


def has_origin(key: Key) -> bool:
    """Whether it can be told of the page at this address what it is made of."""
    return PETITION.fullmatch(key[2]) is not None


def origin_of(key: Key) -> Origin | None:
    """What the page at this address is made of at present; None where only making it would tell."""
    petition = PETITION.fullmatch(key[2])
    if petition is None:
        return None
    try:
        version = versions.version(int(petition[1]))
    except Error:
        return None  # Django will meet the same and say what it means.
    finally:
        connection.close()
    hour = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    return Origin(version, switches.current(), hour) if version else None
