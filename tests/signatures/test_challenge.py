"""Where a challenge stands, a signature takes work of the browser's or, without scripts, patience."""

import base64
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any

import altcha
import pytest
import redis
import time_machine
from django.contrib.staticfiles import finders
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from audit.models import Entry
from petitions import limits
from petitions.models import HourCount, Limits, Petition
from signatures import door, tasks
from signatures.challenge import modes, proofs, watch
from signatures.challenge.proofs import Result
from signatures.models import ChallengeMode, Signature, SpentProof
from tests.factories import make_open_petition
from tests.signatures.conftest import a_person, row_of

_networks = count(1)


def challenge(petition: Petition, *, by_hand: str = "on") -> None:
    ChallengeMode.objects.update_or_create(petition=petition, defaults={"by_hand": by_hand})
    modes.forget()


@pytest.fixture
def challenged(petition: Petition) -> Petition:
    challenge(petition)
    return petition


def solve(puzzle: str | dict[str, Any], **changed: Any) -> str:
    """What the script sends: found by the library's own solver."""
    made = altcha.Challenge.from_dict(json.loads(puzzle) if isinstance(puzzle, str) else puzzle)
    solution = altcha.solve_challenge(made)
    assert solution is not None
    payload = altcha.Payload(made, solution).to_dict()
    for path, value in changed.items():
        *way, last = path.split("__")
        inner = payload
        for step in way:
            inner = inner[step]
        inner[last] = value
    return base64.b64encode(json.dumps(payload).encode()).decode()


def puzzle_of(response: HttpResponse) -> dict[str, str]:
    """What the page carries for script and for patience."""
    page = response.content.decode()
    found = re.search(r'data-challenge="([^"]+)"', page)
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert found
    assert ticket
    return {"challenge": unescape(found[1]), "ticket": unescape(ticket[1])}


def open_form(petition: Petition) -> dict[str, str]:
    return puzzle_of(Client().get(f"/petitions/{petition.pk}/sign/"))


def hand_in(petition: Petition, *, network: str = "", **fields: str) -> HttpResponse:
    address = network or f"10.1.{next(_networks) % 250}.{next(_networks) % 250}"
    return Client().post(f"/petitions/{petition.pk}/sign/", a_person(**fields), REMOTE_ADDR=address)


def assert_asked_again(response: HttpResponse, *words: str) -> None:
    """The form once more, with an explanation, what was typed, and a new puzzle; nothing is stored."""
    page = response.content.decode()
    assert response.status_code == 200
    assert "Nothing was recorded yet" in page
    assert "Mary Poppins" in page
    for word in words:
        assert word in page
    assert not response.cookies
    assert not Signature.objects.exists()
    assert puzzle_of(response)


def test_a_solved_challenge_lets_one_signature_in(challenged: Petition) -> None:
    response = hand_in(challenged, proof=solve(open_form(challenged)["challenge"]))
    assert response.status_code == 303
    assert response["Location"] == f"/petitions/{challenged.pk}/sign/check-email/"
    assert row_of(challenged).state == "pending"


def test_no_challenge_is_shown_or_asked_for_where_none_stands(petition: Petition) -> None:
    challenge(make_open_petition())
    page = Client().get(f"/petitions/{petition.pk}/sign/").content.decode()
    assert "challenge" not in page
    assert hand_in(petition).status_code == 303
    challenge(petition, by_hand="off")
    assert hand_in(petition).status_code == 303


def test_without_a_proof_the_form_comes_again(challenged: Petition) -> None:
    assert_asked_again(hand_in(challenged), "press the button once more")


def test_a_wrong_solution_is_refused_and_uses_the_challenge_up(challenged: Petition) -> None:
    puzzle = open_form(challenged)["challenge"]
    assert_asked_again(hand_in(challenged, proof=solve(puzzle, solution__counter=7, solution__derivedKey="00" * 32)))
    assert_asked_again(hand_in(challenged, proof=solve(puzzle)))


def test_an_expired_solution_is_refused(challenged: Petition) -> None:
    with time_machine.travel(timezone.now() - proofs.LIFETIME - timedelta(seconds=2)):
        proof = solve(open_form(challenged)["challenge"])
    assert_asked_again(hand_in(challenged, proof=proof))


