"""Answers as the We the People API describes them: one for all petitions that it answers."""

from typing import Any

from django.db.models import BigIntegerField, Case, CharField, F, Min, Prefetch, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.utils.html import linebreaks

from cms.languages import main_language
from opendata.wethepeople import finding
from opendata.wethepeople.arguments import ASCENDING, ResponsesAsked
from opendata.wethepeople.envelope import Code, Refusal
from opendata.wethepeople.finding import FIRST_RESPONSE
from opendata.wethepeople.petitions import id_of, issues, path_of, seconds
from petitions.lifecycle import OPENED, ResponseState
from petitions.models import Crossing, Petition, PublicCase
from petitions.models.petition import ThresholdKind
from petitions.wording import localized
from responses.models import AnswerPage

LONGEST_NUMBER = 18
NUMBER = Case(
    When(case_id__isnull=False, then=Cast(F("case_id") + Value(FIRST_RESPONSE, BigIntegerField()), CharField())),
    default=KeyTextTransform("id", KeyTransform("response", "petition__source_data")),
    output_field=CharField(),
)


def _answered() -> QuerySet[PublicCase]:
    """What was answered of public petitions, each with the number of its response."""
    return (
        PublicCase.objects.filter(
            petition__in=Petition.objects.public().filter(state__in=OPENED, response_state=ResponseState.ANSWERED),
            answered_at__isnull=False,
        )
        .annotate(number=NUMBER)
        .exclude(number=None)
    )


def listed(asked: ResponsesAsked, *, host: str) -> tuple[list[dict[str, Any]], int]:
    """One part of the list, the newest first unless asked otherwise, and how many there are in all.

    Raises Refusal for a petition that there is not.
    """
    answered = _answered()
    if asked.petition_id:
        answered = answered.filter(petition=finding.shown(asked.petition_id))
    each = answered.values("number").annotate(first=Min("answered_at"))
    order = ("first", "number") if asked.sort_order == ASCENDING else ("-first", "-number")
    numbers = [row["number"] for row in each.order_by(*order)[asked.part.offset : asked.part.end]]
    return _documents(numbers, host), each.count()


def one(number: str, *, host: str) -> dict[str, Any]:
    """The response of this number. Raises Refusal."""
    if not (number.isascii() and number.isdecimal()) or len(number) > LONGEST_NUMBER:
        raise Refusal(400, Code.BAD_RESPONSE_ID, "Invalid response_id.")
    found = _documents([number], host)
    if not found:
        user = "The response that you requested does not exist."
        raise Refusal(404, Code.NOT_FOUND, f"Response {number} not found.", user=user)
    return found[0]


def _documents(numbers: list[str], host: str) -> list[dict[str, Any]]:
    cases: dict[str, list[PublicCase]] = {number: [] for number in numbers}
    reached = Crossing.objects.filter(threshold__kind=ThresholdKind.RESPONSE)
    found = _answered().filter(number__in=numbers).select_related("petition", "department")
    found = found.prefetch_related(
        "petition__topics", Prefetch("petition__crossings", queryset=reached, to_attr="reached_an_answer")
    )
    for case in found.order_by("petition_id"):
        cases[case.number].append(case)
    titles = _titles(case.case_id for group in cases.values() for case in group)
    return [_document(number, group, titles, host) for number, group in cases.items() if group]


def _titles(case_ids: Any) -> dict[int, str]:
    """The titles of answers by case; those given elsewhere have none that we know of."""
    pages = AnswerPage.objects.live().filter(case_id__in={number for number in case_ids if number is not None})
    texts = {page.case_id: page.text_in(main_language()) for page in pages.prefetch_related("texts")}
    return {case_id: text.title for case_id, text in texts.items() if text}


def _document(number: str, cases: list[PublicCase], titles: dict[int, str], host: str) -> dict[str, Any]:
    case = cases[0]
    text = localized(case.text, main_language())
    about = {issue["id"]: issue for one in cases for issue in issues(one.petition)}
    return {
        "id": number,
        "title": titles.get(case.case_id or 0),
        "body": linebreaks(text, autoescape=True) if text else None,
        "petitions": [_petition(one.petition, host) for one in cases],
        "url": host + case.answer_path if case.answer_path else case.external_url,
        "relative_url": case.answer_path or None,
        "agency": localized(case.department, main_language()) if case.department else None,
        "issues": sorted(about.values(), key=lambda issue: issue["name"]),
        "created": seconds(min(one.answered_at for one in cases if one.answered_at)),
    }


def _petition(petition: Petition, host: str) -> dict[str, Any]:
    path = path_of(petition)
    return {
        "id": id_of(petition),
        "url": host + path,
        "relative_url": path,
        "short_url": host + path,
        "title": petition.title,
        "signature_count": petition.signature_count,
        "timestamp_reached_ready": next((seconds(one.crossed_at) for one in petition.reached_an_answer), None),
    }
