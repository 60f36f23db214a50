from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db.models import Q
from wagtail.models import GroupPagePermission, Page

from accounts import demo
from accounts.groups import make_groups
from accounts.models import Department, User
from accounts.permissions import NotAllowed, allowed, require
from accounts.roles import TABLE, Rights, Role
from accounts.selectors import answering_departments, in_role, members_of
from audit.models import Entry
from config.stack.demo import DEMO_LOGINS

pytestmark = pytest.mark.django_db


def rights_of(label: str) -> set[str]:
    permissions = Group.objects.get(name=label).permissions.select_related("content_type")
    return {f"{permission.content_type.app_label}.{permission.codename}" for permission in permissions}


def test_every_role_gets_a_group_with_exactly_its_rights() -> None:
    make_groups()

    for rights in TABLE.values():
        assert rights_of(rights.label) == {"wagtailadmin.access_admin", *rights.permissions}


def test_running_again_takes_back_what_the_table_does_not_give() -> None:
    make_groups()
    moderators = Group.objects.get(name="Moderators")
    moderators.permissions.add(Permission.objects.get(codename="change_limits"))
    permission = Permission.objects.get(content_type__app_label="wagtailcore", codename="publish_page")
    GroupPagePermission.objects.create(group=moderators, page=Page.objects.get(depth=1), permission=permission)

    make_groups()

    assert "petitions.change_limits" not in rights_of("Moderators")
    assert not GroupPagePermission.objects.filter(group=moderators).exists()


def test_rights_on_pages_are_given_once_the_pages_are_there() -> None:
    Page.objects.filter(depth__gt=1).delete()
    missing = make_groups()
    assert any("StandardPage" in line for line in missing)

    call_command("create_site", stdout=StringIO())
    missing = make_groups()

    assert not any("StandardPage" in line for line in missing)
    editors = GroupPagePermission.objects.filter(group__name="Editors")
    assert {given.page.specific_class.__name__ for given in editors} == {"StandardPage"}
    assert {given.permission.codename for given in editors} == {"add_page", "change_page", "publish_page"}


def test_nobody_holds_a_right_of_wagtails_to_publish_answers() -> None:
    for rights in TABLE.values():
        for model, verbs in rights.pages:
            assert model.startswith("cms.") or "publish" not in verbs


def test_a_right_that_no_app_has_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, Role.EDITOR, Rights("Editors", ("petitions.fly",)))

    with pytest.raises(Permission.DoesNotExist, match=r"petitions\.fly"):
        make_groups()


def test_the_command_makes_one_login_for_each_role_and_leaves_them_alone_afterwards() -> None:
    call_command("create_roles", "--demo-users", stdout=StringIO())
    User.objects.filter(username="moderator").update(first_name="Changed")
    call_command("create_roles", "--demo-users", stdout=StringIO())

    assert set(User.objects.values_list("username", flat=True)) == set(demo.LOGINS) == set(DEMO_LOGINS)
    for name, (role, _department) in demo.LOGINS.items():
        user = User.objects.get(username=name)
        assert user.check_password("petition-demo")
        assert in_role(user, role)
        assert not user.is_superuser
    assert User.objects.get(username="moderator").first_name == "Changed"
    for acronym, people in (
        ("DEFRA", ["drafter", "department_reviewer"]),
        ("HMT", ["second_drafter", "second_department_reviewer"]),
    ):
        department = Department.objects.get(acronym=acronym)
        assert department.point_person.username == people[0]
        assert set(department.members.values_list("username", flat=True)) == set(people)
        assert department in answering_departments()


def test_without_the_option_no_login_is_made() -> None:
    call_command("create_roles", stdout=StringIO())

    assert not User.objects.exists()


def test_members_of_a_role_are_the_active_ones() -> None:
    call_command("create_roles", "--demo-users", stdout=StringIO())
    User.objects.filter(username="second_moderator").update(is_active=False)

    assert [user.username for user in members_of(Role.MODERATOR)] == ["moderator"]
    assert not in_role(User.objects.get(username="second_moderator"), Role.MODERATOR)
    with pytest.raises(ValueError, match="emperor"):
        members_of("emperor")


def test_a_right_is_required_of_everybody_but_an_active_superuser() -> None:
    call_command("create_roles", "--demo-users", stdout=StringIO())
    moderator, editor = (User.objects.get(username=name) for name in ("moderator", "editor"))
    boss = User.objects.create(username="boss", is_superuser=True)

    require(moderator, "petitions.moderate_petition")
    require(boss, "petitions.moderate_petition")
    boss.is_active = False
    for user in (editor, boss):
        assert not allowed(user, "petitions.moderate_petition")
        with pytest.raises(NotAllowed):
            require(user, "petitions.moderate_petition")


def test_the_first_administrator_is_made_by_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_ADMIN_PASSWORD", "a long enough phrase")

    call_command("make_administrator", "chief", "chief@staff.example", stdout=StringIO())

    chief = User.objects.get()
    assert chief.is_superuser
    assert chief.check_password("a long enough phrase")
    assert in_role(chief, Role.ADMINISTRATOR)
    assert Entry.objects.get().action == "user.make_administrator"


@pytest.mark.parametrize(
    ("name", "email", "password"),
    [
        ("chief", "chief@staff.example", "short"),
        ("chief", "no address", "a long enough phrase"),
        ("there", "chief@staff.example", "a long enough phrase"),
    ],
)
def test_a_weak_password_a_wrong_address_or_a_taken_name_makes_nobody(
    monkeypatch: pytest.MonkeyPatch, name: str, email: str, password: str
) -> None:
    User.objects.create_user("there")
    monkeypatch.setenv("REDRESS_ADMIN_PASSWORD", password)

    with pytest.raises(CommandError):
        call_command("make_administrator", name, email, stdout=StringIO())

    assert User.objects.count() == 1


def test_reasons_for_refusal_are_added_once_and_staffs_words_stay() -> None:
    from petitions.models import RejectionReason

    call_command("create_reference_data", stdout=StringIO())
    RejectionReason.objects.filter(code="foi").update(title="Our own words")
    call_command("create_reference_data", stdout=StringIO())

    assert RejectionReason.objects.count() == 11
    assert RejectionReason.objects.get(code="foi").title == "Our own words"
    assert set(RejectionReason.objects.filter(hides=True).values_list("code", flat=True)) == {
        "libellous",
        "offensive",
        "advert",
        "personal",
    }
    assert not RejectionReason.objects.filter(Q(title_fr="") | Q(title_ar="")).exists()
