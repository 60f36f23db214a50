"""What the search server has not heard of yet is sent to it. Every change has a number, and a later one always wins."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from search.engines.elastic.mapping import fields_in
from search.models import Document, Kind

AT_ONCE = 500
CHUNK = 500
CONFLICT = 409

DOCUMENTS = """
SELECT kept.*, one.ask, one.detail FROM search_document AS kept
LEFT JOIN petitions_petition AS one ON kept.kind = 'petition' AND one.id = kept.object_id
"""
CHANGED = f"""{DOCUMENTS} WHERE kept.id IN (
    SELECT document_id FROM search_unsent ORDER BY version LIMIT %(most)s
)"""  # noqa: S608 - written above
CHANGED_OF = f"""{DOCUMENTS} JOIN search_unsent AS unsent ON unsent.document_id = kept.id
WHERE kept.kind = 'petition' AND kept.object_id = ANY(%(numbers)s) AND kept.reads = ''"""
FOLLOWING = f"{DOCUMENTS} WHERE kept.id > %(after)s AND NOT kept.gone ORDER BY kept.id LIMIT %(most)s"
SENT = """
DELETE FROM search_unsent AS unsent USING unnest(%(ids)s::bigint[], %(versions)s::bigint[]) AS sent (id, version)
WHERE unsent.document_id = sent.id AND unsent.version <= sent.version
"""
GONE = """
DELETE FROM search_document AS kept
WHERE kept.gone AND NOT EXISTS (SELECT FROM search_unsent WHERE document_id = kept.id)
"""


def send_changes(client: Elasticsearch, names: Iterable[str], *, petition_ids: Iterable[int] | None = None) -> int:
    """Send what has changed to the indexes behind these names, at most AT_ONCE; of these petitions alone where they are
    given. Gives how many it sent.

    Raises the client's errors, and Refused: what was not sent everywhere stays to be sent.
    """
    if petition_ids is None:
        rows = _rows(CHANGED, {"most": AT_ONCE})
    else:
        rows = _rows(CHANGED_OF, {"numbers": list(petition_ids)})
    for name in names:
        send(client, name, rows)
    _run(SENT, {"ids": [row.pk for row in rows], "versions": [row.version for row in rows]})
    return len(rows)


def forget_gone() -> None:
    """Drop the rows of what is no longer public, once nobody has to be told of it any more."""
    _run(GONE, {})


def forget_changes() -> None:
    """Nobody has to be told of what changed so far."""
    _run("DELETE FROM search_unsent", {})


def following(after: int, most: int) -> list[Document]:
    """The next documents by number."""
    return _rows(FOLLOWING, {"after": after, "most": most})


def _run(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _rows(statement: str, values: dict[str, Any]) -> list[Document]:
    return list(Document.objects.raw(statement, values))


def send(client: Elasticsearch, name: str, rows: Iterable[Document]) -> None:
    """Send these documents, or that they are gone, to the index behind this name.

    A version that is there already is no error. Raises the client's errors, and Refused where there is no such index.
    """
    told = streaming_bulk(
        client,
        (action(row) for row in rows),
        chunk_size=CHUNK,
        raise_on_error=False,
        index=name,
        require_alias=True,  # or the server would make an index of that name, and guess its fields
    )
    for done, result in told:
        (act, answer), *_none = result.items()
        is_known = answer["status"] == CONFLICT or (act == "delete" and answer.get("result") == "not_found")
        if not done and not is_known:
            raise Refused(f"{act}: {answer['status']} {answer.get('error', {}).get('type', '')}")


class Refused(Exception):
    """The search server would not take a document, or has no index for it."""


def action(row: Document) -> dict[str, Any]:
    """One line of a bulk request: what the server is to keep under the number of its version."""
    told: dict[str, Any] = {"_id": key(row.kind, row.object_id, row.reads), "version": row.version}
    told["version_type"] = "external_gte"
    if row.gone:
        return {**told, "_op_type": "delete"}
    return {**told, "_op_type": "index", "_source": source(row)}


def key(kind: str, object_id: int, reads: str) -> str:
    """The server's name of a document."""
    return f"{kind}-{object_id}-{reads}"


def source(row: Any) -> dict[str, Any]:
    """A document as the server keeps it: public text, where it stands, and a number of signatures. Nobody's name."""
    title, text = fields_in(row.language)
    of_petition = row.kind == Kind.PETITION
    return {
        "kind": row.kind,
        "object_id": row.object_id,
        "reads": row.reads,
        title: row.title,
        text: "\n\n".join(part for part in (row.ask, row.detail) if part) if of_petition else row.text,
        "starts": row.title,
        "address": row.address,
        "lists": row.lists,
        "topics": row.topics,
        "departments": row.departments,
        "regions": row.regions,
        "year": row.year,
        "weight": max(row.weight, 0),
        "happened_at": row.happened_at.isoformat(),
        "closes_at": row.closes_at.isoformat() if row.closes_at else None,
    }
