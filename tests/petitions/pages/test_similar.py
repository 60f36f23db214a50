"""Petitions that ask for nearly the same."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from petitions import similar
from petitions.lifecycle import State
from tests import factories as make

pytestmark = pytest.mark.django_db

TITLE = "Ban the sale of fireworks to the general public"
OTHERS = (
    "Ban the sale of plastic bottles",
    "Give every child a free school meal",
    "Build a new railway line to the coast",
    "Lower the tax on fuel for the general public",
    "Protect the hedgehog in all public gardens",
    "Make public transport free for pupils",
    "Limit the use of peat in gardens",
)


@pytest.fixture
def wanted():
    for title in OTHERS:
        make.make_open_petition(title=title)
    return make.make_open_petition(title=TITLE)


@pytest.mark.parametrize(
    "title",
    [
        "BAN THE SALE OF FIREWORKS TO THE GENERAL PUBLIC",
        "Ban the sale, of fireworks - to the general public!!!",
        "To the general public, ban the sale of fireworks",
        "Prohibit the sale of fireworks to the general public",
        "Stop selling fireworks",
        "Ban the sale of firewroks to the general public",
        "Fireworks should not be sold to the public",
    ],
)
def test_a_near_copy_finds_the_petition_first(wanted, title):
    assert similar.find(title=title, language="en")[0] == wanted


def test_accents_and_inflections_make_no_difference_in_french():
    wanted = make.make_open_petition(title="Interdire la vente de feux d’artifice aux particuliers", language="fr")
    found = similar.find(title="interdisons les ventes de feux d'artifice à un particulier", language="fr")
    assert found == [wanted]


def test_nothing_alike_finds_nothing(wanted):
    assert similar.find(title="Weather forecasts for sailors", language="en") == []


def test_only_the_states_asked_for_are_looked_at_and_a_petition_is_not_like_itself(wanted):
    closed = make.make_closed_petition(title=TITLE)
    assert closed not in similar.find(title=TITLE, language="en")
    everywhere = similar.find(title=TITLE, language="en", states=(State.OPEN, State.CLOSED), exclude_id=wanted.pk)
    assert everywhere[0] == closed
    assert wanted not in everywhere


def test_no_more_are_found_than_asked_for():
    for number in range(4):
        make.make_open_petition(title=f"{TITLE} {number}")
    assert len(similar.find(title=TITLE, language="en", limit=3)) == 3


@given(title=st.text(max_size=200))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_title_is_a_fault(wanted, title):
    title = title.encode("utf-8", "ignore").decode()
    assert len(similar.find(title=title, language="en")) <= 5


@pytest.fixture
def finder():
    yield similar.register
    similar.register(None)


def test_a_registered_finder_is_asked_and_what_it_finds_is_checked(wanted, finder):
    other, closed = make.make_open_petition(), make.make_closed_petition()
    finder(lambda **question: [closed.pk, other.pk, 5, wanted.pk])
    assert similar.find(title=TITLE, language="en") == [other, wanted]


def test_a_finder_that_fails_leaves_the_answer_to_the_tables(wanted, finder):
    def broken(**question: object) -> list[int]:
        raise ConnectionError

    finder(broken)
    assert similar.find(title=TITLE, language="en")[0] == wanted


def test_other_words_for_the_same_are_learnt_from_petitions_that_were_refused():
    vapes = make.make_open_petition(title="Ban the sale of disposable vapes", ask="Vapes litter our streets.")
    for title in ("Ban disposable electronic cigarettes", "Stop sales of electronic cigarettes"):
        make.make_rejected_petition(title=title, ask="These disposable vapes are sold to children everywhere.")
    for title in OTHERS:
        make.make_open_petition(title=title)
    found = similar.find(title="Outlaw electronic cigarettes", language="en")
    assert found[0] == vapes


def test_words_of_texts_that_nobody_may_read_teach_nothing():
    vapes = make.make_open_petition(title="Ban the sale of disposable vapes", ask="Vapes litter our streets.")
    unread = {"title": "Ban electronic cigarettes", "ask": "These disposable vapes are sold to children everywhere."}
    make.make_petition(**unread)
    make.make_hidden_petition(**unread)
    assert vapes not in similar.find(title="Outlaw electronic cigarettes", language="en")


def test_of_two_as_like_the_one_of_the_same_weeks_comes_first():
    now = timezone.now()
    old, new = (
        make.make_closed_petition(
            title=TITLE, opened_at=now - timedelta(days=days), created_at=now - timedelta(days=days)
        )
        for days in (1500, 30)
    )
    states = (State.CLOSED,)
    assert similar.find(title=TITLE, language="en", states=states, now=now) == [new, old]
    assert similar.find(title=TITLE, language="en", states=states, now=now - timedelta(days=1490)) == [old, new]


def test_how_much_is_looked_at_does_not_grow_with_the_petitions(monkeypatch):
    for number in range(12):
        make.make_open_petition(title=f"{TITLE} {number}")
    monkeypatch.setattr(similar, "RANKED", 8)
    monkeypatch.setattr(similar, "WEIGHED", 4)
    asked = {"title": TITLE, "language": "en", "states": (State.OPEN,), "exclude_id": None}
    with CaptureQueriesContext(connection) as captured:
        found = similar.near(**asked, now=timezone.now())
    assert len(found) <= 8
    assert len(captured) <= 6


def test_of_a_title_of_any_length_only_the_beginning_is_compared(wanted, finder):
    asked = []
    finder(lambda **question: asked.append(question["title"]))
    assert similar.find(title=f"{TITLE} {'and all the rest ' * 4000}", language="en")[0] == wanted
    assert [len(title) for title in asked] == [similar.LONGEST_COMPARED]
