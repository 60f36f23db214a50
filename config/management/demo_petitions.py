"""Petitions made for the demo and saying so, on the way that a citizen's take: two of them wait for a moderator."""

from datetime import datetime, timedelta

from django.db import transaction

import audit.services
from petitions.models import Draft, Petition, Threshold
from petitions.models.petition import ThresholdKind
from signatures import creation, intake
from signatures.models import Role
from signatures.persons import Signer

SUPPORTERS = 5
# Language, days since it was handed in (one longer than the target for checking), title, what is asked, more detail.
WAITING = (
    (
        "en",
        9,
        "Demo: Put a drinking fountain in every railway station",
        "We ask that every railway station used by a hundred people a day has a fountain with drinking water.",
        "This petition was made for the demonstration of this site. Approve it, refuse it, or ask a colleague.",
    ),
    (
        "fr",
        1,
        "Démonstration : installer des bancs sur tous les quais de gare",
        "Nous demandons que chaque quai de gare ait au moins un banc à l’abri de la pluie.",
        "Cette pétition a été créée pour la démonstration de ce site. Approuvez-la, refusez-la ou demandez un avis.",
    ),
)


def make_waiting_petitions(now: datetime) -> int:
    """Hand in those that were not handed in yet; how many. Their signers are the demo's, at addresses of nobody."""
    waiting = [row for row in WAITING if not Petition.objects.filter(source="", title=row[2]).exists()]
    for language, days, title, ask, detail in waiting:
        hand_in(language=language, title=title, ask=ask, detail=detail, now=now - timedelta(days=days))
    return len(waiting)


@transaction.atomic
def hand_in(*, language: str, title: str, ask: str, detail: str, now: datetime) -> int:
    """A petition by the demo's creator that its supporters brought into the queue of moderation; its number."""
    draft = Draft.objects.create(
        language=language, eligible=True, title=title, ask=ask, detail=detail, saw_similar=True, created_at=now
    )
    submitted = creation.hand_in(draft_id=draft.pk, signer=person("creator", language=language), now=now)
    petition_id = submitted.petition_id
    intake.confirm(petition_id=petition_id, row_id=submitted.row_id, generation=0, now=now)
    for place in range(1, SUPPORTERS + 1):
        sign(petition_id, person(f"supporter-{place}", language=language), now, role=Role.SUPPORTER)
    return petition_id


def sign(petition_id: int, signer: Signer, now: datetime, role: Role = Role.SIGNER) -> int:
    """A confirmed signature; the number of its row."""
    row_id = intake.accept(petition_id=petition_id, signer=signer, role=role, now=now)
    intake.confirm(petition_id=petition_id, row_id=row_id, generation=0, now=now)
    return row_id


def person(mailbox: str, *, language: str, postcode: str = "SW1A 1AA", notify: bool = True) -> Signer:
    """Nobody: somebody of the demo who signs."""
    return Signer(
        name=f"Demo {mailbox.replace('-', ' ')}",
        email=f"{mailbox}@demo.example",
        postcode=postcode,
        country="GB",
        notify=notify,
        language=language,
        network="127.0.0.1",
    )


def lower_threshold(petition: Petition, count: int, reason: str, now: datetime) -> None:
    """Give the petition a threshold of its own for an answer, as no citizen's has it."""
    Threshold.objects.create(
        petition=petition,
        kind=ThresholdKind.OWN,
        count=count,
        opens_case=True,
        brings="an answer (lowered for this demo)",
        brings_fr="une réponse (seuil abaissé pour cette démonstration)",
    )
    audit.services.record(
        action="petition.set_threshold",
        subject_kind="petition",
        subject_id=petition.pk,
        reason=reason,
        details={"threshold": ThresholdKind.OWN, "count": count, "at": now.isoformat()},
    )
