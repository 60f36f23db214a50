"""How much one network may sign, and that Redis' absence neither opens nor shuts the door."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
import time_machine
from django.test import Client

from petitions import limits
from petitions.models import Limits, Petition
from signatures import persons, throttle
from signatures.models import Signature
from signatures.persons import network
from signatures.throttle import LocalBuckets, Rule
from tests.signatures.conftest import a_person


def post(petition: Petition, address: str, **headers: str) -> int:
    return Client().post(f"/petitions/{petition.pk}/sign/", a_person(), REMOTE_ADDR=address, **headers).status_code


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("nonsense", "unknown"),
        ("1.2.3.4, 5.6.7.8", "unknown"),
    ],
)
def test_an_address_belongs_to_a_network(address: str, expected: str) -> None:
    assert network(address) == expected


def test_over_the_limit_is_429_with_a_time_and_the_typed_data(petition: Petition) -> None:
    statuses = [post(petition, "192.0.2.1") for _time in range(30)]
    assert statuses.count(303) == 10
    assert set(statuses) == {303, 429}
    client = Client()
    response = client.post(
        f"/petitions/{petition.pk}/sign/",
        a_person(name="Mary Poppins", email="mary@example.org", postcode="AB10 1AB", notify="on"),
        REMOTE_ADDR="192.0.2.1",
    )
    page = response.content.decode()
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 6
    for kept in ("Mary Poppins", "mary@example.org", "AB10 1AB"):
        assert kept in page
    assert page.count("checked") == 2
    assert "Nothing was recorded" in page
    assert not response.cookies
    assert Signature.objects.count() == 10
    assert post(petition, "192.0.2.2") == 303


def test_after_the_time_named_one_more_passes() -> None:
    rule = Rule("sign:refill", 20, 10)
    assert [throttle._shared.take([rule]) for _time in range(20)] == [0] * 20
    wait = throttle._shared.take([rule])
    assert wait is not None
    assert 0 < wait <= 0.5
    time.sleep(wait)
    assert throttle._shared.take([rule]) == 0
    assert throttle._shared.take([rule]) != 0


def test_a_turn_that_waits_takes_nothing(db: None) -> None:
    for _time in range(10):
        assert throttle.seconds_to_wait("192.0.2.1") == 0
    waits = [throttle.seconds_to_wait("192.0.2.1") for _time in range(20)]
    assert max(waits) <= 6


def test_a_slash_64_is_one_network_and_another_one_is_its_own(petition: Petition) -> None:
    statuses = [post(petition, f"2001:db8:1:2::{number:x}") for number in range(1, 40)]
    assert statuses.count(303) == 10
    assert [post(petition, f"2001:db8:1:3::{number:x}") for number in range(1, 11)] == [303] * 10


def test_a_slash_48_has_a_limit_of_its_own(db: None) -> None:
    Limits.objects.update_or_create(pk=1, defaults={"sign_per_hour_wide": 25})
    limits.forget()
    waits = [throttle.seconds_to_wait(f"2001:db8:1:{number:x}::1") for number in range(40)]
    assert waits.count(0) == 25
    assert throttle.seconds_to_wait("2001:db8:2::1") == 0


def test_headers_from_an_untrusted_peer_change_nothing(petition: Petition, settings) -> None:
    settings.TRUSTED_PROXIES = 0
    statuses = [
        post(
            petition,
            "192.0.2.1",
            HTTP_X_FORWARDED_FOR=f"10.0.0.{number}",
            HTTP_FORWARDED=f"for=10.0.0.{number}",
            HTTP_X_REAL_IP=f"10.0.0.{number}",
            HTTP_TRUE_CLIENT_IP=f"10.0.0.{number}",
        )
        for number in range(20)
    ]
    assert statuses.count(303) == 10


def test_what_a_client_prepends_behind_our_proxy_changes_nothing(petition: Petition, settings) -> None:
    settings.TRUSTED_PROXIES = 1
    statuses = [post(petition, "10.9.9.9", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}, 192.0.2.1") for number in range(20)]
    assert statuses.count(303) == 10
    recorded = {persons.unsealed(row).network for row in Signature.objects.all()}
    assert recorded == {"192.0.2.1"}


def test_staff_s_limits_are_in_force(petition: Petition) -> None:
    Limits.objects.update_or_create(pk=1, defaults={"sign_per_minute": 3})
    limits.forget()
    assert [post(petition, "192.0.2.1") for _time in range(5)].count(303) == 3


def test_many_at_once_get_no_more_than_the_limit(db: None) -> None:
    limits.current()
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _time: throttle._shared.take([Rule("sign:test", 20, 60)]), range(100)))
    assert waits.count(0) == 20


@pytest.fixture
def refused_port(settings) -> None:
    """Redis' address answers nothing: the port is refused."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.REDIS_LIMITS_URL = f"redis://127.0.0.1:{probe.getsockname()[1]}/0"


