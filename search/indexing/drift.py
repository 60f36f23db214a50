"""What the search server has against what it should have, document by document."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from search.engines.elastic import client as server
from search.indexing.sending import key

AT_ONCE = 5000
SAVED = """
SELECT object_id, kind, reads, id, version FROM search_document WHERE NOT gone
ORDER BY object_id, kind COLLATE "C", reads COLLATE "C"
"""
SEND_AGAIN = """
INSERT INTO search_unsent (document_id, version) SELECT id, version FROM search_document WHERE id = ANY(%s)
ON CONFLICT (document_id) DO NOTHING
"""

Place = tuple[int, str, str]


@dataclass
class Drift:
    """How many documents were compared, and how many are missing on the server, older there, or there alone."""

    compared: int = 0
    missing: int = 0
    stale: int = 0
    surplus: int = 0

    @property
    def is_none(self) -> bool:
        return not (self.missing or self.stale or self.surplus)


def check(*, mends: bool = False) -> Drift:
    """Compare all documents. Both sides are read in the same order, a few at a time.

    ``mends``: what is missing or older is sent again by the next sweep, what is surplus is deleted now. Whatever is on
    its way to the server counts as drift until it is there.
    """
    client = server.writing()
    client.indices.refresh(index=server.alias())
    drift, again, surplus = Drift(), [], []
    with transaction.atomic():  # for the cursor on the server
        saved, kept = _saved(), _indexed(client)
        ours, theirs = next(saved, None), next(kept, None)
        while ours or theirs:
            drift.compared += 1
            if theirs is None or (ours is not None and ours[0] < theirs[0]):
                drift.missing += 1
                again.append(ours[1])
                ours = next(saved, None)
            elif ours is None or theirs[0] < ours[0]:
                drift.surplus += 1
                surplus.append(theirs[0])
                theirs = next(kept, None)
            else:
                if ours[2] > theirs[1]:
                    drift.stale += 1
                    again.append(ours[1])
                ours, theirs = next(saved, None), next(kept, None)
    if mends:
        _mend(client, again, surplus)
    return drift


def _mend(client: Elasticsearch, again: list[int], surplus: list[Place]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SEND_AGAIN, [again])
    doomed = ({"_op_type": "delete", "_id": key(kind, number, reads)} for number, kind, reads in surplus)
    bulk(client, doomed, index=server.alias(), require_alias=True, raise_on_error=False)


def _saved() -> Iterator[tuple[Place, int, int]]:
    """Place, number and version of each document of ours."""
    with connection.chunked_cursor() as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(SAVED)
        for number, kind, reads, pk, version in cursor:
            yield (number, kind, reads), pk, version


def _indexed(client: Elasticsearch) -> Iterator[tuple[Place, int]]:
    """Place and version of each document of the server's."""
    point = client.open_point_in_time(index=server.alias(), keep_alive="2m")["id"]
    after: dict[str, Any] = {}
    try:
        while True:
            answer = client.search(
                size=AT_ONCE,
                pit={"id": point, "keep_alive": "2m"},
                sort=[{"object_id": "asc"}, {"kind": "asc"}, {"reads": "asc"}],
                source=False,
                version=True,
                track_total_hits=False,
                **after,
            )
            hits = answer["hits"]["hits"]
            for hit in hits:
                yield (hit["sort"][0], hit["sort"][1], hit["sort"][2]), hit["_version"]
            if len(hits) < AT_ONCE:
                return
            after = {"search_after": hits[-1]["sort"]}
    finally:
        client.close_point_in_time(id=point)
