"""In whose hands a case comes, and who hears when its answer comes back."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from accounts.models import Department, User
from mailing.models import Mail
from petitions.services import Refused
from responses import services
from responses.models import Case
from responses.staff.forms import AssignForm
from tests.responses.people import waiting_step

Staff = dict[str, User]
LogIn = Callable[[User], Client]


def test_a_new_case_is_offered_to_be_assigned_first_and_then_to_be_written(
    make_case: Callable[..., Case], staff: Staff, log_in: LogIn
) -> None:
    case = make_case(title="Paint the bridge", departments=[])
    client, address = log_in(staff["coordinator"]), reverse("cases:detail", args=[case.pk])
    assert client.get(address).context["acts"][0][0].name == "assign"
    services.assign(
        case_id=case.pk,
        actor=staff["coordinator"],
        department_id=staff["drafter"].department_id,
        owner_id=None,
        now=case.opened_at,
    )
    assert client.get(address).context["acts"][0][0].name == "start"


def test_no_case_goes_where_nobody_could_review_its_answer(
    case: Case, staff: Staff, make_department: Callable[..., Department], log_in: LogIn
) -> None:
    barren = make_department("BARREN", point_person=staff["drafter"])
    offered = AssignForm(case=case).fields["department_id"].queryset
    assert [department.acronym for department in offered] == ["DEFRA", "HMT"]
    given = {"case_id": case.pk, "actor": staff["coordinator"], "owner_id": None, "now": case.opened_at}
    with pytest.raises(Refused, match="Nobody in this department") as refused:
        services.assign(department_id=barren.pk, **given)
    assert refused.value.field == "department"
    posted = log_in(staff["coordinator"]).post(
        reverse("cases:act", args=[case.pk, "assign"]), {"department_id": barren.pk, "priority": case.priority}
    )
    assert posted.status_code < 500
    case.refresh_from_db()
    assert case.department.acronym == "DEFRA"
    moved = services.assign(department_id=Department.objects.get(acronym="HMT").pk, **given)
    assert moved.owner.username == "second_drafter"


def test_assigning_leaves_a_new_case_to_the_named_person_and_an_assigned_one_to_its_owner(
    make_case: Callable[..., Case], case: Case, staff: Staff
) -> None:
    new = make_case(title="Paint the bridge", departments=[])
    assert new.owner == staff["coordinator"]
    assert AssignForm(case=new).initial["owner_id"] is None
    assert AssignForm(case=case).initial["owner_id"] == staff["drafter"].pk


def test_only_those_who_draft_or_assign_can_be_chosen_as_owner(case: Case, staff: Staff) -> None:
    names = {user.username for user in AssignForm(case=case).fields["owner_id"].queryset}
    assert {"drafter", "coordinator"} <= names
    assert names.isdisjoint({"auditor", "moderator", "publisher", "editor"})


def test_a_returned_answer_comes_back_to_whoever_wrote_it_though_somebody_else_owns_the_case(
    in_review: Case, staff: Staff, log_in: LogIn, now: datetime
) -> None:
    Case.objects.filter(pk=in_review.pk).update(owner=staff["coordinator"])
    home = reverse("wagtailadmin_home")
    tasks = f'href="{reverse("cases:detail", args=[in_review.pk])}"'
    services.send_back(
        task_state_id=waiting_step(in_review).pk,
        actor=staff["department_reviewer"],
        reason="Name the law in question.",
        now=now,
    )
    told = Mail.objects.filter(details__what="returned").values_list("row_id", flat=True)
    assert set(told) == {staff["drafter"].pk, staff["coordinator"].pk}
    shown = log_in(staff["drafter"]).get(home).content.decode()
    assert tasks in shown[: shown.index("answers-owed")]


def test_an_answer_page_bears_the_name_of_its_petition(case: Case) -> None:
    assert Page.objects.get(pk=case.page.pk).title == "Mend the bridge"


def test_the_editor_shows_what_was_asked_and_leads_back_to_the_case(case: Case, staff: Staff, log_in: LogIn) -> None:
    shown = log_in(staff["drafter"]).get(reverse("wagtailadmin_pages:edit", args=[case.page.pk])).content.decode()
    assert "Please mend the bridge." in shown
    assert f'href="{reverse("cases:detail", args=[case.pk])}"' in shown


def test_a_reload_after_a_refused_act_leads_to_the_case_and_does_nothing(
    case: Case, staff: Staff, log_in: LogIn
) -> None:
    client = log_in(staff["drafter"])
    led = client.get(reverse("cases:act", args=[case.pk, "start"]))
    assert led.url == reverse("cases:detail", args=[case.pk])
    assert Case.objects.get(pk=case.pk).state == "assigned"
    assert client.get(reverse("cases:act", args=[case.pk, "burn"])).status_code == 404
