"""What coordinators do about colleagues: invited, given roles, disabled, released, reset; and what they may not."""

import re
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser, Group
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import alerts, links
from accounts.models import Department, User
from accounts.permissions import NotAllowed
from accounts.refusals import Refused
from accounts.roles import TABLE, Role
from accounts.services import colleagues, signing_in
from audit.models import Entry
from mailing import kinds
from mailing.models import Mail
from vault.tokens import BadToken

pytestmark = pytest.mark.django_db

PASSWORD = "four unrelated words here"
REASON = {"reason": "She left."}


def member(role: Role, name: str = "") -> User:
    user = User.objects.create_user(name or role.value, f"{name or role}@staff.example", PASSWORD)
    user.groups.add(Group.objects.get(name=TABLE[role].label))
    return user


@pytest.fixture
def coordinator(roles: None) -> User:
    return member(Role.COORDINATOR)


@pytest.fixture
def screen(client: Client, coordinator: User) -> Client:
    client.force_login(coordinator)
    return client


def in_session(user: User) -> Client:
    client = Client()
    client.force_login(user)
    assert client.get("/staff/").status_code == 200
    return client


def invitation(**changes: Any) -> dict[str, Any]:
    return {
        "username": "newcomer",
        "email": "newcomer@staff.example",
        "first_name": "New",
        "last_name": "Comer",
        "language": "en",
        "roles": ["moderator"],
        "department": "",
        **changes,
    }


def mailed_path() -> str:
    mail = Mail.objects.filter(kind=links.KIND).latest("id")
    message = kinds.message_of(mail)
    assert message is not None
    path = re.search(r"/staff/join/[^/]+/", message.context["url"])
    assert path
    return path[0]


def test_an_invited_colleague_sets_a_password_and_works(screen: Client, coordinator: User) -> None:
    assert screen.post(reverse("staff_colleagues_invite"), invitation()).url == reverse("staff_colleagues")
    path, newcomer = mailed_path(), Client()
    assert newcomer.get(path)["Referrer-Policy"] == "no-referrer"
    assert newcomer.get(path).status_code == 200

    joined = newcomer.post(path, {"password": PASSWORD, "again": PASSWORD})
    newcomer.post(joined.url, {"username": "newcomer", "password": PASSWORD})

    assert newcomer.get(reverse("staff_moderation")).status_code == 200
    entry = Entry.objects.get(action="user.invite")
    assert (entry.actor, entry.details["roles"]) == (coordinator, ["moderator"])
    # The link opened once.
    assert newcomer.get(path).status_code == 404
    assert newcomer.post(path, {"password": PASSWORD + "2", "again": PASSWORD + "2"}).status_code == 404
    assert User.objects.get(username="newcomer").check_password(PASSWORD)


def test_an_unfit_invitation_is_refused_beside_its_field(screen: Client) -> None:
    for changes, field in (
        ({"username": "coordinator"}, "username"),
        ({"username": "no spaces"}, "username"),
        ({"email": "nowhere"}, "email"),
        ({"roles": ["drafter"]}, "department"),
        ({"roles": ["administrator"]}, "roles"),
        ({"last_name": ""}, "last_name"),
    ):
        page = screen.post(reverse("staff_colleagues_invite"), invitation(**changes))

        assert page.status_code == 200
        assert field in page.context["form"].errors
    assert not User.objects.filter(first_name="New").exists()
    assert not Mail.objects.exists()


def test_a_weak_or_mistyped_password_is_refused_and_the_link_still_works(screen: Client) -> None:
    screen.post(reverse("staff_colleagues_invite"), invitation())
    path = mailed_path()

    for typed in (
        {"password": "short", "again": "short"},
        {"password": "newcomer12345", "again": "newcomer12345"},
        {"password": PASSWORD, "again": "another"},
        {},
    ):
        assert Client().post(path, typed).context["form"].errors
    assert Client().get(path).status_code == 200


def test_a_link_ends_with_its_days_with_a_newer_one_and_with_the_login(screen: Client, coordinator: User) -> None:
    screen.post(reverse("staff_colleagues_invite"), invitation())
    user, now = User.objects.get(username="newcomer"), timezone.now()
    first = links.token_for(user, now=now)
    assert links.opened(first, now=now) == user

    with pytest.raises(BadToken):
        links.opened(first, now=now + links.LIFETIME * 1.01)
    screen.post(reverse("staff_colleague", args=[user.pk]), {"act": "send_link", **REASON})
    with pytest.raises(BadToken):
        links.opened(first, now=now)
    user.refresh_from_db()
    second = links.token_for(user, now=now)
    colleagues.disable(actor=coordinator, user_id=user.pk, reason="Sent to the wrong person.")
    with pytest.raises(BadToken):
        links.opened(second, now=now)
    assert kinds.message_of(Mail.objects.latest("id")) is None


