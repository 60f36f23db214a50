"""What the home page says about signing."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from petitions import panels
from petitions.services.trends import roll_trends
from tests import factories as make

pytestmark = pytest.mark.django_db

ROLLING = 4  # two questions, within a savepoint


def panel() -> str:
    roll_trends(now=timezone.now())
    return panels.most_signed(RequestFactory().get("/"), {})


def test_petitions_are_in_the_order_of_todays_signatures():
    some = make.make_open_petition(title="Some signed this", signature_count=9_000)
    many = make.make_open_petition(title="Many signed this", signature_count=300)
    make.make_hours(some, 2, each=3)
    make.make_hours(many, 3, each=50)
    make.make_hours(make.make_open_petition(title="One signed this"), 1, each=1)
    old = make.make_open_petition(title="Signed long ago", signature_count=50_000)
    make.make_hours(old, 5, each=500, last=timezone.now() - timedelta(hours=30))
    html = panel()
    assert "Most signed today" in html
    assert html.index("Many signed this") < html.index("Some signed this")
    assert "150 signatures today" in html
    assert "Signed long ago" not in html


@pytest.mark.parametrize("signed_today", [0, panels.LEAST_TODAY - 1])
def test_on_a_quiet_day_the_heading_says_what_is_shown_instead(signed_today):
    make.make_open_petition(title="Less signed", signature_count=10)
    make.make_open_petition(title="More signed", signature_count=20)
    for _ in range(signed_today):
        make.make_hours(make.make_open_petition(signature_count=1), 1, each=1)
    html = panel()
    assert "Most signed of all that are open" in html
    assert "today" not in html
    assert html.index("More signed") < html.index("Less signed")


def test_only_open_petitions_are_shown_and_nothing_when_there_is_none():
    closed = make.make_closed_petition()
    make.make_hours(closed, 3)
    assert panel() == ""


def test_the_panel_asks_as_often_however_many_it_shows(django_assert_num_queries):
    for _ in range(panels.SHOWN + 2):
        make.make_hours(make.make_open_petition(), 2)
    panel()
    with django_assert_num_queries(2 + ROLLING):
        assert panel().count("app-card__title") == panels.SHOWN
