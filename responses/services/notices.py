"""Mail to whoever must act next: a link to the task, never a word of the unpublished text."""

from collections.abc import Iterable
from enum import StrEnum

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from wagtail.models import TaskState

import mailing.services
import petitions.limits
from accounts.models import User
from mailing.kinds import Message
from mailing.models import Mail
from petitions.wording import localized
from responses.models import Case, Delegation, MailChoice, Notice
from responses.models.approval import ReviewState, Step
from responses.reviewers import PERMISSIONS, Review, authors, objection, review_of

KIND = "staff_task"
TEMPLATE = "staff_task"


class What(StrEnum):
    """What somebody has to do, or has to know of."""

    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"
    REVIEW = "review"
    RETURNED = "returned"
    COMMENTED = "commented"
    CONTRIBUTED = "contributed"
    SILENT = "silent"
    PUBLISH = "publish"
    NOT_CLEARED = "not_cleared"
    HALF_USED = "half_used"
    MOST_USED = "most_used"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    EXTENSION = "extension"
    EXTENDED = "extended"
    NOT_EXTENDED = "not_extended"
    UPDATE = "update"
    UPDATE_PUBLISHED = "update_published"
    UPDATE_RETURNED = "update_returned"
    HEARING_DUE = "hearing_due"
    ANNOUNCEMENT = "announcement"
    ANNOUNCED = "announced"
    ANNOUNCEMENT_RETURNED = "announcement_returned"
    FOLLOW_UP = "follow_up"


# What one reads beside the draft.
AT_THE_DRAFT = (What.RETURNED, What.CONTRIBUTED)

SUBJECTS = {
    What.UNASSIGNED: lambda: gettext("Case %(case)s: give it to somebody"),
    What.ASSIGNED: lambda: gettext("Case %(case)s: you own it"),
    What.REVIEW: lambda: gettext("Case %(case)s: an answer waits for your review"),
    What.RETURNED: lambda: gettext("Case %(case)s: the answer came back with a reason"),
    What.COMMENTED: lambda: gettext("Case %(case)s: a colleague left a note"),
    What.CONTRIBUTED: lambda: gettext("Case %(case)s: a contribution came in"),
    What.SILENT: lambda: gettext("Case %(case)s: an office has not answered, whatever we sent"),
    What.PUBLISH: lambda: gettext("Case %(case)s: cleared, ready to be published"),
    What.NOT_CLEARED: lambda: gettext("Case %(case)s: the answer was not cleared and is back in drafting"),
    What.HALF_USED: lambda: gettext("Case %(case)s: half of the time for the answer is used"),
    What.MOST_USED: lambda: gettext("Case %(case)s: three quarters of the time for the answer are used"),
    What.DUE_TODAY: lambda: gettext("Case %(case)s: the answer is due today"),
    What.OVERDUE: lambda: gettext("Case %(case)s: the answer is overdue"),
    What.EXTENSION: lambda: gettext("Case %(case)s: more time is asked for and waits for your sign-off"),
    What.EXTENDED: lambda: gettext("Case %(case)s: more time was granted"),
    What.NOT_EXTENDED: lambda: gettext("Case %(case)s: more time was refused"),
    What.UPDATE: lambda: gettext("Case %(case)s: an update for the public waits for your approval"),
    What.UPDATE_PUBLISHED: lambda: gettext("Case %(case)s: the update is public"),
    What.UPDATE_RETURNED: lambda: gettext("Case %(case)s: the update came back with a reason"),
    What.HEARING_DUE: lambda: gettext("Case %(case)s: enough signatures for a hearing"),
    What.ANNOUNCEMENT: lambda: gettext("Case %(case)s: an announcement waits for your sign-off"),
    What.ANNOUNCED: lambda: gettext("Case %(case)s: the announcement is public"),
    What.ANNOUNCEMENT_RETURNED: lambda: gettext("Case %(case)s: the announcement came back with a reason"),
    What.FOLLOW_UP: lambda: gettext("Case %(case)s: signers say that they were not answered"),
}


def tell(
    what: What,
    *,
    case: Case,
    task_state: ReviewState | None = None,
    once: str = "",
    to: Iterable[int] | None = None,
    but: User | None = None,
) -> None:
    """Tell those who must act of ``what`` in the caller's transaction; with ``once`` never a second time for that word.

    ``to`` are ids of others than the usual recipients; ``but`` is not told: whoever did it knows. Who chose one mail a
    day finds it in the next one, all others are mailed at once.
    """
    people = set(recipients(what, case, task_state) if to is None else to) - {but.pk if but else None}
    keys = {user_id: f"{KIND}:{what}:{case.pk}:{once}:{user_id}" if once else None for user_id in sorted(people)}
    daily = set(MailChoice.objects.filter(daily=True, user__in=people).values_list("user_id", flat=True))
    details = {"what": what, "case_id": case.pk, "task_state_id": task_state.pk if task_state else None}
    at_once = [(user_id, key) for user_id, key in keys.items() if user_id not in daily]
    mailing.services.queue_many(KIND, at_once, details=details)
    Notice.objects.bulk_create(
        [
            Notice(
                user_id=user_id, what=what, case=case, task_state_id=details["task_state_id"], once_key=keys[user_id]
            )
            for user_id in sorted(daily)
        ],
        ignore_conflicts=True,
    )


