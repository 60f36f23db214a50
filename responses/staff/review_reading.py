"""All that somebody who decides a review sees. Reading only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wagtail.models import Revision

from accounts.models import User
from responses import clearance, selectors
from responses.differences import Difference, differences
from responses.models import AnswerComment, AnswerPage, Case, Contribution, Quotation, ReviewReading
from responses.models.approval import ReviewState
from responses.services import conferring, review
from responses.staff.reading import StepLine, step_lines


@dataclass(frozen=True)
class ReviewScreen:
    """What the page of one review shows; it opens with what changed."""

    case: Case
    page: AnswerPage
    state: ReviewState
    languages: list[tuple[str, str]]
    digest: str
    seen_on: datetime | None
    differences: list[Difference]
    file_replaced: bool
    withdraws: dict[str, str]
    comments: list[AnswerComment]
    contributions: list[Contribution]
    quotations: list[Quotation]
    petitions: list[Any]
    steps: list[StepLine]


def review_screen(case: Case, state: ReviewState, user: User) -> ReviewScreen:
    """The version under review, and how it differs from the one that this person, else this step, saw last."""
    shown = state.revision.as_object()
    earlier = review.last_seen(state, user)
    changed = differences(earlier.as_object(), shown) if earlier else []
    content = clearance.under_review(case, state.revision)
    withdraws = clearance.withdrawal_reason(case)
    return ReviewScreen(
        case=case,
        page=shown,
        state=state,
        languages=[(text.language, text.get_language_display()) for text in shown.texts.all()],
        digest=content,
        seen_on=earlier.created_at if earlier else None,
        differences=changed,
        file_replaced=bool(earlier and not changed and not withdraws and _shown_otherwise(earlier, user, content)),
        withdraws=withdraws,
        comments=conferring.open_comments(case),
        contributions=list(selectors.contributions(case)),
        quotations=selectors.quotations(shown),
        petitions=[link.petition for link in case.links.select_related("petition")],
        steps=step_lines(case, AnswerPage.objects.select_related("latest_revision").get(pk=shown.pk)),
    )


def _shown_otherwise(earlier: Revision, user: User, content: str) -> bool:
    """Whether the same words were read with other files than they have now."""
    read = ReviewReading.objects.filter(revision=earlier).order_by("-at")
    last = read.filter(reader=user).first() or read.first()
    return last is not None and last.digest != content
