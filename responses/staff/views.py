"""The screens of cases, reviews and the publication desk: each view shows something or calls one service."""

from copy import copy
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from wagtail.admin import messages

from accounts.permissions import allowed
from audit.viewsets import BoundedPaginator
from cms.languages import path_for
from petitions.services import Refused
from responses import lifecycle, selectors
from responses.models import AnswerPage, Case
from responses.models.approval import ReviewState
from responses.models.case import CaseState
from responses.services import answers
from responses.staff import presence, reading
from responses.staff.act import PUBLISH, StaffAct
from responses.staff.acts import ACTS, offered
from responses.staff.forms import ActForm
from responses.staff.gathering_acts import may_gather
from responses.staff.screens import Guarded, Screen, case_or_404, field_of, say_errors

PER_PAGE = 50


class CaseView(Screen):
    """One case with all that staff know of it, and the acts that are possible."""

    template_name = "staff/answers/case.html"
    refused: tuple[StaffAct, ActForm] | None = None
    object: Case

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.object = case_or_404(request.user, pk)
        return self.render_to_response(self.get_context_data())

    def get_page_title(self) -> str:
        return str(self.object)

    def get_page_subtitle(self) -> str:
        return selectors.petition_titles(self.object)

    def get_parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse_lazy("staff_cases:index"), "label": _("Cases")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        screen = reading.screen(self.object, timezone.now())
        user = self.request.user
        return super().get_context_data(
            screen=screen,
            case=self.object,
            others=presence.arrive(self.object, user, timezone.now()),
            acts=[
                (act, self.refused[1] if self.refused and self.refused[0] == act else _form(act, self.object))
                for act in offered(self.object, user)
            ],
            refused_act=self.refused[0].name if self.refused else "",
            may_gather=may_gather(self.object, user),
            today=_today(),
            may_write=screen.page.permissions_for_user(user).can_edit(),
            review=self._review(screen),
            languages=[(text.language, text.get_language_display()) for text in screen.latest.texts.all()],
            public_path=answers.path_of(screen.page),
            **kwargs,
        )

    def _review(self, screen: reading.Screen) -> ReviewState | None:
        """The review that waits for this very person."""
        for line in screen.steps:
            if line.waiting and line.waiting.task.specific.get_actions(screen.page, self.request.user):
                return line.waiting
        return None


class WriteView(Guarded):
    """Leads whoever may write the draft now to the editor, all others to the case."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        case = case_or_404(request.user, pk)
        page = AnswerPage.objects.get(case=case)
        if case.state == CaseState.DRAFTING and page.permissions_for_user(request.user).can_edit():
            return redirect("wagtailadmin_pages:edit", page.pk)
        return redirect("cases:detail", pk)


class ActView(Guarded):
    """Does one act on POST; on a refusal the case's page says why, with what was typed."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, pk: int, act: str) -> HttpResponseBase:
        """A reload, or the way back from a login, leads to the page with the form."""
        if act not in ACTS:
            raise Http404
        return redirect("cases:detail", case_or_404(request.user, pk).pk)

    def post(self, request: HttpRequest, pk: int, act: str) -> HttpResponseBase:
        if act not in ACTS:
            raise Http404
        staff_act = ACTS[act]
        case = case_or_404(request.user, pk)
        form = _form(staff_act, case, request.POST)
        if not form.is_valid() or not self._done(staff_act, form):
            return self._page_with(staff_act, form)
        messages.success(request, staff_act.done)
        page = AnswerPage.objects.get(case_id=pk)
        if staff_act.leads_to_editor and page.permissions_for_user(request.user).can_edit():
            return redirect("wagtailadmin_pages:edit", page.pk)
        return redirect("cases:detail", pk)

    def _done(self, act: StaffAct, form: ActForm) -> bool:
        try:
            act.run(form.case, self.request.user, form, timezone.now())
        except Refused as refusal:
            form.add_error(field_of(form, refusal), str(refusal))
        except lifecycle.WrongState:
            form.add_error(None, gettext("The case has moved on meanwhile: look at where it stands now."))
        return form.is_valid()

    def _page_with(self, act: StaffAct, form: ActForm) -> HttpResponse:
        say_errors(self.request, form)
        screen = CaseView()
        screen.setup(self.request, pk=form.case.pk)
        # Read again: the act may have been refused because a colleague was faster.
        screen.object, screen.refused = case_or_404(self.request.user, form.case.pk), (act, form)
        return screen.render_to_response(screen.get_context_data())


@method_decorator(xframe_options_sameorigin, name="dispatch")
class PreviewView(Guarded):
    """The newest version of an answer as its public page would look in one language."""

    def get(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        case = case_or_404(request.user, pk)
        if language not in dict(settings.LANGUAGES):
            raise Http404
        page = AnswerPage.objects.get(case=case).get_latest_revision_as_object()
        shown = copy(request)
        shown.path = shown.path_info = path_for(answers.path_of(page), language)
        with override(language):
            context = page.get_context(shown)
            return TemplateResponse(shown, page.get_template(shown), context).render()


class DeskView(Screen):
    """What is cleared and waits to be published, and what has a date."""

    template_name = "staff/answers/desk.html"
    page_title = _("Publication desk")
    header_icon = "upload"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not allowed(request.user, PUBLISH):
            raise PermissionDenied
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = selectors.cases_with_petitions(Case.objects.at_desk()).order_by("publish_at", "due_on", "pk")
        page = BoundedPaginator(waiting, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(page_obj=page, cases=list(page), today=_today(), **kwargs)


def _today() -> Any:
    return timezone.localdate()


def _form(act: StaffAct, case: Case, data: Any = None) -> ActForm:
    return act.form(data, case=case, auto_id=f"{act.name}_%s")
