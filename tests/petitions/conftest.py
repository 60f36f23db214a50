"""Petitions brought into a state by the services that lead there, and the staff who do it.

Models are imported inside the fixtures: pytest reads this file before Django is set up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accounts.roles import TABLE, Role

if TYPE_CHECKING:
    from accounts.models import User
    from petitions.models import Petition, RejectionReason

NOW = datetime(2026, 3, 31, 12, 30, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """A member of staff with these rights (`app.codename`), or in this role."""
    from django.contrib.auth.models import Group, Permission

    from accounts.models import User

    def make(name: str, *permissions: str, role: Role | None = None) -> User:
        user = User.objects.create_user(name, email=f"{name}@staff.example", password="petition-demo")
        wanted = permissions
        if role:
            group, _created = Group.objects.get_or_create(name=TABLE[role].label)
            user.groups.add(group)
            wanted = (*permissions, *TABLE[role].permissions)
        for permission in wanted:
            app, codename = permission.split(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def moderator(make_user: Callable[..., User]) -> User:
    return make_user("moderator", role=Role.MODERATOR)


@pytest.fixture
def second_moderator(make_user: Callable[..., User]) -> User:
    return make_user("second_moderator", role=Role.MODERATOR)


@pytest.fixture
def bystander(make_user: Callable[..., User]) -> User:
    """Staff without any right in this room."""
    return make_user("bystander")


@pytest.fixture
def reasons(db: None) -> dict[str, RejectionReason]:
    from petitions.models import RejectionReason

    return {
        "no-action": RejectionReason.objects.create(code="no-action", title="No action", explanation="Too vague."),
        "duplicate": RejectionReason.objects.create(
            code="duplicate", title="Duplicate", explanation="There is one.", needs_duplicate=True
        ),
        "libellous": RejectionReason.objects.create(
            code="libellous", title="Libellous", explanation="It may be false.", hides=True
        ),
    }


@pytest.fixture
def make_petition(moderator: User, reasons: dict[str, RejectionReason]) -> Callable[..., Petition]:
    """A petition brought into a state by the services that lead there."""
    from petitions import services
    from petitions.models import Petition

    def make(state: str = "open", *, opened: bool = True, at: datetime = NOW, **fields: Any) -> Petition:
        petition = services.submit(
            title=fields.pop("title", "Mend the bridge"),
            ask=fields.pop("ask", "Please mend the bridge."),
            detail=fields.pop("detail", "It has been closed for a year."),
            language=fields.pop("language", "en"),
            creator_name="Ada Example",
            now=at - timedelta(days=3),
        )
        if fields:
            Petition.objects.filter(pk=petition.pk).update(**fields)
        _lead_to(petition.pk, state, opened, moderator, at)
        return Petition.objects.get(pk=petition.pk)

    return make


def _lead_to(petition_id: int, state: str, opened: bool, moderator: User, at: datetime) -> None:
    from petitions import services
    from petitions.lifecycle import State

    if state == State.DRAFT:
        return
    services.confirm_creator(petition_id=petition_id, now=at - timedelta(days=2))
    if state == State.GATHERING_SUPPORT:
        return
    services.record_supporters(petition_id=petition_id, count=5, now=at - timedelta(days=1))
    if state == State.IN_MODERATION:
        return
    if opened or state in (State.OPEN, State.CLOSED):
        services.approve(petition_id=petition_id, moderator=moderator, now=at)
    if state == State.CLOSED:
        services.close_due(at + timedelta(days=190))
    elif state == State.WITHDRAWN:
        services.withdraw(petition_id=petition_id, now=at)
    elif state == State.HIDDEN:
        services.hide(petition_id=petition_id, moderator=moderator, reason_code="libellous", now=at)
    elif state == State.REJECTED:
        refuse = services.take_down if opened else services.reject
        refuse(petition_id=petition_id, moderator=moderator, reason_code="no-action", now=at)