def test_a_replayed_solution_is_refused(challenged: Petition) -> None:
    proof = solve(open_form(challenged)["challenge"])
    assert hand_in(challenged, proof=proof).status_code == 303
    Signature.objects.all().delete()
    assert_asked_again(hand_in(challenged, proof=proof))


def test_a_solution_for_another_petition_is_refused_and_still_works_there(challenged: Petition) -> None:
    other = make_open_petition()
    challenge(other)
    proof = solve(open_form(other)["challenge"])
    assert_asked_again(hand_in(challenged, proof=proof))
    assert hand_in(other, proof=proof).status_code == 303


def test_a_challenge_made_easier_by_the_client_costs_no_derivation(
    challenged: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = json.loads(open_form(challenged)["challenge"])
    easier = {**made, "parameters": {**made["parameters"], "cost": 1, "keyPrefix": ""}}
    proof = solve(easier)
    with monkeypatch.context() as patch:
        patch.setattr(altcha, "derive_key_pbkdf2", lambda *_: pytest.fail("a key was derived"))
        for bad in (proof, solve(made, challenge__signature=None), solve(made, challenge__parameters__cost=10**9)):
            assert_asked_again(hand_in(challenged, proof=bad))
    assert not SpentProof.objects.exists()


def test_a_mistake_in_the_form_does_not_use_the_proof_up(challenged: Petition) -> None:
    proof = solve(open_form(challenged)["challenge"])
    assert hand_in(challenged, proof=proof, name="").status_code == 200
    assert hand_in(challenged, proof=proof).status_code == 303


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PAYLOADS = st.fixed_dictionaries(
    {
        "challenge": JSON
        | st.fixed_dictionaries(
            {
                "signature": JSON,
                "parameters": st.fixed_dictionaries(
                    dict.fromkeys(("algorithm", "cost", "keyLength", "keyPrefix", "nonce", "salt"), JSON),
                    optional={"expiresAt": JSON, "data": JSON, "keySignature": JSON},
                ),
            }
        ),
        "solution": JSON | st.fixed_dictionaries({"counter": JSON, "derivedKey": JSON}),
    }
)


@pytest.mark.django_db
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.text(max_size=200) | PAYLOADS.map(lambda payload: base64.b64encode(json.dumps(payload).encode()).decode()))
def test_whatever_is_sent_as_a_proof_is_judged_and_never_right(proof: str) -> None:
    assert proofs.examine(proof, 1, now=timezone.now()) in set(Result) - {Result.RIGHT}


def test_a_proof_that_is_far_too_long_is_not_even_read(db: None) -> None:
    assert proofs.examine("A" * 60_000, 1, now=timezone.now()) == Result.MALFORMED


@pytest.mark.django_db(transaction=True)
def test_fifty_replays_at_once_let_one_in() -> None:
    now = timezone.now()

    def spend(_time: int) -> bool:
        try:
            return proofs.spend("the same", now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(spend, range(50))).count(True) == 1


def test_single_use_holds_without_redis(challenged: Petition, settings: Settings) -> None:
    proof = solve(open_form(challenged)["challenge"])
    settings.REDIS_LIMITS_URL = "redis://127.0.0.1:1/0"
    assert hand_in(challenged, proof=proof).status_code == 303
    Signature.objects.all().delete()
    assert_asked_again(hand_in(challenged, proof=proof))


