"""Every periodic job, in one table. Each is also the sweep behind a signal: what a wake-up misses, the clock finds."""

# name: (task, every so many seconds, queue)
JOBS: dict[str, tuple[str, int, str]] = {
    "mail-send": ("mailing.tasks.send_due", 1, "confirm"),
    "tally": ("signatures.tasks.fold", 1, "confirm"),
    "trends": ("signatures.tasks.roll", 30, "default"),
    "reconcile": ("signatures.tasks.reconcile", 300, "bulk"),
    "tell": ("signatures.tasks.tell_due", 5, "default"),
    "supporters": ("signatures.tasks.sweep_supporters", 20, "default"),
    "reminders": ("signatures.tasks.remind_due", 3600, "bulk"),
    "pending-expiry": ("signatures.tasks.expire_pending", 3600, "bulk"),
    "door": ("signatures.tasks.watch_door", 15, "default"),
    "door-sweep": ("signatures.tasks.sweep_door", 600, "bulk"),
    "partner-signatures": ("opendata.tasks.forget_partner_signatures", 3600, "bulk"),
    "retention": ("signatures.tasks.keep_no_longer", 600, "bulk"),
    "bulk-acts": ("signatures.tasks.work_on_bulk_acts", 2, "bulk"),
    "fraud-watch": ("signatures.tasks.watch_for_fraud", 60, "bulk"),
    "close": ("petitions.tasks.close_due", 30, "default"),
    "crossings": ("petitions.tasks.find_crossings", 30, "default"),
    "ratings": ("petitions.tasks.count_ratings", 10, "default"),
    "cases": ("responses.tasks.open_missing_cases", 20, "default"),
    "follow-up": ("responses.tasks.follow_up", 60, "default"),
    "clock": ("responses.tasks.watch_due_dates", 60, "default"),
    "case-batches": ("responses.tasks.work_on_batches", 2, "bulk"),
    "digests": ("responses.tasks.send_digests", 300, "bulk"),
    "publications": ("responses.tasks.record_missing_publications", 30, "default"),
    "changes": ("opendata.tasks.number_changes", 2, "default"),
    "dumps": ("opendata.tasks.make_dump", 120, "bulk"),
    "audit-seal": ("audit.tasks.seal", 5, "default"),
    "audit-head": ("audit.tasks.publish_head", 60, "bulk"),
    "clearances": ("responses.tasks.check_clearances", 300, "default"),
    "sessions": ("accounts.tasks.forget_sessions", 3600, "bulk"),
    "copies": ("config.tasks.void_copies", 10, "default"),
    "contributions": ("responses.tasks.chase_contributions", 600, "default"),
    "search": ("search.tasks.sweep", 15, "bulk"),
    "search-heal": ("search.tasks.heal", 10, "bulk"),
    "search-drift": ("search.tasks.check_drift", 3600, "bulk"),
    "publish-scheduled": ("responses.tasks.publish_scheduled", 60, "default"),
}

# What comes by wake-ups alone, one for each thing that changed, and waits for everything else.
WOKEN = ("search.tasks.send_petition", "search.tasks.refresh_page")


def beat_schedule() -> dict[str, dict[str, object]]:
    """The table as Celery beat reads it. A run that waited a whole period is dropped: the next one does its work."""
    return {
        name: {"task": task, "schedule": float(seconds), "options": {"queue": queue, "expires": float(seconds)}}
        for name, (task, seconds, queue) in JOBS.items()
    }


def routes() -> dict[str, dict[str, str]]:
    """Which queue a job goes to when it is woken by something else than the clock."""
    return {task: {"queue": queue} for task, _, queue in JOBS.values()} | {task: {"queue": "bulk"} for task in WOKEN}
