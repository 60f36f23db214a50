"""What this room shows on the start page of staff."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.admin.ui.components import Component

from accounts.models import User
from accounts.permissions import allowed
from responses import selectors
from responses.models import Case
from responses.models.case import CaseState
from responses.services import proposals
from responses.staff import clock_reading, overview
from responses.staff.act import ASSIGN, DRAFT, PUBLISH

SHOWN = 8


class TasksPanel(Component):
    """A person's day: what is due, late, with others or in nobody's hands; then reviews, own cases, the desk."""

    name = "my_tasks"
    template_name = "staff/answers/tasks_panel.html"
    order = 20

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        request = parent_context["request"]
        user: User = request.user
        own = Case.objects.owed().filter(
            Q(owner=user, state__in=(CaseState.NEW, CaseState.ASSIGNED, CaseState.DRAFTING))
            | Q(page__latest_revision__user=user, state=CaseState.DRAFTING)
        )
        writes = any(allowed(user, right) for right in (DRAFT, ASSIGN))
        return {
            "figures": numbers(request).day,
            "decisions": clock_reading.waiting_for(user, SHOWN, people(request)),
            "reviews": selectors.waiting_reviews(user, people=people(request))[:SHOWN],
            "own": selectors.cases_with_petitions(own).order_by("due_on", "pk")[:SHOWN] if writes else [],
            "at_desk": Case.objects.at_desk().count() if allowed(user, PUBLISH) else 0,
            "today": timezone.localdate(),
        }


class OwedPanel(Component):
    """How many answers are owed, late, and in nobody's hands; each number leads to its list."""

    name = "answers_owed"
    template_name = "staff/answers/owed_panel.html"
    order = 30

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        user: User = parent_context["request"].user
        may_assign = allowed(user, ASSIGN)
        return {
            "figures": numbers(parent_context["request"]).owed,
            "may_assign": may_assign,
            "next": _upcoming(user) if may_assign else [],
            "today": timezone.localdate(),
        }


def _upcoming(user: User) -> QuerySet[Case]:
    """For those who assign: all others have theirs in their day."""
    seen = Case.objects.visible_to(user).owed()
    return selectors.cases_with_petitions(seen).order_by("due_on", "pk")[:SHOWN]


def people(request: Any) -> list[User]:
    """This person, and those for whom they act today, looked up once for a request."""
    if not hasattr(request, "acts_as"):
        request.acts_as = proposals.acts_as(request.user)
    return request.acts_as


def numbers(request: Any) -> overview.Numbers:
    """The numbers that both panels show, counted once for a request."""
    if not hasattr(request, "case_numbers"):
        seen = Case.objects.visible_to(request.user, people(request)[1:])
        request.case_numbers = overview.numbers(request.user, seen, timezone.localdate())
    return request.case_numbers
