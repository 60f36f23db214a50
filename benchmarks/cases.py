"""Fills a prepared site with cases as they lie there after years, and signs staff in; tells the sessions.

``python -m benchmarks.cases NUMBER PEOPLE`` writes so many petitions and cases in sets. One in ten is owed, in every
state; all others were answered. The last ``WORKED_ON`` are opened by the service, with a page to write on.
"""

import json
import sys
from datetime import datetime, timedelta
from typing import Any

import django

from config.management.progress import Progress

SET = 2_000
WORKED_ON = 200
DEPARTMENTS = 20
DAY = timedelta(days=1)
# By the last two digits of a case's number; all others were answered and closed.
STATES = {
    **dict.fromkeys((0, 1), "new"),
    **dict.fromkeys((2, 3, 4), "assigned"),
    **dict.fromkeys((5, 6, 7), "drafting"),
    8: "published",
    9: "follow_up",
    10: "approved",
    11: "scheduled",
}
OWED = ("new", "assigned", "drafting", "approved", "scheduled")


def main() -> None:
    """Prints one line of JSON: the sessions of staff, the cases they work on, and how many cases there are."""
    django.setup()
    from django.utils import timezone

    number, people, now = int(sys.argv[1]), int(sys.argv[2]), timezone.now()
    staff = _staff(people)
    with Progress("Cases", max(number - WORKED_ON, 0), sys.stderr) as progress:
        for first in range(0, number - WORKED_ON, SET):
            numbers = range(first, min(first + SET, number - WORKED_ON))
            _fill(numbers, staff, now)
            progress.advance(len(numbers))
    worked_on = _open(staff[0], now)
    _settle()
    sessions = [_session(user) for user in staff]
    print(json.dumps({"sessions": sessions, "cases": worked_on, "all": _all()}))


def _staff(people: int) -> list[Any]:
    """Coordinators see every case: their lists are the longest."""
    from django.contrib.auth.models import Group

    from accounts.models import Department, User
    from accounts.roles import TABLE, Role

    for number in range(DEPARTMENTS):
        Department.objects.get_or_create(acronym=f"B{number}", defaults={"name": f"Department of things {number}"})
    group = Group.objects.get(name=TABLE[Role.COORDINATOR].label)
    staff = []
    for number in range(people):
        user = User.objects.create_user(f"coordinator_{number}", f"coordinator_{number}@staff.example")
        user.groups.add(group)
        staff.append(user)
    return staff


def _fill(numbers: range, staff: list[Any], now: datetime) -> None:
    from accounts.models import Department
    from petitions.models import Petition, PublicCase
    from responses.models import Case, CaseLink

    departments = list(Department.objects.filter(acronym__startswith="B").order_by("pk"))
    petitions = Petition.objects.bulk_create(_petition(number, now) for number in numbers)
    cases = Case.objects.bulk_create(
        Case(
            department=None if number % 100 < 2 else departments[number // 100 % DEPARTMENTS],
            owner=None if number % 100 < 2 else staff[number // 100 % len(staff)],
            **_facts(number, now),
        )
        for number in numbers
    )
    pairs = list(zip(petitions, cases, strict=True))
    CaseLink.objects.bulk_create(CaseLink(case=case, petition=petition) for petition, case in pairs)
    PublicCase.objects.bulk_create(
        PublicCase(
            petition=petition,
            case_id=case.pk,
            state=case.state,
            department=case.department,
            owed_since=case.owed_since,
            due_on=case.due_on,
            answered_at=case.published_at,
        )
        for petition, case in pairs
    )


def _petition(number: int, now: datetime) -> Any:
    from petitions.models import Petition

    owed = STATES.get(number % 100) in OWED
    opened_at = now - (60 + number % 1_000) * DAY
    return Petition(
        title=f"Mend the road in street {number}",
        ask="The road should be mended before winter.",
        creator_name="Somebody Else",
        state="open" if owed else "closed",
        response_state="awaiting" if owed else "answered",
        opened_at=opened_at,
        moderation_threshold_reached_at=opened_at,
        closes_at=now + 100 * DAY if owed else opened_at + 182 * DAY,
        closed_at=None if owed else opened_at + 182 * DAY,
        signature_count=10_000 + number % 5_000,
        imported_count=10_000 + number % 5_000,
    )


def _facts(number: int, now: datetime) -> dict[str, Any]:
    """The columns of the ``number``-th case that follow from its state."""
    state = STATES.get(number % 100, "closed")
    since = now - (number % 60 if state in OWED else 60 + number % 900) * DAY
    published_at = None if state in OWED else since + (5 + number % 50) * DAY
    return {
        "state": state,
        "opened_at": since,
        "owed_since": since,
        "working_days": 21,
        "due_on": (since + 29 * DAY).date(),
        "counted_on": now.date(),
        "publish_at": now + 300 * DAY if state == "scheduled" else None,
        "published_at": published_at,
        "closed_at": published_at if state == "closed" else None,
    }


def _open(actor: Any, now: datetime) -> list[int]:
    """The cases that staff work on, opened as every case is."""
    from petitions.models import Petition
    from responses import services

    rows = [_petition(number * 100, now) for number in range(WORKED_ON)]
    for row in rows:
        row.response_state = "none"
    made = Petition.objects.bulk_create(rows)
    return [
        services.open_by_hand(petition_id=petition.pk, actor=actor, reason="To be answered.", now=now).pk
        for petition in made
    ]


def _settle() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


def _session(user: Any) -> str:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _all() -> int:
    from responses.models import Case

    return Case.objects.count()


if __name__ == "__main__":
    main()
