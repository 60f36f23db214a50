"""Questions asked of half a million petitions: ``python -m benchmarks.searching ask|rebuild``. Prints JSON."""

import json
import random
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import django

from benchmarks.half_a_million import SEED, words

# The seed of the questions: words of titles by frequency, one to three of them, now and then with a filter.
QUESTIONS, WARMED_BY = 200, 40
TITLES = 5000
FILTERED = (("state", "open"), ("state", "closed"), ("year", "2019"), ("sort", "newest"))


def main() -> None:
    """``ask``: times of searches and suggestions. ``rebuild``: how fast an index is filled, and with what memory."""
    django.setup()
    told = rebuild() if sys.argv[1] == "rebuild" else asked()
    print(json.dumps(told))


def questions() -> list[dict[str, str]]:
    """The questions, the same at each run; the first WARMED_BY of them are not timed."""
    frequent, chance, made = words(TITLES), random.Random(SEED), []
    for _ in range(QUESTIONS + WARMED_BY):
        question = {"q": " ".join(chance.choice(frequent) for _ in range(chance.choice((1, 1, 2, 2, 3))))}
        if chance.random() < 0.25:
            name, value = chance.choice(FILTERED)
            question[name] = value
        made.append(question)
    return made


def asked() -> dict[str, Any]:
    """Seconds of each question, from parameters to entries of a page; of each suggestion; and what was found."""
    from search import engines
    from search.presenting import entries
    from search.queries import Query

    totals, simpler = [], 0

    def search(question: dict[str, str]) -> None:
        nonlocal simpler
        results = engines.find(Query.read(question))
        entries(results.found, "en")
        totals.append(results.total)
        simpler += results.simpler

    every, chance = questions(), random.Random(SEED)
    begun = [question["q"][: chance.randint(2, 8)] for question in every]
    seconds = _timed(search, every)
    return {
        "search": seconds,
        "suggest": _timed(lambda text: engines.suggest(text, language="en", limit=8), begun),
        "slowest": every[WARMED_BY:][seconds.index(max(seconds))],
        "found": totals[WARMED_BY:],
        "simpler": simpler,
    }


def _timed(work: Callable[[Any], Any], given: list[Any]) -> list[float]:
    seconds = []
    for one in given:
        began = time.perf_counter()
        work(one)
        seconds.append(time.perf_counter() - began)
    return seconds[WARMED_BY:]


def rebuild() -> dict[str, Any]:
    """Documents a second, and this process's memory after a tenth of them and at the end."""
    from django.utils import timezone

    from search.indexing import rebuilding

    memory: list[int] = []

    def progress(done: int, of: int) -> None:
        if not memory and done * 10 >= of:
            memory.append(_peak())
        print(f"{done:,} of {of:,} documents", file=sys.stderr, flush=True) if done % 100_000 == 0 else None

    began = time.perf_counter()
    number = rebuilding.rebuild(now=timezone.now(), progress=progress)
    seconds = time.perf_counter() - began
    return {"documents": number, "seconds": seconds, "early": memory[0], "peak": _peak()}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
