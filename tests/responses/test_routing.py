"""Who gets a new case: rules in an order that staff edit, then the department named in moderation, then the queue."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from accounts.models import Department, User
from audit.models import Entry
from petitions.models import Crossing, Petition, Region, RegionCount, Topic
from petitions.services import NotAllowed, Refused
from responses import routing, services
from responses.models import Case, RoutingRule, Team

MakePetition = Callable[..., Petition]


@pytest.fixture
def open_case(make_petition: MakePetition, cross: Callable[..., Crossing], now: datetime) -> Callable[..., Case]:
    def open_case(**fields: Any) -> Case:
        return services.open_case(crossing_id=cross(make_petition(**fields)).pk, now=now)

    return open_case


@pytest.fixture
def team(department: Department, staff: dict[str, User]) -> Team:
    return Team.objects.create(department=department, name="Rivers", point_person=staff["second_drafter"])


def rule(
    position: int, name: str, *, topics: Any = (), asked: Any = (), regions: Any = (), **fields: Any
) -> RoutingRule:
    made = RoutingRule.objects.create(position=position, name=name, **fields)
    made.topics.set(topics)
    made.asked.set(asked)
    made.regions.set(regions)
    return made


def test_the_first_rule_that_takes_a_petition_says_who_gets_its_case(
    open_case: Callable[..., Case], department: Department, team: Team, staff: dict[str, User]
) -> None:
    rule(20, "Everything", department=department)
    rule(10, "Rivers", words="river\nflood", department=department, team=team, priority=1)
    rule(5, "Off", words="river", active=False)
    case = open_case(title="Clean our rivers", departments=[])
    assert (case.department, case.team, case.owner, case.priority) == (department, team, staff["second_drafter"], 1)
    assert case.state == "assigned"
    assert Entry.objects.get(action="case.open", subject_id=case.pk).details["rule_name"] == "Rivers"

    other = open_case(departments=[])
    assert (other.department, other.team, other.owner) == (department, None, staff["drafter"])


def test_what_no_rule_takes_goes_where_moderation_sent_it_else_to_the_coordinators_queue(
    open_case: Callable[..., Case], department: Department, staff: dict[str, User]
) -> None:
    rule(1, "Owls", words="owl", department=department)
    assert open_case().department == department
    case = open_case(departments=[])
    assert (case.department, case.owner, case.state) == (None, staff["coordinator"], "new")
    assert list(Case.objects.unassigned()) == [case]


def test_a_rule_may_send_to_the_coordinators_queue_whatever_moderation_chose(
    open_case: Callable[..., Case], department: Department
) -> None:
    rule(1, "Look first", asked=[department], priority=1)
    case = open_case()
    assert (case.department, case.state, case.priority) == (None, "new", 1)


def test_a_rule_whose_department_is_closed_sends_to_the_queue_and_whose_owner_left_to_the_named_person(
    open_case: Callable[..., Case], department: Department, make_department: Callable[..., Department],
    team: Team, staff: dict[str, User],
) -> None:  # fmt: skip
    gone = make_department("GONE", active=False)
    rule(1, "Closed", words="bridge", department=gone)
    left = User.objects.create_user("left", "left@staff.example", is_active=False)
    rule(2, "Left", words="tunnel", department=department, owner=left, team=team)
    assert open_case(title="Mend the bridge").department is None
    assert open_case(title="Mend the tunnel", ask="").owner == staff["second_drafter"]


def counted(petition: Petition, **signed: int) -> None:
    for code, number in signed.items():
        RegionCount.objects.create(petition=petition, region_code="" if code == "unplaced" else code, signed=number)


def test_each_condition_takes_what_meets_it_and_all_have_to_be_met(
    make_petition: MakePetition, department: Department, make_department: Callable[..., Department]
) -> None:
    roads, trees = (Topic.objects.create(code=name, name=name) for name in ("roads", "trees"))
    north = Region.objects.create(code="N", name="North")
    both, road, tree = (
        make_petition(title=title, ask="", departments=[])
        for title in ("Plant “old oaks” beside the bridges", "Mend the bridge", "Oaks that are old")
    )
    both.topics.set([roads, trees])
    road.topics.set([roads])
    tree.departments.set([make_department("TREE")])
    counted(both, N=60, S=40, unplaced=500)
    counted(road, N=49, S=51)

    def taken(**conditions: Any) -> set[Petition]:
        return set(Petition.objects.filter(routing.Conditions(**conditions).met()))

    assert taken() == {both, road, tree}
    assert taken(topics=[roads.pk]) == {both, road}
    assert taken(topics=[roads.pk, trees.pk]) == {both, road}
    assert taken(asked=tree.departments.values_list("pk", flat=True)) == {tree}
    assert taken(lines=["bridge"]) == {both, road}
    assert taken(lines=["bridge -oaks"]) == {road}
    assert taken(lines=['"old oaks"', "mend"]) == {both, road}
    assert taken(lines=["old oak"]) == {both, tree}
    assert taken(lines=["the"]) == taken(lines=["- & ! <->"]) == set()
    assert taken(regions=[north.pk]) == {both}
    assert taken(regions=[north.pk], share=49) == {both, road}
    assert taken(regions=["S", north.pk], share=100) == {both, road}
    assert taken(topics=[roads.pk], lines=["bridge"], regions=["S"], share=51) == {road}


def test_trying_a_rule_shows_what_it_would_take_and_what_an_earlier_one_takes_before(
    make_petition: MakePetition, department: Department
) -> None:
    first = rule(1, "Oaks", words="oak", department=department)
    oak, bridge = make_petition(title="Oaks at the bridge", signature_count=50), make_petition()
    make_petition(title="Long ago: a bridge", state="closed")
    tried = routing.try_out(routing.Conditions(lines=["bridge"]), earlier=list(RoutingRule.objects.in_order()))
    assert (tried.looked_at, tried.met) == (2, 2)
    assert [(row.petition, row.earlier) for row in tried.rows] == [(bridge, None), (oak, first)]
    assert not Case.objects.exists()


def test_a_case_is_given_to_a_team_of_its_department_only(
    case: Case, team: Team, make_department: Callable[..., Department], staff: dict[str, User], now: datetime
) -> None:
    given = {"case_id": case.pk, "department_id": case.department_id, "owner_id": None, "now": now}
    case = services.assign(**given, team_id=team.pk, actor=staff["coordinator"])
    assert (case.team, case.owner) == (team, staff["second_drafter"])
    strangers = Team.objects.create(department=make_department("ELSE"), name="Strangers")
    with pytest.raises(Refused):
        services.assign(**given, team_id=strangers.pk, actor=staff["coordinator"])
    with pytest.raises(NotAllowed):
        services.assign(**given, team_id=team.pk, actor=staff["drafter"])
    assert services.assign(**given, actor=staff["coordinator"]).team is None
