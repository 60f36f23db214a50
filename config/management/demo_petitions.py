"""Two petitions that wait for a moderator, made for the demo and saying so, on the way that a citizen's take."""

from datetime import datetime, timedelta

from django.db import transaction

from petitions.models import Draft, Petition
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
    return sum(
        _hand_in(number, language, title, ask, detail, now - timedelta(days=days))
        for number, (language, days, title, ask, detail) in enumerate(WAITING, 1)
        if not Petition.objects.filter(source="", title=title).exists()
    )


@transaction.atomic
def _hand_in(number: int, language: str, title: str, ask: str, detail: str, now: datetime) -> bool:
    draft = Draft.objects.create(
        language=language, eligible=True, title=title, ask=ask, detail=detail, saw_similar=True, created_at=now
    )
    creator = _person(f"Demo creator {number}", f"creator-{number}", language)
    submitted = creation.hand_in(draft_id=draft.pk, signer=creator, now=now)
    petition_id = submitted.petition_id
    intake.confirm(petition_id=petition_id, row_id=submitted.row_id, generation=0, now=now)
    for place in range(1, SUPPORTERS + 1):
        supporter = _person(f"Demo supporter {place}", f"supporter-{number}-{place}", language)
        row_id = intake.accept(petition_id=petition_id, signer=supporter, role=Role.SUPPORTER, now=now)
        intake.confirm(petition_id=petition_id, row_id=row_id, generation=0, now=now)
    return True


def _person(name: str, mailbox: str, language: str) -> Signer:
    return Signer(
        name=name,
        email=f"{mailbox}@demo.example",
        postcode="SW1A 1AA",
        country="GB",
        notify=True,
        language=language,
        network="127.0.0.1",
    )
