"""Atom (RFC 4287), written so that the same feed is the same bytes. Pure but for the active language."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed

from cms.templatetags.components import paragraphs

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
# XML has no form for these, escaped or not.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# A feed without entries has a date all the same, and not that of the moment.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """One entry: ``address`` leads to it, ``identity`` stays the same as long as it is the same entry."""

    title: str
    address: str
    updated: datetime | date
    text: str = ""
    identity: str = ""
    lang: str = ""  # of title and text, where it is another than the feed's
    author: str = ""


class _Feed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=NEVER)

    def item_attributes(self, item: dict[str, Any]) -> dict[str, Any]:
        return {"xml:lang": item["lang"]} if item["lang"] else {}


def written(
    entries: Iterable[Entry],
    *,
    title: str,
    address: str,
    own_address: str,
    subtitle: str,
    language: str,
    publisher: str,
) -> bytes:
    """The feed. ``address`` is the page it is the feed of, ``own_address`` where it stands itself."""
    feed = _Feed(
        title=_clean(title),
        link=address,
        description="",
        subtitle=_clean(subtitle),
        feed_url=own_address,
        feed_guid=own_address,
        language=language,
        author_name=_clean(publisher),
    )
    for entry in entries:
        feed.add_item(
            title=_clean(entry.title),
            link=entry.address,
            # Plain text becomes markup that says nothing but its paragraphs.
            description=str(paragraphs(_clean(entry.text))),
            unique_id=entry.identity or entry.address,
            updateddate=moment(entry.updated),
            author_name=_clean(entry.author) or None,
            lang=entry.lang,
        )
    return feed.writeString("utf-8").encode()


def moment(value: datetime | date) -> datetime:
    """A day as its first moment."""
    return value if isinstance(value, datetime) else timezone.make_aware(datetime.combine(value, time.min))


def _clean(text: object) -> str:
    return NOT_IN_XML.sub("", str(text))
