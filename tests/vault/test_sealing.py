import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault import sealing
from vault.sealing import BrokenSeal

fields = st.dictionaries(st.text(max_size=20), st.text(max_size=200), max_size=6)


@given(fields)
def test_what_was_sealed_comes_out_again(given_fields: dict[str, str]) -> None:
    sealed = sealing.seal(given_fields, context="here")
    assert sealing.unseal(sealed, context="here") == given_fields


@given(st.data())
def test_a_seal_opens_nowhere_else_and_not_when_touched(data: st.DataObject) -> None:
    sealed = sealing.seal({"name": "Mary"}, context="signature:1:ab")
    with pytest.raises(BrokenSeal):
        sealing.unseal(sealed, context="signature:2:ab")
    place = data.draw(st.integers(0, len(sealed) - 1))
    touched = bytearray(sealed)
    touched[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BrokenSeal):
        sealing.unseal(bytes(touched), context="signature:1:ab")


@given(st.binary(max_size=60))
def test_any_other_bytes_are_no_seal(noise: bytes) -> None:
    with pytest.raises(BrokenSeal):
        sealing.unseal(noise, context="here")


def test_two_seals_of_the_same_differ_and_show_nothing(key_file) -> None:
    key_file(1)
    first, second = (sealing.seal({"email": "mary@example.org"}, context="here") for _ in range(2))
    assert first != second
    assert b"mary" not in first


def test_seals_of_an_older_key_open_as_long_as_it_is_kept(key_file) -> None:
    key_file(1)
    sealed = sealing.seal({"name": "Mary"}, context="here")
    key_file(1, 2, current=2)
    assert sealing.unseal(sealed, context="here") == {"name": "Mary"}
    key_file(2, current=2)
    with pytest.raises(BrokenSeal):
        sealing.unseal(sealed, context="here")