def test_roles_are_changed_and_open_sessions_end(screen: Client) -> None:
    moderator = member(Role.MODERATOR)
    working = in_session(moderator)

    saved = screen.post(reverse("staff_colleague", args=[moderator.pk]), {"act": "roles", "roles": ["clerk"]})

    assert saved.status_code == 302
    assert colleagues.roles_of(User.objects.get(pk=moderator.pk)) == {Role.CLERK}
    assert Entry.objects.get(action="user.roles").details["roles"] == [["moderator"], ["clerk"]]
    assert working.get("/staff/").url.startswith("/staff/login/")


def test_groups_that_are_no_role_stay(coordinator: User) -> None:
    editor, own = member(Role.EDITOR), Group.objects.create(name="House style")
    editor.groups.add(own)

    colleagues.change_roles(actor=coordinator, user_id=editor.pk, roles=[], department=None)

    assert list(editor.groups.all()) == [own]


def test_a_disabled_colleague_is_out_and_enabled_again_with_the_same_roles(screen: Client) -> None:
    moderator = member(Role.MODERATOR)
    working, address = in_session(moderator), reverse("staff_colleague", args=[moderator.pk])

    screen.post(address, {"act": "disable"})
    assert working.get("/staff/").status_code == 200  # nothing without a reason
    screen.post(address, {"act": "disable", **REASON})
    assert working.get("/staff/").url.startswith("/staff/login/")
    screen.post(address, {"act": "enable", **REASON})

    assert working.get("/staff/").url.startswith("/staff/login/")
    assert in_session(User.objects.get(pk=moderator.pk)).get(reverse("staff_moderation")).status_code == 200
    assert [entry.action for entry in Entry.objects.order_by("id")] == ["user.disable", "user.enable"]


def test_a_locked_login_is_released(screen: Client) -> None:
    moderator = member(Role.MODERATOR)
    User.objects.filter(pk=moderator.pk).update(wrong_tries=signing_in.MOST_TRIES, locked_at=timezone.now())
    assert Client().post("/staff/login/", {"username": "moderator", "password": PASSWORD}).status_code == 200
    address = reverse("staff_colleague", args=[moderator.pk])
    assert "Release the lock" in screen.get(address).content.decode()
    assert "locked" in screen.get(reverse("staff_colleagues")).content.decode()

    screen.post(address, {"act": "release", **REASON})

    assert Client().post("/staff/login/", {"username": "moderator", "password": PASSWORD}).status_code == 302
    assert "Release the lock" not in screen.get(address).content.decode()


def test_second_factors_are_taken_away_with_the_sessions(screen: Client) -> None:
    moderator = member(Role.MODERATOR)
    for kind in Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES:
        Authenticator.objects.create(user=moderator, type=kind, data={})
    working = in_session(moderator)

    screen.post(reverse("staff_colleague", args=[moderator.pk]), {"act": "reset_factors", **REASON})

    assert not Authenticator.objects.exists()
    assert working.get("/staff/").url.startswith("/staff/login/")
    assert Entry.objects.get(action="user.reset_factors").reason == REASON["reason"]
    assert Mail.objects.filter(kind=alerts.KIND, row_id=moderator.pk, details__alert="reset_factors").count() == 1


ACTS = [
    lambda actor, pk: colleagues.change_roles(actor=actor, user_id=pk, roles=[Role.APPROVER], department=None),
    *(
        lambda actor, pk, act=act: act(actor=actor, user_id=pk, reason="Because.")
        for act in (
            colleagues.disable,
            colleagues.enable,
            colleagues.release,
            colleagues.reset_factors,
            colleagues.send_link,
        )
    ),
]


