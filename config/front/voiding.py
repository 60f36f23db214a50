"""Which copies of pages may not be shown any more, whatever fault comes: those made before a text was taken away."""

from datetime import datetime, timedelta

from django.db.models import Max
from wagtail.models import PageLogEntry

from audit.models import Entry
from config.front import copies

# Acts on petitions after which their texts, or a part of them, are public no longer.
TAKEN_AWAY = {f"petition.{act}" for act in ("correct", "forget_creator", "hide", "reject", "take_down", "withdraw")}
PAGES_TAKEN_AWAY = {"wagtail.unpublish", "wagtail.delete"}
LOOKED_AT = 1000
# A page may have been read before such an act and made after it.
MARGIN = timedelta(seconds=10)


def void_copies() -> None:
    """Void all copies made before the newest of these acts. Idempotent; raises RedisError when Redis is away."""
    latest = max(filter(None, (_of_petitions(), _of_pages())), default=None)
    if latest:
        copies.void_before((latest + MARGIN).timestamp())


def _of_petitions() -> datetime | None:
    newest = Entry.objects.order_by("-id").values_list("action", "at")[:LOOKED_AT]
    return max((at for action, at in newest if action in TAKEN_AWAY), default=None)


def _of_pages() -> datetime | None:
    found = PageLogEntry.objects.filter(action__in=PAGES_TAKEN_AWAY).aggregate(latest=Max("timestamp"))["latest"]
    return found if isinstance(found, datetime) else None
