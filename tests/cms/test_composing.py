"""Text in one spelling, in a time that a client can not choose."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.composing import MOST_MARKS, composed
from cms.forms import PlainTextField
from petitions.wording import clean

PILE = "a" + "\u0301\u0316" * 10_000


@pytest.mark.parametrize("text", ["plain", "Ame\u0301lie", "אָ֣לֶף", "ก็็", "e" + "\u0323\u0302" * 15, "家"])
def test_what_people_write_is_composed_and_no_more(text: str) -> None:
    assert composed(text) == unicodedata.normalize("NFC", text)


@given(st.text(max_size=100))
def test_it_is_in_order_and_done_once(text: str) -> None:
    once = composed(text)
    assert unicodedata.is_normalized("NFC", once)
    assert composed(once) == once


@pytest.mark.parametrize("read", [composed, clean, PlainTextField().to_python])
def test_no_more_marks_are_sorted_than_a_script_needs(read, monkeypatch: pytest.MonkeyPatch) -> None:
    normalize, given = unicodedata.normalize, []
    monkeypatch.setattr(unicodedata, "normalize", lambda form, text: given.append(text) or normalize(form, text))
    assert 1 < len(read(PILE)) <= 1 + MOST_MARKS
    assert given
    assert max(map(len, given)) <= 1 + MOST_MARKS