def recipients(what: What, case: Case, task_state: ReviewState | None) -> set[int]:
    """Ids of those who must act."""
    match what:
        case What.REVIEW if task_state is not None:
            return reviewers(case, task_state)
        case What.PUBLISH:
            return _ids(_holders("responses.publish_answer"))
        case What.ANNOUNCEMENT:
            return _ids(_holders("responses.sign_off"))
        case What.EXTENSION:
            return {user.pk for user in _asked(_holders("responses.sign_off"))}
        case What.UPDATE:
            own = _holders("responses.review_department").filter(department=case.department_id)
            return {user.pk for user in _asked(own) or _asked(_holders("responses.sign_off"))}
        case What.UNASSIGNED:
            return _coordinator()
        case What.RETURNED | What.COMMENTED | What.CONTRIBUTED | What.SILENT:
            return _owner(case) | _writers(case)
        case What.NOT_CLEARED:
            return _owner(case) | _writers(case) | _coordinator()
        case What.OVERDUE | What.FOLLOW_UP | What.HEARING_DUE:
            return _owner(case) | _coordinator()
    return _owner(case) or _coordinator()


def reviewers(case: Case, task_state: ReviewState) -> set[int]:
    """Ids of those who may take this step now: holders that the four-eyes rule leaves, and delegates of those away.

    Whoever is away is not told; one to whom it was handed is told alone, or their delegate.
    """
    review, page = review_of(task_state.task.specific), case.page
    holders = [task_state.handed_to] if task_state.handed_to else holders_of(case, review)
    return {
        user.pk
        for user in _asked(holders)
        if objection(case=case, page=page, revision=task_state.revision, review=review, user=user) is None
    }


def _asked(holders: Iterable[User]) -> set[User]:
    """Those of the holders who are at work today, and the delegates of those who are away."""
    people = list(holders)
    away: dict[int, list[User]] = {}
    held = Delegation.objects.on(timezone.localdate()).filter(principal__in=people).select_related("delegate")
    for delegation in held:
        away.setdefault(delegation.principal_id, []).append(delegation.delegate)
    return {user for holder in people for user in away.get(holder.pk, [holder])}


def holders_of(case: Case, review: Review) -> list[User]:
    """Those at work who hold this review, whatever else speaks against them."""
    if review.extra is not None:
        return list(review.extra.reviewers.filter(is_active=True))
    holders = _holders(PERMISSIONS[review.step])
    return list(holders.filter(department=case.department) if review.step == Step.DEPARTMENT else holders)


def _holders(permission: str) -> QuerySet[User]:
    return User.objects.with_perm(
        permission, backend="django.contrib.auth.backends.ModelBackend", include_superusers=False
    )


def _ids(users: QuerySet[User]) -> set[int]:
    return set(users.values_list("pk", flat=True))


def _owner(case: Case) -> set[int]:
    return {case.owner_id} if case.owner_id else set()


def _writers(case: Case) -> set[int]:
    """Ids of those who wrote the answer and still may: what comes back is theirs to mend, whoever owns the case."""
    return authors(case.page) & _ids(_holders("responses.draft_answer"))


def _coordinator() -> set[int]:
    coordinator_id = petitions.limits.current().coordinator_id
    return {coordinator_id} if coordinator_id else set()


def build(mail: Mail) -> Message | None:
    """The mail to one member of staff; None when the task is done, or the person cannot act any more."""
    user = User.objects.filter(pk=mail.row_id, is_active=True).first()
    case = Case.objects.filter(pk=mail.details["case_id"]).select_related("department").first()
    if user is None or not user.email or case is None:
        return None
    task_state_id = mail.details.get("task_state_id")
    if task_state_id and not _waits(task_state_id):
        return None
    with override(user.language):
        context = {
            "subject": line(mail.details["what"], case.pk),
            "what": mail.details["what"],
            "case": case,
            "department": localized(case.department, user.language) if case.department else "",
            "petitions": [link.petition for link in case.links.select_related("petition")],
            "url": address(mail.details["what"], case.pk, task_state_id),
        }
    return Message(to=user.email, language=user.language, context=context, template=TEMPLATE)


def line(what: str, case_id: int) -> str:
    """One line on what there is to do, in the language of the moment."""
    return SUBJECTS[What(what)]() % {"case": case_id}


def address(what: str, case_id: int, task_state_id: int | None) -> str:
    """Where it is done."""
    if task_state_id:
        path = reverse("cases:review", args=[task_state_id])
    else:
        path = reverse("cases:write" if what in AT_THE_DRAFT else "cases:detail", args=[case_id])
    return settings.WAGTAILADMIN_BASE_URL + path


def _waits(task_state_id: int) -> bool:
    return TaskState.objects.filter(pk=task_state_id, status=TaskState.STATUS_IN_PROGRESS).exists()
