"""A word in the log for every try to get an answer past the gate through Wagtail's own screens."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import ResolverMatch

import audit.services

GetResponse = Callable[[HttpRequest], HttpResponse]

# Wagtail's names of the screens that could change what is public, or approve it, and where each keeps the page's id.
PAGE_ID = {
    "workflow_action": "page_id",
    "unpublish": "page_id",
    "delete": "page_id",
    "copy": "page_id",
    "convert_alias": "page_id",
    "move_confirm": "page_to_move_id",
    "revisions_unschedule": "page_id",
    "action": "pk",
}
BULK = "wagtail_bulk_action"
# The page editor saves drafts as well: there only these buttons count.
EDITORS = ("edit", "revisions_revert")
BUTTONS = ("action-publish", "action-submit", "action-restart-workflow", "action-workflow-action")


class RecordRefusedActs:
    """Append ``answer.refused`` to the log when such a POST about an answer has changed nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for page_id, standing in getattr(request, "answers_before", {}).items():
            if _standing(page_id) == standing:
                _record(request, page_id)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """Note, before the view runs, how the answers stand that it is about.

        Raises Http404 for an act on many with ids that are none: Wagtail would fail on them.
        """
        if not request.path_info.startswith(settings.STAFF_PATH):
            return
        if request.resolver_match and request.resolver_match.url_name == BULK:
            ids = [value for value in request.GET.getlist("id") if value != "all"]
            if not all(map(_is_id, [*ids, request.GET.get("childOf") or "1"])):
                raise Http404
        # Strangers are sent to sign in: they have tried nothing, and shall not write into a log that forgets nothing.
        if request.method == "POST" and request.user.is_authenticated:
            page_ids = _page_ids(request, request.resolver_match, kwargs)
            request.answers_before = {page_id: _standing(page_id) for page_id in page_ids}  # type: ignore[attr-defined]


def _page_ids(request: HttpRequest, match: ResolverMatch | None, kwargs: dict[str, Any]) -> Iterable[int]:
    from responses.models import AnswerPage

    name = match.url_name if match else ""
    found: list[Any] = []
    if name == BULK:
        found = request.GET.getlist("id")
    elif name in PAGE_ID:
        found = [kwargs.get(PAGE_ID[name])]
    elif name in EDITORS and any(button in request.POST for button in BUTTONS):
        found = [kwargs.get("page_id")]
    wanted = [int(page_id) for page_id in found if _is_id(str(page_id))]
    return AnswerPage.objects.filter(pk__in=wanted).values_list("pk", flat=True) if wanted else []


def _is_id(value: str) -> bool:
    return value.isdecimal() and len(value) < 10


def _standing(page_id: int) -> Any:
    """What an act past the gate would change: what is live, where, and what was approved."""
    from responses.models import AnswerPage

    page = AnswerPage.objects.filter(pk=page_id).annotate(approved=Count("approvals"))
    return page.values_list("live", "live_revision_id", "path", "case__state", "approved").first()


def _record(request: HttpRequest, page_id: int) -> None:
    audit.services.record(
        action="answer.refused",
        subject_kind="answer",
        subject_id=page_id,
        actor_id=request.user.pk,
        details={"way": request.resolver_match.view_name},
    )
