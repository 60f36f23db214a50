"""Both engines behind the contract, each as a reader would meet it."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

# The second runs with the other tests that start servers, so that there is one search server in the whole run.
ENGINES = [
    "postgresql",
    pytest.param("elasticsearch", marks=[pytest.mark.elasticsearch, pytest.mark.slow, pytest.mark.processes]),
]


@pytest.fixture
def index(search_server: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """A search server of this test's own index; call it to fill that with what the tables hold now."""
    from search.engines.elastic import client
    from search.indexing import rebuilding

    # What is found does not depend on how fast this machine is; readers' patience has tests of its own.
    monkeypatch.setattr(client, "TIMEOUT", 30.0)
    monkeypatch.setattr(client, "SERVER_TIMEOUT", "30s")
    settings.ELASTICSEARCH_URL = search_server
    settings.ELASTICSEARCH_INDEX = f"redress-test-{uuid4().hex[:12]}"

    def fill() -> None:
        rebuilding.rebuild(now=timezone.now())

    yield fill
    names = client.writing().indices.get(index=f"{settings.ELASTICSEARCH_INDEX}*", expand_wildcards="all")
    for name in names:
        client.writing().indices.delete(index=name)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Callable[[], None]:
    """Call it when the petitions of the test are made: from then on the engine knows them."""
    if request.param == "elasticsearch":
        fill: Callable[[], None] = request.getfixturevalue("index")
        return fill
    return lambda: None
