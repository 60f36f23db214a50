"""What the browsers' site shows: a petition in every state that has a page, an answer, texts that look like markup.

Run inside the site (``manage.py shell``): ``fill`` prints where everything is.
"""

import csv
import gzip
import json
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from petitions import drafts
from petitions.lifecycle import State
from petitions.models import Draft, Petition, Region, Threshold, Topic
from petitions.models.timeline import EventKind
from tests import factories

DEMO = Path(__file__).resolve().parents[2] / "demo"
# Answered and debated, with its curve; answered; one without an answer.
IMPORTED = {241584, 300050, 300077}
HOSTILE = """"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}} javascript:alert(3) //evil.example"""


def fill(folder: str) -> None:
    """Make everything in an empty site; prints one line of JSON: names with the number of a petition, or an address."""
    _load(Path(folder))
    answer = Petition.objects.get(pk=300050).public_case.answer_path
    with transaction.atomic():
        made, event = _make(answer)
        # Nobody answers here: the clocks of this site would open cases of their own.
        Threshold.objects.filter(petition__in=made.values()).update(opens_case=False)
    imported = Petition.objects.get(pk=241584)
    assert imported.opened_at is not None
    places = {
        **{name: petition.pk for name, petition in made.items()},
        "imported": imported.pk,
        "imported_answered": 300050,
        "event": event,
        "answer": answer,
        "draft": f"/petitions/new/{_draft().token}/",
        "month": f"/petitions/archive/{imported.opened_at:%Y}/{imported.opened_at.month}/",
        "topic": Topic.objects.order_by("code").values_list("code", flat=True)[0],
        "region": Region.objects.order_by("code").values_list("code", flat=True)[0],
    }
    print(json.dumps(places))


def _make(answer: str) -> tuple[dict[str, Petition], int]:
    """The petitions by their names, and the event of the one that has this answer."""
    open_one = factories.make_open_petition(title="Plant trees along Mill Lane", signature_count=1_234)
    factories.make_hours(open_one, 48)
    factories.make_event(open_one, EventKind.OPENED)
    answered = factories.make_answered_petition(title="Mend the bridge over the Stour", path=answer)
    event = factories.make_event(
        answered,
        EventKind.ANSWERED,
        key=str(answered.pk),
        tells_signers=True,
        signers_told_at=timezone.now(),
        link=answer,
    )
    made = {
        "open": open_one,
        "answered": answered,
        "owed": factories.make_owed_petition(title="Keep the library of Harbour Row open"),
        "late": factories.make_owed_petition(
            title="Light the footpath to the station", due_on=timezone.localdate() - timedelta(days=9)
        ),
        "closed": factories.make_closed_petition(title="Bring back the bus to Castle Hill", signature_count=431),
        "rejected": factories.make_rejected_petition(title="Do something", details="It does not say what."),
        "duplicate": factories.make_rejected_petition(
            title="Trees for Mill Lane", code="duplicate", duplicate_of=open_one
        ),
        "withdrawn": factories.make_withdrawn_petition(title="Paint the market hall"),
        "hidden": factories.make_hidden_petition(title="Hidden", opened=True),
        "gathering": factories.make_petition(title="Gathering", state=State.GATHERING_SUPPORT),
        "hostile": factories.make_open_petition(
            title=f"Hostile {HOSTILE}"[:80], ask=HOSTILE, detail=HOSTILE, creator_name=HOSTILE[:60]
        ),
        "hostile_waiting": factories.make_petition(
            title=HOSTILE[:80], ask=HOSTILE, detail=HOSTILE, creator_name=HOSTILE[:60], state=State.IN_MODERATION
        ),
    }
    return made, event.pk


def _draft() -> Draft:
    """A petition that somebody is writing, with every question answered."""
    draft = factories.make_draft(
        title="Plant trees in Mill Lane", saw_similar=True, ask="A tree for every house.", detail="Shade is free."
    )
    typed = {"name": "Quillon Thornbeck", "email": "writer@browsers.example", "postcode": "N1 9GU", "country": "GB"}
    drafts.keep_person(draft=draft, typed=typed)
    return draft


def _load(folder: Path) -> None:
    """Three petitions of the demo's, with everything they bring."""
    folder.mkdir()
    uk, breakdowns, wtp = folder / "uk.jsonl", folder / "breakdowns.csv", folder / "wtp.jsonl"
    with gzip.open(DEMO / "uk_petitions.jsonl.gz", "rt") as lines:
        uk.write_text("".join(line for line in lines if json.loads(line)["id"] in IMPORTED))
    with gzip.open(DEMO / "uk_breakdowns.csv.gz", "rt", newline="") as lines, breakdowns.open("w", newline="") as kept:
        rows = csv.reader(lines)
        writer = csv.writer(kept)
        writer.writerow(next(rows))
        writer.writerows(row for row in rows if int(row[0]) in IMPORTED)
    wtp.write_text("")
    call_command("load_petitions", uk=uk, breakdowns=breakdowns, wtp=wtp, verbosity=0)
