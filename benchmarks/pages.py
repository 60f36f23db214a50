"""Pages as people meet them: what they weigh, how soon they can be read on a poor line, what Lighthouse says."""

import os
import time
import urllib.request
from collections.abc import Callable
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from benchmarks import tools
from benchmarks.errors import Broken
from benchmarks.lighthouse import CATEGORIES, Judgement, judge
from benchmarks.rows import Row
from benchmarks.site import Site
from benchmarks.viewing import Line, Sight, visit
from config.stack.demo import FIRST_START

Say = Callable[[str], None]

KILOBYTE = 1000
LINES = {Line("150 ms, 1.6 Mbit/s", 150, 1_600_000): 1.2, Line("400 ms, 400 kbit/s", 400, 400_000): 2.5}
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 95, "seo": 95}
KNOWS_WITHIN = 30  # seconds until every process knows that signing takes a proof

OPEN = "SELECT id FROM petitions_petition WHERE state = 'open' ORDER BY signature_count DESC LIMIT 1"
# The longest pages of their kind: with a curve, places and an answer; with the most words.
LONGEST = "SELECT petition_id FROM petitions_hourcount GROUP BY petition_id ORDER BY count(*) DESC LIMIT 1"
ANSWER = """
SELECT answer_path FROM petitions_publiccase WHERE answer_path LIKE '/answers/%%'
ORDER BY length(text::text) DESC LIMIT 1
"""
CHALLENGED = """
INSERT INTO signatures_challengemode (petition_id, by_hand, cause) VALUES (%s, 'on', '')
ON CONFLICT (petition_id) DO UPDATE SET by_hand = 'on'
"""


def measure(site: Site, *, looks: int, say: Say) -> list[Row]:
    """All rows of this subject, taken on the demo's petitions. Raises Missing where a tool is not there."""
    chromium, lighthouse = tools.chromium(), tools.lighthouse(site.folder)
    say("making tables and loading the demo's petitions")
    site.empty()
    site.manage("migrate", "--verbosity", "0")
    site.manage("collectstatic", "--noinput", "--verbosity", "0")
    for _title, command, _progress in FIRST_START:
        site.manage(*command)
    url = site.serve().replace("127.0.0.1", "localhost")
    open_one, challenged = (row[0] for row in _first_two(site))
    judged = {
        "home": "/",
        "list": "/petitions/",
        "petition": f"/petitions/{open_one}/",
        "sign": f"/petitions/{open_one}/sign/",
        "answer": site.value(ANSWER),
    }
    weighed = {
        **judged,
        "longest petition": f"/petitions/{site.value(LONGEST)}/",
        "sign, challenged": f"/petitions/{challenged}/sign/",
    }
    _challenge(site, url, challenged)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.path, args=[] if os.geteuid() else ["--no-sandbox"]
        )
        say("weighing")
        rows = weights({name: visit(browser, url + path) for name, path in weighed.items()})
        for line, most in LINES.items():
            say(f"reading over {line.name}, {looks} times each")
            rows += paints(line, most, {name: _look(browser, url + path, line, looks) for name, path in judged.items()})
        browser.close()
    judgements = {}
    for name, path in judged.items():
        say(f"Lighthouse: {name}")
        judgements[name] = judge(lighthouse, chromium, url + path)
    return [*rows, *scores(judgements)]


def weights(sights: dict[str, Sight]) -> list[Row]:
    """What is fetched at a first visit."""
    most = {"petition": 60, "longest petition": 60, "sign": 45, "sign, challenged": 90}
    rows = [
        Row(
            f"{name}: first visit",
            sight.bytes / KILOBYTE,
            most.get(name),
            unit=" kB",
            rising=False,
            note=f"{sight.requests} requests",
        )
        for name, sight in sights.items()
    ]
    petition = max(sight.requests for name, sight in sights.items() if "petition" in name)
    strangers = sorted(set().union(*(sight.strangers for sight in sights.values())))
    return [
        *rows,
        Row("petition: requests of a first visit", petition, 8, rising=False),
        Row("other hosts asked, all pages", len(strangers), 0, rising=False, note=", ".join(strangers)),
        Row("web fonts, all pages", sum(sight.fonts for sight in sights.values()), 0, rising=False),
        Row("cookies, all pages", sum(sight.cookies for sight in sights.values()), 0, rising=False),
    ]


def paints(line: Line, most: float, looks: dict[str, list[Sight]]) -> list[Row]:
    """When the largest thing in sight was there, and how much things moved: the middle look, and the worst page."""
    painted = {name: median(sight.lcp for sight in sights) for name, sights in looks.items()}
    moved = {name: max(sight.cls for sight in sights) for name, sights in looks.items()}
    slowest, shakiest = max(painted, key=painted.__getitem__), max(moved, key=moved.__getitem__)
    others = ", ".join(f"{name} {seconds:.2f}" for name, seconds in painted.items())
    return [
        Row(f"LCP at {line.name}, slowest page", painted[slowest], most, unit=" s", rising=False, note=others),
        Row(f"CLS at {line.name}, worst page", moved[shakiest], 0.02, rising=False, note=shakiest),
    ]


def scores(judgements: dict[str, Judgement]) -> list[Row]:
    """Lighthouse's lowest score in each category, and what cost it points."""
    rows = []
    for category in CATEGORIES:
        lowest = min(judgements, key=lambda name: judgements[name].scores[category])
        found = judgements[lowest]
        note = ", ".join([lowest, *found.faults[category][:5]])
        rows.append(
            Row(f"Lighthouse: {category}, lowest page", found.scores[category], LEAST[category], stretch=100, note=note)
        )
    return rows


def _look(browser: Browser, url: str, line: Line, looks: int) -> list[Sight]:
    return [visit(browser, url, line) for _ in range(looks)]


def _first_two(site: Site) -> list[tuple[int]]:
    with site.connect() as connection:
        return connection.execute(OPEN.replace("LIMIT 1", "LIMIT 2")).fetchall()


def _challenge(site: Site, url: str, petition: int) -> None:
    """Let signing this petition take a proof, and wait until all processes know."""
    with site.connect() as connection:
        connection.execute(CHALLENGED, [petition])
    deadline = time.monotonic() + KNOWS_WITHIN
    while not all(_is_challenged(f"{url}/petitions/{petition}/sign/") for _process in range(6)):
        if time.monotonic() > deadline:
            raise Broken("the sign form of a petition under attack asks for no proof")
        time.sleep(0.5)


def _is_challenged(url: str) -> bool:
    with urllib.request.urlopen(url, timeout=15) as answer:
        return b"data-challenge" in answer.read()
