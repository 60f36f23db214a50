"""The connection to the search server, and what readers allow it."""

from functools import lru_cache

from django.conf import settings
from elasticsearch import Elasticsearch
from elasticsearch.dsl import Search

# What one reader waits before PostgreSQL is asked instead.
TIMEOUT = 0.5
# What the server may take by its own clock: it stops by itself before its reader gives up.
SERVER_TIMEOUT = "400ms"
# What a worker waits that writes to it.
WRITING_TIMEOUT = 10.0
ALREADY_CONNECTED = 8


def is_configured() -> bool:
    """Whether this site has a search server at all."""
    return bool(settings.ELASTICSEARCH_URL)


def alias() -> str:
    """The name that readers ask; an index of the day stands behind it."""
    return str(settings.ELASTICSEARCH_INDEX)


def reading() -> Elasticsearch:
    """The client of readers: quick to give up, and never asking twice."""
    return _client(settings.ELASTICSEARCH_URL, TIMEOUT)


def search() -> Search:
    """A question of a reader, to be gone on with. A half answer is none."""
    asked = Search(using=reading(), index=alias()).params(allow_partial_search_results=False)
    return asked.extra(timeout=SERVER_TIMEOUT)


def writing() -> Elasticsearch:
    """The client of workers."""
    return _client(settings.ELASTICSEARCH_URL, WRITING_TIMEOUT)


@lru_cache(maxsize=8)
def _client(url: str, timeout: float) -> Elasticsearch:
    # The circuit breaker is ours (`breaker`); the client's own would keep the only server away for longer.
    return Elasticsearch(
        url,
        request_timeout=timeout,
        max_retries=0,
        retry_on_timeout=False,
        sniff_on_start=False,
        dead_node_backoff_factor=0,
        max_dead_node_backoff=0,
        connections_per_node=ALREADY_CONNECTED,
    )
