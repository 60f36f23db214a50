"""Who may open and do what on the screens of this room: every role, every address, reading and writing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.groups import make_groups
from accounts.models import Department, User
from accounts.roles import TABLE, Role
from audit.models import Entry
from petitions.lifecycle import State
from petitions.models import Limits, Petition, PostcodeArea, Region, RejectionReason, Topic
from petitions.staff.acts import ACTS

pytestmark = pytest.mark.django_db
MakePetition = Callable[..., Petition]

EVERYBODY = frozenset(Role)
SEES_PETITIONS = EVERYBODY - {Role.EDITOR}
ADMINISTRATION = frozenset({Role.ADMINISTRATOR})
READERS: dict[str, frozenset[Role]] = {
    "staff_moderation": frozenset({Role.MODERATOR}),
    "staff_reports": frozenset({Role.MODERATOR}),
    "staff_reviews": frozenset({Role.MODERATOR}),
    "staff_petitions:index": SEES_PETITIONS,
    "staff_limits": ADMINISTRATION | {Role.AUDITOR},
    "staff_switches": ADMINISTRATION | {Role.AUDITOR},
    "audit_entries": frozenset({Role.AUDITOR}),
    "departments:index": ADMINISTRATION | {Role.AUDITOR},
    "departments:add": ADMINISTRATION,
    "rejection_reasons:index": ADMINISTRATION,
    "rejection_reasons:add": ADMINISTRATION,
    "topics:index": ADMINISTRATION,
    "regions:index": ADMINISTRATION,
    "postcode_areas:index": ADMINISTRATION,
    "wagtailusers_users:index": ADMINISTRATION | {Role.AUDITOR},
    "wagtailusers_users:add": ADMINISTRATION,
    "wagtailusers_groups:index": frozenset(),
}


@pytest.fixture
def staff() -> dict[Role, Client]:
    make_groups()
    clients = {}
    for role in Role:
        user = User.objects.create_user(role.value, email=f"{role}@staff.example")
        user.groups.add(Group.objects.get(name=TABLE[role].label))
        clients[role] = Client()
        clients[role].force_login(user)
    return clients


def opened(client: Client, address: str) -> bool:
    response = client.get(address)
    if response.status_code == 302:
        assert response.url == reverse("wagtailadmin_home")
        return False
    assert response.status_code in (200, 404)
    return response.status_code == 200


def test_each_screen_opens_for_its_roles_only(staff: dict[Role, Client]) -> None:
    for name, readers in READERS.items():
        assert {role for role, client in staff.items() if opened(client, reverse(name))} == readers, name


def test_without_a_login_every_screen_leads_to_the_login() -> None:
    for name in READERS:
        response = Client().get(reverse(name))
        assert response.status_code == 302
        assert response.url.startswith(reverse("wagtailadmin_login"))


@pytest.mark.parametrize(
    ("state", "readers"),
    [
        (State.OPEN, SEES_PETITIONS),
        (State.IN_MODERATION, frozenset({Role.MODERATOR, Role.AUDITOR})),
        (State.HIDDEN, frozenset({Role.MODERATOR, Role.AUDITOR})),
    ],
)
def test_what_the_public_may_not_read_only_moderators_and_auditors_read(
    staff: dict[Role, Client], make_petition: MakePetition, make_user: Any, state: State, readers: frozenset[Role]
) -> None:
    User.objects.filter(username="moderator").update(username="moderating")
    petition = make_petition(state, title="Something unseen")
    listed = set()

    for role in SEES_PETITIONS:
        if "Something unseen" in staff[role].get(reverse("staff_petitions:index")).content.decode():
            listed.add(role)

    address = reverse("staff_petition", args=[petition.pk])
    assert {role for role, client in staff.items() if opened(client, address)} == readers
    assert listed == readers


def test_only_moderators_act_on_petitions(staff: dict[Role, Client], make_petition: MakePetition) -> None:
    petition = make_petition(State.OPEN)
    before = Entry.objects.count()

    for name in ACTS:
        for role in EVERYBODY - {Role.MODERATOR}:
            response = staff[role].post(reverse("staff_petition_act", args=[petition.pk, name]), {"text": "x"})
            assert (response.status_code, response.url) == (302, reverse("wagtailadmin_home")), (name, role)

    assert Entry.objects.count() == before
    assert Petition.objects.get(pk=petition.pk).state == State.OPEN


@pytest.fixture
def moderator(staff: dict[Role, Client]) -> User:
    return User.objects.get(username="moderator")


def test_menu_items_appear_for_those_who_may_open_them(staff: dict[Role, Client]) -> None:
    wanted = {
        reverse("staff_moderation"): {Role.MODERATOR},
        reverse("staff_limits"): {Role.ADMINISTRATOR, Role.AUDITOR},
        reverse("staff_switches"): {Role.ADMINISTRATOR, Role.AUDITOR},
        reverse("audit_entries"): {Role.AUDITOR},
        reverse("rejection_reasons:index"): {Role.ADMINISTRATOR},
    }
    menus = {role: client.get(reverse("wagtailadmin_home")).content.decode() for role, client in staff.items()}

    for address, roles in wanted.items():
        assert {role for role, menu in menus.items() if f'"url": "{address}"' in menu} == roles


def limits_form(**changes: Any) -> dict[str, Any]:
    limits = Limits.objects.get()
    fields = {field.name: getattr(limits, field.name) for field in Limits._meta.fields if field.name != "id"}
    return {
        name: "" if value is None else value for name, value in {**fields, "reason": "Too many.", **changes}.items()
    }


def test_an_administrator_changes_the_limits_and_everybody_sees_why(staff: dict[Role, Client]) -> None:
    client = staff[Role.ADMINISTRATOR]
    client.get(reverse("staff_limits"))
    coordinator = User.objects.get(username="coordinator")

    response = client.post(reverse("staff_limits"), limits_form(supporters=7, coordinator=coordinator.pk))

    assert response.status_code == 302
    assert (Limits.objects.get().supporters, Limits.objects.get().coordinator) == (7, coordinator)
    html = staff[Role.AUDITOR].get(reverse("staff_limits")).content.decode()
    assert "Too many." in html
    assert "Change the limits" not in html


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason": ""}, "This field is required"),
        ({"title_length": "5"}, "greater than or equal to 20"),
        ({"title_length": "many"}, "Enter a whole number"),
        ({}, "Nothing was changed"),
    ],
)
def test_a_wrong_limit_is_refused_beside_its_field_and_stores_nothing(
    staff: dict[Role, Client], changes: dict[str, str], message: str
) -> None:
    client = staff[Role.ADMINISTRATOR]
    client.get(reverse("staff_limits"))

    response = client.post(reverse("staff_limits"), limits_form(**changes))

    assert response.status_code == 200
    assert message in response.content.decode()
    assert Limits.objects.get().title_length == 80
    assert not Entry.objects.exists()


def test_an_auditor_reads_the_limits_and_cannot_change_them(staff: dict[Role, Client]) -> None:
    staff[Role.AUDITOR].get(reverse("staff_limits"))

    response = staff[Role.AUDITOR].post(reverse("staff_limits"), limits_form(supporters=7))

    assert response.url == reverse("wagtailadmin_home")
    assert Limits.objects.get().supporters == 5


def test_lists_are_edited_with_an_audit_row_and_nothing_is_deleted(staff: dict[Role, Client]) -> None:
    client = staff[Role.ADMINISTRATOR]
    Region.objects.create(code="J", name="London")

    added = client.post(reverse("postcode_areas:add"), {"prefix": " ec 1", "region": "J"})
    area = PostcodeArea.objects.get()
    changed = client.post(reverse("postcode_areas:edit", args=[area.pk]), {"prefix": "EC2", "region": "J"})

    assert (added.status_code, changed.status_code) == (302, 302)
    assert PostcodeArea.objects.get().prefix == "EC2"
    assert list(Entry.objects.order_by("id").values_list("action", flat=True)) == [
        "postcodearea.add",
        "postcodearea.change",
    ]
    assert Entry.objects.latest("id").details["changed"] == {"prefix": ["EC1", "EC2"]}
    deleted = client.post(reverse("postcode_areas:delete", args=[area.pk]))
    assert deleted.url == reverse("wagtailadmin_home")
    assert PostcodeArea.objects.exists()


def test_a_reason_and_a_region_are_edited(staff: dict[Role, Client]) -> None:
    client = staff[Role.ADMINISTRATOR]
    Region.objects.create(code="J", name="London")

    client.post(
        reverse("rejection_reasons:add"),
        {"code": "jokes", "title": "Only a joke", "explanation": "We like them.", "active": "on"},
    )
    client.post(
        reverse("regions:edit", args=["J"]),
        {"code": "J", "name": "Greater London", "tile_row": "1", "tile_column": "2"},
    )
    client.post(reverse("topics:add"), {"code": "roads", "name": "Roads", "name_fr": "Routes"})

    assert RejectionReason.objects.get().code == "jokes"
    assert Region.objects.get().name == "Greater London"
    assert Topic.objects.get().name_fr == "Routes"
    assert set(Entry.objects.values_list("action", flat=True)) == {"rejectionreason.add", "region.change", "topic.add"}


def test_a_region_keeps_its_code(staff: dict[Role, Client]) -> None:
    client = staff[Role.ADMINISTRATOR]
    fields = {"name": "London", "tile_row": "1", "tile_column": "2"}

    assert client.post(reverse("regions:add"), {"code": "J", **fields}).status_code == 302
    assert client.post(reverse("regions:edit", args=["J"]), {"code": "K", **fields}).status_code == 302

    assert list(Region.objects.values_list("code", "tile_row")) == [("J", 1)]


def test_departments_are_edited_by_administrators(staff: dict[Role, Client]) -> None:
    fields = {"acronym": "DfT", "name": "Transport", "country": "GB", "subdivision": "ENG", "active": "on"}

    assert staff[Role.ADMINISTRATOR].post(reverse("departments:add"), fields).status_code == 302
    assert staff[Role.MODERATOR].post(reverse("departments:add"), {**fields, "acronym": "X"}).url == reverse(
        "wagtailadmin_home"
    )

    assert Department.objects.get().acronym == "DfT"
    assert Entry.objects.get(action="department.add").actor.username == "administrator"
