from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    call_command("create_roles", "--demo-users", stdout=StringIO())
    client.force_login(User.objects.get(username="administrator"))
    return client


def form(**changes: Any) -> dict[str, Any]:
    return {
        "username": "newcomer",
        "email": "newcomer@staff.example",
        "first_name": "New",
        "last_name": "Comer",
        "language": "fr",
        "password1": "a long enough phrase",
        "password2": "a long enough phrase",
        "is_active": "on",
        **changes,
    }


def test_an_administrator_adds_a_member_of_staff_with_role_department_and_language(administrator: Client) -> None:
    drafter = User.objects.get(username="drafter")

    response = administrator.post(
        reverse("wagtailusers_users:add"),
        form(department=drafter.department_id, groups=[Group.objects.get(name="Drafters").pk]),
    )

    assert response.status_code == 302
    newcomer = User.objects.get(username="newcomer")
    assert (newcomer.department, newcomer.language) == (drafter.department, "fr")
    entry = Entry.objects.get(action="user.add")
    assert entry.subject_id == newcomer.pk
    assert entry.details["changed"]["groups"] == [None, ["Drafters"]]
    assert "phrase" not in str(entry.details)


def test_a_change_of_rights_leaves_old_and_new(administrator: Client) -> None:
    editor = User.objects.get(username="editor")

    administrator.post(
        reverse("wagtailusers_users:edit", args=[editor.pk]),
        form(username="editor", password1="", password2="", groups=[Group.objects.get(name="Auditors").pk]),
    )

    assert [group.name for group in editor.groups.all()] == ["Auditors"]
    assert Entry.objects.get(action="user.change").details["changed"]["groups"] == [["Editors"], ["Auditors"]]


def test_an_administrator_neither_makes_nor_changes_a_superuser(administrator: Client) -> None:
    boss = User.objects.create_superuser("boss", email="boss@staff.example", password="a long enough phrase")

    administrator.post(reverse("wagtailusers_users:add"), form(is_superuser="on"))
    refused = administrator.post(reverse("wagtailusers_users:edit", args=[boss.pk]), form(username="boss"))

    assert not User.objects.get(username="newcomer").is_superuser
    assert refused.url == reverse("wagtailadmin_home")
    assert User.objects.get(pk=boss.pk).email == "boss@staff.example"


def test_a_superuser_makes_another(client: Client) -> None:
    boss = User.objects.create_superuser("boss", email="boss@staff.example", password="a long enough phrase")
    client.force_login(boss)

    client.post(reverse("wagtailusers_users:add"), form(is_superuser="on"))

    assert User.objects.get(username="newcomer").is_superuser


@pytest.mark.parametrize("login", ["administrator", "boss"])
def test_staff_are_disabled_and_never_deleted(administrator: Client, login: str) -> None:
    User.objects.create_superuser("boss", email="boss@staff.example", password="a long enough phrase")
    administrator.force_login(User.objects.get(username=login))
    editor = User.objects.get(username="editor")

    assert administrator.post(reverse("wagtailusers_users:delete", args=[editor.pk])).status_code in (302, 403)
    administrator.post(
        reverse("wagtailusers_users:edit", args=[editor.pk]),
        form(username="editor", password1="", password2="", is_active=""),
    )

    assert User.objects.get(pk=editor.pk).is_active is False


@pytest.mark.parametrize("act", ["delete", "assign_role", "set_active_state"])
def test_nothing_is_done_to_many_at_once(administrator: Client, act: str) -> None:
    boss = User.objects.create_superuser("boss", email="boss@staff.example", password="a long enough phrase")
    address = reverse("wagtail_bulk_action", args=["accounts", "user", act]) + f"?id={boss.pk}"

    administrator.post(address, {"role": Group.objects.get(name="Editors").pk, "mark_as_active": "False"})

    boss.refresh_from_db()
    assert boss.is_active
    assert not boss.groups.exists()


def test_a_wrong_form_is_refused_beside_its_fields(administrator: Client) -> None:
    response = administrator.post(
        reverse("wagtailusers_users:add"), form(username="editor", email="x", password2="other", language="xx")
    )

    assert response.status_code == 200
    assert set(response.context["form"].errors) >= {"username", "email", "password2", "language"}
    assert not User.objects.filter(username="newcomer").exists()


def test_lists_offer_no_act_on_many(administrator: Client) -> None:
    assert "bulk-action-checkbox" not in administrator.get(reverse("wagtailusers_users:index")).content.decode()


def test_the_list_of_staff_names_roles_and_departments(administrator: Client) -> None:
    shown = administrator.get(reverse("wagtailusers_users:index")).content.decode()

    assert "Department reviewers" in shown
    assert str(User.objects.get(username="drafter").department) in shown
    assert "More options for" in shown


def test_an_auditor_reads_the_list_of_staff_without_empty_menus(administrator: Client) -> None:
    administrator.force_login(User.objects.get(username="auditor"))

    shown = administrator.get(reverse("wagtailusers_users:index")).content.decode()

    assert "Coordinators" in shown
    assert "More options for" not in shown


@pytest.mark.parametrize(("login", "hidden"), [("moderator", True), ("administrator", True), ("drafter", False)])
def test_the_start_page_offers_a_search_of_pages_to_those_who_may_see_some(
    administrator: Client, login: str, hidden: bool
) -> None:
    call_command("create_site", stdout=StringIO())
    call_command("create_workflow", stdout=StringIO())
    call_command("create_roles", "--demo-users", stdout=StringIO())
    administrator.force_login(User.objects.get(username=login))

    shown = administrator.get(reverse("wagtailadmin_home")).content.decode()

    assert ("no_page_search" in shown) is hidden


def test_only_zones_that_browsers_know_are_offered(administrator: Client) -> None:
    shown = administrator.get(reverse("wagtailadmin_account")).content.decode()

    assert "Europe/London" in shown
    assert "localtime" not in shown
