"""Saved texts, and offices that were asked: what stands beside a draft of the demo."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import members_of
from responses.lifecycle import WRITABLE
from responses.models import Case, Contribution, SavedText
from responses.services import gathering

SAVED = (
    {
        "kind": "template",
        "title": "Thanks, and what the petition asks",
        "text": "Thank you to the {signatures} people who signed “{petition}”. The answer is that of {department}.",
    },
    {
        "kind": "template",
        "title": "When we will report back",
        "text": "We will report on this page by [[month and year]] what has been done.",
    },
    {
        "kind": "template",
        "language": "fr",
        "title": "Remerciements, et ce que demande la pétition",
        "text": "Merci aux {signatures} personnes qui ont signé « {petition} ». La réponse est celle de {department}.",
    },
    {
        "kind": "figure",
        "title": "How soon petitions are answered",
        "text": "An answer is due 21 working days after a petition has passed 10,000 signatures.",
        "source": "Terms of this site",
    },
)
QUESTION = "What has changed since this was last reported, and which figures may be published?"
SAID = (
    "Nothing has changed since the last yearly report. Its figures by region may be published. Those by place may not "
    "be where they are below five."
)
ANSWERING = gathering.Outside("Office for Figures", "figures@office.example")
SILENT = gathering.Outside("Inspectorate", "desk@inspectorate.example")
ASKED, WAIT = timedelta(days=10), timedelta(days=7)


def make_gathering(now: datetime) -> int:
    """Saved texts, and two offices asked about the drafter's case that is due first: one answered, one is late.

    How many offices were asked; none in a second run.
    """
    for saved in SAVED:
        SavedText.objects.get_or_create(title=saved["title"], defaults=saved)
    drafter: User | None = members_of(Role.DRAFTER).first()
    if drafter is None or Contribution.objects.exists():
        return 0
    writable = Case.objects.visible_to(drafter).owed().filter(state__in=WRITABLE)
    case = writable.order_by("due_on", "pk").first()
    if case is None:
        return 0
    at = now - ASKED
    answered, silent = gathering.ask(
        case_id=case.pk,
        actor=drafter,
        question=QUESTION,
        due_on=timezone.localdate(at + WAIT),
        outside=[ANSWERING, SILENT],
        now=at,
    )
    gathering.contribute(contribution_id=answered.pk, text=SAID, answered_by="Head of statistics", now=at + WAIT / 2)
    return len([answered, silent])
