"""Clocks and wake-ups of this room. Each takes ids alone, and may run twice."""

import structlog
from celery import shared_task
from django.utils import timezone
from elasticsearch import ApiError, TransportError

from search.engines.elastic import client as server
from search.engines.elastic.breaker import Away, breaker
from search.indexing import counts, drift, pages, rebuilding, sending

log = structlog.get_logger(__name__)

AWAY = (ApiError, TransportError, sending.Refused, Away)
ROUNDS = 20


@shared_task(ignore_result=True, soft_time_limit=30)
def send_petition(petition_id: int) -> int:
    """Tell the search server of one petition at once. What does not get there is found by `sweep`."""
    return _send([petition_id])


@shared_task(ignore_result=True, soft_time_limit=30)
def refresh_page(page_id: int) -> int:
    """Make the documents of an answer or page anew, and tell the search server."""
    pages.refresh(page_id)
    return _send(None)


@shared_task(ignore_result=True, soft_time_limit=120)
def sweep() -> int:
    """Find what no signal told of: pages, counts, and whatever the search server lacks; an index that is gone, too."""
    found = pages.sweep() + counts.follow()
    if not server.is_configured():
        sending.forget_changes()
        sending.forget_gone()
        return found
    for _round in range(ROUNDS):
        sent = _send(None)
        found += sent
        if sent < sending.AT_ONCE:
            break
    sending.forget_gone()
    return found


@shared_task(ignore_result=True, soft_time_limit=3600, time_limit=3900)
def heal() -> int:
    """Fill an index where there is none for readers, or where a filling was interrupted; how many documents."""
    try:
        if _has_index() and not rebuilding.is_begun():
            return 0
        return rebuilding.rebuild(now=timezone.now())
    except (rebuilding.Busy, Unconfigured):
        return 0
    except AWAY as error:
        log.warning("search_not_rebuilt", error=type(error).__name__)
        return 0


@shared_task(ignore_result=True, soft_time_limit=1800, time_limit=1900)
def check_drift() -> int:
    """Compare the index with the documents, and put right what differs; how many do."""
    counts.follow(everywhere=True)
    try:
        if not _has_index():
            return 0
        found = drift.check(mends=True)
    except Unconfigured:
        return 0
    except AWAY as error:
        log.warning("search_not_checked", error=type(error).__name__)
        return 0
    if not found.is_none:
        log.warning("search_drifted", missing=found.missing, stale=found.stale, surplus=found.surplus)
    return found.missing + found.stale + found.surplus


class Unconfigured(Exception):
    """This site has no search server."""


def _has_index() -> bool:
    """Whether there is an index for readers. Through the circuit breaker: no worker waits for a server that hangs.

    Raises Away, or Unconfigured.
    """
    if not server.is_configured():
        raise Unconfigured
    return breaker.call(lambda: bool(server.reading().indices.exists_alias(name=server.alias())))


def _send(petition_ids: list[int] | None) -> int:
    try:
        # Without an index for readers nothing is sent nor forgotten: `heal` fills one from the documents.
        if not _has_index():
            return 0
        client = server.writing()
        return sending.send_changes(client, rebuilding.names(client), petition_ids=petition_ids)
    except Unconfigured:
        return 0
    except AWAY as error:
        log.warning("search_not_told", error=type(error).__name__)
        return 0
