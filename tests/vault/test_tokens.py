import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault import tokens
from vault.tokens import BadToken, Claim, Purpose

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ids = st.integers(0, 2**63 - 1)
claims = st.builds(Claim, petition_id=ids, row_id=ids, generation=st.integers(0, 2**15 - 1))
ALPHABET = string.ascii_letters + string.digits + "-_"


def made(claim: Claim, purpose: Purpose = Purpose.CONFIRM, **more: timedelta) -> str:
    return tokens.make(
        purpose, petition_id=claim.petition_id, row_id=claim.row_id, generation=claim.generation, now=NOW, **more
    )


@given(claims, st.sampled_from(Purpose))
def test_a_token_says_what_it_was_made_for(claim: Claim, purpose: Purpose) -> None:
    token = made(claim, purpose)
    assert tokens.read(token, purpose, now=NOW) == claim
    assert set(token) <= set(ALPHABET)
    assert len(token) == 55


@given(claims, st.data())
def test_a_token_changed_by_one_character_is_void(claim: Claim, data: st.DataObject) -> None:
    token = made(claim)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from([character for character in ALPHABET if character != token[place]]))
    with pytest.raises(BadToken):
        tokens.read(token[:place] + other + token[place + 1 :], Purpose.CONFIRM, now=NOW)


@given(claims, st.sampled_from([purpose for purpose in Purpose if purpose != Purpose.CONFIRM]))
def test_a_token_opens_nothing_else(claim: Claim, other: Purpose) -> None:
    with pytest.raises(BadToken):
        tokens.read(made(claim), other, now=NOW)


@given(st.text(max_size=80))
def test_any_other_text_is_no_token(text: str) -> None:
    with pytest.raises(BadToken):
        tokens.read(text, Purpose.CONFIRM, now=NOW)


def test_a_token_works_for_thirty_days() -> None:
    token = made(Claim(1_000_001, 7, 0))
    assert tokens.read(token, Purpose.CONFIRM, now=NOW + timedelta(days=30))
    with pytest.raises(BadToken):
        tokens.read(token, Purpose.CONFIRM, now=NOW + timedelta(days=30, seconds=1))


def test_a_token_outlives_a_change_of_keys_but_not_the_loss_of_its_key(key_file) -> None:
    key_file(1)
    token = made(Claim(1_000_001, 7, 0))
    key_file(1, 2, current=2)
    assert tokens.read(token, Purpose.CONFIRM, now=NOW).row_id == 7
    key_file(2, current=2)
    with pytest.raises(BadToken):
        tokens.read(token, Purpose.CONFIRM, now=NOW)


def test_a_code_has_eight_digits_and_belongs_to_one_row_and_generation(key_file) -> None:
    key_file(1)
    row = {"petition_id": 1_000_001, "row_id": 7, "generation": 0}
    code = tokens.code(**row)
    assert len(code) == 8
    assert code.isdigit()
    assert tokens.is_code(code, **row)
    assert not tokens.is_code(code, **{**row, "generation": 1})
    assert not tokens.is_code(code, **{**row, "row_id": 8})
    assert not tokens.is_code("é" * 8, **row)
    key_file(1, 2, current=2)
    assert tokens.is_code(code, **row)
    assert tokens.code(**row) != code
