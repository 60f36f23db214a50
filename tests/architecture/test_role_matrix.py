"""Every role at every address of ours that staff can reach, reading and writing: the table below is the promise.

Wagtail's own screens are tested where they could do harm (`tests/responses/test_gate.py`, `tests/accounts`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import Settings
from wagtail import hooks

from accounts.demo import make_demo_staff
from accounts.groups import make_groups
from accounts.models import Department, User
from accounts.roles import TABLE, Role
from audit.models import Entry
from mailing.models import Mail
from petitions.models import (
    Crossing,
    Limits,
    NetworkRule,
    Petition,
    PostcodeArea,
    Region,
    RejectionReason,
    Threshold,
    Topic,
)
from petitions.services import give_feedback
from responses import services
from responses.models import (
    Announcement,
    AnswerComment,
    AnswerPage,
    Batch,
    Case,
    Escalation,
    ExtraReviewTask,
    RoutingRule,
    SavedFilter,
    SavedText,
    Team,
)
from responses.services import gathering
from signatures import paper, persons
from signatures.fraud import bulk
from signatures.fraud.criteria import Criteria
from signatures.models import Act, DomainRule, Flag, PaperBatch, Signature
from signatures.persons import Signer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OTHER_DRAFTER, OTHER_REVIEWER, NOBODY = "other_drafter", "other_reviewer", "nobody"
EVERYBODY = {*map(str, Role), OTHER_DRAFTER, OTHER_REVIEWER}
NONE: set[str] = set()
MODERATOR, ADMINISTRATOR, AUDITOR = {"moderator"}, {"administrator"}, {"auditor"}
PAPER = {"clerk", "moderator"}
DOOR = MODERATOR | ADMINISTRATOR
FEEDBACK = {"editor"} | ADMINISTRATOR
COLLEAGUES = {"coordinator"} | ADMINISTRATOR
SEES_PETITIONS = EVERYBODY - {"editor"}
SEES_CASE = {
    *("coordinator", "drafter", "department_reviewer", "legal_reviewer", "approver", "publisher", "auditor"),
}
SEES_CASES = SEES_CASE | {OTHER_DRAFTER, OTHER_REVIEWER}  # the list, each their own
WRITERS = {"coordinator", "drafter"}

SECRET = "Unseen words"
TEXT = "A word of mine."


@dataclass(frozen=True)
class Rule:
    """Who may read an address, and who may write to it. ``args`` name objects of the world."""

    read: set[str]
    write: set[str] = field(default_factory=set)
    args: tuple[str, ...] = ()


def table_rules(
    name: str, *, key: str, more_readers: set[str] = NONE, writers: set[str] = ADMINISTRATOR
) -> dict[str, Rule]:
    """The addresses of a list that administrators, or ``writers``, edit and from which nothing is deleted."""
    readers = writers | more_readers
    return {
        f"{name}:index": Rule(readers),
        f"{name}:index_results": Rule(readers),
        f"{name}:add": Rule(writers, writers),
        f"{name}:edit": Rule(writers, writers, (key,)),
        f"{name}:delete": Rule(NONE, NONE, (key,)),
        f"{name}:history": Rule(writers, NONE, (key,)),
        f"{name}:history_results": Rule(writers, NONE, (key,)),
        f"{name}:usage": Rule(writers, NONE, (key,)),
    }


RULES: dict[str, Rule] = {
    "staff_moderation": Rule(MODERATOR),
    "staff_reports": Rule(MODERATOR),
    "staff_reviews": Rule(MODERATOR),
    "staff_petitions:index": Rule(SEES_PETITIONS),
    "staff_petitions:index_results": Rule(SEES_PETITIONS),
    "staff_petition": Rule(MODERATOR | AUDITOR, NONE, ("unseen",)),
    "staff_petition_act": Rule(MODERATOR | AUDITOR, MODERATOR, ("unseen", "act")),
    "staff_limits": Rule(ADMINISTRATOR | AUDITOR, ADMINISTRATOR),
    "staff_paper": Rule(PAPER | AUDITOR),
    "staff_paper_enter": Rule(PAPER, PAPER),
    "staff_paper_batch": Rule(PAPER | AUDITOR, PAPER, ("batch",)),
    "staff_paper_scan": Rule(PAPER, NONE, ("batch",)),
    "staff_counting": Rule(ADMINISTRATOR | AUDITOR),
    "staff_networks": Rule(DOOR | AUDITOR, DOOR),
    "staff_network": Rule(DOOR | AUDITOR, DOOR, ("network",)),
    "staff_challenges": Rule(DOOR | AUDITOR, DOOR),
    "staff_feedback": Rule(FEEDBACK),
    "staff_feedback_one": Rule(FEEDBACK, FEEDBACK, ("feedback",)),
    "staff_switches": Rule(ADMINISTRATOR | AUDITOR, ADMINISTRATOR),
    "staff_fraud": Rule(MODERATOR | AUDITOR),
    "staff_fraud_flag": Rule(MODERATOR | AUDITOR, MODERATOR, ("flag",)),
    "staff_fraud_undercut": Rule(MODERATOR | AUDITOR, MODERATOR, ("crossing",)),
    "staff_fraud_petition": Rule(MODERATOR | AUDITOR, NONE, ("unseen",)),
    "staff_fraud_group": Rule(MODERATOR | AUDITOR, MODERATOR, ("unseen", "kind", "tag")),
    "staff_bulk": Rule(MODERATOR | AUDITOR, MODERATOR, ("bulk",)),
    "staff_bulk_new": Rule(MODERATOR | AUDITOR, MODERATOR, ("unseen",)),
    "staff_lookup": Rule(MODERATOR, MODERATOR),
    "staff_signature": Rule(MODERATOR, MODERATOR, ("unseen", "row")),
    "staff_signature_act": Rule(MODERATOR, MODERATOR, ("unseen", "row", "row_act")),
    "staff_mails": Rule(DOOR | AUDITOR, DOOR),
    "staff_mail": Rule(DOOR | AUDITOR, DOOR, ("mail",)),
    "staff_colleagues": Rule(COLLEAGUES | AUDITOR),
    "staff_colleagues_invite": Rule(COLLEAGUES, COLLEAGUES),
    "staff_colleague": Rule(COLLEAGUES | AUDITOR, COLLEAGUES, ("user",)),
    "audit_entries": Rule(AUDITOR),
    "audit_entries_results": Rule(AUDITOR),
    "staff_cases:index": Rule(SEES_CASES),
    "staff_cases:index_results": Rule(SEES_CASES),
    "cases:detail": Rule(SEES_CASE, NONE, ("case",)),
    "cases:preview": Rule(SEES_CASE, NONE, ("case", "language")),
    "cases:presence": Rule(NONE, SEES_CASE, ("case",)),
    "cases:act": Rule(SEES_CASE, SEES_CASE - AUDITOR, ("case", "act")),
    "cases:review": Rule({"department_reviewer"}, {"department_reviewer"}, ("review",)),
    "cases:withdraw_question": Rule(SEES_CASE, WRITERS, ("case", "question")),
    "cases:attachment": Rule(SEES_CASE, NONE, ("case", "attachment")),
    "cases:absences": Rule(SEES_CASES - AUDITOR, SEES_CASES - AUDITOR),
    "cases:desk": Rule({"publisher"}),
    "cases:overview": Rule(SEES_CASES),
    "cases:filters": Rule(SEES_CASES, SEES_CASES),
    "cases:filter": Rule(SEES_CASES, NONE, ("saved_filter",)),
    "cases:batch_new": Rule({"coordinator"}, {"coordinator"}),
    "cases:batch": Rule({"coordinator"}, {"coordinator"}, ("batch_of_cases",)),
    "cases:open": Rule({"coordinator"}, {"coordinator"}),
    "cases:try_rule": Rule({"coordinator"} | AUDITOR),
    **table_rules("routing_rules", key="routing_rule", more_readers=AUDITOR, writers={"coordinator"}),
    **table_rules("teams", key="team", more_readers=AUDITOR, writers={"coordinator"}),
    **table_rules("departments", key="department", more_readers=AUDITOR),
    **table_rules("domain_rules", key="domain_rule", more_readers=AUDITOR, writers=MODERATOR | ADMINISTRATOR),
    **table_rules("escalations", key="escalation", more_readers=AUDITOR, writers={"coordinator"}),
    **table_rules("extra_reviews", key="extra_review"),
    **table_rules("saved_texts", key="saved_text", more_readers=AUDITOR, writers=WRITERS | {OTHER_DRAFTER}),
    **table_rules("rejection_reasons", key="reason"),
    **table_rules("topics", key="topic"),
    **table_rules("regions", key="region"),
    **table_rules("postcode_areas", key="area"),
    **table_rules("wagtailusers_users", key="user", more_readers=AUDITOR),
}

# Their acts are tested one by one.
# Read, these do nothing and lead those who may see it to the page that has the form.
ACTING = {
    "cases:act": "cases:detail",
    "cases:filters": "staff_cases:index",
    "cases:filter": "staff_cases:index",
    "cases:withdraw_question": "cases:detail",
    "staff_petition_act": "staff_petition",
    "staff_fraud_flag": "staff_fraud",
    "staff_fraud_undercut": "staff_fraud",
    "staff_signature_act": "staff_signature",
}
COORDINATOR, DESK = {"coordinator"}, {"publisher"}
SIGNERS, UPDATERS = {"approver"}, {"approver", "department_reviewer"}
FAR = str(timezone.localdate() + timedelta(days=60))
REASON = {"reason_en": TEXT, "reason_fr": TEXT}
CASE_ACTS: dict[str, tuple[set[str], dict[str, str]]] = {
    "start": (WRITERS, {}),
    "submit": (WRITERS, {}),
    "ask": (
        WRITERS,
        {"question": TEXT, "due_on": FAR, "language": "en", "outside": "The agency <desk@agency.example>"},
    ),
    "recall": (WRITERS, {}),
    "publish": (DESK, {}),
    "schedule": (DESK, {"at": "2099-01-01 12:00"}),
    "unschedule": (DESK, {}),
    "take_off": (DESK, {}),
    "withdraw": (COORDINATOR, REASON),
    "leave": (COORDINATOR, {}),
    "comment": (SEES_CASE - AUDITOR, {"text": TEXT}),
    "settle": (SEES_CASE - AUDITOR, {"comment": "comment"}),
    "assign": (COORDINATOR, {"department_id": "department", "priority": "1"}),
    "pause": (COORDINATOR, REASON),
    "resume": (COORDINATOR, {}),
    "correct": (COORDINATOR, REASON),
    "close": (COORDINATOR, {}),
    "note": (SEES_CASE - AUDITOR, {"text": TEXT}),
    "tag": (SEES_CASE - AUDITOR, {"tags": TEXT}),
    "more_time": (WRITERS, REASON | {"working_days": "5"}),
    "grant_time": (SIGNERS, {}),
    "refuse_time": (SIGNERS | WRITERS, {"comment": TEXT}),  # whoever asked takes it back
    "withdraw_time": (SIGNERS | WRITERS, {}),
    "update": (WRITERS, {"text_en": TEXT}),
    "approve_update": (UPDATERS, {}),
    "return_update": (UPDATERS | WRITERS, {"comment": TEXT}),
    "withdraw_update": (UPDATERS | WRITERS, {}),
    "group": (COORDINATOR, {"petition_id": "petition", "reason": TEXT}),
    "ungroup": (COORDINATOR, {"petition_id": "petition", "reason": TEXT}),
    "announce": (WRITERS, {"kind": "law", "on": "2020-01-01", "text_en": TEXT}),
    "announcement_sign_off": ({"approver"}, {"announcement_id": "announcement"}),
    "announcement_return": ({"approver"}, {"announcement_id": "announcement", "comment": TEXT}),
}


@pytest.fixture
def world() -> dict[str, Any]:
    """One object for each kind of address; the petition and its answer are such as not everybody may read."""
    now = timezone.now()
    call_command("create_site", verbosity=0)
    call_command("create_workflow", verbosity=0)
    make_groups()
    make_demo_staff()
    department = Department.objects.get(acronym="DEFRA")
    elsewhere = Department.objects.create(acronym="ELSE", name="Elsewhere")
    for name, role in ((OTHER_DRAFTER, Role.DRAFTER), (OTHER_REVIEWER, Role.DEPARTMENT_REVIEWER)):
        user = User.objects.create_user(name, f"{name}@staff.example", department=elsewhere)
        user.groups.add(Group.objects.get(name=TABLE[role].label))
    User.objects.create_user(NOBODY, "nobody@staff.example")
    Limits.objects.update_or_create(pk=1, defaults={"coordinator": User.objects.get(username="coordinator")})
    petition = Petition.objects.create(
        title="Mend the bridge", state="open", opened_at=now, closes_at=now + timedelta(days=90), signature_count=12_000
    )
    petition.departments.set([department])
    threshold = Threshold.objects.create(petition=petition, kind="response", count=10_000, opens_case=True)
    crossing = Crossing.objects.create(threshold=threshold, petition=petition, crossed_at=now, count=10_000)
    case = services.open_case(crossing_id=crossing.pk, now=now)
    _write_and_hand_in(case)
    region = Region.objects.create(code="J", name="London")
    unseen = Petition.objects.create(title=SECRET, state="in_moderation")
    return {
        "unseen": unseen.pk,
        **_suspicious(unseen, now),
        "crossing": crossing.pk,
        "case": case.pk,
        "review": AnswerPage.objects.get(case=case).current_workflow_task_state.pk,
        **_asked(case, now),
        "saved_text": SavedText.objects.create(kind="template", title="Hello", text="Words.").pk,
        "language": "en",
        "announcement": _announcement(case, now).pk,
        "act": "note",
        "department": department.pk,
        "petition": petition.pk,
        "routing_rule": RoutingRule.objects.create(name="Rivers", department=department).pk,
        "team": Team.objects.create(name="Rivers", department=department).pk,
        "comment": AnswerComment.objects.create(case=case, author=_outsider(), at=now, text=SECRET).pk,
        "extra_review": ExtraReviewTask.objects.create(name="Press office", department=elsewhere).pk,
        "reason": RejectionReason.objects.create(code="jokes", title="Only a joke", explanation="We like them.").pk,
        "topic": Topic.objects.create(code="roads", name="Roads").pk,
        "region": region.pk,
        "saved_filter": SavedFilter.objects.create(owner=User.objects.get(username="auditor"), name=SECRET).pk,
        "batch_of_cases": Batch.objects.create(act="tag", details={"tags": []}, made_by=User.objects.first()).pk,
        "escalation": Escalation.objects.filter(role="approver").get().pk,
        "batch": _paper_batch(petition).pk,
        "network": _network().pk,
        "feedback": give_feedback(text=SECRET, page="", email="", language="en", now=now).pk,
        "mail": Mail.objects.create(kind="confirm", priority=0, row_id=0, state="failed", error="refused with 550").pk,
        "area": PostcodeArea.objects.create(prefix="EC", region=region).pk,
        "user": User.objects.get(username=NOBODY).pk,
    }


def _asked(case: Case, now: datetime) -> dict[str, int]:
    """A question that waits, and a file that came with the answer to another."""
    office = gathering.Outside("The agency", "desk@agency.example")
    waiting, answered = gathering.ask(
        case_id=case.pk,
        actor=User.objects.get(username="drafter"),
        question=SECRET,
        due_on=timezone.localdate(now) + timedelta(days=9),
        outside=[office, office],
        now=now,
    )
    file = gathering.File("plan.txt", SECRET.encode())
    gathering.contribute(contribution_id=answered.pk, text=SECRET, answered_by="A clerk", files=[file], now=now)
    return {"question": waiting.pk, "attachment": answered.attachments.get().pk}


def _paper_batch(petition: Petition) -> PaperBatch:
    """Entered by somebody who is none of those who try."""
    clerk = _outsider()
    scan = b"%PDF-1.7 one sheet %%EOF"
    return paper.enter(petition_id=petition.pk, place="Town hall", number=3, scan=scan, actor=clerk, now=timezone.now())


def _announcement(case: Case, now: datetime) -> Announcement:
    """Proposed by somebody who is none of those who try."""
    return Announcement.objects.create(
        case=case, kind="law", on=now.date(), text={"en": "It is law."}, proposed_at=now, proposed_by=_outsider()
    )


def _outsider() -> User:
    return User.objects.filter(username="entered_it").first() or User.objects.create_superuser(
        "entered_it", "entered_it@staff.example"
    )


def _network() -> NetworkRule:
    return NetworkRule.objects.create(
        network="192.0.2.0/24", kind="allow", note="A school.", created_by=User.objects.get(username="moderator")
    )


def _suspicious(petition: Petition, now: datetime) -> dict[str, Any]:
    """Something on the fraud desk for each of its addresses."""
    person = Signer(SECRET, "who@mailinator.com", "", "GB", notify=False, language="en", network="192.0.2.1")
    columns = persons.columns(person, petition)
    row = Signature.objects.create(petition_id=petition.pk, state="held", confirmed_at=now, role="supporter", **columns)
    row.refresh_from_db(fields=["id"])
    moderator = User.objects.get(username="moderator")
    act = bulk.make(petition_id=petition.pk, act=Act.REJECT, criteria=Criteria(name=SECRET), actor=moderator)
    flag = Flag.objects.create(petition_id=petition.pk, kind="burst", signatures=500, first_at=now, last_at=now)
    return {
        "row": row.id,
        "row_act": "hold",
        "kind": "name",
        "tag": columns["name_tag"].hex(),
        "bulk": act.pk,
        "flag": flag.pk,
        "domain_rule": DomainRule.objects.create(domain="bad.example", verdict="block", note="Forgeries.").pk,
    }


def _write_and_hand_in(case: Case) -> None:
    drafter = User.objects.get(username="drafter")
    page = AnswerPage.objects.get(case=case).get_latest_revision_as_object()
    text = page.texts.first()
    text.title, text.summary, text.body = SECRET, f"{SECRET}.", [("paragraph", f"<p>{SECRET}</p>")]
    page.texts = [text]
    page.save_revision(user=drafter)
    services.submit(case_id=case.pk, actor=drafter, now=timezone.now())


@pytest.fixture
def staff(world: dict[str, Any]) -> dict[str, Client]:
    clients = {name: Client() for name in (*sorted(EVERYBODY), NOBODY)}
    for name, client in clients.items():
        client.force_login(User.objects.get(username=name))
    return clients


def addresses(patterns: Any = None, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, Any]]:
    """Path, name and view of every address of the project."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern.url_patterns, path, inner)
        else:
            yield path, f"{namespace}{pattern.name}", pattern.callback


