"""What the staff's addresses are about: a site with one object for each kind of address."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone

from accounts.demo import make_demo_staff
from accounts.groups import make_groups
from accounts.models import Department, User
from accounts.roles import TABLE, Role
from mailing.models import Mail
from opendata.models import PartnerKey
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
from tests.architecture.staff_rules import NOBODY, OTHER_DRAFTER, OTHER_REVIEWER, SECRET


def make_world() -> dict[str, Any]:
    """The site with its staff, and numbers of one object for each kind of address, by the name that rules give it.

    The petition and its answer are such as not everybody may read.
    """
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
        "partner_key": PartnerKey.objects.create(
            partner=SECRET,
            digest=b"1" * 32,
            declaration="All of them may.",
            country="GB",
            language="en",
            per_minute=1,
            per_hour=1,
            issued_by=_outsider(),
        ).pk,
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
