"""A new index beside the old one, filled from the documents, and readers switched to it in one step."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection
from elasticsearch import Elasticsearch

from search.engines.elastic import client as server
from search.engines.elastic import mapping
from search.indexing import sending
from search.models import Document, Rebuild

AT_ONCE = 2000
_LOCK = 0x52454449  # any number, the same for everybody who rebuilds


class Busy(Exception):
    """Somebody is rebuilding already."""


def next_alias() -> str:
    """The name of the index that is being filled."""
    return f"{server.alias()}-next"


def is_begun() -> bool:
    """Whether an index waits to be filled to its end."""
    return Rebuild.objects.exists()


def names(client: Elasticsearch) -> list[str]:
    """Where changes go: to the index that readers ask, and to the one that is being filled."""
    being_filled = [next_alias()] if is_begun() else []
    asked = [server.alias()] if client.indices.exists_alias(name=server.alias()) else []
    return asked + being_filled


def rebuild(*, now: datetime, progress: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Fill a new index and switch to it; how many documents are in it. Goes on with one that was begun.

    ``progress`` is told how many are done, and of how many. Raises Busy, and the client's errors: the next call goes on
    where this one ended.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise Busy
        try:
            return _rebuild(server.writing(), now, progress)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _rebuild(client: Elasticsearch, now: datetime, progress: Callable[[int, int], None]) -> int:
    begun = _going_on(client) or _begin(client, now)
    documents = Document.objects.filter(gone=False)
    of, done = documents.count(), documents.filter(pk__lte=begun.through).count()
    progress(done, of)
    while rows := sending.following(begun.through, AT_ONCE):
        sending.send(client, next_alias(), rows)
        begun.through = rows[-1].pk
        begun.save(update_fields=["through"])
        done += len(rows)
        progress(done, max(of, done))
    _switch(client, begun)
    return done


def _going_on(client: Elasticsearch) -> Rebuild | None:
    begun = Rebuild.objects.first()
    if begun and not (client.indices.exists(index=begun.index) and client.indices.exists_alias(name=next_alias())):
        begun.delete()  # the server lost it
        return None
    return begun


def _begin(client: Elasticsearch, now: datetime) -> Rebuild:
    """From the row on, whoever sends changes sends them to both; what changed before is read from the documents."""
    index = f"{server.alias()}-{now:%Y%m%d%H%M%S%f}"
    settings = mapping.body()
    settings["settings"]["refresh_interval"] = "-1"
    client.indices.create(index=index, **settings, aliases={next_alias(): {}})
    return Rebuild.objects.create(index=index, started_at=now)


def _switch(client: Elasticsearch, begun: Rebuild) -> None:
    """Readers ask the new index from one question to the next; then the old ones go."""
    client.indices.put_settings(index=begun.index, settings={"refresh_interval": mapping.SETTINGS["refresh_interval"]})
    client.indices.refresh(index=begun.index)
    asked = client.indices.get_alias(name=server.alias()) if client.indices.exists_alias(name=server.alias()) else {}
    old = [name for name in asked if name != begun.index]
    actions = [{"add": {"index": begun.index, "alias": server.alias()}}]
    actions += [{"remove": {"index": name, "alias": server.alias()}} for name in old]
    client.indices.update_aliases(actions=actions)
    begun.delete()
    client.indices.delete_alias(index=begun.index, name=next_alias())
    for name in old:
        client.indices.delete(index=name)