@pytest.fixture
def hanging_port(settings):
    """Redis' address takes the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.REDIS_LIMITS_URL = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        yield


@pytest.mark.parametrize("fault", ["refused_port", "hanging_port"])
def test_without_redis_smaller_limits_hold_in_the_process(
    petition: Petition, request: pytest.FixtureRequest, fault: str
) -> None:
    request.getfixturevalue(fault)
    statuses = [post(petition, "192.0.2.1") for _time in range(20)]
    assert set(statuses) == {303, 429}
    assert 1 <= statuses.count(303) <= 10
    assert post(petition, "192.0.2.2") == 303


def test_a_hanging_redis_costs_one_request_a_moment(
    db: None, hanging_port: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "MOST_SECONDS_LOST", 0.1)
    limits.current()
    began = time.monotonic()
    for number in range(30):
        throttle.seconds_to_wait(f"192.0.2.{number}")
    assert time.monotonic() - began < 0.5


def test_redis_is_used_again_when_it_is_back(db: None, settings) -> None:
    here = settings.REDIS_LIMITS_URL
    settings.REDIS_LIMITS_URL = "redis://127.0.0.1:1/0"
    assert throttle._shared.take([Rule("sign:back", 1, 60)]) is None
    settings.REDIS_LIMITS_URL = here
    assert throttle._shared.take([Rule("sign:back", 1, 60)]) is None
    time.sleep(throttle.PAUSE_SECONDS)
    assert throttle._shared.take([Rule("sign:back", 1, 60)]) == 0


def test_buckets_of_a_process_refill_and_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "LOCAL_NETWORKS", 50)
    buckets = LocalBuckets()
    rule = Rule("one", 8, 60)
    with time_machine.travel(0, tick=False) as clock:
        waits = [buckets.take([rule]) for _time in range(4)]
        assert waits[:2] == [0, 0]
        assert waits[2] > 0
        clock.shift(31)
    for number in range(200):
        buckets.take([Rule(f"network {number}", 8, 60)])
    assert len(buckets._full) == 50


def test_no_network_address_reaches_redis(settings) -> None:
    client = redis.Redis.from_url(settings.REDIS_LIMITS_URL)
    client.flushdb()
    throttle._shared.take([Rule(throttle._key("minute", "192.0.2.77"), 10, 60)])
    keys = client.keys("*")
    assert len(keys) == 1
    assert b"192.0.2.77" not in keys[0]
    assert 0 < client.pttl(keys[0]) <= 60_000


@pytest.mark.parametrize(
    ("entry", "recorded"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:5678", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", "10.9.9.9"),
        ("x" * 3000, "10.9.9.9"),
        ("1.2.3.4.5", "10.9.9.9"),
    ],
)
def test_the_recorded_address_is_the_one_our_proxy_saw(petition: Petition, settings, entry: str, recorded: str) -> None:
    settings.TRUSTED_PROXIES = 1
    assert post(petition, "10.9.9.9", HTTP_X_FORWARDED_FOR=f"6.6.6.6, {entry}") == 303
    person = persons.unsealed(Signature.objects.get())
    assert person is not None
    assert person.network == recorded
