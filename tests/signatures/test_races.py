"""Many at once, with real threads and connections."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from mailing.models import Mail
from petitions.models import Petition
from signatures import intake, persons, supporters, tally
from signatures.models import Delta, MailedAddress, Role, Signature, SignatureState
from signatures.persons import Signer
from signatures.standing import Standing
from tests.factories import make_open_petition, make_petition
from tests.signatures.conftest import a_person

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(jobs: list[Callable[[], Any]], threads: int = 20) -> list[Any]:
    """Run the jobs in threads that begin together; what each gave back."""
    begin = Event()

    def run(job: Callable[[], Any]) -> Any:
        begin.wait()
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(run, job) for job in jobs]
        begin.set()
        return [future.result() for future in running]


def a_signer(email: str = "mary@example.org") -> Signer:
    return Signer("Mary Poppins", email, "SW1A 1AA", "GB", False, "en", "192.0.2.1")


def test_fifty_signs_and_fifty_confirms_of_one_address_are_one_signature() -> None:
    petition = make_open_petition()
    person = a_person(email="mary@example.org")

    def sign(number: int) -> int:
        return Client(REMOTE_ADDR=f"192.0.2.{number}").post(f"/petitions/{petition.pk}/sign/", person).status_code

    statuses = at_once([lambda number=number: sign(number) for number in range(50)])
    assert set(statuses) == {303}
    row = Signature.objects.get()
    assert Mail.objects.count() == 1

    from signatures import links

    path = links.confirm(row).removeprefix("https://petitions.example")
    answers = at_once([lambda: Client().post(path) for _time in range(50)])
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert Delta.objects.count() == 1
    tally.fold(timezone.now())
    petition.refresh_from_db()
    assert petition.signature_count == 1


def test_the_day_s_limit_of_a_mailbox_holds_against_many_at_once() -> None:
    petitions = [make_open_petition() for _number in range(30)]
    jobs = [
        lambda petition=petition: intake.accept(petition_id=petition.pk, signer=a_signer(), now=timezone.now())
        for petition in petitions
    ]
    at_once(jobs)
    assert Signature.objects.count() == 30
    assert Mail.objects.count() == 10
    assert len(MailedAddress.objects.get().sent) == 10


def test_mails_of_one_row_stay_within_three_against_many_at_once() -> None:
    petition = make_open_petition()
    now = timezone.now()
    for minutes in range(0, 10, 2):
        later = now + timedelta(minutes=minutes)
        at_once(
            [lambda: intake.accept(petition_id=petition.pk, signer=a_signer(), now=later) for _time in range(10)],  # noqa: B023
            threads=10,
        )
    assert Mail.objects.count() == 3


def test_confirms_while_others_fold_are_counted_exactly() -> None:
    petition = make_open_petition()
    now = timezone.now()
    rows = [
        intake.accept(petition_id=petition.pk, signer=a_signer(f"p{number}@example.org"), now=now)
        for number in range(120)
    ]
    jobs: list[Callable[[], Any]] = []
    for row_id in rows:
        # Each twice, and a folder between every few.
        jobs += [
            lambda row_id=row_id: intake.confirm(petition_id=petition.pk, row_id=row_id, generation=0, now=now)
        ] * 2
        jobs += [lambda: tally.fold(now)]
    results = at_once(jobs)
    first = [result for result in results if getattr(result, "outcome", None) == intake.Outcome.CONFIRMED]
    assert len(first) == 120
    tally.fold(now)
    petition.refresh_from_db()
    assert petition.signature_count == 120
    assert sum(cell.signed for cell in petition.region_counts.all()) == 120
    assert sum(cell.signed for cell in petition.country_counts.all()) == 120
    assert sum(hour.count for hour in petition.hour_counts.all()) == 120
    assert not Delta.objects.exists()


def test_five_wrong_codes_at_once_are_five_tries() -> None:
    petition = make_open_petition()
    row_id = intake.accept(petition_id=petition.pk, signer=a_signer(), now=timezone.now())
    at_once(
        [
            lambda: intake.confirm_by_code(petition_id=petition.pk, row_id=row_id, code="00000000", now=timezone.now())
            for _time in range(20)
        ]
    )
    assert Signature.objects.get().code_tries == 5


def test_supporters_confirmed_at_once_are_all_counted_and_bring_the_petition_on_once() -> None:
    petition = make_petition(state="gathering_support")
    now = timezone.now()
    rows = [
        intake.accept(petition_id=petition.pk, signer=a_signer(f"s{number}@example.org"), role=Role.SUPPORTER, now=now)
        for number in range(8)
    ]
    at_once(
        [
            lambda row_id=row_id: intake.confirm(petition_id=petition.pk, row_id=row_id, generation=0, now=now)
            for row_id in rows
        ],
        threads=8,
    )
    petition.refresh_from_db()
    assert petition.supporter_count == 8
    assert petition.state == "in_moderation"
    assert petition.events.filter(kind="support_complete").count() == 1


def test_no_more_than_twenty_supporters_at_once() -> None:
    petition = make_petition(state="gathering_support")

    def support(number: int) -> bool:
        try:
            intake.accept(
                petition_id=petition.pk,
                signer=a_signer(f"s{number}@example.org"),
                role=Role.SUPPORTER,
                now=timezone.now(),
            )
        except intake.NotSignable:
            return False
        return True

    taken = at_once([lambda number=number: support(number) for number in range(30)])
    assert sum(taken) == supporters.MOST == Signature.objects.filter(state=SignatureState.PENDING).count()


def test_closing_while_people_sign_leaves_nothing_half() -> None:
    petition = make_open_petition()

    def close() -> None:
        Petition.objects.filter(pk=petition.pk).update(state="closed")

    def sign(number: int) -> None:
        with contextlib.suppress(intake.NotSignable):
            intake.accept(petition_id=petition.pk, signer=a_signer(f"p{number}@example.org"), now=timezone.now())

    jobs: list[Callable[[], Any]] = [lambda number=number: sign(number) for number in range(40)]
    jobs.insert(20, close)
    at_once(jobs)
    rows = set(Signature.objects.values_list("id", flat=True))
    assert rows == set(Mail.objects.values_list("row_id", flat=True))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"state": "open"}, {"state": "closed"}, Standing.ENDED),
        ({"state": "gathering_support"}, {"state": "in_moderation"}, Standing.ENOUGH),
    ],
)
def test_a_petition_that_leaves_its_state_in_the_middle_takes_nothing(
    monkeypatch: pytest.MonkeyPatch, before: dict[str, str], after: dict[str, str], expected: Standing
) -> None:
    make = make_open_petition if before["state"] == "open" else make_petition
    petition = make(**before)
    columns = persons.columns

    def meanwhile(*args: Any) -> dict[str, Any]:
        Petition.objects.filter(pk=petition.pk).update(**after)
        return columns(*args)

    monkeypatch.setattr(persons, "columns", meanwhile)
    role = Role.SIGNER if before["state"] == "open" else Role.SUPPORTER
    with pytest.raises(intake.NotSignable) as refusal:
        intake.accept(petition_id=petition.pk, signer=a_signer(), role=role, now=timezone.now())
    assert refusal.value.standing == expected
    assert str(refusal.value)
    assert not Signature.objects.exists()
    assert not Mail.objects.exists()
