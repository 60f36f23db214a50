"""A site of its own for the faults: nothing else may stand on servers that are killed."""

from collections.abc import Iterator

import pytest

from tests.faults.load import NAME
from tests.invariants import Invariants, Ledger
from tests.journeys.site import Site

OPEN_PETITIONS = """
from django.utils import timezone
from accounts.models import User
from petitions import limits, services
from petitions.models import Limits
limits.current()
Limits.objects.update(challenge_refused=0, challenge_factor=0)  # crowds of these tests are no attack
now, moderator = timezone.now(), User.objects.get(username="moderator")
for _time in range({number}):
    petition = services.submit(
        title="{title}", ask="Let it stand whatever breaks.", detail="", language="en", creator_name="Role", now=now
    )
    services.confirm_creator(petition_id=petition.pk, now=now)
    services.record_supporters(petition_id=petition.pk, count=5, now=now)
    services.approve(petition_id=petition.pk, moderator=moderator, now=now)
    print(petition.pk)
"""
AT_ONCE = 12


def open_petitions(site: Site, title: str, number: int) -> list[int]:
    """So many new petitions of this title that can be signed, all at once: each start of Django costs seconds."""
    said = site.manage("shell", "--no-imports", "-c", OPEN_PETITIONS.format(title=title, number=number))
    return [int(line) for line in said.split()[-number:]]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Web, worker and beat on servers of their own."""
    with Site(tmp_path_factory.mktemp("faults"), static_root=tmp_path_factory.getbasetemp() / "static") as site:
        yield site


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return Ledger(tmp_path_factory.mktemp("ledger") / "ledger.jsonl")


@pytest.fixture(scope="session")
def invariants(site: Site, ledger: Ledger) -> Invariants:
    return Invariants(ledger=ledger, connect=site.connect, logs=site.logs, secrets={NAME, "loadbearer."})


@pytest.fixture(scope="session")
def unsigned(site: Site) -> Iterator[int]:
    """Open petitions that nobody has signed."""

    def made() -> Iterator[int]:
        while True:
            yield from open_petitions(site, "Withstand whatever breaks", AT_ONCE)

    return made()


@pytest.fixture
def petition_id(unsigned: Iterator[int]) -> int:
    """A fresh open petition."""
    return next(unsigned)
