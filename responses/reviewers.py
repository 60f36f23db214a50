"""Which reviews an answer has to pass, and who may approve which: nobody what they wrote, nobody twice."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision, WorkflowState

from accounts.models import User
from responses.models import Approval, Case, Delegation
from responses.models.approval import (
    DepartmentReviewTask,
    ExtraReviewTask,
    LegalReviewTask,
    ReviewTask,
    SignOffTask,
    Step,
)

REQUIRED_STEPS: tuple[Step, ...] = (Step.DEPARTMENT, Step.LEGAL, Step.SIGN_OFF)
PERMISSIONS: dict[Step, str] = {
    Step.DEPARTMENT: "responses.review_department",
    Step.LEGAL: "responses.review_legal",
    Step.SIGN_OFF: "responses.sign_off",
}


class Objection(models.TextChoices):
    """Why somebody may not approve."""

    NO_RIGHT = "no_right", _("You do not hold this review.")
    OTHER_DEPARTMENT = "other_department", _("This answer belongs to another department.")
    WROTE = "wrote", _("You wrote or handed in this text; somebody else has to approve it.")
    APPROVED_BEFORE = "approved_before", _("You approved another step of this text already.")
    PRINCIPAL_WROTE = "principal_wrote", _("The person you act for wrote or handed in this text.")
    PRINCIPAL_APPROVED = "principal_approved", _("The person you act for approved another step of this text already.")


# They say that the review is not theirs at all; the others, that it is and that they may not decide it.
NOT_THEIRS = (Objection.NO_RIGHT, Objection.OTHER_DEPARTMENT)


@dataclass(frozen=True)
class Review:
    """One of the reviews that an answer has to pass: a required step, or a further one that its department asks for."""

    step: Step
    extra: ExtraReviewTask | None = None

    @property
    def label(self) -> str:
        return self.extra.name if self.extra else str(self.step.label)

    def is_of(self, approval: Approval) -> bool:
        """Whether ``approval`` was given at this review."""
        return approval.step == self.step and approval.extra_id == (self.extra.pk if self.extra else None)


@dataclass(frozen=True)
class Standing:
    """In which part somebody meets a review: what speaks against it, and for whom they would act."""

    objection: Objection | None
    principal: User | None = None


@dataclass(frozen=True)
class Facts:
    """What the four-eyes rule looks at: authors by page, standing approvals by revision. Of one answer or of many."""

    authors: Mapping[int, set[int]]
    approvals: Mapping[int, list[Approval]]


def reviews(case: Case) -> list[Review]:
    """All reviews that the answer of ``case`` has to pass, in their order: the required ones, and its department's."""
    extras = list(ExtraReviewTask.objects.filter(department=case.department_id, active=True).order_by("pk"))
    asked: list[Review] = []
    for step in REQUIRED_STEPS:
        asked.append(Review(step))
        asked += [Review(Step.EXTRA, extra) for extra in extras if extra.after == step]
    return asked


def review_of(task: ReviewTask) -> Review:
    """The review that this task of Wagtail's stands for."""
    return Review(task.step, task if isinstance(task, ExtraReviewTask) else None)


def tasks_held(people: Iterable[User]) -> dict[int, Review]:
    """The reviews that any of ``people`` holds, in whatever department, by the id of their task."""
    everybody = list(people)
    held: dict[int, Review] = {}
    for model in (DepartmentReviewTask, LegalReviewTask, SignOffTask):
        if any(user.has_perm(PERMISSIONS[model.step]) for user in everybody):
            held |= {task.pk: review_of(task) for task in model.objects.all()}
    extras = ExtraReviewTask.objects.prefetch_related("reviewers")
    if not any(user.is_superuser for user in everybody):
        extras = extras.filter(reviewers__in=everybody).distinct()
    return held | {task.pk: review_of(task) for task in extras}


# --- What is known of a version


def authors(page: Page) -> set[int]:
    """Ids of everybody who made or handed in any revision of the page."""
    return authors_of([page.pk])[page.pk]


