"""What an address says about itself."""

import time

import pytest

from signatures.fraud import suspicion
from signatures.models import DomainRule

pytestmark = pytest.mark.django_db


def rule(domain: str, verdict: str) -> None:
    DomainRule.objects.create(domain=domain, verdict=verdict, note="A test.")
    suspicion.forget()


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("a@example.org", ""),
        ("a@gmail.com", ""),
        ("a@mailinator.com", "disposable"),
        ("a@Sub.Mailinator.COM", "disposable"),
        ("a@my-mailinator.example", ""),
        ("mailinator.com@example.org", ""),
    ],
)
def test_the_public_list_knows_disposable_domains_and_those_below(address: str, found: str) -> None:
    assert suspicion.of_address(address) == found


def test_staffs_rules_come_before_the_list_and_the_closer_one_holds() -> None:
    rule("mailinator.com", "pass")
    rule("bad.example", "block")
    rule("less.bad.example", "hold")
    rule("xn--bcher-kva.example", "hold")
    assert suspicion.of_address("a@mailinator.com") == ""
    assert suspicion.of_address("a@x.mailinator.com") == ""
    assert suspicion.of_address("a@bad.example") == "blocked"
    assert suspicion.of_address("a@very.less.bad.example") == "disposable"
    assert suspicion.of_address("a@BÜCHER.example") == "disposable"


def test_a_listed_domain_below_an_allowed_one_stays_allowed_only_by_its_own_rule() -> None:
    rule("x.mailinator.com", "pass")
    assert suspicion.of_address("a@x.mailinator.com") == ""
    assert suspicion.of_address("a@y.mailinator.com") == "disposable"


def test_a_rule_is_in_force_once_the_rules_are_read_again_within_thirty_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert suspicion.CACHED_SECONDS <= 30
    monkeypatch.setattr(suspicion._rules, "_seconds", 0.2)
    assert suspicion.of_address("a@bad.example") == ""
    DomainRule.objects.create(domain="bad.example", verdict="block", note="A test.")
    time.sleep(0.25)
    assert suspicion.of_address("a@bad.example") == "blocked"
