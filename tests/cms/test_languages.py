import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import translation

from cms import formatting, navigation
from cms.languages import alternatives, language_of, path_for


@pytest.mark.parametrize(
    ("path", "language", "expected"),
    [
        ("/petitions/", "fr", "/fr/petitions/"),
        ("/fr/petitions/", "en", "/petitions/"),
        ("/fr/petitions/", "fr", "/fr/petitions/"),
        ("/", "fr", "/fr/"),
        ("/fr/", "en", "/"),
        ("/france/", "fr", "/fr/france/"),
        ("/fr//evil.example/", "en", "/evil.example/"),
    ],
)
def test_path_in_another_language(path: str, language: str, expected: str) -> None:
    assert path_for(path, language) == expected


def test_language_comes_from_the_first_piece_only() -> None:
    assert language_of("/fr/petitions/") == "fr"
    assert language_of("/petitions/fr/") == "en"
    assert language_of("/xx/") == "en"


def test_alternatives_are_named_in_their_own_words() -> None:
    found = {one.code: (one.name, one.path, one.current) for one in alternatives("/fr/help/")}
    assert found["fr"] == ("Français", "/fr/help/", True)
    assert found["en"] == ("English", "/help/", False)


def test_nearest_link_is_current() -> None:
    current = [link.path for link in navigation.links(navigation.MAIN, "/fr/petitions/new/") if link.current]
    assert current == ["/fr/petitions/new/"]


@pytest.mark.parametrize(
    ("language", "number", "day", "first"),
    [
        ("en", "1,234,567", "12 March 2026", "1 March 2026"),
        ("fr", "1\xa0234\xa0567", "12 mars 2026", "1er mars 2026"),
        ("ar", "1,234,567", "12 مارس 2026", "1 مارس 2026"),
    ],
)
def test_numbers_and_days_follow_the_language(language: str, number: str, day: str, first: str) -> None:
    with translation.override(language):
        assert formatting.number(1234567) == number
        assert formatting.day(date(2026, 3, 12)) == day
        assert formatting.day(datetime(2026, 3, 1, 12, tzinfo=UTC)) == first


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2026, 3, 12), "today"),
        (date(2026, 3, 11), "yesterday"),
        (date(2026, 3, 13), "tomorrow"),
        (date(2026, 3, 2), "10 days ago"),
        (date(2026, 3, 17), "in 5 days"),
        (None, ""),
    ],
)
def test_distance_in_days(value: date | None, words: str) -> None:
    assert formatting.ago(value, today=date(2026, 3, 12)) == words


@pytest.mark.parametrize(
    ("language", "june", "july"), [("en", "12 Jun 2026", "1 Jul 2026"), ("fr", "12 juin 2026", "1er juil. 2026")]
)
def test_short_days_keep_months_apart_in_each_language(language: str, june: str, july: str) -> None:
    with translation.override(language):
        assert formatting.short_day(date(2026, 6, 12)) == june
        assert formatting.short_day(date(2026, 7, 1)) == july


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "0 يوم"),
        (1, "يوم واحد"),
        (2, "يومين"),
        (3, "3 أيام"),
        (10, "10 أيام"),
        (11, "11 يومًا"),
        (99, "99 يومًا"),
        (100, "100 يوم"),
        (103, "103 أيام"),
    ],
)
def test_arabic_counts_in_six_forms(days: int, words: str) -> None:
    with translation.override("ar"):
        counted = translation.ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    assert counted == f"بعد {words}"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "/fr//evil.example/", "/fr/\\evil.example/"])
def test_a_page_that_is_not_there_leads_to_no_other_site(client: Client, path: str) -> None:
    response = client.get("/", PATH_INFO=path)
    assert response.status_code == 404
    links = re.findall(r'<a href="([^"]*)" lang=', response.content.decode())
    assert len(links) == 2
    assert not [link for link in links if link.startswith(("//", "/\\"))]
