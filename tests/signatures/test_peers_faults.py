"""Faults that were measured in other petition platforms, tried here.

One miscounted simultaneous confirmations, let an address sign in three spellings, mailed a stranger as often as its
form was posted, believed a header about who calls, and grew slower with the petition; another lost four of ten
signatures from its counter, and let a threshold act twice. None may happen here.
"""

import json
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from mailing.models import Mail
from petitions import limits, prepared
from petitions.models import Crossing, Limits, Petition
from petitions.models.timeline import EventKind
from signatures import intake, links, tally
from signatures.models import Delta, Signature, SignatureState
from signatures.persons import Signer
from tests.factories import make_open_petition, make_threshold
from tests.signatures.conftest import a_person
from tests.signatures.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "https://petitions.example"
_numbers = count(1)


def a_network() -> str:
    number = next(_numbers)
    return f"10.9.{number // 250}.{number % 250}"


def sign(petition: Petition, **fields: str) -> int:
    path = f"/petitions/{petition.pk}/sign/"
    return Client().post(path, a_person(**fields), REMOTE_ADDR=a_network()).status_code


def confirm_paths(petition: Petition) -> list[str]:
    return [links.confirm(row).removeprefix(HOST) for row in Signature.objects.filter(petition_id=petition.pk)]


def confirm(path: str) -> int:
    return Client().post(path).status_code


def fold() -> None:
    tally.fold(timezone.now())


def counted(petition: Petition) -> int:
    fold()
    petition.refresh_from_db()
    return petition.signature_count


def accept(petition: Petition, email: str) -> int:
    signer = Signer("Mary Poppins", email, "SW1A 1AA", "GB", False, "en", "192.0.2.1")
    return intake.accept(petition_id=petition.pk, signer=signer, now=timezone.now())


def test_sixty_pairs_of_simultaneous_confirmations_count_sixty() -> None:
    petition = make_open_petition()
    for number in range(60):
        accept(petition, f"person{number}@example.org")
    jobs = [lambda path=path: confirm(path) for path in confirm_paths(petition) for _time in range(2)]
    assert set(at_once(jobs)) == {200}
    assert Delta.objects.count() == 60
    assert counted(petition) == 60
    assert Signature.objects.filter(state=SignatureState.CONFIRMED).count() == 60


def test_the_counter_equals_the_rows_after_everybody_acted_at_once() -> None:
    petition = make_open_petition()
    for number in range(40):
        accept(petition, f"early{number}@example.org")
    jobs: list[Callable[[], Any]] = []
    for path in confirm_paths(petition):
        jobs += [
            lambda path=path: confirm(path),
            lambda: sign(petition),
            fold,
        ]
    assert set(at_once(jobs)) == {200, 303, None}
    assert set(at_once([lambda path=path: confirm(path) for path in confirm_paths(petition)])) == {200}
    rows = Signature.objects.filter(petition_id=petition.pk, state=SignatureState.CONFIRMED).count()
    assert rows == 80
    assert counted(petition) == rows
    assert sum(hour.count for hour in petition.hour_counts.all()) == rows


def test_a_threshold_acts_once_however_many_cross_it() -> None:
    petition = make_open_petition(thresholds=False)
    make_threshold(petition, count=20)
    for number in range(40):
        accept(petition, f"person{number}@example.org")
    jobs: list[Callable[[], Any]] = []
    for path in confirm_paths(petition):
        jobs += [lambda path=path: confirm(path), fold]
    at_once(jobs)
    assert counted(petition) == 40
    assert Crossing.objects.filter(petition=petition).count() == 1
    assert petition.events.filter(kind=EventKind.THRESHOLD).count() == 1


def test_three_spellings_of_one_address_are_one_signature() -> None:
    petition = make_open_petition()
    for spelling in ("Mary.Poppins@gmail.com", "marypoppins+petitions@gmail.com", "MARYPOPPINS@GoogleMail.com"):
        assert sign(petition, email=spelling) == 303
    (path,) = confirm_paths(petition)
    assert confirm(path) == 200
    assert counted(petition) == 1


def test_eight_posts_for_a_stranger_are_one_row_and_one_mail_and_say_nothing() -> None:
    petition = make_open_petition()
    path = f"/petitions/{petition.pk}/sign/"
    replies = [
        Client().post(path, a_person(name="Mary Poppins", email="stranger@example.org"), REMOTE_ADDR=a_network())
        for _time in range(8)
    ]
    unknown = Client().post(path, a_person(name="Mary Poppins"), REMOTE_ADDR=a_network())
    for reply in replies:
        assert (reply.status_code, reply["Location"], reply.content) == (303, unknown["Location"], unknown.content)
        assert set(reply.headers) == set(unknown.headers)
    assert Signature.objects.count() == 2
    assert Mail.objects.count() == 2


