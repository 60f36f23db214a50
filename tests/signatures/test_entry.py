"""The quick reading of the sign form takes nothing that the form itself would not, and nearly all that it does."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from petitions import places
from petitions.models import Country
from signatures import entry
from signatures.forms import SignForm
from tests.signatures.conftest import a_person

NETWORK = "192.0.2.1"

names = st.one_of(
    st.text(max_size=120),
    st.sampled_from(["Ann Example", "O'Brien-Łukasz", "李小龙", "Ann\nBcc", " Ann  B ", "www.x.org"]),
)
addresses = st.one_of(
    st.emails(),
    st.text(max_size=40),
    st.sampled_from(
        ["ann@example.org", " Ann+tag@example.org ", "a..b@x.org", "ünal@hotmail.fr", "u@gmial.com", "a@x-.org"]
    ),
)
forms = st.fixed_dictionaries(
    {},
    optional={
        "name": names,
        "email": addresses,
        "postcode": st.one_of(st.text(max_size=12), st.sampled_from(["SW1A 1AA", "sw1a  1aa", "SW1A<1AA", "", " "])),
        "country": st.sampled_from(["GB", "FR", "XX", "", "gb"]),
        "eligible": st.sampled_from(["on", "", "false", "0", "true", "off"]),
        "notify": st.sampled_from(["on", "", "false", "0", "true"]),
        "seen_address": st.sampled_from(["", "u@gmial.com", "u@gmail.com"]),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=300)
@given(forms)
def test_what_is_read_quickly_is_what_the_form_makes_of_it(countries: None, typed: dict[str, str]) -> None:
    signer = entry.read(typed, network=NETWORK)
    if signer:
        form = SignForm(typed)
        assert form.is_ready, form.errors
        assert form.signer(network=NETWORK) == signer


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"notify": "on"},
        {"name": "李小龙", "email": "A.B+tag@BÜCHER.example", "postcode": "sw1a1aa"},
        {"country": "FR", "postcode": ""},
        {"country": ""},
        {"email": "u@gmial.com", "seen_address": "u@gmial.com"},
    ],
)
def test_a_form_in_order_is_read_without_the_form(countries: None, fields: dict[str, Any]) -> None:
    typed = a_person(**fields)
    form = SignForm(typed)
    assert form.is_ready
    assert entry.read(typed, network=NETWORK) == form.signer(network=NETWORK)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"email": "a@b"},
        {"email": "ünal@hotmail.fr"},
        {"email": "u@gmial.com"},
        {"postcode": ""},
        {"postcode": "SW1A<1AA"},
        {"country": "XX", "postcode": ""},
        {"country": "FR", "postcode": "75001"},
        {"eligible": ""},
        {"notify": "perhaps"},
    ],
)
def test_what_is_not_as_expected_is_left_to_the_form(countries: None, fields: dict[str, str]) -> None:
    assert entry.read(a_person(**fields), network=NETWORK) is None


@pytest.fixture
def countries(db: None) -> None:
    Country.objects.bulk_create(
        [Country(code="GB", name="United Kingdom"), Country(code="FR", name="France")], ignore_conflicts=True
    )
    places.forget()
