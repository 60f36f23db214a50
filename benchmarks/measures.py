"""What is measured, each for one window of load on the same prepared site."""

import secrets
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from benchmarks import load, pgbench
from benchmarks.errors import Broken
from benchmarks.load import Run
from benchmarks.peer import Peer
from benchmarks.site import BARE, Site
from benchmarks.tools import Tool

WORKER_STARTS_WITHIN = 60
WARM_UP_SECONDS = 3
PAGE_IS_HELD = 3  # seconds after which no page and no count of before is served
PEOPLE_A_WINDOW = 100_000
# A confirmation needs a signature: each window of signing pays for the window of confirming after it.
CONFIRM_SHARE = 0.4

ACCEPTED = "SELECT count(*) FROM signatures_signature WHERE petition_id = %s AND id > %s"
LAST = "SELECT coalesce(max(id), 0) FROM signatures_signature WHERE petition_id = %s"
CONFIRMED = "SELECT count(*) FROM signatures_signature WHERE petition_id = %s AND state = 'confirmed'"
SENT = "SELECT count(*) FROM mailing_mail WHERE state = 'sent'"
DUE = "SELECT EXISTS (SELECT 1 FROM mailing_mail WHERE state = 'queued')"
TROUBLED = "SELECT count(*) FROM mailing_mail WHERE state = 'failed' OR state = 'queued' AND error <> ''"
# Two changes that come to nothing, for the clock's next job to take away.
OWED = """
INSERT INTO signatures_delta (petition_id, region_code, country_code, at, amount)
SELECT %(petition)s, '', '', now(), amount FROM unnest(ARRAY[1, -1]) AS amount
"""
PENDING = """
SELECT petition_id, id, generation, extract(epoch FROM created_at)::float8 FROM signatures_signature
WHERE petition_id = %s AND state = 'pending' AND id > %s ORDER BY id
"""


class Bench:
    """The site under load: each method is one window of ``seconds``, but where it says otherwise."""

    def __init__(self, site: Site, wrk: Tool, *, seconds: int) -> None:
        self.site, self.wrk, self.seconds = site, wrk, seconds
        self.numbers = site.prepare()
        self.web = site.serve()
        self.bare = site.serve(BARE, probe="/empty/")
        self.word = secrets.token_hex(3)
        self.people = 0
        self.confirmed_to = 0

    @property
    def petition(self) -> int:
        """The petition that is signed."""
        return int(self.numbers["petition"])

    def warm_up(self, names: Iterable[str]) -> None:
        """Take these windows once, short and for nothing."""
        seconds, self.seconds = self.seconds, WARM_UP_SECONDS
        for name in names:
            getattr(self, name)()
        self.seconds = seconds
        self.clear_mail()

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
            connections=load.CROWD,
        )

    def sign(self) -> Run:
        """The sign form, with everything that is done about it. What counts is the rows that are there afterwards."""
        return self.sign_at(self.web, "redress", self.petition)

    def sign_at(self, url: str, database: str, petition: int) -> Run:
        """The same at another of the site's servers, on its own database."""
        before = self.site.value(LAST, petition, database=database)
        taken = load.run(
            self.wrk,
            url,
            seconds=self.seconds,
            script="sign",
            arguments=self._people(f"/petitions/{petition}/sign/"),
            connections=load.CROWD,
        )
        return stored(taken, self.site.value(ACCEPTED, petition, before, database=database))

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
        return stored(taken, self.site.value(CONFIRMED, self.petition) - before)

    def mail(self) -> Run:
        """Worker and beat alone send what was signed in the window before; from the first mail on. The rest is dropped.

        A mail's latency has no meaning here: it is how long it had waited for this window.
        """
        self.site.work(self.web)
        deadline = time.monotonic() + WORKER_STARTS_WITHIN
        before = already = self.site.value(SENT)
        while already == before:
            if time.monotonic() > deadline:
                raise Broken(f"no mail left: {self.site.last_words('worker')}")
            time.sleep(0.05)
            already = self.site.value(SENT)
        began = time.monotonic()
        failed = self.site.value(TROUBLED)
        while (took := time.monotonic() - began) < self.seconds and self.site.value(DUE):
            time.sleep(0.1)
        run = Run(self.site.value(SENT) - already, took, self.site.value(TROUBLED) - failed, 0.0, 0.0, 0.0)
        self.clear_mail()
        self.site.rest()
        return run

    def clear_mail(self) -> None:
        """Let no mail be due."""
        with self.site.connect() as connection:
            connection.execute("UPDATE mailing_mail SET state = 'dropped' WHERE state = 'queued'")

    def page(self) -> Run:
        """One petition's page as it is served: held for at most two seconds."""
        return self._page(self.web, self.petition, self.petition)

    def page_uncached(self) -> Run:
        """Pages made anew, each for one reader: of more petitions in turn than a process holds pages."""
        return self._page(self.web, self.numbers["first"], self.numbers["last"])

    def page_checked(self) -> Run:
        """One petition's page by a server that holds none without asking whether it is still the same."""
        return self._page(self._without_cache, self.petition, self.petition)

    def _page(self, url: str, first: int, last: int) -> Run:
        return load.run(self.wrk, url, seconds=self.seconds, script="page", arguments=(str(first), str(last)))

    def peer(self) -> Run:
        """appel-crises' signing."""
        return self._appel_crises.sign(seconds=self.seconds, arguments=self._people("")[1:])

    def raw(self) -> Run:
        """The bare view's INSERT by pgbench."""
        return pgbench.insert(self.site, seconds=self.seconds)

    def wait_for_worker(self) -> None:
        """Until the worker has done its first job: from its start on it takes seconds to be there."""
        deadline = time.monotonic() + WORKER_STARTS_WITHIN
        with self.site.connect() as connection:
            connection.execute(OWED, {"petition": self.petition})
        while self.site.value("SELECT EXISTS (SELECT 1 FROM signatures_delta)"):
            if time.monotonic() > deadline:
                raise Broken(f"the worker does not work: {self.site.last_words('worker')}")
            time.sleep(0.1)
        time.sleep(PAGE_IS_HELD)

    @cached_property
    def _without_cache(self) -> str:
        return self.site.serve(PAGE_CACHE_SECONDS="0")

    @cached_property
    def _appel_crises(self) -> Peer:
        return Peer(self.site, self.wrk)

    def more_people(self, number: int) -> int:
        """The number of the first of so many people who have not been there yet."""
        first, self.people = self.people, self.people + number
        return first

    def _people(self, path: str) -> tuple[str, str, str]:
        return path, self.word, str(self.more_people(PEOPLE_A_WINDOW))


def stored(taken: Run, rows: int) -> Run:
    """The window with only those answers that left a row; the others are errors."""
    if rows >= taken.requests:
        return taken
    return replace(taken, requests=rows, errors=max(taken.errors, taken.requests - rows))
