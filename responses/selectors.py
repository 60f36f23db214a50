"""What the pages and lists of this room show. Read only."""

from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from wagtail.models import TaskState

from accounts.models import User
from cms.formatting import day
from cms.languages import path_for
from petitions import sharecards
from petitions.models import Event, Petition
from petitions.models.timeline import AnswerKind, EventKind
from petitions.timeline import words
from petitions.wording import localized
from responses import linked_data, reviewers
from responses.models import AnswerPage, Attachment, Case, CaseLink, Clearance, Contribution, Quotation
from responses.models.approval import ClearanceKind, ReviewState, ReviewTask

RECENT = 3
# Nobody reads more on a start page; the rest waits behind these.
WAITING_AT_MOST = 200


# --- Public answers


def answers() -> QuerySet[AnswerPage]:
    """The live answers, newest first, with all that a list shows of them."""
    public_links = CaseLink.objects.filter(petition__in=Petition.objects.public()).select_related("petition")
    return (
        AnswerPage.objects.live()
        .select_related("case__department")
        .prefetch_related("texts", Prefetch("case__links", queryset=public_links, to_attr="public_links"))
        .order_by("-case__published_at", "-pk")
    )


def listed(page: AnswerPage, language: str) -> dict[str, Any]:
    """One answer of a list: title, summary, their language where it is another, petitions, who and when."""
    text = page.text_in(language)
    return {
        "page": page,
        "text": text,
        "kind": "" if page.kind == AnswerKind.ANSWER else page.get_kind_display(),
        "text_language": text.language if text and text.language != language else "",
        "department": localized(page.case.department, language) if page.case.department else "",
        "answered_on": page.responded_on or page.case.published_at,
        "petitions": [link.petition for link in page.case.public_links],
    }


def recent_answers(language: str) -> list[dict[str, Any]]:
    """The newest answers, for the home page."""
    return [listed(page, language) for page in answers()[:RECENT]]


def answer(page: AnswerPage, language: str) -> dict[str, Any]:
    """What an answer's page shows besides the page itself; works for a draft's preview too."""
    page.case.public_links = list(
        page.case.links.filter(petition__in=Petition.objects.public()).select_related("petition")
    )
    imported = Clearance.objects.filter(revision=page.live_revision_id, kind=ClearanceKind.IMPORT).first()
    shown = listed(page, language)
    address = settings.BASE_URL.rstrip("/") + path_for(page.get_url() or "/answers/", language)
    return {
        **shown,
        "address": address,
        "linked_data": linked_data.of_answer(shown, address=address, language=language),
        "card": settings.BASE_URL.rstrip("/") + card_path(page, language) if shown["text"] and page.live else "",
        "imported": imported,
        "page_language": language,
        "corrections": corrections(page.case, language),
    }


def card_words(page: AnswerPage, language: str) -> tuple[str, str]:
    """What an answer's share card shows: its title, and who answered when."""
    shown = listed(page, language)
    said = [shown["department"], day(shown["answered_on"])]
    return shown["text"].title if shown["text"] else "", ", ".join(filter(None, said))


def card_path(page: AnswerPage, language: str) -> str:
    """Where that card stands."""
    title, note = card_words(page, language)
    return path_for(f"/answers/{page.slug}/card/{sharecards.digest_of(title, note)}.png", language)


def corrections(case: Case, language: str) -> list[dict[str, Any]]:
    """When and why the answer was corrected, newest first: day, reason and the language of the reason."""
    told = Event.objects.filter(petition__case_links__case=case, kind=EventKind.ANSWER_CORRECTED).order_by("pk")
    # Each of a case's petitions has its own entry.
    once = {event.key: event for event in told}
    found = []
    for event in sorted(once.values(), key=lambda event: event.happened_at, reverse=True):
        text, of_language = words(event.text, language)
        found.append({"on": event.happened_at, "text": text, "language": of_language})
    return found


# --- Staff: what stands beside a draft


def contributions(case: Case) -> QuerySet[Contribution]:
    """What offices were asked about this case, and what they said, in the order of asking."""
    asked = Contribution.objects.filter(case=case).select_related("asked_by")
    files = Attachment.objects.defer("sealed", "digest")
    return asked.prefetch_related(Prefetch("attachments", queryset=files)).order_by("pk")


def quotations(page: AnswerPage) -> list[Quotation]:
    """What this version took from elsewhere and still holds; first what was corrected at its source since."""
    standing = {str(block.id) for text in page.texts.all() for block in text.body}
    taken = Quotation.objects.filter(case=page.case_id)
    found = taken.select_related("contribution", "saved_text", "answer", "quoted_by").order_by("pk")
    kept = [quotation for quotation in found if str(quotation.block_id) in standing]
    return sorted(kept, key=lambda quotation: not quotation.corrected_since)


# --- Staff: who has what to do


def task_states_for(user: User, task: ReviewTask) -> QuerySet[TaskState]:
    """The runs of one review that wait and that the four-eyes rule leaves to ``user``."""
    return TaskState.objects.filter(pk__in=[row["state"].pk for row in waiting_reviews(user, task=task)])


def waiting_reviews(
    user: User, task: ReviewTask | None = None, people: list[User] | None = None
) -> list[dict[str, Any]]:
    """The reviews that wait for ``user`` and that the four-eyes rule leaves to them, most urgent first.

    Own ones and, while a colleague is away, theirs. One that was handed to somebody waits for that person, whoever
    else holds it. ``people`` are this person and the colleagues, where somebody has looked them up already.
    """
    people = people or [user, *reviewers.principals_of(user)]
    held = reviewers.tasks_held(people)
    waiting = (
        ReviewState.objects.filter(status=TaskState.STATUS_IN_PROGRESS, task__in=[task] if task else held)
        .filter(Q(handed_to=None) | Q(handed_to__in=people))
        .select_related("workflow_state")
        .order_by("due_on", "pk")
    )[:WAITING_AT_MOST]
    pages = {
        str(page.pk): page
        for page in AnswerPage.objects.filter(
            pk__in=[int(state.workflow_state.object_id) for state in waiting],
            case__in=Case.objects.visible_to(user, people[1:]),
        )
        .select_related("case__department")
        .prefetch_related(Prefetch("case__links", queryset=CaseLink.objects.select_related("petition").order_by("pk")))
    }
    facts = reviewers.facts_of({state.revision_id: int(state.workflow_state.object_id) for state in waiting})
    rows = []
    for state in waiting:
        page, review = pages.get(state.workflow_state.object_id), held.get(state.task_id)
        if page is None or review is None:
            continue
        found = reviewers.standing(
            case=page.case,
            page_id=page.pk,
            revision_id=state.revision_id,
            review=review,
            user=user,
            facts=facts,
            principals=people[1:],
        )
        if found.objection is None:
            rows.append(
                {
                    "state": state,
                    "case": page.case,
                    "titles": petition_titles(page.case),
                    "step": review.step,
                    "label": review.label,
                    "principal": found.principal,
                }
            )
    return rows


def cases_with_petitions(cases: QuerySet[Case]) -> QuerySet[Case]:
    """``cases`` with department, owner and petitions loaded, for lists."""
    links = CaseLink.objects.select_related("petition").order_by("pk")
    return cases.select_related("department", "owner", "page").prefetch_related(Prefetch("links", queryset=links))


def petition_titles(case: Case) -> str:
    """The case as people know it: by the title of its petition."""
    links = list(case.links.all())
    return f"{links[0].petition.title}{f' (+{len(links) - 1})' if len(links) > 1 else ''}" if links else str(case)
