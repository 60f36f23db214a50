"""The screens of routing and grouping, as a coordinator uses them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Department, User
from audit.models import Entry
from petitions.models import Petition, Topic
from responses.models import Case, RoutingRule, Team

MakePetition = Callable[..., Petition]
Staff = dict[str, User]


@pytest.fixture
def coordinator(staff: Staff, log_in: Callable[[User], Client]) -> Client:
    return log_in(staff["coordinator"])


def test_a_coordinator_opens_a_case_by_hand(coordinator: Client, make_petition: MakePetition, staff: Staff) -> None:
    petition, address = make_petition(), reverse("cases:open")
    assert address in coordinator.get(reverse("staff_cases:index")).content.decode()
    for sent in (
        {"petition_id": petition.pk, "reason": ""},
        {"petition_id": petition.pk, "reason": "The mayor promised it.", "owed_on": "2999-01-01"},
        {"petition_id": petition.pk, "reason": "The mayor promised it.", "owed_on": "0226-03-02"},
        {"petition_id": "999999999999999999", "reason": "The mayor promised it."},
        {"petition_id": make_petition(state="hidden").pk, "reason": "The mayor promised it."},
    ):
        again = coordinator.post(address, sent)
        assert again.status_code == 200
        assert sent["reason"] in again.content.decode()
    assert not Case.objects.exists()

    sent = {"petition_id": petition.pk, "reason": "The mayor promised it.", "owed_on": "2026-03-02"}
    answer = coordinator.post(address, sent)
    case = Case.objects.get()
    assert answer["Location"] == reverse("cases:detail", args=[case.pk])
    assert (case.origin, case.owed_since.date().isoformat()) == ("manual", "2026-03-02")
    assert Entry.objects.get(action="case.open").reason == "The mayor promised it."


def test_rules_are_made_and_changed_in_an_order_and_every_change_is_logged(
    coordinator: Client, department: Department, staff: Staff
) -> None:
    topic = Topic.objects.create(code="rivers", name="Rivers")
    sent = {
        "name": "Rivers", "position": 10, "active": "on", "topics": [topic.pk], "words": "river\nflood",
        "region_share": 50, "department": department.pk, "priority": 1,
    }  # fmt: skip
    elsewhere = Team.objects.create(
        department=Department.objects.exclude(pk=department.pk).exclude(acronym="").first(), name="Elsewhere"
    )
    add = reverse("routing_rules:add")
    for wrong in ({"team": elsewhere.pk}, {"region_share": 0}, {"department": "", "owner": staff["drafter"].pk}):
        assert coordinator.post(add, sent | wrong).status_code == 200
    assert not RoutingRule.objects.exists()
    coordinator.post(add, sent)
    rule = RoutingRule.objects.get()
    coordinator.post(reverse("routing_rules:edit", args=[rule.pk]), sent | {"position": 5})
    assert RoutingRule.objects.get().position == 5
    assert list(rule.topics.all()) == [topic]
    assert set(Entry.objects.filter(subject_kind="routingrule").values_list("action", flat=True)) == {
        "routingrule.add",
        "routingrule.change",
    }
    shown = coordinator.get(reverse("routing_rules:index")).content.decode()
    assert "topic: Rivers; words: river / flood" in shown


def test_trying_a_rule_takes_the_conditions_of_the_form_and_stores_nothing(
    coordinator: Client, department: Department, make_petition: MakePetition
) -> None:
    rule = RoutingRule.objects.create(name="Bridges", words="bridge", department=department)
    make_petition(title="Mend the bridge"), make_petition(title="Plant oaks", ask="")
    address = reverse("cases:try_rule")
    assert "Mend the bridge" not in coordinator.get(address).content.decode()
    stored = coordinator.get(address, {"rule": rule.pk}).content.decode()
    assert "1 of 2 petitions" in stored
    assert "Mend the bridge" in stored
    other = coordinator.get(address, {"rule": rule.pk, "position": 1, "words": "oak", "region_share": 50})
    assert "Plant oaks" in other.content.decode()
    for wrong in ({"rule": "x" * 50}, {"position": "x"}, {"position": 1, "topics": "x", "region_share": 500}):
        assert coordinator.get(address, wrong).status_code == 200
    assert RoutingRule.objects.get().words == "bridge"


def test_a_team_holds_people_of_its_department_only(coordinator: Client, department: Department, staff: Staff) -> None:
    sent = {"department": department.pk, "name": "Rivers", "active": "on", "members": [staff["drafter"].pk]}
    add = reverse("teams:add")
    for wrong in ({"members": [staff["second_drafter"].pk]}, {"point_person": staff["department_reviewer"].pk}):
        assert coordinator.post(add, sent | wrong).status_code == 200
    assert not Team.objects.exists()
    coordinator.post(add, sent | {"point_person": staff["drafter"].pk})
    assert Team.objects.get().point_person == staff["drafter"]


def test_a_near_petition_is_put_into_the_case_and_taken_out_again(
    coordinator: Client, case: Case, make_petition: MakePetition
) -> None:
    near, far = make_petition(title="Mend our bridge", signature_count=800), make_petition(title="Plant oaks", ask="")
    page = reverse("cases:detail", args=[case.pk])
    shown = coordinator.get(page).content.decode()
    assert "Mend our bridge" in shown
    assert "Plant oaks" not in shown
    group, ungroup = (reverse("cases:act", args=[case.pk, act]) for act in ("group", "ungroup"))
    for wrong in ({"reason": "Same."}, {"reason": "", "near": near.pk}, {"reason": "Same.", "petition_id": 10**30}):
        assert coordinator.post(group, wrong).status_code == 200
    assert case.links.count() == 1
    coordinator.post(group, {"near": near.pk, "reason": "Same."})
    coordinator.post(group, {"petition_id": far.pk, "reason": "Same."})
    assert "24,800 on 3 petitions" in coordinator.get(page).content.decode()
    coordinator.post(ungroup, {"petition_id": far.pk, "reason": "Something else."})
    assert set(case.links.values_list("petition_id", flat=True)) & {near.pk, far.pk} == {near.pk}


def test_a_case_that_was_put_into_another_leads_there(
    coordinator: Client, case: Case, make_case: Callable[..., Case]
) -> None:
    other = make_case(title="Mend our bridge")
    petition = other.links.get().petition
    coordinator.post(reverse("cases:act", args=[case.pk, "group"]), {"petition_id": petition.pk, "reason": "Same."})
    shown = coordinator.get(reverse("cases:detail", args=[other.pk])).content.decode()
    assert reverse("cases:detail", args=[case.pk]) in shown
    assert reverse("cases:act", args=[other.pk, "assign"]) not in shown
