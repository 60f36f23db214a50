"""What is measured, each for one window of load on the same prepared site."""

import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from benchmarks import load
from benchmarks.errors import Broken
from benchmarks.load import Run
from benchmarks.site import Site
from benchmarks.tools import Tool

# A confirmation needs a signature: each window of signing pays for the window of confirming after it.
CONFIRM_SHARE = 0.4

ACCEPTED = "SELECT count(*) FROM signatures_signature WHERE petition_id = %s AND id > %s"
LAST = "SELECT coalesce(max(id), 0) FROM signatures_signature WHERE petition_id = %s"
CONFIRMED = "SELECT count(*) FROM signatures_signature WHERE petition_id = %s AND state = 'confirmed'"
PENDING = """
SELECT petition_id, id, generation, extract(epoch FROM created_at)::float8 FROM signatures_signature
WHERE petition_id = %s AND state = 'pending' AND id > %s ORDER BY id
"""


@dataclass
class Bench:
    """The site under load. ``seconds`` is the length of a window; every method but the last two is one window."""

    site: Site
    wrk: Tool
    seconds: int
    web: str
    bare: str
    numbers: dict[str, Any]
    word: str = field(default_factory=lambda: secrets.token_hex(3))
    people: int = 0
    confirmed_to: int = 0

    @property
    def petition(self) -> int:
        """The petition that is signed."""
        return int(self.numbers["petition"])

    def empty(self) -> Run:
        """A view that does nothing: as fast as this machine, the web server and Django answer at all."""
        return load.run(self.wrk, f"{self.bare}/empty/", seconds=self.seconds)

    def insert(self) -> Run:
        """A view that stores the same form with one INSERT."""
        return load.run(
            self.wrk,
            self.bare,
            seconds=self.seconds,
            script="sign",
            arguments=self._people(f"/insert/{self.petition}/"),
        )

    def sign(self) -> Run:
        """The sign form, with everything that is done about it. What counts is the rows that are there afterwards."""
        before = self.site.value(LAST, self.petition)
        taken = load.run(
            self.wrk,
            self.web,
            seconds=self.seconds,
            script="sign",
            arguments=self._people(f"/petitions/{self.petition}/sign/"),
        )
        return _stored(taken, self.site.value(ACCEPTED, self.petition, before))

    def confirm(self) -> Run:
        """The button behind the mailed link, for what was signed in the windows before."""
        seconds = max(1, round(self.seconds * CONFIRM_SHARE))
        links = self.site.folder / "links"
        with self.site.connect() as connection:
            rows = connection.execute(PENDING, [self.petition, self.confirmed_to]).fetchall()
        if not rows:
            raise Broken("nothing was signed that could be confirmed: measure 'sign' before 'confirm'")
        given = "\n".join(" ".join(str(part) for part in row) for row in rows)
        links.write_text(self.site.python("-m", "benchmarks.tokens", given=given))
        before = self.site.value(CONFIRMED, self.petition)
        taken = load.run(self.wrk, self.web, seconds=seconds, script="confirm", arguments=(str(links),))
        self.confirmed_to = rows[min(taken.requests + load.CONNECTIONS, len(rows) - 1)][1]
        return _stored(taken, self.site.value(CONFIRMED, self.petition) - before)

    def _people(self, path: str) -> tuple[str, str, str]:
        """Arguments of sign.lua for people who have not been there yet."""
        first, self.people = self.people, self.people + 1_000_000
        return path, f"{self.word}", str(first)


def _stored(taken: Run, rows: int) -> Run:
    """The window with only those answers that left a row; the others are errors."""
    if rows >= taken.requests:
        return taken
    return replace(taken, requests=rows, errors=max(taken.errors, taken.requests - rows))