def is_ones_own(name: str) -> bool:
    """Whether this address is about one's own way in: there for everybody (tests/accounts)."""
    return name in {"wagtailadmin_login", "staff_join"} or name.startswith(("mfa_", "account_"))


def own_names() -> set[str]:
    """The names of staff's addresses that this project adds to Wagtail's, or whose views it replaces."""
    registered = [hook() for hook in hooks.get_hooks("register_admin_viewset")]
    viewsets = [one for found in registered for one in (found if isinstance(found, list | tuple) else (found,))]
    own = {viewset.name for viewset in viewsets if not type(viewset).__module__.startswith("wagtail.")}
    return {
        name
        for path, name, view in addresses()
        if f"/{path}".startswith(settings.STAFF_PATH) and (name.partition(":")[0] in own or _is_ours(view))
    }


def _is_ours(view: Any) -> bool:
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    module = getattr(view, "view_class", view).__module__
    return not module.startswith(("wagtail.", "django.", "rest_framework."))


def test_the_table_names_every_address_of_ours() -> None:
    assert set(RULES) == {name for name in own_names() if not is_ones_own(name)}


def address(name: str, world: dict[str, Any], **instead: Any) -> str:
    return reverse(name, args=[{**world, **instead}[arg] for arg in RULES[name].args])


