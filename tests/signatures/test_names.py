import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures import names
from signatures.names import InvalidName


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien-Łukasz",
        "Nuñez",
        "李小龙",
        "محمد علي",
        "Ö",
        "J. R. (no surname)",
        "می\u200cخواهم",
        "Dr. Mary St.John",
        "John 3rd",
        "x" * 100,
        "Anne, comtesse d'Arc",
    ],
)
def test_real_names_pass_unchanged(name: str) -> None:
    assert names.checked(name) == name


def test_a_name_is_kept_in_one_spelling_with_single_blanks() -> None:
    assert names.checked("  Rene\u0301   Descartes ") == "Ren\u00e9 Descartes"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "\u200b\u200b",
        "\x07",
        "\u202eevil",
        "Mary\u2066Poppins",
        "\u3164",
        "Mary\x00",
        "Mary\nPoppins",
        "x\r\nBcc: y@z.example",
        "x" * 101,
        "x" * 5000,
        "http://x.y",
        "see spam.com now",
        "www.spam.example",
        "win at bit.ly",
        "t.cn/prizes",
        "ｗｗｗ．spam.example",
        "mary@example.org",
        "=cmd",
        "+Mary",
        "-Mary",
        "@Mary",
        "<b>Mary</b>",
        "Cheap pills 0800 123 456",
        "12345",
        "!!!",
        "Mary\u200d",
    ],
)
def test_what_is_no_name_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(InvalidName) as refusal:
        names.checked(name)
    assert str(refusal.value.reason)


@given(st.text(max_size=150))
def test_whatever_passes_is_a_short_visible_line(text: str) -> None:
    try:
        name = names.checked(text)
    except InvalidName:
        return
    assert 1 <= len(name) <= 100
    assert name == unicodedata.normalize("NFC", name).strip()
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in name)
    assert names.checked(name) == name


@pytest.mark.parametrize("letters", ["\u0301\u0316", "x", " "])
def test_what_is_far_too_long_is_not_even_composed(monkeypatch: pytest.MonkeyPatch, letters: str) -> None:
    # Composing takes a time that grows with the square of the marks: a second for one form.
    monkeypatch.setattr(names, "unicodedata", None)
    with pytest.raises(InvalidName, match="100 characters"):
        names.checked("Mary" + letters * 10_000)
