"""The whole loop at once: people sign, read their mail, press the button; and the count is watched from outside."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count

from benchmarks.errors import Broken
from benchmarks.people import Browser, Person
from benchmarks.sink import Sink

SIGNERS = 12
PATIENT_SIGNERS = 32  # who come when they come, not when there is room
CONFIRMERS = 8
# So many may be on their way between the form and the count: four seconds of the record's tenfold.
ON_THEIR_WAY = 2000
LOOK_SECONDS = 0.2
DRAIN_SECONDS = 90
PRESSED_AGAIN_AFTER = 2
TRIES = 10


@dataclass
class Seen:
    """What a run saw. Times are seconds since its beginning, waits are in seconds."""

    seconds: float = 0.0
    signed: int = 0
    confirmed: list[float] = field(default_factory=list)
    counts: list[tuple[float, int]] = field(default_factory=list)
    sign_waits: list[float] = field(default_factory=list)
    confirm_waits: list[float] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)

    @property
    def errors(self) -> int:
        """Answers that were not what a person needs."""
        return self.refusals.total()

    @property
    def counted(self) -> int:
        """How many of this run are in the public count."""
        return self.counts[-1][1] if self.counts else 0

    def rate(self, *, after: float) -> float:
        """Counted signatures a second, from ``after`` until people stopped coming."""
        inside = [(at, counted) for at, counted in self.counts if after <= at <= self.seconds]
        if len(inside) < 2:
            return 0.0
        (began, first), (ended, last) = inside[0], inside[-1]
        return (last - first) / (ended - began)

    @property
    def lost(self) -> int:
        """People who were told "check your e-mail" or "signed" and are not in the count at the end; doubles as well.

        Whoever got no answer in time and a mail all the same may be in it: they were promised nothing.
        """
        return max(0, self.signed - len(self.confirmed)) + abs(len(self.confirmed) - self.counted)

    def visible_after(self) -> list[float]:
        """For each confirmation how long it took until the public count had it; the uncounted are left out."""
        waits, looks = [], iter(self.counts)
        at, counted = next(looks, (0.0, 0))
        for place, confirmed in enumerate(sorted(self.confirmed), start=1):
            while counted < place:
                if (look := next(looks, None)) is None:
                    return waits
                at, counted = look
            waits.append(max(0.0, at - confirmed))
        return waits


def percentile(values: list[float], share: float) -> float:
    """The value that ``share`` of all do not exceed; 0 of none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0


class Crowd:
    """Drives the loop. ``people`` are numbered from ``first``; nobody comes twice."""

    def __init__(self, *, url: str, petition: int, sink: Sink, word: str, first: int) -> None:
        self._url, self._petition, self._sink, self._word = url, petition, sink, word
        self._numbers = count(first)
        self.seen = Seen()
        self._base = 0
        self._began = 0.0
        self._coming = True
        self._links: asyncio.Queue[str] = asyncio.Queue()

    async def run(self, *, seconds: float, arrivals: list[float] | None = None) -> Seen:
        """Let people come for ``seconds``, as fast as they are counted or when ``arrivals`` says; then wait for all."""
        self._base = await self._first_count()
        self._began = time.perf_counter()
        schedule = iter(arrivals) if arrivals is not None else None
        signers = [asyncio.create_task(self._sign(schedule)) for _ in range(PATIENT_SIGNERS if schedule else SIGNERS)]
        others = [asyncio.create_task(self._confirm()) for _ in range(CONFIRMERS)]
        others += [asyncio.create_task(self._read_mail()), asyncio.create_task(self._look())]
        if schedule is None:
            await asyncio.sleep(seconds)
        self._coming = schedule is not None
        await asyncio.gather(*signers)
        self.seen.seconds = self._now
        deadline = time.monotonic() + DRAIN_SECONDS
        while self.seen.counted < self.seen.signed and time.monotonic() < deadline:
            await asyncio.sleep(LOOK_SECONDS)
        for task in others:
            if task.done():
                task.result()  # none ends by itself: this raises what it died of
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        return self.seen

    @property
    def _now(self) -> float:
        return time.perf_counter() - self._began

    async def _sign(self, schedule: Iterator[float] | None) -> None:
        browser, path = Browser(self._url), f"/petitions/{self._petition}/sign/"
        async for due in self._turns(schedule):
            person = Person(next(self._numbers), self._word)
            status = await browser.post(path, person.form, network=person.network)
            if status == 303:
                self.seen.signed += 1
                self.seen.sign_waits.append(self._now - due)
            else:
                self.seen.refusals[f"sign {status}"] += 1
        browser.close()

    async def _turns(self, schedule: Iterator[float] | None) -> AsyncIterator[float]:
        """When each person of one line came. A wait counts from there, however long the line was."""
        while self._coming and schedule is None:
            while self.seen.signed - self.seen.counted >= ON_THEIR_WAY and self._coming:
                await asyncio.sleep(0.01)
            yield self._now
        for due in schedule or ():
            await asyncio.sleep(max(0.0, due - self._now))
            yield due

    async def _read_mail(self) -> None:
        while True:
            for link in self._sink.new_links():
                self._links.put_nowait(link)
            await asyncio.sleep(LOOK_SECONDS / 2)

    async def _confirm(self) -> None:
        browser = Browser(self._url)
        while True:
            link = await self._links.get()
            began = self._now
            status = await browser.post(link, b"")
            if status == 200:
                self.seen.confirmed.append(self._now)
                self.seen.confirm_waits.append(self._now - began)
            else:
                self.seen.refusals[f"confirm {status}"] += 1
                if status in (0, 503):
                    # Nobody gives up at "try again": the button is pressed once more.
                    await asyncio.sleep(PRESSED_AGAIN_AFTER)
                    self._links.put_nowait(link)

    async def _look(self) -> None:
        browser = Browser(self._url)
        while True:
            self.seen.counts.append((self._now, await self._count(browser) - self._base))
            await asyncio.sleep(LOOK_SECONDS)

    async def _first_count(self) -> int:
        browser = Browser(self._url)
        for _try in range(TRIES):
            if found := await self._asked(browser):
                browser.close()
                return int(found[0])
            await asyncio.sleep(1)
        raise Broken("the petition's count.json is not served")

    async def _count(self, browser: Browser) -> int:
        found = await self._asked(browser)
        return found[0] if found else self._base + self.seen.counted

    async def _asked(self, browser: Browser) -> tuple[int] | None:
        """The public count, in a tuple: it may be 0. None where it was not told."""
        status, body = await browser.get(f"/petitions/{self._petition}/count.json")
        if status == 200:
            return (int(json.loads(body)["signature_count"]),)
        self.seen.refusals[f"count {status}"] += 1
        return None
