"""The page of one review, made for a phone: what changed first, then the three acts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.models import TaskState

from accounts.models import User
from accounts.permissions import NotAllowed
from petitions.services import Refused
from responses import clearance, reviewers, selectors, services
from responses.models import Case
from responses.models.approval import ReviewState
from responses.services import conferring
from responses.services.review import case_of
from responses.staff.answer_forms import HandOverForm
from responses.staff.forms import ActForm, ApproveForm, ReturnForm
from responses.staff.review_reading import review_screen
from responses.staff.screens import Screen, case_or_404, field_of, say_errors


@dataclass(frozen=True)
class Decision:
    """One of the acts of a review: its form and the service that does it."""

    name: str
    form: type[ActForm]
    run: Callable[[int, User, dict[str, Any], datetime], Any]
    done: str | Promise


def _approve(state_id: int, actor: User, data: dict[str, Any], now: datetime) -> None:
    services.approve(task_state_id=state_id, actor=actor, now=now, comment=data["comment"], seen=data["seen"])


def _send_back(state_id: int, actor: User, data: dict[str, Any], now: datetime) -> None:
    services.send_back(task_state_id=state_id, actor=actor, now=now, reason=data["comment"])


def _hand_over(state_id: int, actor: User, data: dict[str, Any], now: datetime) -> None:
    colleague_id = data["colleague_id"].pk
    services.hand_over(task_state_id=state_id, actor=actor, now=now, colleague_id=colleague_id, word=data["word"])


DECISIONS = {
    decision.name: decision
    for decision in (
        Decision("approve", ApproveForm, _approve, _("Approved.")),
        Decision("return", ReturnForm, _send_back, _("Returned to its writers.")),
        Decision("hand", HandOverForm, _hand_over, _("Handed to your colleague.")),
    )
}


class ReviewView(Screen):
    """The version under review as the public would see it: approve it, return it with a reason, or hand it on."""

    template_name = "staff/answers/review.html"
    header_icon = "tasks"
    state: ReviewState
    object: Case

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.forms: dict[str, ActForm] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.state = get_object_or_404(
            ReviewState.objects.select_related("task", "revision", "workflow_state"), pk=kwargs["task_state_id"]
        )
        self.object = case_or_404(request.user, case_of(self.state.workflow_state).pk)
        if self.state.status != TaskState.STATUS_IN_PROGRESS:
            messages.warning(request, _("This review is no longer waiting: it was decided or taken back."))
            return redirect("cases:detail", self.object.pk)
        return super().dispatch(request, *args, **kwargs)

    def case_id(self) -> int | None:
        return self.object.pk

    def get(self, request: HttpRequest, task_state_id: int) -> HttpResponse:
        self._require_reader()
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, task_state_id: int) -> HttpResponseBase:
        decision = DECISIONS.get(request.POST.get("decision", ""), DECISIONS["return"])
        form = self._form(decision, request.POST)
        if form.is_valid() and self._decided(decision, form):
            messages.success(request, decision.done)
            return redirect("wagtailadmin_home")
        self._require_reader()
        say_errors(request, form)
        self.forms[decision.name] = form
        return self.render_to_response(self.get_context_data())

    def _form(self, decision: Decision, data: QueryDict | None = None) -> ActForm:
        initial = {"seen": self._content()} if decision.name == "approve" else None
        form = decision.form(data, case=self.object, initial=initial, auto_id=f"{decision.name}_%s")
        if isinstance(form, HandOverForm):
            form.offer(conferring.colleagues(self.state, self.object, self.request.user))
        return form

    def _decided(self, decision: Decision, form: ActForm) -> bool:
        try:
            decision.run(self.state.pk, self.request.user, form.cleaned_data, timezone.now())
        except Refused as refusal:
            form.add_error(field_of(form, refusal), str(refusal))
        return form.is_valid()

    def _content(self) -> str:
        return clearance.under_review(self.object, self.state.revision)

    def _standing(self) -> reviewers.Standing:
        return reviewers.standing(
            case=self.object,
            page_id=int(self.state.workflow_state.object_id),
            revision_id=self.state.revision_id,
            review=self._review(),
            user=self.request.user,
        )

    def _review(self) -> reviewers.Review:
        return reviewers.review_of(self.state.task.specific)

    def _require_reader(self) -> None:
        """Those who hold the step read it, with a word on why they may not decide it; others have no business here."""
        if self._standing().objection in reviewers.NOT_THEIRS:
            raise NotAllowed(_("This review is somebody else’s."))

    def get_page_title(self) -> str:
        return capfirst(self._review().label)

    def get_page_subtitle(self) -> str:
        return selectors.petition_titles(self.object)

    def get_parents(self) -> list[dict[str, Any]]:
        return [
            {"url": reverse_lazy("staff_cases:index"), "label": _("Cases")},
            {"url": reverse("cases:detail", args=[self.object.pk]), "label": self.object},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        screen = review_screen(self.object, self.state, self.request.user)
        standing = self._standing()
        if standing.objection is None:
            conferring.note_reading(
                task_state=self.state, reader=self.request.user, content=screen.digest, now=timezone.now()
            )
        forms = {name: self.forms.get(name) or self._form(decision) for name, decision in DECISIONS.items()}
        return super().get_context_data(
            screen=screen,
            case=self.object,
            today=timezone.localdate(),
            standing=standing,
            approve_form=forms["approve"],
            return_form=forms["return"],
            hand_form=forms["hand"],
            has_colleagues=forms["hand"].fields["colleague_id"].queryset.exists(),
            **kwargs,
        )
