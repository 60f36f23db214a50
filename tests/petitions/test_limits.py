import time
from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from audit.models import Entry
from petitions import limits, services
from petitions.models import Limits

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(make_user: Any) -> User:
    return make_user("administrator", role=Role.ADMINISTRATOR)


def test_limits_have_their_defaults_from_the_first_question_on() -> None:
    assert (limits.current().title_length, limits.current().response_threshold) == (80, 10_000)
    assert Limits.objects.count() == 1


def test_a_change_holds_at_once_here_and_leaves_old_and_new_values(
    administrator: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    limits.current()

    with django_capture_on_commit_callbacks(execute=True):
        limits.change(
            actor=administrator,
            values={"title_length": 90, "supporters": 5, "coordinator": administrator},
            reason=" Titles were cut. ",
            now=now,
        )

    assert limits.current().title_length == 90
    entry = Entry.objects.get(action="limits.change")
    assert (entry.actor, entry.reason) == (administrator, "Titles were cut.")
    assert entry.details["changed"] == {"title_length": [80, 90], "coordinator": [None, administrator.pk]}


def test_a_change_made_elsewhere_holds_within_thirty_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    limits.current()
    Limits.objects.update(title_length=100)
    assert limits.current().title_length == 80

    later = time.monotonic() + 30
    monkeypatch.setattr(time, "monotonic", lambda: later)

    assert limits.current().title_length == 100


@pytest.mark.parametrize(
    ("values", "reason", "field"),
    [
        ({"title_length": 90}, " ", "reason"),
        ({"title_length": 5}, "Why not.", "title_length"),
        ({"supporters": 21}, "Why not.", "supporters"),
        ({"title_length": 80}, "Nothing.", ""),
    ],
)
def test_a_change_needs_a_reason_and_values_within_bounds(
    administrator: User, now: datetime, values: dict[str, int], reason: str, field: str
) -> None:
    with pytest.raises(services.Refused) as refusal:
        limits.change(actor=administrator, values=values, reason=reason, now=now)

    assert refusal.value.field == field
    assert limits.current().title_length == 80
    assert not Entry.objects.exists()


def test_only_administrators_change_limits(moderator: User, now: datetime) -> None:
    with pytest.raises(services.NotAllowed):
        limits.change(actor=moderator, values={"title_length": 90}, reason="I like it.", now=now)


def test_new_limits_hold_for_new_texts(
    administrator: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    words = {"ask": "Please.", "detail": "", "language": "en", "creator_name": "Ada Example", "now": now}
    with pytest.raises(services.Refused):
        services.submit(title="t" * 90, **words)

    with django_capture_on_commit_callbacks(execute=True):
        limits.change(actor=administrator, values={"title_length": 90}, reason="Longer.", now=now)

    assert services.submit(title="t" * 90, **words).pk
