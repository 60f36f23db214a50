"""docs/operations.md lists what an operator may set, and nothing that is not there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Read by Django or by the Procfile, not by our settings.
READ_ELSEWHERE = {"DJANGO_SETTINGS_MODULE", "HOST", "WORKER_CONCURRENCY"}


def test_every_setting_is_in_the_table_and_every_row_is_a_setting() -> None:
    read = set(
        re.findall(r"(?:env\.\w+|number)\(\s*[\"']([A-Z_]+)", (ROOT / "config/settings/environment.py").read_text())
    )
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    assert {name for name, _default in rows} == read | READ_ELSEWHERE
    demanded = (ROOT / "config/settings/production.py").read_text().partition("REQUIRED = (")[2].partition(")")[0]
    assert {name for name, default in rows if default.strip() == "needed"} == set(re.findall(r"[A-Z_]+", demanded))
