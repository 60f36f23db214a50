"""docs/operations.md lists what an operator may set, and nothing that is not there."""

import logging
import re
import time
from pathlib import Path

import pytest
from django.core.management import get_commands

from config import access_log, logs

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


def test_every_command_that_the_page_tells_of_is_there() -> None:
    page = (ROOT / "docs/operations.md").read_text()
    told = set(re.findall(r"(?:^|`)(?:manage|python manage\.py) ([a-z_]+)", page, re.MULTILINE))
    assert {"reconcile_counts", "migrate", "launch_check"} <= told
    assert told <= set(get_commands())


def test_every_alert_has_a_row_in_the_runbook() -> None:
    night = (ROOT / "docs/operations.md").read_text().partition("## A bad night")[2].partition("\n## ")[0]
    alerts = re.findall(r"- alert: (\w+)", (ROOT / "compose" / "alerts.yml").read_text())
    assert alerts
    assert [name for name in alerts if f"**{name}**" not in night] == []


def test_what_the_runbook_looks_for_in_the_log_is_what_the_log_says(caplog: pytest.LogCaptureFixture) -> None:
    page = (ROOT / "docs/operations.md").read_text()
    patterns = re.findall(r"grep -E '(\"[^']+)'", page)
    written = [
        logs.formatter().format(logging.LogRecord("redress", level, "", 0, "mail_not_made", None, None))
        for level in (logging.WARNING, logging.ERROR, logging.CRITICAL)
    ]
    with caplog.at_level(logging.INFO, logger="access"):
        access_log.tell("signatures:sign", {}, method="POST", status=500, began=time.perf_counter())
        access_log.lines.write()
    written.append(caplog.messages[-1])
    assert len(patterns) == 3
    for pattern in patterns:
        assert any(re.search(pattern, line) for line in written), pattern
    first = patterns[0]
    assert [bool(re.search(first, line)) for line in written] == [True, True, True, False]
    # Whatever a unit writes to standard error is of one priority for the journal.
    assert "--priority" not in page


def test_no_command_of_root_leaves_the_names_of_closed_folders_to_a_shell_that_can_not_see_them() -> None:
    page = (ROOT / "docs/operations.md").read_text()
    assert "sudo find /var/cache/redress -type f -delete" in page
    assert not re.search(r"sudo (?:rm|mv|cp|cat) [^`|\n]*\*", page)


def test_a_dump_that_fails_takes_the_place_of_none() -> None:
    backups = (ROOT / "docs/operations.md").read_text().partition("## Backups")[2].partition("\n## ")[0]
    assert re.search(r"pg_dump [^|\n]* &&\n", backups)
    made = re.search(r"sudo mv \S+ (\S+)", backups)
    assert made
    assert f"--dbname redress {made[1]}" in backups
