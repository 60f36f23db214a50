"""What the clock's jobs did: how often they ran, failed, and how much they found (of a sweep: what a signal lost)."""

from typing import Any

from celery.signals import task_failure, task_success, worker_init
from prometheus_client import Counter

from config.metering import files
from config.schedule import JOBS

NAMES = {task: name for name, (task, _seconds, _queue) in JOBS.items()}
runs = Counter("redress_job_runs", "Jobs that ran to their end.", ["job"])
failures = Counter("redress_job_failures", "Jobs that failed.", ["job"])
found = Counter("redress_job_found", "How much the jobs found to do, of those that tell.", ["job"])


@task_success.connect
def _ended(sender: Any = None, result: object = None, **kwargs: Any) -> None:
    name = NAMES.get(getattr(sender, "name", ""))
    if name:
        runs.labels(name).inc()
        if isinstance(result, int) and result > 0:
            found.labels(name).inc(result)


@task_failure.connect
def _failed(sender: Any = None, **kwargs: Any) -> None:
    name = NAMES.get(getattr(sender, "name", ""))
    if name:
        failures.labels(name).inc()


@worker_init.connect
def _begin(**kwargs: Any) -> None:
    files.forget_dead()