def done() -> tuple[Any, ...]:
    """What would differ had anybody done anything: the case, and the log but for refusals."""
    return Case.objects.values().get(), Entry.objects.exclude(action="case.refused").count()


def refused(response: Any) -> bool:
    """Whether the answer is a plain no: without content, or back to the start page."""
    if response.status_code == 302:
        return response["Location"] == reverse("wagtailadmin_home")
    return response.status_code in (403, 404, 405)


def test_each_role_reads_what_it_may_and_nothing_else(staff: dict[str, Client], world: dict[str, Any]) -> None:
    opened: dict[str, set[str]] = {name: set() for name in RULES}
    for name in RULES:
        for who in EVERYBODY:
            answer = staff[who].get(address(name, world))
            led = name in ACTING and answer.status_code == 302 and answer["Location"] == address(ACTING[name], world)
            if answer.status_code == 200 or led:
                opened[name].add(who)
            else:
                assert refused(answer), (name, who)
                assert SECRET not in answer.content.decode(), (name, who)
    assert opened == {name: rule.read for name, rule in RULES.items()}


def test_each_role_writes_where_it_may_and_nowhere_else(staff: dict[str, Client], world: dict[str, Any]) -> None:
    before = done()
    names = RULES.keys() - ACTING.keys()
    opened: dict[str, set[str]] = {name: set() for name in names}
    for name in names:
        for who in EVERYBODY:
            # A form without its fields: who may write is told what is missing.
            answer = staff[who].post(address(name, world))
            if answer.status_code == 200:
                opened[name].add(who)
            else:
                assert refused(answer), (name, who)
    assert opened == {name: RULES[name].write for name in names}
    assert done() == before


