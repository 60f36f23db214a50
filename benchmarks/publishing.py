"""How long publishing takes: ``python -m benchmarks.publishing TIMES`` prints the seconds of each as JSON.

Each answer is written, reviewed and cleared as it must be, by five people; only the last act is timed. Whoever starts
this says by EMAIL_URL and ELASTICSEARCH_URL what is away meanwhile.
"""

import json
import sys
import time
from typing import Any

import django

REVIEWERS = ("department_reviewer", "legal_reviewer", "approver")


def main() -> None:
    """Prints one line of JSON."""
    django.setup()
    from accounts.demo import make_demo_staff
    from accounts.models import User

    make_demo_staff()
    staff = {user.username: user for user in User.objects.filter(username__in=("drafter", "publisher", *REVIEWERS))}
    print(json.dumps([_publish(_cleared(number, staff), staff["publisher"]) for number in range(int(sys.argv[1]))]))


def _cleared(number: int, staff: dict[str, Any]) -> int:
    """A case whose answer has passed all reviews; its number."""
    from django.utils import timezone

    from petitions.models import Crossing, Petition, Threshold
    from responses import services
    from responses.models import AnswerPage

    now = timezone.now()
    petition = Petition.objects.create(
        title=f"Mend the bridge number {number}",
        ask="The bridge should be mended.",
        creator_name="Somebody Else",
        state="open",
        opened_at=now,
        moderation_threshold_reached_at=now,
    )
    petition.departments.add(staff["drafter"].department)
    threshold = Threshold.objects.create(petition=petition, kind="response", count=10_000, opens_case=True)
    crossing = Crossing.objects.create(threshold=threshold, petition=petition, crossed_at=now, count=10_000)
    case = services.open_case(crossing_id=crossing.pk, now=now)
    page = AnswerPage.objects.get(case=case).get_latest_revision_as_object()
    text = page.texts.first()
    text.title, text.summary = f"Answer {number}", "The bridge will be mended."
    text.body = [("paragraph", "<p>We will mend it by May.</p>")]
    page.texts = [text]
    page.save_revision(user=staff["drafter"])
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    for name in REVIEWERS:
        waiting = AnswerPage.objects.get(case=case).current_workflow_task_state
        services.approve(task_state_id=waiting.pk, actor=staff[name], now=now)
    return int(case.pk)


def _publish(case_id: int, publisher: Any) -> float:
    from django.utils import timezone

    from responses import services

    began = time.perf_counter()
    services.publish(case_id=case_id, actor=publisher, now=timezone.now())
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
