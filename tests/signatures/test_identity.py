import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures import identity
from signatures.identity import InvalidAddress

SAME = [
    ("a+b@gmail.com", "a@gmail.com"),
    ("A.B@GoogleMail.com", "ab@gmail.com"),
    ("a.b@gmail.com", "ab@gmail.com"),
    ("User@BÜCHER.example", "user@xn--bcher-kva.example"),
    ("USER@EXAMPLE.ORG", "user@example.org"),
    ("user+petitions@example.org", "user@example.org"),
    ("user+a+b@example.org", "user@example.org"),
    ("user@me.com", "user@icloud.com"),
    ("user@mac.com", "user@me.com"),
    ("user@protonmail.com", "user@pm.me"),
    ("anything@user.fastmail.com", "user@fastmail.com"),
    ("user-shop@yahoo.fr", "user@yahoo.fr"),
    ("jose\u0301@example.org", "jos\u00e9@example.org"),
    ("STRASSE@example.org", "straße@example.org"),
    (" user@example.org ", "user@example.org"),
]
DIFFERENT = [
    ("a.b@example.org", "ab@example.org"),
    ("a-b@example.org", "a@example.org"),
    ("a@yahoo.com", "a@yahoo.fr"),
    ("a@gmail.com", "a@example.org"),
    ("+tag@example.org", "+other@example.org"),
    ("a@outlook.com", "a@hotmail.com"),
]
REFUSED = [
    "",
    "a",
    "a@b",
    "a..b@x.org",
    '"a b"@x.org',
    "a@[127.0.0.1]",
    "a@x.org.",
    f"{'a' * 65}@x.org",
    f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.org",
    "a\u200bb@x.org",
    "a\u202eb@x.org",
    "a b@x.org",
    "a@x.org\nBcc: c@x.org",
    "a\x00@x.org",
    "a@localhost",
    "a@printer.local",
    "a,b@x.org",
    "а@gmail.com",
    "ünal@hotmail.fr",
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_mailbox_are_one(one: str, other: str) -> None:
    assert identity.canonical(one, 1) == identity.canonical(other, 1)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_other_mailboxes_stay_apart(one: str, other: str) -> None:
    assert identity.canonical(one, 1) != identity.canonical(other, 1)


@pytest.mark.parametrize("address", REFUSED)
def test_what_no_mail_could_reach_is_refused_with_a_reason(address: str) -> None:
    with pytest.raises(InvalidAddress) as refusal:
        identity.canonical(address, 1)
    assert str(refusal.value.reason)


def test_the_longest_address_passes() -> None:
    longest = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 57}.org"
    assert len(longest) == 254
    assert identity.canonical(longest, 1) == longest


def test_other_letters_pass_where_the_provider_may_have_them() -> None:
    assert identity.canonical("józef@example.org", 1) == "józef@example.org"


def test_an_unknown_version_of_the_rules_is_a_fault() -> None:
    with pytest.raises(KeyError):
        identity.canonical("a@example.org", 99)


local_parts = st.text(st.sampled_from("aAbBéßİǆ.+-_0'"), min_size=1, max_size=12)
domains = st.sampled_from(
    ["example.org", "GMAIL.com", "googlemail.com", "user.fastmail.com", "yahoo.fr", "me.com", "bücher.example"]
)


@given(local_parts, domains)
def test_the_canonical_spelling_is_its_own_canonical_spelling(local: str, domain: str) -> None:
    try:
        once = identity.canonical(f"{local}@{domain}", 1)
        twice = identity.canonical(once, 1)
    except InvalidAddress:
        return  # "a.+tag@" becomes "a.@", which names the mailbox but is no address itself
    assert twice == once


@given(local_parts, domains)
def test_upper_and_lower_case_are_one_mailbox(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    try:
        lower, upper = identity.canonical(address.lower(), 1), identity.canonical(address, 1)
    except InvalidAddress:
        return
    assert lower == upper


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidAddress):
        assert "@" in identity.canonical(text, 1)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("user@gmial.com", "user@gmail.com"),
        ("User@gmail.con", "User@gmail.com"),
        ("user@gmail.co", "user@gmail.com"),
        ("user@hotmial.com", "user@hotmail.com"),
        ("user@yaho.fr", "user@yahoo.fr"),
        ("user@gmail.com", None),
        ("user@mail.com", None),
        ("user@hotmail.fr", None),
        ("user@live.com", None),
        ("user@example.org", None),
        ("user@parliament.example", None),
    ],
)
def test_a_likely_slip_is_named(typed: str, meant: str | None) -> None:
    assert identity.suggestion(typed) == meant