def test_each_act_on_a_case_is_its_holders(staff: dict[str, Client], world: dict[str, Any]) -> None:
    acted: dict[str, set[str]] = {act: set() for act in CASE_ACTS}
    before = done()
    for act, (_holders, data) in CASE_ACTS.items():
        data = {key: world.get(value, value) for key, value in data.items()}
        for who in EVERYBODY:
            with transaction.atomic():
                if refused(staff[who].post(address("cases:act", world, act=act), data)):
                    assert done() == before, (act, who)
                else:
                    acted[act].add(who)
                transaction.set_rollback(True)
    assert acted == {act: holders for act, (holders, _data) in CASE_ACTS.items()}


def test_every_act_on_a_case_is_in_the_table() -> None:
    from responses.staff.acts import ACTS

    assert set(CASE_ACTS) == set(ACTS)


def test_only_moderators_act_on_petitions(staff: dict[str, Client], world: dict[str, Any]) -> None:
    from petitions.staff.acts import ACTS

    before = Petition.objects.values().get(pk=world["unseen"])
    for act in ACTS:
        for who in EVERYBODY - MODERATOR:
            response = staff[who].post(address("staff_petition_act", world, act=act), {"text": TEXT})
            assert refused(response), (act, who)
    assert Petition.objects.values().get(pk=world["unseen"]) == before


