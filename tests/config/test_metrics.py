"""`/metrics`: for those who may see it, with what processes counted and what tables say."""

import os
import re
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string

from config.front import meters
from config.front.kinds import Kind
from config.metering import files, jobs, tables
from config.schedule import JOBS
from mailing.models import Mail, Priority
from opendata.changes import numbering
from opendata.models import Touched
from petitions.models import Petition, SigningPause
from petitions.services.counting import note_counted
from signatures.models import Delta

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


def line(text: str, start: str) -> float:
    """The number behind this name."""
    [found] = [each for each in text.splitlines() if each.startswith(start + " ")]
    return float(found.rpartition(" ")[2])


def test_it_tells_what_stands_in_the_tables(client: Client) -> None:
    before = client.get("/metrics")
    assert before.status_code == 200
    assert before["Cache-Control"] == "no-store"
    assert line(before.text, "redress_database_up") == 1
    assert line(before.text, "redress_tally_lag_seconds") == 0
    assert line(before.text, "redress_signing_paused") == 0
    now = timezone.now()
    Delta.objects.create(petition_id=1, country_code="GB", amount=-1, at=now - timedelta(days=50))
    note_counted(now=now - timedelta(seconds=50))
    SigningPause.objects.create(began_at=now)
    for due, priority in ((70, 0), (5, 0), (9, Priority.BULK), (3, Priority.PERSONAL), (-60, Priority.CONFIRMATION)):
        Mail.objects.create(kind="x", row_id=1, priority=priority, due_at=now - timedelta(seconds=due))
    after = client.get("/metrics").text
    assert line(after, "redress_tally_waiting") == 1
    assert 50 <= line(after, "redress_tally_lag_seconds") < 3600
    assert line(after, "redress_signing_paused") == 1
    assert line(after, 'redress_mail_due{priority="confirmation"}') == 2
    assert line(after, 'redress_mail_age_seconds{priority="confirmation"}') >= 70
    for priority in ("bulk", "personal"):
        assert line(after, f'redress_mail_due{{priority="{priority}"}}') == 1
        assert 3 <= line(after, f'redress_mail_age_seconds{{priority="{priority}"}}') < 70


def test_it_tells_how_far_the_change_feed_is_behind(client: Client) -> None:
    numbering.number(timezone.now())
    before = client.get("/metrics").text
    assert line(before, "redress_changes_waiting") == line(before, "redress_changes_lag_seconds") == 0
    Petition.objects.create(title="Noted by a trigger", ask="Now")
    Touched.objects.update(at=timezone.now() - timedelta(seconds=300))
    Petition.objects.update(title="Noted a second time")
    behind = client.get("/metrics").text
    assert line(behind, "redress_changes_waiting") == 2
    assert 300 <= line(behind, "redress_changes_lag_seconds") < 3600
    numbering.number(timezone.now())
    assert line(client.get("/metrics").text, "redress_changes_lag_seconds") == 0


def test_it_is_not_there_for_anybody_else(client: Client, settings: Any) -> None:
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="not an address").status_code == 404
    # Through a proxy on this machine that the settings do not know of.
    assert client.get("/metrics", headers={"x-forwarded-for": "192.0.2.1"}).status_code == 404
    settings.TRUSTED_PROXIES = 1
    assert client.get("/metrics", headers={"x-forwarded-for": "192.0.2.1"}).status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "127.0.0.1, 192.0.2.1"}).status_code == 404
    assert client.get("/metrics").status_code == 200


def test_a_token_opens_it_from_everywhere(client: Client, settings: Any) -> None:
    far = {"REMOTE_ADDR": "192.0.2.1"}
    assert client.get("/metrics", headers={"authorization": "Bearer "}, **far).status_code == 404
    settings.METRICS_TOKEN = "a token of the operator"
    assert client.get("/metrics", headers={"authorization": "Bearer a token of the operator"}, **far).status_code == 200
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}, **far).status_code == 404