@pytest.fixture(params=[0, 1, 499_999, 500_001, 999_999])
def clock(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A clock that stands, at several parts of a second: tickets carry whole ones."""
    with time_machine.travel(timezone.now().replace(microsecond=request.param), tick=False) as clock:
        yield clock


def test_without_scripts_a_person_gets_through_within_a_minute(challenged: Petition, clock: Any) -> None:
    ticket = open_form(challenged)["ticket"]
    clock.shift(8)
    early = hand_in(challenged, ticket=ticket)
    assert_asked_again(early, "Press the button again in 12 seconds")
    assert early["Retry-After"] == "12"
    again = puzzle_of(early)["ticket"]
    assert again == ticket, "the wait would begin anew"
    clock.shift(12)
    assert hand_in(challenged, ticket=again).status_code == 303


def test_without_scripts_a_mistake_in_the_form_begins_no_new_wait(challenged: Petition, clock: Any) -> None:
    ticket = open_form(challenged)["ticket"]
    clock.shift(15)
    wrong = hand_in(challenged, ticket=ticket, name="")
    assert puzzle_of(wrong)["ticket"] == ticket
    clock.shift(10)
    assert hand_in(challenged, ticket=ticket).status_code == 303


def test_a_ticket_works_once_for_its_petition_and_half_an_hour(challenged: Petition, clock: Any) -> None:
    other = make_open_petition()
    challenge(other)
    here, there = open_form(challenged)["ticket"], open_form(other)["ticket"]
    clock.shift(25)
    assert_asked_again(hand_in(challenged, ticket=there))
    assert_asked_again(hand_in(challenged, ticket=here[:-1] + ("A" if here[-1] != "A" else "B")))
    assert hand_in(challenged, ticket=here).status_code == 303
    Signature.objects.all().delete()
    spent = hand_in(challenged, ticket=here)
    assert_asked_again(spent)
    assert puzzle_of(spent)["ticket"] != here, "a spent ticket would be refused for ever"
    clock.shift(1800)
    assert_asked_again(hand_in(other, ticket=there))


@pytest.mark.slow
def test_a_hundred_tries_without_scripts_from_one_network_get_five_through_in_a_minute(
    challenged: Petition, clock: Any, settings: Settings
) -> None:
    Limits.objects.update_or_create(pk=1, defaults={"sign_per_minute": 1000, "sign_per_hour": 1000})
    Limits.objects.update(sign_per_hour_petition=1000)
    limits.forget()
    tickets = [open_form(challenged)["ticket"] for _try in range(100)]
    statuses = []
    for second in range(60):
        clock.shift(1)
        let_a_second_pass(settings)
        # All hurry at first; later each ticket has been waited for.
        for ticket in tickets[second * 2 % 100 : second * 2 % 100 + 2]:
            statuses.append(hand_in(challenged, ticket=ticket, network="192.0.2.1").status_code)
    assert 1 <= statuses.count(303) <= 5
    assert set(statuses) == {200, 303, 429}


def let_a_second_pass(settings: Settings) -> None:
    with redis.Redis.from_url(settings.REDIS_LIMITS_URL, decode_responses=True) as client:
        for key in client.keys("sign:*"):
            if kept := client.get(key):
                client.set(key, int(kept) - 1_000_000, px=3_600_000)


def test_correcting_the_address_takes_a_proof_too(challenged: Petition) -> None:
    client = Client()
    signed = client.post(f"/petitions/{challenged.pk}/sign/", a_person(proof=solve(open_form(challenged)["challenge"])))
    assert signed.status_code == 303
    path = f"/petitions/{challenged.pk}/sign/correct/"
    asked = client.post(path, {"email": "other@example.org"})
    assert asked.status_code == 200
    assert "Nothing was recorded yet" in asked.content.decode()
    assert Signature.objects.count() == 1
    proof = solve(puzzle_of(client.get(f"/petitions/{challenged.pk}/sign/check-email/"))["challenge"])
    assert client.post(path, {"email": "other@example.org", "proof": proof}).status_code == 303
    assert Signature.objects.count() == 2


def test_pages_of_a_challenge_load_nothing_from_elsewhere_and_stay_light(challenged: Petition) -> None:
    response = Client().get(f"/petitions/{challenged.pk}/sign/")
    page = response.content.decode()
    assert not re.findall(r'(?:src|href|data-worker)="(?:https?:)?//', page.split("<footer")[0])
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "worker-src" not in policy or "worker-src 'self'" in policy
    files = set(re.findall(r'(?:src|href|data-worker)="/static/([^"]+)"', page))
    assert {"signatures/challenge.js", "signatures/challenge-worker.js"} <= files
    weights = {name: len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in files}
    challenge_files = sum(weight for name, weight in weights.items() if name.startswith("signatures/challenge"))
    plain = len(response.content) + sum(weights.values()) - challenge_files
    assert plain <= 45 * 1024
    assert plain + challenge_files <= 90 * 1024
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)


# --- Who puts it there


@pytest.fixture
def watched(petition: Petition) -> Petition:
    Limits.objects.update_or_create(
        pk=1, defaults={"challenge_least": 20, "challenge_factor": 10, "challenge_refused": 5}
    )
    limits.forget()
    return petition


def signed_lately(petition: Petition, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO signatures_signature (petition_id, signer_key, domain_tag, name_tag, network_tag, state, role,"
            " notify, language, region_code, country_code, created_at, generation, code_tries)"
            " SELECT %s, decode(md5(n::text), 'hex'), '', '', '', 'pending', 'signer', false, 'en', '', '',"
            " now() - interval '1 minute', 0, 0 FROM generate_series(1, %s) AS n",
            [petition.pk, number],
        )


def actions(petition: Petition) -> list[str]:
    entries = Entry.objects.filter(subject_kind="petition", subject_id=petition.pk, action__startswith="challenge.")
    return list(entries.order_by("id").values_list("action", flat=True))


def run_watch() -> None:
    tasks.watch_door()
    modes.forget()


def test_many_times_the_usual_rate_switches_it_on_and_a_quarter_hour_later_off(watched: Petition) -> None:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    HourCount.objects.create(petition=watched, hour=hour - timedelta(hours=5), count=1440)  # five in five minutes
    signed_lately(watched, 49)
    run_watch()
    assert not modes.is_on(watched.pk)
    signed_lately(make_open_petition(), 19)
    Signature.objects.filter(petition_id=watched.pk).delete()
    signed_lately(watched, 50)
    run_watch()
    assert modes.is_on(watched.pk)
    assert ChallengeMode.objects.get().cause == "rate"
    run_watch()
    Signature.objects.filter(petition_id=watched.pk).delete()
    later = timezone.now() + timedelta(minutes=15, seconds=1)
    watch.watch(later)
    modes.forget()
    assert not modes.is_on(watched.pk)
    assert actions(watched) == ["challenge.start", "challenge.end"]


def refused_from(petition: Petition, networks: range, settings: Settings) -> None:
    """So many networks try too often; a minute ago, as the watch sees it."""
    Limits.objects.update(sign_per_minute=1)
    limits.forget()
    for number in networks:
        for _try in range(4):
            door.knock(f"192.0.2.{number}", petition.pk)
    with redis.Redis.from_url(settings.REDIS_LIMITS_URL, decode_responses=True) as client:
        refused: Counter[str] = Counter()
        for key in [key for key in client.keys("refused:*") if key.count(":") == 1]:
            refused.update({whose: int(number) for whose, number in client.hgetall(key).items()})
            client.delete(key)
        refused["999999999999"] = 50  # a number that stands for no petition
        minute = int(client.time()[0]) // 60
        for last in (minute - 1, minute):  # this one may end before the watch looks
            client.hset(f"refused:{last}", mapping=dict(refused))


def test_many_networks_that_try_too_often_switch_it_on(watched: Petition, settings: Settings) -> None:
    refused_from(watched, range(6), settings)
    run_watch()
    assert modes.is_on(watched.pk)
    assert ChallengeMode.objects.get().cause == "refused"


def test_one_network_alone_switches_nothing_on(watched: Petition, settings: Settings) -> None:
    refused_from(watched, range(1), settings)
    for _try in range(50):
        door.knock("192.0.2.0", watched.pk)
    run_watch()
    assert not modes.is_on(watched.pk)


def test_zero_never_switches_it_on_by_itself(watched: Petition) -> None:
    Limits.objects.update(challenge_factor=0, challenge_refused=0)
    limits.forget()
    signed_lately(watched, 100)
    run_watch()
    assert not modes.is_on(watched.pk)


def test_the_watch_goes_on_without_redis(watched: Petition, settings: Settings) -> None:
    settings.REDIS_LIMITS_URL = "redis://127.0.0.1:1/0"
    signed_lately(watched, 30)
    run_watch()
    assert modes.is_on(watched.pk)


def test_off_by_hand_holds_against_the_clock(watched: Petition) -> None:
    challenge(watched, by_hand="off")
    signed_lately(watched, 100)
    run_watch()
    assert not modes.is_on(watched.pk)
    assert actions(watched) == []


def test_what_is_known_goes_on_while_the_database_is_away(
    challenged: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert modes.is_on(challenged.pk)
    monkeypatch.setattr(modes, "CACHED_SECONDS", 0.1)
    monkeypatch.setattr(modes, "_cached", (0.0, modes._cached[1]))

    def away(_now: object) -> object:
        raise OperationalError

    monkeypatch.setattr(modes, "standing", away)
    assert modes.is_on(challenged.pk)


def test_spent_proofs_are_forgotten_once_they_would_have_expired(db: None) -> None:
    now = timezone.now()
    proofs.spend("old", now=now - proofs.LIFETIME - timedelta(seconds=1))
    proofs.spend("new", now=now)
    tasks.sweep_door()
    assert SpentProof.objects.count() == 1
