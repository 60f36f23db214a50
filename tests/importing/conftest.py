"""Loading small files of records."""

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

# One of 2019 that was counted on afterwards, one of 2015 with countries by name and above its total, two of 2022.
BROKEN_DOWN = (241584, 104471, 619781, 618769)


@pytest.fixture
def load(tmp_path: Path, db: None) -> Callable[..., Any]:
    """Loads these lines and nothing else."""
    from tests.importing.records import HEADER, run, write_lines

    def loads(uk: Iterable[Any] = (), breakdowns: Iterable[str] = (), wtp: Iterable[Any] = ()) -> Any:
        return run(
            "load_petitions",
            f"--uk={write_lines(tmp_path / 'uk.jsonl', uk)}",
            f"--breakdowns={write_lines(tmp_path / 'breakdowns.csv', [HEADER, *breakdowns])}",
            f"--wtp={write_lines(tmp_path / 'wtp.jsonl', wtp)}",
        )

    return loads


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Arguments that load a hundred or so real petitions, of all kinds, with the 24 that the demo opens again."""
    from config.management.commands.load_petitions import BREAKDOWNS, UK, WTP
    from tests.importing.records import HEADER, real_records, write_lines

    folder = tmp_path_factory.mktemp("sample")

    def kept(record: Mapping[str, Any]) -> bool:
        unanswered = record["state"] == "open" and not record["government_response"]
        return (
            record["id"] % 50 == 0
            or record["id"] in BROKEN_DOWN
            or (unanswered and (record["signature_count"] >= 10_000 or record["id"] > 629_000))
        )

    uk = real_records(UK, kept)
    with gzip.open(BREAKDOWNS, "rt") as lines:
        cells = [line.strip() for line in lines if line.split(",")[0] in map(str, BROKEN_DOWN)]
    wtp = real_records(WTP, lambda record: int(record["id"], 16) % 30 == 0)
    return [
        f"--uk={write_lines(folder / 'uk.jsonl', uk)}",
        f"--breakdowns={write_lines(folder / 'breakdowns.csv', [HEADER, *cells])}",
        f"--wtp={write_lines(folder / 'wtp.jsonl', wtp)}",
    ]


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker, sample: list[str]) -> Iterator[None]:
    """The sample and the demo's staff, for all tests of a module: each takes back only what it did itself."""
    from tests.importing.records import run

    with django_db_blocker.unblock(), transaction.atomic():
        run("create_roles", "--demo-users")
        run("load_petitions", *sample)
        yield
        transaction.set_rollback(True)