def test_nobody_acts_on_themselves_and_coordinators_on_no_administrator(coordinator: User) -> None:
    boss = User.objects.create_superuser("boss", "boss@staff.example", PASSWORD)
    administrator = member(Role.ADMINISTRATOR)
    moderator = member(Role.MODERATOR)
    before = list(User.objects.order_by("pk").values())

    for act in ACTS:
        for actor, user in (
            (coordinator, coordinator),
            (coordinator, administrator),
            (coordinator, boss),
            (administrator, administrator),
            (administrator, boss),
        ):
            with pytest.raises(Refused):
                act(actor, user.pk)
        for nobody in (moderator, AnonymousUser()):
            with pytest.raises(NotAllowed):
                act(nobody, administrator.pk)

    assert list(User.objects.order_by("pk").values()) == before
    assert not Entry.objects.exists()


def test_only_administrators_make_administrators(coordinator: User) -> None:
    moderator, administrator = member(Role.MODERATOR), member(Role.ADMINISTRATOR)
    given = {"user_id": moderator.pk, "roles": [Role.ADMINISTRATOR], "department": None}

    with pytest.raises(Refused):
        colleagues.change_roles(actor=coordinator, **given)
    colleagues.change_roles(actor=administrator, **given)

    assert colleagues.roles_of(moderator) == {Role.ADMINISTRATOR}


def test_the_list_finds_by_name_role_and_department_and_costs_the_same_for_many(
    screen: Client, django_assert_max_num_queries: Any
) -> None:
    department = Department.objects.create(acronym="DEFRA", name="Environment")
    for number in range(30):
        drafter = member(Role.DRAFTER, f"drafter-{number}")
        User.objects.filter(pk=drafter.pk).update(department=department)
    address = reverse("staff_colleagues")

    for words, found in (("drafter-7", 1), ("Drafters", 30), ("DEFRA", 30), ("nobody at all", 0), ("coordinator", 1)):
        with django_assert_max_num_queries(15):
            assert len(screen.get(address, {"q": words}).context["page_obj"]) == found


def test_an_administrator_who_takes_roles_by_the_stock_screen_ends_sessions_too(coordinator: User) -> None:
    administrator, moderator = member(Role.ADMINISTRATOR), member(Role.MODERATOR)
    working, screen = in_session(moderator), in_session(administrator)
    form = {"username": "moderator", "email": "moderator@staff.example", "first_name": "M", "last_name": "O"}

    screen.post(
        reverse("wagtailusers_users:edit", args=[moderator.pk]),
        {**form, "language": "en", "is_active": "on", "groups": []},
    )

    assert working.get("/staff/").url.startswith("/staff/login/")


def test_the_operator_releases_a_login_when_nobody_else_can(coordinator: User) -> None:
    User.objects.filter(pk=coordinator.pk).update(wrong_tries=signing_in.MOST_TRIES, locked_at=timezone.now())
    Authenticator.objects.create(user=coordinator, type=Authenticator.Type.TOTP, data={})
    with pytest.raises(CommandError):
        call_command("release_login", "nobody")

    call_command("release_login", "coordinator", stdout=StringIO())
    assert signing_in.has_second_factor(coordinator)
    call_command("release_login", "coordinator", "--without-factors", stdout=StringIO())

    coordinator.refresh_from_db()
    assert (coordinator.wrong_tries, coordinator.locked_at) == (0, None)
    assert not signing_in.has_second_factor(coordinator)
    assert {entry.actor_id for entry in Entry.objects.all()} == {None}
    assert Mail.objects.get(kind=alerts.KIND).details == {"alert": "reset_factors"}


def test_who_is_in_a_department_that_was_closed_stays_there_until_moved(roles: None) -> None:
    closed = Department.objects.create(acronym="OLD", name="Office of Old", active=False)
    drafter = member(Role.DRAFTER)
    User.objects.filter(pk=drafter.pk).update(department=closed)
    screen = in_session(member(Role.ADMINISTRATOR))
    kept, offered = f'<option value="{closed.pk}" selected>', f'<option value="{closed.pk}"'
    ours, theirs = reverse("staff_colleague", args=[drafter.pk]), reverse("wagtailusers_users:edit", args=[drafter.pk])

    assert kept in screen.get(ours).content.decode()
    assert kept in screen.get(theirs).content.decode()
    assert offered not in screen.get(reverse("staff_colleagues_invite")).content.decode()
    screen.post(ours, {"act": "roles", "roles": ["drafter", "moderator"], "department": closed.pk})

    drafter.refresh_from_db()
    assert drafter.department == closed
    assert colleagues.roles_of(drafter) == {Role.DRAFTER, Role.MODERATOR}
