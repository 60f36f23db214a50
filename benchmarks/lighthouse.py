"""Lighthouse, which judges a page from outside: performance, accessibility, best practice, what search engines need."""

import json
import os
import subprocess
from dataclasses import dataclass

from benchmarks.errors import Broken
from benchmarks.tools import Tool

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
SECONDS = 180


@dataclass(frozen=True)
class Judgement:
    """Of one page: scores of 100 by category, and by category the audits that cost points."""

    scores: dict[str, float]
    faults: dict[str, list[str]]


def judge(lighthouse: Tool, chromium: Tool, url: str) -> Judgement:
    """Lighthouse's own settings: a phone of middling power on a slow line. Raises Broken where it can't judge."""
    command = [
        lighthouse.path,
        url,
        "--output=json",
        "--output-path=stdout",
        "--quiet",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags=--headless=new{'' if os.geteuid() else ' --no-sandbox'}",
    ]
    try:
        done = subprocess.run(
            command,
            env={**os.environ, "CHROME_PATH": chromium.path},
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired as slow:
        raise Broken(f"Lighthouse did not come to an end within {SECONDS} s at {url}") from slow
    if done.returncode:
        raise Broken(f"Lighthouse failed at {url}: {done.stderr.strip()[-400:]}")
    return read(json.loads(done.stdout))


def read(report: dict) -> Judgement:
    """What Lighthouse's report says. Raises Broken where a category could not be judged."""
    scores, faults = {}, {}
    for name in CATEGORIES:
        category = report["categories"][name]
        if category["score"] is None:
            raise Broken(f"Lighthouse could not judge {name} of {report.get('requestedUrl')}")
        scores[name] = round(category["score"] * 100, 1)
        audits = (report["audits"][part["id"]] for part in category["auditRefs"] if part["weight"])
        faults[name] = [audit["id"] for audit in audits if audit["score"] is not None and audit["score"] < 0.9]
    return Judgement(scores, faults)
