"""Acts on many cases: chosen on the list, tried out, done, undone."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.widgets import AdminAutoHeightTextInput

from accounts.models import Department, User
from accounts.permissions import require
from accounts.selectors import answering_departments
from audit.viewsets import BoundedPaginator
from petitions.services import Refused
from responses import selectors
from responses.models import Batch, Case
from responses.models.batch import BatchAct, BatchState, Outcome
from responses.models.case import CasePriority
from responses.services import batches, pausing, tagging
from responses.staff.filters import CaseFilters
from responses.staff.forms import name_and_department, owners
from responses.staff.screens import Screen
from responses.viewsets import searched

# Worked on while the reader waits; the clock goes on with the rest.
WHILE_WAITING = 25
PER_PAGE = 50
ACTIVE = tuple(batches.WALKS)


class BatchForm(forms.Form):
    """What to do with the chosen cases. Each act asks for its own fields only."""

    act = forms.ChoiceField(label=_("What to do"), choices=BatchAct.choices, widget=forms.RadioSelect)
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=None, required=False, help_text=_("To assign. Those where somebody reviews.")
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=None, required=False, empty_label=_("The department’s named person")
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=[("", _("as it is")), *CasePriority.choices], coerce=int, required=False
    )
    tags = forms.CharField(label=_("Tags"), required=False, max_length=400, help_text=_("With commas between them."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = answering_departments()
        self.fields["owner"].queryset = owners()
        self.fields["owner"].label_from_instance = name_and_department
        for code, name in settings.LANGUAGES:
            self.fields[f"reason_{code}"] = forms.CharField(
                label=_("Reason for the pause, public (%(language)s)") % {"language": name},
                required=False,
                max_length=pausing.REASON_LENGTH,
                widget=AdminAutoHeightTextInput,
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            self.details = self._details(data)
        except Refused as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
        return data

    def _details(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the act needs, as the batch keeps it. Raises Refused naming the field that is missing."""
        match data.get("act"):
            case BatchAct.ASSIGN:
                if not data.get("department"):
                    raise Refused(gettext("Choose a department."), "department")
                owner = data.get("owner")
                return {
                    "department_id": data["department"].pk,
                    "owner_id": owner.pk if owner else None,
                    "priority": data.get("priority") or None,
                }
            case BatchAct.TAG | BatchAct.UNTAG:
                if not (tags := tagging.named(data.get("tags", ""))):
                    raise Refused(gettext("Write at least one tag."), "tags")
                return {"tags": tags}
            case BatchAct.PAUSE:
                texts = {code: data.get(f"reason_{code}", "") for code, _name in settings.LANGUAGES}
                return {"reason": pausing.public_reason(texts)}
        return {}


class BatchScreen(Screen):
    header_icon = "list-ul"

    def guard(self) -> None:
        require(self.request.user, batches.RIGHT)

    def case_id(self) -> None:
        return None

    def get_parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse_lazy("staff_cases:index"), "label": _("Cases")}]


class BatchNewView(BatchScreen):
    """The form of the act. A valid one is tried out at once; nothing is changed yet."""

    template_name = "staff/answers/batch_new.html"
    page_title = _("Act on many cases")

    def get(self, request: HttpRequest) -> HttpResponse:
        self.guard()
        return self.render_to_response(self.get_context_data(form=BatchForm()))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        self.guard()
        form = BatchForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                ids = chosen(request, request.POST)
                made = batches.make(act=data["act"], details=form.details, case_ids=ids, actor=request.user)
                batches.work(batch_id=made.pk, now=timezone.now(), at_most=WHILE_WAITING)
                return redirect("cases:batch", made.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        for error in form.non_field_errors():
            messages.error(request, error)
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        ids = chosen(self.request, data)
        cases = selectors.cases_with_petitions(Case.objects.filter(pk__in=ids[:PER_PAGE])).order_by("due_on", "pk")
        return super().get_context_data(
            which=data.get("which", ""),
            filter=data.get("filter", ""),
            ids=ids if data.get("which") != "all" else [],
            number=len(ids),
            limit=batches.CASES_AT_MOST,
            cases=cases,
            **kwargs,
        )


def chosen(request: HttpRequest, data: QueryDict) -> list[int]:
    """Ids of the cases that the list's form speaks of: the ticked ones, or all that its filter finds (and one more
    than may be acted on, so that too many are told from just enough)."""
    seen = Case.objects.visible_to(request.user)
    if data.get("which") == "all":
        query = QueryDict(data.get("filter", "")[:2000])
        filters = CaseFilters(query, queryset=searched(seen, query.get("q", "")), request=request)
        found = filters.qs if filters.is_valid() else seen.none()
        return list(found.order_by("due_on", "pk").values_list("pk", flat=True)[: batches.CASES_AT_MOST + 1])
    ticked = [int(value) for value in data.getlist("case") if value.isdecimal() and len(value) < 19]
    return list(seen.filter(pk__in=ticked[: batches.CASES_AT_MOST + 1]).values_list("pk", flat=True))


class BatchView(BatchScreen):
    """What became, or would become, of each case; done and undone here."""

    template_name = "staff/answers/batch.html"
    batch: Batch

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.guard()
        self.batch = get_object_or_404(Batch.objects.select_related("made_by", "undone_by"), pk=pk)
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        self.guard()
        if not Batch.objects.filter(pk=pk).exists():
            raise Http404
        act = batches.undo if "undo" in request.POST else batches.start if "start" in request.POST else None
        if act is None:
            return self.get(request, pk)
        try:
            act(batch_id=pk, actor=request.user)
            batches.work(batch_id=pk, now=timezone.now(), at_most=WHILE_WAITING)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("cases:batch", pk)

    def get_page_title(self) -> str:
        return gettext("Batch %(number)s: %(act)s") % {"number": self.batch.pk, "act": self.batch.get_act_display()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        items = self.batch.items.select_related("case__department", "case__owner")
        shown = items.prefetch_related("case__links__petition").order_by("pk")
        page = BoundedPaginator(shown, PER_PAGE).get_page(self.request.GET.get("p"))
        outcomes = list(items.order_by().values_list("outcome", flat=True))
        counts = [(label, outcomes.count(name)) for name, label in Outcome.choices if name in outcomes]
        return super().get_context_data(
            batch=self.batch,
            page_obj=page,
            items=[(item, selectors.petition_titles(item.case)) for item in page],
            counts=counts,
            details=described(self.batch),
            is_active=self.batch.state in ACTIVE,
            possible=outcomes.count(Outcome.POSSIBLE),
            done=outcomes.count(Outcome.DONE),
            may_start=self.batch.state == BatchState.TRIED and self.batch.made_by_id == self.request.user.pk,
            may_undo=self.batch.state == BatchState.DONE,
            **kwargs,
        )


def described(batch: Batch) -> list[tuple[Any, Any]]:
    """What the act was given, in words."""
    details = batch.details
    if batch.act == BatchAct.ASSIGN:
        owner = User.objects.filter(pk=details["owner_id"]).first() if details["owner_id"] else None
        priority = CasePriority(details["priority"]).label if details["priority"] else _("as it is")
        department = Department.objects.filter(pk=details["department_id"]).first()
        return [
            (_("Department"), department),
            (_("Owner"), owner or _("the department’s named person")),
            (_("Priority"), priority),
        ]
    if batch.act == BatchAct.PAUSE:
        return [(_("Public reason"), " / ".join(details["reason"].values()))]
    return [(_("Tags"), ", ".join(details["tags"]))]