def test_only_moderators_act_on_signatures(staff: dict[str, Client], world: dict[str, Any]) -> None:
    from signatures.staff.lookup import ACTS

    before = Signature.objects.values().get(id=world["row"])
    for act in ACTS:
        for who in EVERYBODY - MODERATOR:
            response = staff[who].post(address("staff_signature_act", world, row_act=act), {"reason": TEXT})
            assert refused(response), (act, who)
    assert Signature.objects.values().get(id=world["row"]) == before


def test_without_a_role_or_a_login_there_is_only_the_login(staff: dict[str, Client], world: dict[str, Any]) -> None:
    login = reverse("wagtailadmin_login")
    for client in (staff[NOBODY], Client()):
        for name in RULES:
            for answer in (client.get(address(name, world)), client.post(address(name, world))):
                assert answer.status_code == 302, name
                assert answer["Location"].startswith(login), name


def test_without_a_second_factor_nobody_gets_past_the_page_that_sets_one_up(
    staff: dict[str, Client], world: dict[str, Any], settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    before = done()
    for name, rule in RULES.items():
        for who in sorted(rule.read | rule.write)[:1]:
            for answer in (staff[who].get(address(name, world)), staff[who].post(address(name, world))):
                assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index")), name
    assert done() == before


def test_on_the_public_host_there_is_no_staff_page(
    staff: dict[str, Client], world: dict[str, Any], settings: Settings
) -> None:
    settings.STAFF_HOST = "staff.example"
    settings.ALLOWED_HOSTS = ["testserver", "staff.example"]
    for name, rule in RULES.items():
        for who in sorted(rule.read | rule.write)[:1]:
            for answer in (staff[who].get(address(name, world)), staff[who].post(address(name, world))):
                assert answer.status_code == 404, name
    for name in filter(is_ones_own, own_names()):
        path = reverse(name, args=[1] * name.endswith(("_edit_webauthn", "_remove_webauthn", "_join")))
        assert Client().get(path).status_code == 404, name
        assert Client(headers={"host": "staff.example"}).get(path).status_code in (200, 302, 404), name


def test_what_staff_send_without_a_token_is_refused(staff: dict[str, Client], world: dict[str, Any]) -> None:
    for name, rule in RULES.items():
        for who in rule.write:
            client = Client(enforce_csrf_checks=True)
            client.cookies = staff[who].cookies
            assert client.post(address(name, world), {"text": TEXT}).status_code == 403, name


def test_a_number_that_no_row_can_have_is_unknown(staff: dict[str, Client], world: dict[str, Any]) -> None:
    for name, rule in RULES.items():
        if rule.args and rule.args[0] != "region":
            for who in sorted(rule.read | rule.write)[:1]:
                answer = staff[who].get(address(name, {**world, rule.args[0]: 10**30}))
                assert answer.status_code in (302, 404, 405), name
