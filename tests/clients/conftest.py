"""Clients that others wrote, run as they are: each in an environment of its own, against a whole site of ours."""

import gzip
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.clients.door import Door
from tests.clients.environments.making import NoNode, node_of, python_of
from tests.journeys.site import ROOT, Site

INSIDE = Path(__file__).parent / "inside"
DEMO = ROOT / "demo"
UK_PETITIONS, WTP_PETITIONS = 300, 150  # of the demo's records: enough for several pages
SECONDS = 180
HOSTS = ("petition.parliament.uk", "api.whitehouse.gov", "petitions.whitehouse.gov")

Run = Callable[..., Any]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A whole site with some of the demo's petitions, known by the names that clients call."""
    folder = tmp_path_factory.mktemp("clients")
    site = Site(folder, static_root=tmp_path_factory.getbasetemp() / "static")
    site.given |= {"ALLOWED_HOSTS": ",".join(HOSTS), "PAGE_CACHE_SECONDS": "0"}
    some = tmp_path_factory.mktemp("records")
    with site:
        site.manage(
            "load_petitions",
            *("--uk", str(_first(DEMO / "uk_petitions.jsonl.gz", UK_PETITIONS, some / "uk.jsonl"))),
            *("--wtp", str(_first(DEMO / "wtp_petitions.jsonl.gz", WTP_PETITIONS, some / "wtp.jsonl"))),
            *("--breakdowns", str(_header(DEMO / "uk_breakdowns.csv.gz", some / "breakdowns.csv"))),
        )
        yield site


def _first(file: Path, number: int, target: Path) -> Path:
    with gzip.open(file, "rt", encoding="utf-8") as lines, target.open("w", encoding="utf-8") as some:
        some.writelines(islice(lines, number))
    return target


def _header(file: Path, target: Path) -> Path:
    return _first(file, 1, target)


@pytest.fixture(scope="session")
def door(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Where the names that clients call lead."""
    with Door(tmp_path_factory.mktemp("door"), hosts=HOSTS, leads_to=site.port) as door:
        yield door


@pytest.fixture(scope="session")
def python(door: Door) -> Run:
    """Runs a script in a client's own Python: ``python(client, script, *arguments)`` gives what it printed, as JSON."""

    def run(client: str, script: Path, *arguments: str) -> Any:
        return _printed(client, door, [python_of(client), script, *arguments], PYTHONPATH=str(INSIDE))

    return run


@pytest.fixture(scope="session")
def node(door: Door) -> Run:
    """The same for clients made for Node.js. Without that the test is skipped by name; what fails otherwise fails."""

    def run(client: str, script: Path, *arguments: str) -> Any:
        try:
            folder = node_of(client)
        except NoNode as error:
            pytest.skip(str(error))
        command = ["node", "--require", INSIDE / "redirect.cjs", script, *arguments]
        return _printed(client, door, command, NODE_PATH=str(folder / "node_modules"))

    return run


def _printed(client: str, door: Door, command: Sequence[str | Path], **given: str) -> Any:
    """What the last line of the command's output says, as JSON."""
    home = door.authority.parent
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(home), "LANG": "C.UTF-8", **given}
    done = subprocess.run(
        command,
        env={**environment, **door.environment},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{client}: {done.stderr[-3000:]}"
    return json.loads(done.stdout.splitlines()[-1])
