"""Petitions of the demo whose whole way lies behind them: signed, owed an answer, answered, rated, followed up.

They were made for it and say so: no real petition gets an invented answer that is public.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

import petitions.services
import responses.services
import signatures.tally
from accounts.models import Department, User
from accounts.roles import Role
from accounts.selectors import members_of
from config.management import demo_petitions
from config.management.demo_answers import ANSWERED, CHANGED, DETAIL, HEARD, Answered
from config.management.demo_office import Office
from petitions.models import Petition
from petitions.models.petition import ThresholdKind
from responses.models import AnnouncementKind, Case
from responses.models.case import CaseState

REASON = "Made for the demo."
TOGETHER = "Demo: both ask for open schoolyards at weekends."
THRESHOLD = demo_petitions.SUPPORTERS
# So many signers of the demo wish for mail: more would only fill its mailbox.
MAILED = 3
POSTCODES = ("M1 1AE", "B1 1BB", "LS1 4AP", "CF10 1EP", "EH1 1YZ", "BS1 5TR", "NE1 7RU", "SW1A 1AA")
CHOICES = ("yes", "partly", "no")
GOES_LIVE, GOES_LIVE_AT = timedelta(days=6), time(10)


@transaction.atomic
def answer_petitions(now: datetime, advance: Callable[[], None]) -> int:
    """Have them signed, owed an answer, answered and judged, each on its day; how many answers. Only once."""
    coordinator, moderator = members_of(Role.COORDINATOR).first(), members_of(Role.MODERATOR).first()
    first, _ask = ANSWERED[0].asked[0]
    if coordinator is None or moderator is None or Petition.objects.filter(source="", title=first).exists():
        return 0
    for row in ANSWERED:
        signed = [_signed(row, title, ask, moderator, now) for title, ask in row.asked]
        case = _owed(row, [petition for petition, _rows in signed], coordinator, now)
        office = Office.of(case)
        _clear(row, case, office, now)
        if row.answered:
            petition, rows = signed[0]
            _publish(row, case, office, now)
            _rate(row, case, petition, rows, now)
        else:
            day = timezone.localdate(now) + GOES_LIVE
            at = timezone.make_aware(datetime.combine(day, GOES_LIVE_AT))
            responses.services.schedule(case_id=case.pk, actor=office.publisher, at=at, now=now)
        if row.closed:
            responses.services.close(case_id=case.pk, actor=coordinator, now=_ago(now, row.closed))
        advance()
    _tell_what_came(Case.objects.filter(state=CaseState.PUBLISHED, links__petition__title=first).get(), now)
    petitions.services.close_due(now)
    return len(ANSWERED)


def _ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


def _signed(row: Answered, title: str, ask: str, moderator: User, now: datetime) -> tuple[Petition, list[int]]:
    """A petition with its signatures and a threshold that they passed, and the rows of those who may rate."""
    opened, crossed = _ago(now, row.opened), _ago(now, row.crossed)
    petition_id = demo_petitions.hand_in(
        language=row.language, title=title, ask=ask, detail=DETAIL[row.language], now=opened - timedelta(days=4)
    )
    petition = petitions.services.approve(
        petition_id=petition_id,
        moderator=moderator,
        departments=Department.objects.filter(acronym=row.department),
        now=opened,
    )
    demo_petitions.lower_threshold(petition, THRESHOLD, REASON, opened)
    rows = []
    for place in range(row.signers):
        signer = demo_petitions.person(
            f"signer-{place + 1}",
            language=row.language,
            postcode=POSTCODES[place % len(POSTCODES)],
            notify=place < MAILED,
        )
        rows.append(demo_petitions.sign(petition_id, signer, opened + (crossed - opened) * place / row.signers))
    signatures.tally.fold(crossed)
    return petition, rows


def _owed(row: Answered, signed: list[Petition], coordinator: User, now: datetime) -> Case:
    """The case of the first petition, opened by its threshold, which answers the others too."""
    crossed = _ago(now, row.crossed)
    # Here, not when the transaction ends: then it would be of today.
    cases = [
        responses.services.open_case(
            crossing_id=petition.crossings.get(threshold__kind=ThresholdKind.OWN).pk, now=crossed
        )
        for petition in signed
    ]
    for petition in signed[1:]:
        responses.services.group(
            case_id=cases[0].pk,
            petition_id=petition.pk,
            actor=coordinator,
            reason=TOGETHER,
            now=crossed + timedelta(days=1),
        )
    return Case.objects.get(pk=cases[0].pk)


def _clear(row: Answered, case: Case, office: Office, now: datetime) -> None:
    """Written five days after the threshold, reviewed within the days that follow."""
    written = _ago(now, row.crossed - 5)
    responses.services.start_drafting(case_id=case.pk, actor=office.drafter, now=written)
    office.write(case, row.words, row.asked[0][1])
    office.hand_in(case, written + timedelta(days=1))
    office.clear(case, written + timedelta(days=4))


def _publish(row: Answered, case: Case, office: Office, now: datetime) -> None:
    responses.services.publish(case_id=case.pk, actor=office.publisher, now=_ago(now, row.answered))


def _rate(row: Answered, case: Case, petition: Petition, rows: list[int], now: datetime) -> None:
    """The votes of the signers, in the week after the answer; a case that they find wanting is taken up again."""
    rated = _ago(now, row.answered - 7)
    votes = [choice for choice, count in zip(CHOICES, row.votes, strict=True) for _vote in range(count)]
    for row_id, choice in zip(rows, votes, strict=False):
        petitions.services.record_rating(
            petition_id=petition.pk, case_id=case.pk, row_id=row_id, choice=choice, now=rated
        )
    petitions.services.count_ratings(rated)
    responses.services.follow_up_low_rated(rated)


def _tell_what_came(case: Case, now: datetime) -> None:
    """A hearing that was held, and a policy that changed since: proposed by the drafter, signed off by the approver."""
    office = Office.of(case)
    for kind, days, text in ((AnnouncementKind.HEARING_HELD, 60, HEARD), (AnnouncementKind.POLICY, 20, CHANGED)):
        at = _ago(now, days)
        announced = responses.services.announce(
            case_id=case.pk, actor=office.drafter, kind=kind, on=timezone.localdate(at), text=text, now=at
        )
        responses.services.sign_off_announcement(announcement_id=announced.pk, actor=office.approver, now=at)
