"""The screens for signatures on paper: the list, entering a batch, and the page on which a second person decides."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.admin.widgets import AdminAutoHeightTextInput

from accounts.permissions import allowed
from audit.viewsets import BoundedPaginator
from petitions.refusals import Refused
from petitions.staff.views import StaffScreen
from signatures import paper
from signatures.models import PaperBatch, PaperScan, PaperState
from signatures.models.paper import MOST_IN_A_BATCH
from signatures.staff.screens import done, say_refused

PER_PAGE = 50
READERS = (paper.ENTER, paper.CONFIRM, "audit.view_entry")


class EnterForm(forms.Form):
    """A batch as a clerk enters it."""

    required_css_class = "required"
    petition_id = forms.IntegerField(label=_("Number of the petition"), min_value=1, max_value=2**62)
    place = forms.CharField(
        label=_("Where they were collected"),
        max_length=paper.LONGEST_PLACE,
        help_text=_("A place or an event. Name no person."),
    )
    number = forms.IntegerField(label=_("Valid signatures"), min_value=1, max_value=MOST_IN_A_BATCH)
    scan = forms.FileField(
        label=_("Scan of the sheets"),
        help_text=_("PDF, PNG or JPEG, at most 10 MB. Kept encrypted; only staff can download it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def clean_scan(self) -> bytes:
        scan = self.cleaned_data["scan"]
        if scan.size > paper.MOST_BYTES:
            raise forms.ValidationError(_("The file may have 10 MB."))
        return scan.read()


class NothingForm(forms.Form):
    """An act that asks nothing."""


class ReasonForm(forms.Form):
    required_css_class = "required"
    reason = forms.CharField(label=_("Why?"), max_length=1000, widget=AdminAutoHeightTextInput)


class PaperScreen(StaffScreen):
    """A page that everybody may read who enters, confirms or audits."""

    header_icon = "doc-full"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.permission = next((one for one in READERS if allowed(request.user, one)), READERS[0])
        return super().dispatch(request, *args, **kwargs)

    def get_parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse("staff_paper"), "label": _("Paper signatures")}]


class PaperListView(PaperScreen):
    """All batches, those that wait for a second person first."""

    template_name = "staff/signatures/paper_list.html"
    page_title = _("Paper signatures")

    def get_parents(self) -> list[dict[str, Any]]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batches = PaperBatch.objects.select_related("petition", "entered_by", "decided_by")
        waiting = batches.filter(state=PaperState.ENTERED).order_by("entered_at")[:PER_PAGE]
        decided = batches.exclude(state=PaperState.ENTERED).order_by("-decided_at")
        page = BoundedPaginator(decided, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            waiting=waiting,
            page_obj=page,
            may_enter=allowed(self.request.user, paper.ENTER),
            index_url=self.request.path,
            **kwargs,
        )


class EnterPaperView(StaffScreen):
    """A clerk enters a batch."""

    permission = paper.ENTER
    template_name = "staff/signatures/paper_enter.html"
    page_title = _("Enter signatures on paper")
    header_icon = "doc-full"
    http_method_names = ["get", "head", "post", "options"]

    def get_parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse("staff_paper"), "label": _("Paper signatures")}]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = EnterForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                batch = paper.enter(actor=request.user, now=timezone.now(), **form.cleaned_data)
            except Refused as refusal:
                refusal.add_to(form)
            else:
                done(request, _("The batch is entered. It counts once a colleague confirms it."))
                return redirect("staff_paper_batch", batch.pk)
        say_refused(request, form)
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", EnterForm(initial={"petition_id": self.request.GET.get("petition")}))
        return super().get_context_data(**kwargs)


Decide = tuple[str, Any, type[forms.Form], Callable[..., Any], PaperState, Any]
DECISIONS: dict[str, Decide] = {
    name: (name, label, form, service, state, words)
    for name, label, form, service, state, words in (
        ("confirm", _("Confirm"), NothingForm, paper.confirm, PaperState.ENTERED, _("The batch is confirmed.")),
        ("refuse", _("Refuse"), ReasonForm, paper.refuse, PaperState.ENTERED, _("The batch is refused.")),
        ("take_back", _("Take back"), ReasonForm, paper.take_back, PaperState.CONFIRMED, _("It is taken back.")),
    )
}


class PaperBatchView(PaperScreen):
    """One batch: what was entered, its scan, and what a second person can decide."""

    template_name = "staff/signatures/paper_batch.html"
    http_method_names = ["get", "head", "post", "options"]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = PaperBatch.objects.select_related("petition", "entered_by", "decided_by", "scan")
        self.batch = found.filter(pk=kwargs["pk"]).defer("scan__sealed").first()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.batch is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return str(_("Batch %(number)d") % {"number": self.kwargs["pk"]})

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        if not allowed(request.user, paper.CONFIRM):
            raise PermissionDenied
        name, _label, form_class, service, _state, words = DECISIONS.get(
            request.POST.get("act", ""), DECISIONS["confirm"]
        )
        if request.POST.get("act") not in DECISIONS:
            return self.render_to_response(self.get_context_data())
        form = form_class(request.POST, prefix=name)
        if form.is_valid():
            try:
                service(batch_id=pk, actor=request.user, now=timezone.now(), **form.cleaned_data)
            except Refused as refusal:
                refusal.add_to(form)
            else:
                done(request, words)
                return redirect("staff_paper_batch", pk)
        say_refused(request, form)
        self.setup(request, pk=pk)
        return self.render_to_response(self.get_context_data(refused=form))

    def get_context_data(self, refused: forms.Form | None = None, **kwargs: Any) -> dict[str, Any]:
        batch, user = self.batch, self.request.user
        offered = [decision for decision in DECISIONS.values() if decision[4] == batch.state]
        decides = paper.may_decide(batch, user)
        return super().get_context_data(
            batch=batch,
            has_scan=hasattr(batch, "scan") and (allowed(user, paper.ENTER) or allowed(user, paper.CONFIRM)),
            is_own=batch.entered_by_id == user.pk,
            decisions=[
                (name, label, refused if refused and refused.prefix == name else form(prefix=name))
                for name, label, form, *_rest in (offered if decides else [])
            ],
            **kwargs,
        )


@require_safe
def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan as a download that no browser shows in the site's name."""
    try:
        found = paper.read_scan(batch_id=pk, actor=request.user)
    except PaperScan.DoesNotExist:
        raise Http404 from None
    response = HttpResponse(found.content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


URLS: list[URLPattern] = [
    path("paper/", PaperListView.as_view(), name="staff_paper"),
    path("paper/enter/", EnterPaperView.as_view(), name="staff_paper_enter"),
    path("paper/<int:pk>/", PaperBatchView.as_view(), name="staff_paper_batch"),
    path("paper/<int:pk>/scan/", scan, name="staff_paper_scan"),
]