def test_the_limit_of_a_network_holds_exactly_and_no_header_changes_who_calls() -> None:
    limits.current()
    Limits.objects.update(sign_per_minute=5)
    limits.forget()
    petition = make_open_petition()
    began = time.monotonic()
    statuses = [
        Client()
        .post(
            f"/petitions/{petition.pk}/sign/",
            a_person(),
            REMOTE_ADDR="203.0.113.7",
            HTTP_X_FORWARDED_FOR=f"198.51.100.{number}",
            HTTP_X_REAL_IP=f"198.51.100.{number}",
            HTTP_FORWARDED=f"for=198.51.100.{number}",
            HTTP_TRUE_CLIENT_IP=f"198.51.100.{number}",
        )
        .status_code
        for number in range(15)
    ]
    refilled = int((time.monotonic() - began) / 12)  # one turn comes back every twelve seconds
    passed = statuses.count(303)
    assert 5 <= passed <= 5 + refilled
    assert statuses.count(429) == 15 - passed


FILL = """
INSERT INTO signatures_signature (
    petition_id, signer_key, state, role, notify, language, region_code, country_code, confirmed_at, generation,
    code_tries, domain_tag, name_tag, network_tag
)
SELECT %s, decode(md5(number::text), 'hex'), 'confirmed', 'signer', false, 'en', 'L', 'GB', now(), 0, 0, '', '', ''
FROM generate_series(1, 50000) AS number
"""


@pytest.fixture
def cost_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], tuple[int, str]]:
    """How many pages the hot path's statement reads for an act, and by what plan. The act is done."""
    plans: list[dict[str, Any]] = []
    run = prepared._run

    def explained(statement: str, given: Any, cursor_class: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", given)
            plans.append(json.loads(row) if isinstance(row := cursor.fetchone()[0], str) else row)
            cursor.execute("ROLLBACK")
        return run(statement, given, cursor_class)

    def cost(act: Callable[[], Any]) -> tuple[int, str]:
        plans.clear()
        with monkeypatch.context() as patched:
            patched.setattr(prepared, "_run", explained)
            act()
        (plan,) = plans
        top = plan[0]["Plan"]
        return top["Shared Hit Blocks"] + top["Shared Read Blocks"], json.dumps(plan)

    return cost


def test_signing_and_confirming_read_no_more_with_fifty_thousand_signatures(cost_of) -> None:
    petition = make_open_petition()

    def sign_and_confirm(name: str) -> list[tuple[int, str]]:
        accept(petition, f"warm-{name}@example.org")
        signing = cost_of(lambda: accept(petition, f"{name}@example.org"))
        path = links.confirm(Signature.objects.order_by("-id").first()).removeprefix(HOST)
        return [signing, cost_of(lambda: confirm(path))]

    small = sign_and_confirm("first")
    with connection.cursor() as cursor:
        cursor.execute(FILL, [petition.pk])
        cursor.execute("ANALYZE signatures_signature")
    large = sign_and_confirm("last")
    # Each index is a page or two higher; nothing else grows.
    for (few, _small_plan), (many, plan) in zip(small, large, strict=True):
        assert many <= few + 20
        assert not _reads_the_table(json.loads(plan))


def test_a_confirmation_is_found_by_its_key(cost_of) -> None:
    petition = make_open_petition()
    with connection.cursor() as cursor:
        cursor.execute(FILL, [petition.pk])
        cursor.execute("ANALYZE signatures_signature")
    accept(petition, "mary@example.org")
    path = links.confirm(Signature.objects.get(state="pending")).removeprefix(HOST)
    pages, plan = cost_of(lambda: confirm(path))
    assert "signatures_signature_pkey" in plan
    assert pages < 60


def _reads_the_table(node: Any) -> bool:
    """Whether a plan went through all signatures. A part that it has but never ran reads nothing."""
    if isinstance(node, list):
        return any(_reads_the_table(part) for part in node)
    if not isinstance(node, dict):
        return False
    whole = node.get("Node Type") == "Seq Scan" and node.get("Relation Name") == "signatures_signature"
    return (whole and node["Actual Loops"] > 0) or any(_reads_the_table(part) for part in node.values())
