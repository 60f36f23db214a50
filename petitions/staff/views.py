"""The moderators' screens: each view shows something or calls one service."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from accounts.permissions import allowed
from audit.viewsets import BoundedPaginator
from petitions.models import Petition
from petitions.refusals import Refused
from petitions.services.steps import MODERATE
from petitions.staff import petition as reading
from petitions.staff import queue
from petitions.staff.acts import ACTS, CLAIMING, StaffAct
from petitions.staff.forms import ActForm

PER_PAGE = 50


class StaffScreen(WagtailAdminTemplateMixin, TemplateView):
    """A page inside Wagtail's admin for those who hold ``permission``."""

    permission = MODERATE
    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user, self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, *self.get_parents(), here]

    def get_parents(self) -> list[dict[str, Any]]:
        return []


class QueueTab(StaffScreen):
    """One of the three lists of what waits."""

    header_icon = "tasks"
    page_title = _("Moderation")
    tab = ""

    def get_queryset(self) -> QuerySet[Any]:
        raise NotImplementedError

    def described(self, items: list[Any]) -> list[Any]:
        return items

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = BoundedPaginator(self.get_queryset(), PER_PAGE).get_page(self.request.GET.get("p"))
        now = timezone.now()
        return super().get_context_data(
            tab=self.tab,
            page_obj=page,
            items=self.described(list(page.object_list)),
            figures=queue.figures(now),
            reported=queue.reported_petitions().count(),
            reviews=queue.waiting_reviews().count(),
            index_url=self.request.path,
            **kwargs,
        )


class QueueView(QueueTab):
    """Petitions to be checked, oldest breach of the target first."""

    template_name = "staff/petitions/queue.html"
    tab = "petitions"

    def get_queryset(self) -> QuerySet[Petition]:
        return queue.waiting_petitions()

    def described(self, items: list[Petition]) -> list[queue.Waiting]:
        now = timezone.now()
        return [queue.described(petition, now) for petition in items]


class ReportsView(QueueTab):
    """Reported petitions, with all that was said about each."""

    template_name = "staff/petitions/reports.html"
    tab = "reports"

    def get_queryset(self) -> QuerySet[Petition]:
        return queue.reported_petitions()

    def described(self, items: list[Petition]) -> list[queue.Reported]:
        return queue.with_reports(items)


class ReviewsView(QueueTab):
    """Refusals to be looked at again, by somebody else than who refused."""

    template_name = "staff/petitions/reviews.html"
    tab = "reviews"

    def get_queryset(self) -> QuerySet[Any]:
        return queue.waiting_reviews()


class PetitionView(StaffScreen):
    """One petition with all that staff know of it, and the acts that are possible."""

    permission = "petitions.view_petition"
    template_name = "staff/petitions/petition.html"
    header_icon = "form"
    refused: tuple[StaffAct, ActForm] | None = None
    object: Petition

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.object = _petition_or_404(request, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return f"{self.object.pk}: {self.object.title}"

    def get_parents(self) -> list[dict[str, Any]]:
        if allowed(self.request.user, MODERATE):
            return [{"url": reverse_lazy("staff_moderation"), "label": _("Moderation")}]
        return [{"url": reverse_lazy("staff_petitions:index"), "label": _("Petitions")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        screen = reading.screen(self.object, timezone.now(), everything=reading.sees_all(self.request.user))
        return super().get_context_data(
            screen=screen,
            petition=self.object,
            is_public=reading.is_public(self.object),
            acts=self._acts(held=self._is_held(screen)),
            claiming=self._claiming(screen),
            refused_act=self.refused[0].name if self.refused else "",
            **kwargs,
        )

    def _is_held(self, screen: reading.Screen) -> bool:
        """Whether a colleague is checking the petition, so that only they decide; what was just refused stays shown."""
        return bool(
            screen.waiting
            and screen.waiting.claimed
            and self.object.claimed_by != self.request.user
            and not self.refused
        )

    def _acts(self, *, held: bool) -> list[tuple[StaffAct, ActForm]]:
        if not allowed(self.request.user, MODERATE):
            return []
        return [
            (act, self.refused[1] if self.refused and self.refused[0] == act else _form(act, self.object))
            for act in ACTS.values()
            if act.name not in CLAIMING and act.offered(self.object) and not (act.ends_work and held)
        ]

    def _claiming(self, screen: reading.Screen) -> StaffAct | None:
        if screen.waiting is None or not allowed(self.request.user, MODERATE):
            return None
        mine = screen.waiting.claimed and self.object.claimed_by == self.request.user
        if screen.waiting.claimed and not mine:
            return None
        return ACTS["release" if mine else "claim"]


class ActView(View):
    """Does one act on POST; on a refusal the petition's page says why, with what was typed."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, pk: int, act: str) -> HttpResponseBase:
        """A reload, or the way back from a login, leads to the page with the form."""
        if act not in ACTS:
            raise Http404
        return redirect("staff_petition", _petition_or_404(request, pk).pk)

    def post(self, request: HttpRequest, pk: int, act: str) -> HttpResponseBase:
        if not allowed(request.user, MODERATE):
            raise PermissionDenied
        if act not in ACTS:
            raise Http404
        staff_act = ACTS[act]
        petition = _petition_or_404(request, pk)
        form = _form(staff_act, petition, request.POST)
        if not form.is_valid() or not self._done(staff_act, form):
            return self._page_with(staff_act, form)
        messages.success(request, staff_act.done)
        return redirect("staff_moderation") if staff_act.ends_work else redirect("staff_petition", pk)

    def _done(self, act: StaffAct, form: ActForm) -> bool:
        try:
            act.run(form.petition.pk, self.request.user, dict(form.cleaned_data), timezone.now())
        except Refused as refusal:
            refusal.add_to(form)
            return False
        return True

    def _page_with(self, act: StaffAct, form: ActForm) -> HttpResponse:
        # Read again: the act may have been refused because a colleague was faster.
        petition = _petition_or_404(self.request, form.petition.pk)
        for error in form.non_field_errors():
            messages.error(self.request, error)
        if form.errors and not form.non_field_errors():
            messages.error(self.request, _("This could not be done yet: see the fields below."))
        screen = PetitionView()
        screen.setup(self.request, pk=petition.pk)
        screen.object, screen.refused = petition, (act, form)
        return screen.render_to_response(screen.get_context_data(), status=200)


def _form(act: StaffAct, petition: Petition, data: Any = None) -> ActForm:
    return act.form(data, petition=petition, prefix=None, auto_id=f"{act.name}_%s")


def _petition_or_404(request: HttpRequest, petition_id: int) -> Petition:
    try:
        return reading.visible(request.user, petition_id)
    except Petition.DoesNotExist:
        raise Http404 from None


def petition_url(petition: Petition) -> str:
    """The staff's page about the petition."""
    return reverse("staff_petition", args=[petition.pk])
