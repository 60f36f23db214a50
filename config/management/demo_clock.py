"""Three clocks of the demo that did something: one paused, one with more time, one with a word before the answer."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

import responses.services
from accounts.models import User
from accounts.roles import Role
from accounts.selectors import members_of
from responses.models import Case, Extension

PAUSED = {
    "en": "Demo: the question is before a court. We go on when it has decided.",
    "fr": "Démonstration : la question est devant un tribunal. Nous reprendrons après sa décision.",
}
MORE_TIME = {
    "en": "Demo: two departments have to agree on the figures first.",
    "fr": "Démonstration : deux ministères doivent d’abord s’accorder sur les chiffres.",
}
MORE_DAYS = 10
NEWS = {
    "en": "Demo: we have met the people who started this petition, and write the answer now.",
    "fr": "Démonstration : nous avons rencontré les auteurs de cette pétition et rédigeons la réponse.",
}


@transaction.atomic
def show_clocks(coordinator: User, now: datetime) -> None:
    """Let three clocks that nobody has touched be paused, extended and told of, by the demo's staff; only once."""
    approver = members_of(Role.APPROVER).first()
    running = Case.objects.owed().filter(paused_at=None, due_on__gt=timezone.localdate(now)).order_by("-pk")[:3]
    if approver is None or Extension.objects.exists() or len(running) < 3:
        return
    paused, extended, told = running
    responses.services.pause(case_id=paused.pk, actor=coordinator, reason=PAUSED, now=now)
    asked = responses.services.ask_extension(
        case_id=extended.pk, actor=coordinator, working_days=MORE_DAYS, reason=MORE_TIME, now=now
    )
    responses.services.grant_extension(case_id=extended.pk, extension_id=asked.pk, actor=approver, now=now)
    update = responses.services.propose_update(case_id=told.pk, actor=coordinator, text=NEWS, now=now)
    responses.services.approve_update(case_id=told.pk, update_id=update.pk, actor=approver, now=now)