def test_every_figure_can_be_asked() -> None:
    gauges = {gauge.name for gauge in tables.Tables().collect()}
    assert gauges == {figure.name for figure in tables.FIGURES} | {"redress_database_up"}


FAILS = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{}'; END $$"


@pytest.mark.parametrize(("code", "up", "others"), [(tables.CANCELLED, 1.0, True), ("57P01", 0.0, False)])
def test_a_figure_that_takes_too_long_is_left_out_and_no_outage(
    monkeypatch: pytest.MonkeyPatch, code: str, up: float, others: bool
) -> None:
    slow = tables.Figure("redress_slow", "For a test.", (), FAILS.format(code))
    monkeypatch.setattr(tables, "FIGURES", (slow, *tables.FIGURES))
    told = {gauge.name: gauge.samples for gauge in tables.Tables().collect()}
    assert told["redress_database_up"][0].value == up
    assert ("redress_mail_failed" in told) is others
    assert "redress_slow" not in told


def test_a_failure_is_told_before_the_first_one() -> None:
    # Prometheus' rate() of a counter that begins at 1 is 0: the alert would sleep through the first failure.
    told = {
        sample.labels["kind"]
        for metric in meters.requests.collect()
        for sample in metric.samples
        if sample.name == "redress_requests_total" and sample.labels["status"] == "500"
    }
    assert told == set(Kind)


def test_jobs_are_counted_with_what_they_found() -> None:
    task = type("Task", (), {"name": JOBS["crossings"][0]})
    before = _of_crossings()
    jobs.task_success.send(sender=task, result=3)
    jobs.task_failure.send(sender=task)
    counted = _of_crossings() - before
    assert counted["redress_job_found_total"] == 3
    assert counted["redress_job_runs_total"] == counted["redress_job_failures_total"] == 1


@pytest.mark.parametrize("job", ["mail-send", "tally", "tell", "supporters", "reconcile", "crossings", "cases"])
def test_a_job_that_finds_says_how_much(job: str) -> None:
    assert import_string(JOBS[job][0])() == 0


def _of_crossings() -> Counter[str]:
    """What this process has counted of that job so far."""
    return Counter(
        {
            sample.name: sample.value
            for metric in files.Counted().collect()
            for sample in metric.samples
            if sample.labels == {"job": "crossings"}
        }
    )


COUNT = """
import os, sys
from pathlib import Path
os.environ["PROMETHEUS_MULTIPROC_DIR"] = sys.argv[1]
from prometheus_client import Counter
Counter("redress_example", "For a test.").inc(2)
"""


def test_what_dead_processes_counted_is_part_of_the_sum(tmp_path: Path, settings: Any) -> None:
    settings.METRICS_FOLDER = tmp_path
    for role in ("web", "web", "worker"):
        (tmp_path / role).mkdir(exist_ok=True)
        subprocess.run([sys.executable, "-c", COUNT, str(tmp_path / role)], check=True)
    [metric] = files.Counted().collect()
    assert [sample.value for sample in metric.samples if sample.name == "redress_example_total"] == [6]


ALERTS = ROOT / "compose" / "alerts.yml"


def test_alerts_speak_of_figures_that_there_are(client: Client) -> None:

    meters.requests.labels("page", "200").inc()
    known = set(re.findall(r"^# TYPE (\w+)", client.get("/metrics").text, re.MULTILINE))
    known |= {f"{name}_total" for name in known} | {f"{name}_bucket" for name in known}
    asked = set(re.findall(r"\bredress_\w+", ALERTS.read_text()))
    assert asked
    assert asked <= known


def test_files_that_another_process_dropped_meanwhile_stop_no_start(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.METRICS_FOLDER = tmp_path
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    gone, old, new = (tmp_path / f"counter_{number}.db" for number in (4_000_001, 4_000_002, 4_000_003))
    gone.symlink_to(tmp_path / "nowhere")  # listed, and not there when it is looked at
    old.touch()
    os.utime(old, (0, 0))
    new.touch()

    files.forget_dead()

    assert (old.exists(), new.exists()) == (False, True)
