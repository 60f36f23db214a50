"""wrk and what it is told to ask for."""

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import Broken
from benchmarks.tools import Tool

SCRIPTS = Path(__file__).parent
CONNECTIONS = 12
# Who signs comes in crowds, and crowds are stored together: the rate of signing is that of a crowd, on both sides.
CROWD = 64


@dataclass(frozen=True)
class Run:
    """One window of load: answers per second, errors of any kind, and latencies in milliseconds."""

    requests: int
    seconds: float
    errors: int
    p50: float
    p95: float
    p99: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds


def run(
    tool: Tool,
    url: str,
    *,
    seconds: int,
    script: str = "",
    arguments: tuple[str, ...] = (),
    connections: int = CONNECTIONS,
) -> Run:
    """Ask for ``url`` for so many seconds, by ``script`` of this folder where one is named. Raises Broken."""
    lines = (SCRIPTS / "report.lua").read_text() + ((SCRIPTS / f"{script}.lua").read_text() if script else "")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as program:
        program.write(lines)
        program.flush()
        command = [tool.path, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", program.name, url]
        done = subprocess.run(
            [*command, "--", *arguments] if arguments else command,
            env={**os.environ, **tool.environment},
            capture_output=True,
            text=True,
            check=False,
        )
    for line in done.stdout.splitlines():
        if line.startswith("BENCH "):
            return parsed(line)
    raise Broken(f"wrk failed: {(done.stderr or done.stdout).strip()[-300:]}")


def parsed(line: str) -> Run:
    """The line that report.lua writes: requests, microseconds, socket errors, errors by status, three percentiles."""
    requests, duration, lost, refused, *percentiles = (int(part) for part in line.split()[1:])
    p50, p95, p99 = (value / 1000 for value in percentiles)
    return Run(requests, duration / 1_000_000, lost + refused, p50, p95, p99)