def authors_of(page_ids: Iterable[int]) -> Mapping[int, set[int]]:
    """The authors of many pages by page id, in one query."""
    wanted = {
        "base_content_type": ContentType.objects.get_for_model(Page),
        "object_id__in": [str(page_id) for page_id in page_ids],
    }
    found: defaultdict[int, set[int]] = defaultdict(set)
    wrote = Revision.objects.filter(**wanted, user__isnull=False).order_by()
    handed_in = WorkflowState.objects.filter(**wanted, requested_by__isnull=False).order_by()
    pairs = wrote.values_list("object_id", "user_id").union(handed_in.values_list("object_id", "requested_by_id"))
    for object_id, user_id in pairs:
        found[int(object_id)].add(user_id)
    return found


def facts_of(versions: Mapping[int, int]) -> Facts:
    """What the rule looks at for these versions (page id by revision id), in two queries."""
    approvals: defaultdict[int, list[Approval]] = defaultdict(list)
    for approval in Approval.objects.filter(revision__in=versions, voided_at=None):
        approvals[approval.revision_id].append(approval)
    return Facts(authors_of(versions.values()), approvals)


def approvers(approvals: Iterable[Approval]) -> list[int]:
    """Ids of everybody who counts as having approved: those who did, and those for whom they acted."""
    return [pk for approval in approvals for pk in (approval.approver_id, approval.on_behalf_of_id) if pk]


# --- Who may approve


def principals_of(user: User) -> list[User]:
    """Those whose reviews ``user`` takes today."""
    held = Delegation.objects.to(user, timezone.localdate()).select_related("principal")
    return [delegation.principal for delegation in held]


def standing(
    *,
    case: Case,
    page_id: int,
    revision_id: int,
    review: Review,
    user: User,
    facts: Facts | None = None,
    principals: Iterable[User] | None = None,
) -> Standing:
    """Whether ``user`` may approve ``review`` of this revision, by own right or as somebody's delegate.

    Rights alone are not enough, a superuser's included: nobody approves what they wrote, handed in, or approved at
    another review. A delegate counts as himself and as his principal. ``facts`` and ``principals`` spare whoever asks
    for many the queries.
    """
    if not user.is_active:
        return Standing(Objection.NO_RIGHT)
    own = no_holder(case, review, user)
    if own is None:
        return Standing(_four_eyes(facts or facts_of({revision_id: page_id}), page_id, revision_id, review, user, None))
    found = Standing(own)
    for principal in principals_of(user) if principals is None else principals:
        if no_holder(case, review, principal) is None:
            known = facts or facts_of({revision_id: page_id})
            found = Standing(_four_eyes(known, page_id, revision_id, review, user, principal), principal)
            if found.objection is None:
                return found
    return found


def objection(*, case: Case, page: Page, revision: Revision, review: Review, user: User) -> Objection | None:
    """Why ``user`` may not approve ``review`` of ``revision``; None when they may."""
    return standing(case=case, page_id=page.pk, revision_id=revision.pk, review=review, user=user).objection


def no_holder(case: Case, review: Review, user: User) -> Objection | None:
    """Why this review is not one of ``user``'s own; None when it is."""
    if review.extra is not None:
        named = any(reviewer.pk == user.pk for reviewer in review.extra.reviewers.all())
        return None if named or user.is_superuser else Objection.NO_RIGHT
    if not user.has_perm(PERMISSIONS[review.step]):
        return Objection.NO_RIGHT
    if review.step == Step.DEPARTMENT and user.department_id != case.department_id and not user.is_superuser:
        return Objection.OTHER_DEPARTMENT
    return None


def _four_eyes(
    facts: Facts, page_id: int, revision_id: int, review: Review, user: User, principal: User | None
) -> Objection | None:
    wrote = facts.authors.get(page_id, set())
    before = approvers(approval for approval in facts.approvals.get(revision_id, []) if not review.is_of(approval))
    if user.pk in wrote:
        return Objection.WROTE
    if user.pk in before:
        return Objection.APPROVED_BEFORE
    if principal is not None and principal.pk in wrote:
        return Objection.PRINCIPAL_WROTE
    if principal is not None and principal.pk in before:
        return Objection.PRINCIPAL_APPROVED
    return None
