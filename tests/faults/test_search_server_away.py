"""The search server hangs, is out of memory, is killed and comes back empty, while people search and sign."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import pytest
import requests

from tests.elasticsearch.server import SearchServer
from tests.journeys.site import Site

pytestmark = [pytest.mark.slow, pytest.mark.processes, pytest.mark.elasticsearch]

HEALED_SECONDS = 150
LOADED_SECONDS = 3
READERS = 3
SLOWEST_SECONDS = 1
NOTICE = "search server does not answer"

PETITIONS = """
from django.utils import timezone
from datetime import timedelta
from petitions.models import Petition
now = timezone.now()
Petition.objects.bulk_create(
    Petition(title=f"Plant tree {number} in our street", ask="Trees cool streets.", state="open",
             opened_at=now, closes_at=now + timedelta(days=90), signature_count=number)
    for number in range(300)
)
"""


@dataclass
class Load:
    """What readers met: status, whether the page had the notice, and how long it took."""

    seen: list[tuple[int, bool, float]] = field(default_factory=list)

    @property
    def simpler(self) -> int:
        return sum(notice for _status, notice, _seconds in self.seen)

    @property
    def slowest(self) -> float:
        return max(seconds for _status, _notice, seconds in self.seen)

    def told(self, what: str) -> str:
        waits = sorted(seconds for _status, _notice, seconds in self.seen)
        statuses = {status for status, _notice, _seconds in self.seen}
        return (
            f"{what}: {len(self.seen)} searches, {statuses}, {self.simpler} from the tables, "
            f"median {waits[len(waits) // 2] * 1000:.0f} ms, slowest {self.slowest * 1000:.0f} ms"
        )


_numbers = count(1)


def search(site: Site) -> tuple[int, bool, float]:
    """One search that nobody asked before, so that no cache answers it."""
    began = time.monotonic()
    answer = requests.get(f"{site.url}/petitions/?q=tree+or+unheard{next(_numbers)}", timeout=30)
    if answer.status_code == 200:
        assert "Plant" in answer.text, "the answer is empty"
    return answer.status_code, NOTICE in answer.text, time.monotonic() - began


@contextmanager
def searching(site: Site, what: str, capsys: pytest.CaptureFixture[str]) -> Iterator[Load]:
    """Readers search all the while; afterwards none of them has met an error, or waited long. Says what they met."""
    load, stop = Load(), threading.Event()

    def read() -> None:
        while not stop.is_set():
            load.seen.append(search(site))

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        yield load
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    with capsys.disabled():
        print(f"\n{load.told(what)}")
    assert load.slowest < 3 * SLOWEST_SECONDS, load.told(what)
    assert {status for status, _notice, _seconds in load.seen} == {200}, load.told(what)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchServer]:
    with SearchServer(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="module")
def searched(server: SearchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own whose web and worker know the server."""
    site = Site(tmp_path_factory.mktemp("searched"), static_root=tmp_path_factory.getbasetemp() / "static")
    site.given["ELASTICSEARCH_URL"] = server.url
    with site:
        site.manage("shell", "--no-imports", "-c", PETITIONS)
        yield site


def back_at_the_server(site: Site) -> bool:
    status, notice, _seconds = search(site)
    return status == 200 and not notice


def test_readers_meet_no_error_and_the_index_heals_by_itself(
    searched: Site, server: SearchServer, capsys: pytest.CaptureFixture[str]
) -> None:
    site = searched
    # Nobody filled the index: the clock found that it was not there.
    site.wait_for(lambda: back_at_the_server(site), "the first index to be filled", seconds=HEALED_SECONDS)
    with searching(site, "well", capsys):
        time.sleep(LOADED_SECONDS)

    with searching(site, "hanging", capsys) as hanging:
        server.hang()
        site.wait_for(lambda: hanging.simpler > 10, "answers from the tables")
    assert requests.get(f"{site.url}/petitions/", timeout=30).status_code == 200
    server.wake()
    site.wait_for(lambda: back_at_the_server(site), "the circuit to close", seconds=HEALED_SECONDS)

    with searching(site, "killed", capsys) as killed:
        server.kill()
        site.wait_for(lambda: killed.simpler > 10, "answers from the tables")
    # While it is away the world goes on.
    changed = "UPDATE petitions_petition SET title = 'Plant nothing' WHERE title = 'Plant tree 7 in our street'"
    site.execute(changed)
    server.erase()
    server.start()
    site.wait_for(lambda: back_at_the_server(site), "the empty server to be filled", seconds=HEALED_SECONDS)
    with searching(site, "out of memory", capsys) as starved:
        server.limit_requests("1b")
        site.wait_for(lambda: starved.simpler > 10, "answers from the tables")
    server.limit_requests(None)
    site.wait_for(lambda: back_at_the_server(site), "the circuit to close", seconds=HEALED_SECONDS)
    with searching(site, "healed", capsys):
        time.sleep(1)
    assert server.ask("/redress/_count")["count"] >= 300
    assert server.ask("/redress/_search?q=starts:nothing")["hits"]["total"]["value"] == 1
