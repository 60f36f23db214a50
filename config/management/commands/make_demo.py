from datetime import datetime, time, timedelta
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone

import petitions.limits
import petitions.services
import responses.services
from accounts.groups import make_groups
from accounts.models import User
from accounts.roles import Role
from accounts.selectors import members_of
from audit.models import Entry
from config.management.demo_answered import ANSWERED, answer_petitions
from config.management.demo_at_work import AT_WORK, put_to_work
from config.management.demo_clock import show_clocks
from config.management.demo_gathering import make_gathering
from config.management.demo_petitions import lower_threshold, make_waiting_petitions
from config.management.demo_routing import make_routing
from config.management.progress import Progress, without_chatter
from petitions.models import Petition, Threshold
from petitions.models.petition import Source, ThresholdKind
from petitions.models.timeline import EventKind
from responses.models import CaseLink

REASON = "Made live for the demo."
PASSED = 10_000
PASSED_UNANSWERED, NEWEST = 16, 8
# Of those that passed: the most signed are owed an answer for so long that it is late.
LATE, LATE_DAYS = 2, 45
FIRST_CLOSES, LAST_CLOSES = timedelta(weeks=1), timedelta(weeks=26)
MORE_FOR_OWN = 3


class Command(BaseCommand):
    help = (
        "Brings imported petitions to life: opens 24 again under this site's clock, opens the cases of those that "
        "passed 10,000 signatures unanswered, and names the coordinator. May be run again: nothing happens twice."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        passed, newest = list(_passed_unanswered()), list(_newest())
        if (len(passed), len(newest)) != (PASSED_UNANSWERED, NEWEST):
            raise CommandError("The demo's petitions are not there: run load_petitions first.")
        coordinator = members_of(Role.COORDINATOR).first()
        administrator = members_of(Role.ADMINISTRATOR).first()
        if coordinator is None or administrator is None:
            raise CommandError("There is no staff: run create_roles --demo-users first.")
        with without_chatter():
            call_command("create_workflow", stdout=self.stdout)
            make_groups()
            _name_coordinator(administrator, coordinator, now)
            closings = _closings(now)
            with Progress("Petitions made live", len(closings), self.stdout) as progress:
                # Both kinds close early and late.
                for petition, closes_at in zip(sorted([*passed, *newest], key=_mixed), closings, strict=True):
                    _open_again(petition, closes_at, now)
                    progress.advance()
            _give_own_threshold(newest, now)
            with Progress("Cases opened", len(passed), self.stdout) as progress:
                for place, petition in enumerate(passed):
                    _open_case(petition, coordinator, now - timedelta(days=LATE_DAYS) if place < LATE else now, now)
                    progress.advance()
            make_routing(coordinator, now)
            show_clocks(coordinator, now)
            made = make_waiting_petitions(now)
            asked = make_gathering(now)
            with Progress("Cases taken further", len(AT_WORK), self.stdout) as progress:
                put_to_work(now, progress.advance)
            with Progress("Petitions answered", len(ANSWERED), self.stdout) as progress:
                answer_petitions(now, progress.advance)
        self.stdout.write(f"Petitions handed in for checking: {made}. Offices asked for a contribution: {asked}.")


def _candidates() -> QuerySet[Petition]:
    """UK petitions that were open when they were recorded, and that their source had not answered."""
    return (
        Petition.objects.filter(source=Source.UK, source_state="open")
        .exclude(events__kind=EventKind.ANSWERED, events__key="import")
        .defer("search")
    )


def _passed_unanswered() -> QuerySet[Petition]:
    return _candidates().filter(imported_count__gte=PASSED).order_by("-imported_count", "pk")[:PASSED_UNANSWERED]


def _newest() -> QuerySet[Petition]:
    """The newest below the threshold; those that an earlier run chose stay chosen."""
    chosen = Entry.objects.filter(action="petition.reopen", reason=REASON).values("subject_id")
    first = Case(When(pk__in=chosen, then=Value(0)), default=Value(1), output_field=IntegerField())
    return _candidates().filter(imported_count__lt=PASSED).order_by(first, "-opened_at", "-pk")[:NEWEST]


def _mixed(petition: Petition) -> int:
    return petition.pk * 7919 % 1000


def _closings(now: datetime) -> list[datetime]:
    """Midnights spread evenly from one to 26 weeks after today, one for each petition."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now) + timedelta(days=1), time.min))
    last = PASSED_UNANSWERED + NEWEST - 1
    days = (LAST_CLOSES - FIRST_CLOSES - timedelta(days=1)).days
    return [midnight + FIRST_CLOSES + timedelta(days=days * place // last) for place in range(last + 1)]


def _name_coordinator(administrator: User, coordinator: User, now: datetime) -> None:
    if petitions.limits.current().coordinator_id is None:
        values = {"coordinator": coordinator}
        petitions.limits.change(actor=administrator, values=values, reason=REASON, now=now)
        petitions.limits.forget()


@transaction.atomic
def _open_again(petition: Petition, closes_at: datetime, now: datetime) -> None:
    if not petition.exempt:
        return
    petitions.services.reopen(petition_id=petition.pk, closes_at=closes_at, actor=None, reason=REASON, now=now)
    petitions.services.record_event(
        petition_id=petition.pk,
        kind=EventKind.NOTE,
        key="demo",
        text={
            "en": "Opened again on this demonstration site. The signatures until then were counted at its source.",
            "fr": "Rouverte sur ce site de démonstration. Les signatures antérieures ont été comptées à la source.",
        },
        now=now,
    )


@transaction.atomic
def _give_own_threshold(newest: list[Petition], now: datetime) -> None:
    """A newcomer who signs one of them three times sees a case open, at a department whose staff can log in."""
    if Threshold.objects.filter(petition__in=newest, kind=ThresholdKind.OWN).exists():
        return
    staffed = Petition.objects.filter(
        pk__in=[petition.pk for petition in newest], departments__point_person__is_active=True
    )
    petition = staffed.order_by("-opened_at").first() or newest[0]
    lower_threshold(petition, petition.signature_count + MORE_FOR_OWN, REASON, now)


def _open_case(petition: Petition, coordinator: User, owed_since: datetime, now: datetime) -> None:
    if CaseLink.objects.filter(petition=petition).exists():
        return
    responses.services.open_by_hand(
        petition_id=petition.pk,
        actor=coordinator,
        reason=f"It had passed {PASSED:,} signatures unanswered before it came here.",
        owed_since=owed_since,
        now=now,
    )
