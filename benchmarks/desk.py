"""Staff at their desks: each opens pages, thinks, and leaves notes; every note must be there in the end."""

import http.client
import math
import random
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from config.management.progress import Progress

CSRF = "b" * 32
PATIENCE_SECONDS = 30
# How long somebody looks at a page before the next: people read, compare and write.
THINKS_SECONDS = (4.0, 16.0)
LISTS = ("/staff/", "/staff/cases/", "/staff/cases/?state=drafting", "/staff/cases/?due=overdue", "/staff/cases/?p=40")


@dataclass
class Worked:
    """What the desks saw: seconds by page, and the notes that were said to be kept, as (case, text)."""

    waits: list[float] = field(default_factory=list)
    refused: int = 0
    notes: list[tuple[int, str]] = field(default_factory=list)


class Desk:
    """The browser of one member of staff."""

    def __init__(self, url: str, session: str) -> None:
        self._host = urlsplit(url).netloc
        self._cookies = f"sessionid={session}; csrftoken={CSRF}"
        self._line: http.client.HTTPConnection | None = None

    def get(self, path: str) -> int:
        """The status of the answer; 0 when there was none."""
        return self._ask("GET", path, "")

    def post(self, path: str, form: dict[str, str]) -> int:
        return self._ask("POST", path, urlencode({**form, "csrfmiddlewaretoken": CSRF}))

    def _ask(self, method: str, path: str, body: str) -> int:
        headers = {"Cookie": self._cookies, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            if self._line is None:
                self._line = http.client.HTTPConnection(self._host, timeout=PATIENCE_SECONDS)
            self._line.request(method, path, body or None, headers)
            answer = self._line.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            self._line = None
            return 0


def timed(desk: Desk, path: str) -> tuple[int, float]:
    """Status and seconds of one page."""
    began = time.perf_counter()
    return desk.get(path), time.perf_counter() - began


def at_work(url: str, sessions: Sequence[str], cases: Sequence[int], *, seconds: float) -> Worked:
    """Everybody at once for so many seconds. One page in ten is followed by a note on the case that was opened."""
    worked, lock, ends = Worked(), threading.Lock(), time.monotonic() + seconds

    def work(number: int, session: str) -> None:
        desk, chance = Desk(url, session), random.Random(number)
        time.sleep(chance.uniform(0, THINKS_SECONDS[1]))
        turn = 0
        while time.monotonic() < ends:
            turn += 1
            case = chance.choice(cases)
            status, took = timed(desk, chance.choice((*LISTS, *(f"/staff/cases/{case}/",) * len(LISTS))))
            with lock:
                worked.waits.append(took)
                worked.refused += status != 200
            if turn % 10 == 0:
                text = f"Note {number}-{turn}"
                kept = desk.post(f"/staff/cases/{case}/note/", {"text": text}) == 302
                with lock:
                    worked.refused += not kept
                    if kept:
                        worked.notes.append((case, text))
            time.sleep(chance.uniform(*THINKS_SECONDS))

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(sessions)]
    for thread in threads:
        thread.start()
    with Progress("Seconds at the desks", math.ceil(seconds), sys.stderr) as progress:
        while (left := ends - time.monotonic()) > 0:
            time.sleep(min(left, 1))
            progress.advance()
    for thread in threads:
        thread.join()
    return worked
