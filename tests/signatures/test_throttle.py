"""How much one network may sign, and that Redis' absence neither opens nor shuts the door."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from itertools import takewhile

import pytest
import redis
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from petitions import buckets, limits, networks
from petitions.models import Limits, NetworkRule, Petition
from signatures import persons, throttle
from signatures.models import Signature
from signatures.persons import network
from tests.factories import make_open_petition
from tests.signatures.conftest import a_person, until_429


def post(petition: Petition, address: str, **headers: str) -> int:
    return respond(petition, address, **headers).status_code


def respond(petition: Petition, address: str, **headers: str) -> HttpResponse:
    return Client().post(f"/petitions/{petition.pk}/sign/", a_person(), REMOTE_ADDR=address, **headers)


def waits(address: str, petition_id: int = 1) -> int:
    return throttle.whole_seconds(throttle.take_each([throttle.rules(networks.caller(address), petition_id)])[0])


def set_limits(**values: int) -> None:
    Limits.objects.update_or_create(pk=1, defaults=values)
    limits.forget()


def is_about(found: int, allowed: int) -> bool:
    """Whether so many passed: what is allowed at once, and what may have come back on a slow machine."""
    return allowed <= found <= allowed + 5


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


def test_over_the_limit_is_429_with_a_time_and_the_typed_data(petition: Petition, settings: Settings) -> None:
    statuses = [post(petition, "192.0.2.1") for _time in range(30)]
    assert is_about(statuses.count(303), 10)
    assert set(statuses) == {303, 429}
    assert Signature.objects.count() == statuses.count(303)
    typed = a_person(name="Mary Poppins", email="mary@example.org", postcode="AB10 1AB", notify="on")
    stored = []

    def once_more() -> HttpResponse:
        """On a slow machine a turn may have come back meanwhile."""
        stored.append(Signature.objects.count())
        return Client().post(f"/petitions/{petition.pk}/sign/", typed, REMOTE_ADDR="192.0.2.1")

    response = until_429(once_more)
    page = response.content.decode()
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 6
    for kept in ("Mary Poppins", "mary@example.org", "AB10 1AB"):
        assert kept in page
    assert page.count("checked") == 2
    assert "Nothing was recorded" in page
    assert not response.cookies
    assert Signature.objects.count() == stored[-1]
    assert post(petition, "192.0.2.2") == 303
    let_pass(int(response["Retry-After"]), settings)
    assert post(petition, "192.0.2.1") == 303


def test_a_turn_that_waits_takes_nothing(db: None) -> None:
    for _time in range(10):
        assert waits("192.0.2.1") == 0
    assert max(waits("192.0.2.1") for _time in range(20)) <= 6


def test_five_thousand_addresses_of_a_slash_64_are_one_network(petition: Petition) -> None:
    found = [waits(f"2001:db8:1:2:{number:x}::1", petition.pk) for number in range(5000)]
    assert found.count(0) <= 10 + 60  # at once, and what a minute gives back
    assert [post(petition, f"2001:db8:1:3::{number:x}") for number in range(1, 11)] == [303] * 10


def test_a_slash_48_has_a_limit_of_its_own(db: None) -> None:
    set_limits(sign_per_hour_wide=25)
    found = [waits(f"2001:db8:1:{number:x}::1") for number in range(40)]
    assert found.count(0) == 25
    assert waits("2001:db8:2::1") == 0


def test_one_petition_is_signed_less_often_from_one_network_than_all_are(petition: Petition) -> None:
    set_limits(sign_per_minute=1000, sign_per_hour=1000, sign_per_hour_petition=5)
    other = make_open_petition()
    assert [post(petition, "192.0.2.1") for _time in range(7)].count(303) == 5
    assert [post(other, "192.0.2.1") for _time in range(7)].count(303) == 5
    assert post(petition, "192.0.2.2") == 303


def test_the_whole_site_takes_so_many_a_second_and_says_when_to_come_again(petition: Petition) -> None:
    set_limits(sign_per_second_site=1)
    assert is_about([waits(f"192.0.2.{number}", petition.pk) for number in range(100)].count(0), 2)
    response = next(
        response
        for number in range(100, 200)
        if waits(f"192.0.2.{number}", petition.pk)
        and (response := respond(petition, f"192.0.2.{number}")).status_code != 303
    )
    assert response.status_code == 503
    assert int(response["Retry-After"]) == 1
    assert "More people are signing than we can take at once" in response.content.decode()
    assert "Mary Poppins" in response.content.decode()


def test_too_many_for_the_site_is_not_said_of_the_petition(petition: Petition, settings: Settings) -> None:
    set_limits(sign_per_second_site=1)
    for number in range(20):
        waits(f"192.0.2.{number}", petition.pk)
    with redis.Redis.from_url(settings.REDIS_LIMITS_URL) as client:
        assert client.keys("refused:*") == []
        for _time in range(20):
            set_limits(sign_per_second_site=1000)
            waits("192.0.2.1", petition.pk)
        assert client.keys("refused:*") != []


def test_headers_from_an_untrusted_peer_change_nothing(petition: Petition, settings: Settings) -> None:
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
    assert is_about(statuses.count(303), 10)


def test_what_a_client_prepends_behind_our_proxy_changes_nothing(petition: Petition, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    statuses = [post(petition, "10.9.9.9", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}, 192.0.2.1") for number in range(20)]
    assert is_about(statuses.count(303), 10)
    recorded = {persons.unsealed(row).network for row in Signature.objects.all()}
    assert recorded == {"192.0.2.1"}


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
def test_the_recorded_address_is_the_one_our_proxy_saw(
    petition: Petition, settings: Settings, entry: str, recorded: str
) -> None:
    settings.TRUSTED_PROXIES = 1
    assert post(petition, "10.9.9.9", HTTP_X_FORWARDED_FOR=f"6.6.6.6, {entry}") == 303
    person = persons.unsealed(Signature.objects.get())
    assert person is not None
    assert person.network == recorded


def test_staff_s_limits_are_in_force(petition: Petition) -> None:
    set_limits(sign_per_minute=3)
    assert is_about([post(petition, "192.0.2.1") for _time in range(20)].count(303), 3)


def list_network(kind: str, network: str = "192.0.2.0/24", **columns: object) -> None:
    from accounts.models import User

    staff = User.objects.create_user(f"moderator{kind}")
    NetworkRule.objects.create(kind=kind, network=network, note="A school.", created_by=staff, **columns)
    networks.forget()


def let_pass(seconds: int, settings: Settings) -> None:
    """Let so many seconds pass for all buckets: the moments they keep are moved into the past."""
    with redis.Redis.from_url(settings.REDIS_LIMITS_URL, decode_responses=True) as client:
        for key in client.keys("sign:*"):
            if kept := client.get(key):  # it may have ended meanwhile
                client.set(key, int(kept) - seconds * 1_000_000, px=3_600_000)


def test_a_school_on_the_list_signs_three_hundred_times_in_five_minutes(petition: Petition, settings: Settings) -> None:
    list_network("allow")
    statuses = []
    for _minute in range(5):
        statuses += [post(petition, "192.0.2.1") for _person in range(60)]
        let_pass(60, settings)
    assert statuses == [303] * 300
    assert Signature.objects.count() == 300
    assert is_about([post(petition, "198.51.100.1") for _person in range(20)].count(303), 10)


def test_a_school_that_comes_all_at_once_has_twenty_times_the_limit(petition: Petition) -> None:
    list_network("allow")
    found = [waits("192.0.2.1", petition.pk) for _person in range(400)]
    assert 200 <= found.count(0) < 250


def test_a_blocked_network_is_told_so_and_nothing_is_stored(petition: Petition) -> None:
    list_network("block")
    response = respond(petition, "192.0.2.1")
    page = response.content.decode()
    assert response.status_code == 403
    assert "Your network is blocked" in page
    assert "Mary Poppins" in page
    assert not response.cookies
    assert not Signature.objects.exists()
    assert post(petition, "198.51.100.1") == 303


def test_a_blocked_network_starts_no_petition_and_reports_none(petition: Petition) -> None:
    list_network("block")
    eligible = {"eligible": "on"}
    report = {"reason": "spam", "text": "It is wrong."}
    for path, data in (("/petitions/new/", eligible), (f"/petitions/{petition.pk}/report/", report)):
        refused = Client().post(path, data, REMOTE_ADDR="192.0.2.1")
        assert refused.status_code == 403
        assert "Nothing is taken from your network" in refused.content.decode()
        assert Client().post(path, data, REMOTE_ADDR="198.51.100.1").status_code != 403


def test_a_rule_that_is_over_changes_nothing(petition: Petition) -> None:
    list_network("block", expires_at=timezone.now() - timedelta(seconds=1))
    list_network("allow", "198.51.100.0/24", expires_at=timezone.now() - timedelta(seconds=1))
    assert post(petition, "192.0.2.1") == 303
    assert is_about([post(petition, "198.51.100.1") for _time in range(20)].count(303), 10)


def test_the_door_asks_redis_once_and_no_table(petition: Petition, django_assert_num_queries, settings) -> None:
    from signatures import door

    for number in range(2):  # the first reads limits, list and challenges
        assert door.knock(f"2001:db8::{number}", petition.pk) is None
        assert door.prove({}, petition.pk, address="192.0.2.1", now=timezone.now()) is None
    with redis.Redis.from_url(settings.REDIS_LIMITS_URL) as client, client.monitor() as monitor:
        with django_assert_num_queries(0):
            assert door.knock("2001:db8::3", petition.pk) is None
            assert door.prove({}, petition.pk, address="192.0.2.1", now=timezone.now()) is None
        client.echo("that was all")
        seen = list(takewhile(lambda told: "that was all" not in told["command"], monitor.listen()))
    # Others may use this server at the same time, in databases of their own.
    database = client.get_connection_kwargs().get("db", 0)
    asked = [told["command"] for told in seen if told["db"] == database and told["client_type"] != "lua"]
    # A connection begins with SELECT, that of the last words too.
    assert [command.split()[0] for command in asked if not command.startswith("SELECT")] == ["EVALSHA"]


@pytest.mark.parametrize("fault", ["refused_port", "hanging_port"])
def test_without_redis_smaller_limits_hold_in_the_process(
    petition: Petition, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(buckets, "MOST_SECONDS_LOST", 0.1)
    request.getfixturevalue(fault)
    statuses = [post(petition, "192.0.2.1") for _time in range(20)]
    assert set(statuses) == {303, 429}
    assert 1 <= statuses.count(303) <= 10
    assert post(petition, "192.0.2.2") == 303


@pytest.fixture
def no_cache(settings: Settings) -> Iterator[None]:
    """The other forms count in a cache: the same Redis, refused or hanging."""
    from django.core.cache import caches

    with socket.create_server(("127.0.0.1", 0)) as server:
        location = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        settings.CACHES = {**settings.CACHES, "limits": {**settings.CACHES["limits"], "LOCATION": location}}
        yield
    del caches["limits"]


@pytest.mark.slow
@pytest.mark.usefixtures("no_cache")
def test_without_redis_creating_and_reporting_have_limits_too(petition: Petition) -> None:
    for path, data in (
        ("/petitions/new/", {"eligible": "on"}),
        (f"/petitions/{petition.pk}/report/", {"reason": "spam", "text": "It is wrong."}),
        ("/creator/", {"petition": str(petition.pk), "email": "creator@example.org"}),
    ):
        statuses = [Client().post(path, data, REMOTE_ADDR="192.0.2.1").status_code for _time in range(5)]
        assert statuses[0] in (302, 303), path
        assert statuses[-1] == 429, path
        assert Client().post(path, data, REMOTE_ADDR="192.0.2.2").status_code in (302, 303), path


def test_no_network_address_reaches_redis(petition: Petition, settings: Settings) -> None:
    with redis.Redis.from_url(settings.REDIS_LIMITS_URL, decode_responses=True) as client:
        client.flushdb()
        for address in ("192.0.2.77", "2001:db8:77::1"):
            assert waits(address, petition.pk) == 0
        keys = {*client.keys("*"), "sign:site"}  # shared, and gone within milliseconds: so soon has the site room again
        assert len(keys) == 3 + 4 + 1
        assert not [key for key in keys if "192.0.2" in key or "2001:db8" in key or str(petition.pk) in key]
        assert all(client.pttl(key) != -1 for key in keys)  # none is kept for ever
