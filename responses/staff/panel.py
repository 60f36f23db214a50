"""What this room shows on the start page of staff."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from wagtail.admin.ui.components import Component

from accounts.models import User
from accounts.permissions import allowed
from responses import selectors
from responses.models import Case
from responses.models.case import CaseState
from responses.staff import clock_reading, overview
from responses.staff.act import ASSIGN, PUBLISH

SHOWN = 8


class TasksPanel(Component):
    """A person's day: what is due, late, with others or in nobody's hands; then reviews, own cases, the desk."""

    name = "my_tasks"
    template_name = "staff/answers/tasks_panel.html"
    order = 20

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        user: User = parent_context["request"].user
        own = Case.objects.owed().filter(
            Q(owner=user, state__in=(CaseState.NEW, CaseState.ASSIGNED, CaseState.DRAFTING))
            | Q(page__latest_revision__user=user, state=CaseState.DRAFTING)
        )
        today = timezone.localdate()
        return {
            "figures": overview.figures(user, today),
            "decisions": clock_reading.waiting_for(user, SHOWN),
            "reviews": selectors.waiting_reviews(user)[:SHOWN],
            "own": selectors.cases_with_petitions(own).order_by("due_on", "pk")[:SHOWN],
            "at_desk": Case.objects.at_desk().count() if allowed(user, PUBLISH) else 0,
            "today": today,
        }


class OwedPanel(Component):
    """How many answers are owed, late, and in nobody's hands; each number leads to its list."""

    name = "answers_owed"
    template_name = "staff/answers/owed_panel.html"
    order = 30

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        user: User = parent_context["request"].user
        seen = Case.objects.visible_to(user)
        today = timezone.localdate()
        return {
            "figures": overview.owed_figures(user, today),
            "may_assign": allowed(user, ASSIGN),
            "next": selectors.cases_with_petitions(seen.owed()).order_by("due_on", "pk")[:SHOWN],
            "today": today,
        }
