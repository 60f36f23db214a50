"""Made-up people are people to the site: everybody another one, from another network."""

import ipaddress
from urllib.parse import parse_qs

from django.http import QueryDict

from benchmarks.people import Person, letters
from signatures.forms import SignForm
from signatures.persons import network


def test_everybody_is_somebody_else_on_a_network_of_their_own() -> None:
    people = [Person(number, "abc") for number in range(100_000, 103_000)]
    assert len({person.form for person in people}) == len(people)
    assert len({network(person.network) for person in people}) == len(people)
    assert {ipaddress.ip_address(person.network).version for person in people} == {4, 6}
    assert all(ipaddress.ip_address(person.network).is_private for person in people)


def test_names_are_written_without_digits() -> None:
    assert letters(0) == "a"
    assert letters(27) == "bb"
    assert len({letters(number) for number in range(1000)}) == 1000


def test_no_mail_can_reach_anybody() -> None:
    assert parse_qs(Person(7, "abc").form.decode())["email"][0].endswith(".example")


def test_the_form_is_taken_as_it_is(db: None) -> None:
    assert SignForm(QueryDict(Person(123_456, "abc").form)).is_valid()
