"""Acts on many signatures: made, counted, started, cancelled."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import Region
from petitions.refusals import Refused
from signatures.fraud import bulk, people
from signatures.fraud.criteria import TAGS, UNPLACED, Criteria
from signatures.models import Act, BulkAct, BulkState, Suspicion
from signatures.staff.forms import BulkForm, ReasonForm
from signatures.staff.screens import ActingScreen, done, petition_or_404
from vault.sealing import BrokenSeal

# What a link may fill in: nothing of a person.
PREFILLED = ("act", "suspicion", *(f"{kind}_tag" for kind in TAGS))
CRITERIA_LABELS = {
    "domain": _("domain"),
    "network": _("network"),
    "name": _("name"),
    "since": _("handed in from"),
    "until": _("handed in before"),
    "regions": _("regions"),
    "suspicion": _("set aside because of"),
    "domain_tag": _("a group of one domain"),
    "network_tag": _("a group of one network"),
    "name_tag": _("a group of one name"),
}


class BulkNewView(ActingScreen):
    """The form of criteria. A valid one is counted at once; nothing is changed yet."""

    template_name = "staff/fraud/bulk_new.html"
    page_title = _("Act on many signatures")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.petition = petition_or_404(kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_parents(self) -> list[dict[str, Any]]:
        url = reverse("staff_fraud_petition", args=[self.petition.pk])
        return [*super().get_parents(), {"url": url, "label": f"{self.petition.pk}: {self.petition.title}"}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "form" not in kwargs:
            given = {name: self.request.GET[name] for name in PREFILLED if name in self.request.GET}
            kwargs["form"] = BulkForm(initial=given)
        form = kwargs["form"]
        return super().get_context_data(
            petition=self.petition, group=CRITERIA_LABELS.get(f"{form.group}_tag"), **kwargs
        )

    def acted(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = BulkForm(request.POST)
        if form.is_valid():
            try:
                made = bulk.make(
                    petition_id=self.petition.pk,
                    act=Act(form.cleaned_data["act"]),
                    criteria=form.criteria(),
                    actor=request.user,
                )
                return redirect("staff_bulk", made.pk)
            except Refused as refusal:
                refusal.add_to(form)
        return self.again(form, form=form)


class BulkView(ActingScreen):
    """How far an act is; started and cancelled here."""

    template_name = "staff/fraud/bulk.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = BulkAct.objects.select_related("made_by", "started_by").filter(pk=kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.bulk = found
        self.petition = petition_or_404(found.petition_id)
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return str(_("Act %(number)s: %(act)s") % {"number": self.bulk.pk, "act": self.bulk.get_act_display()})

    def get_parents(self) -> list[dict[str, Any]]:
        url = reverse("staff_fraud_petition", args=[self.petition.pk])
        return [*super().get_parents(), {"url": url, "label": f"{self.petition.pk}: {self.petition.title}"}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        act = self.bulk
        return super().get_context_data(
            **{
                "bulk": act,
                "petition": self.petition,
                "criteria": described(act, clear=self.may_act()),
                "percent": 100 * act.looked_at // act.rows if act.rows else 0,
                "may_start": act.state == BulkState.COUNTED,
                "form": ReasonForm(),
                **kwargs,
            }
        )

    def acted(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "cancel" in request.POST:
            form = ReasonForm()
            try:
                bulk.cancel(bulk_id=self.bulk.pk, actor=request.user, now=timezone.now())
                done(request, _("Cancelled. What was done stays done."))
            except Refused as refusal:
                return self._refused(ReasonForm(request.POST), refusal)
            return redirect("staff_bulk", self.bulk.pk)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self.again(form, form=form)
        try:
            reason = form.cleaned_data["reason"]
            bulk.start(bulk_id=self.bulk.pk, actor=request.user, reason=reason, now=timezone.now())
        except Refused as refusal:
            return self._refused(form, refusal)
        done(request, _("Started."))
        return redirect("staff_bulk", self.bulk.pk)

    def _refused(self, form: ReasonForm, refusal: Refused) -> HttpResponseBase:
        form.is_valid()
        form.errors.clear()
        refusal.add_to(form)
        return self.again(form, form=form)


def described(act: BulkAct, *, clear: bool) -> list[tuple[Any, str]]:
    """The criteria in words; names and networks in clear only for those who may act on them."""
    try:
        criteria = Criteria.unsealed(act.sealed, act.petition_id) if act.sealed else None
    except BrokenSeal:
        criteria = None
    if criteria is None:
        return []
    return [(CRITERIA_LABELS[kind], _shown(kind, getattr(criteria, kind), clear)) for kind in criteria.kinds]


def _shown(kind: str, value: str, clear: bool) -> str:
    if kind.endswith("_tag"):
        return ""
    if kind == "suspicion":
        return str(dict(Suspicion.choices)[value])
    if kind == "regions":
        names = {**dict(Region.objects.values_list("code", "name")), UNPLACED: str(_("unplaced or abroad"))}
        return ", ".join(names.get(code, code) for code in value.split(","))
    if kind in ("since", "until"):
        return f"{value[:10]} {value[11:16]}"
    return value if clear else people.masked(kind, value)
