import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.models import Topic
from petitions.wording import clean, localized


@pytest.mark.parametrize(
    ("source", "language", "text"),
    [
        ({"en": "Yes", "fr": "Oui"}, "fr", "Oui"),
        ({"en": "Yes", "fr": ""}, "fr", "Yes"),
        ({"fr": "Oui"}, "en", "Oui"),
        ({"en": "Yes"}, "ar", "Yes"),
        ({}, "en", ""),
        (Topic(name="Roads", name_fr="Routes"), "fr", "Routes"),
        (Topic(name="Roads", name_fr="Routes", name_ar="الطرق"), "ar", "الطرق"),
        (Topic(name="Roads"), "fr", "Roads"),
    ],
)
def test_a_text_is_given_in_the_language_or_in_another_that_has_it(source: object, language: str, text: str) -> None:
    assert localized(source, language) == text


@given(st.text())
def test_cleaning_leaves_composed_text_without_control_characters_and_is_done_once(text: str) -> None:
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in cleaned)
    assert "\ud800" not in clean(text + "\ud800")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("O'Brien-Łukasz", "O'Brien-Łukasz"),
        ("محمد علي", "محمد علي"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\u200b\u2060\ufeff", ""),
        ("\u3164 \u2800", ""),
        ("x\u202eevil", "xevil"),
        ("👩\u200d🚒", "👩\u200d🚒"),
    ],
)
def test_names_stay_and_tricks_go(typed: str, kept: str) -> None:
    assert clean(typed) == kept
