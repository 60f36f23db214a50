"""The fraud desk: what stands out, one petition, one group."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

import petitions.services
from petitions.models import Crossing, Trend
from petitions.refusals import Refused
from signatures.fraud import desk, grouping, people, watch
from signatures.models import Act, BulkAct, Flag, Suspicion
from signatures.staff.forms import BulkForm, FindingForm, PetitionForm, ReasonForm
from signatures.staff.screens import ActingScreen, DeskScreen, done, petition_or_404, say_refused, titles

FLAGS_SHOWN = 20
HELD_SHOWN = 50
ACTS_SHOWN = 10
TRENDS_SHOWN = 5
MEMBERS_SHOWN = 25
KIND_LABELS = {"domain": _("Domains"), "network": _("Networks"), "name": _("Names")}
SUSPICIONS = dict(Suspicion.choices)


class OverviewView(DeskScreen):
    """What a person should look at, over all petitions."""

    template_name = "staff/fraud/overview.html"
    page_title = _("Fraud desk")
    refused: tuple[str, int, Any] | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page; or the desk of the petition whose number was asked for."""
        if "petition" in request.GET:
            form = PetitionForm(request.GET)
            if form.is_valid():
                return redirect("staff_fraud_petition", form.cleaned_data["petition"])
            return self.render_to_response(self.get_context_data(petition_form=form))
        return super().get(request, *args, **kwargs)

    def get_parents(self) -> list[dict[str, Any]]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        flags = list(Flag.objects.filter(settled_at=None)[:FLAGS_SHOWN])
        held = desk.held()[:HELD_SHOWN]
        acts = list(BulkAct.objects.select_related("made_by")[:ACTS_SHOWN])
        numbers = {flag.petition_id for flag in flags} | {row["petition_id"] for row in held}
        named = titles(numbers | {act.petition_id for act in acts})
        undercuts = Crossing.objects.undercut_unreviewed().select_related("petition", "threshold")
        return super().get_context_data(
            flags=[self._flag(flag, named) for flag in flags],
            held=[{**row, "title": named.get(row["petition_id"]), "why": SUSPICIONS[row["suspicion"]]} for row in held],
            undercuts=[(crossing, self._form("undercut", crossing.pk, FindingForm)) for crossing in undercuts],
            acts=[(act, named.get(act.petition_id)) for act in acts],
            trends=Trend.objects.select_related("petition").order_by("-last_day", "-petition")[:TRENDS_SHOWN],
            **{"petition_form": PetitionForm(), **kwargs},
        )

    def _flag(self, flag: Flag, named: dict[int, str]) -> dict[str, Any]:
        tag = bytes(flag.tag).hex()
        return {
            "flag": flag,
            "tag": tag,
            "title": named.get(flag.petition_id),
            "label": grouping.masked(flag.petition_id, flag.kind, tag) if tag else "",
            "form": self._form("flag", flag.pk, ReasonForm),
        }

    def _form(self, of: str, number: int, form: type) -> Any:
        if self.refused and self.refused[:2] == (of, number):
            return self.refused[2]
        return form(auto_id=f"{of}{number}_%s")


class FlagView(ActingScreen):
    """Notes on POST that somebody has looked at a flag."""

    of, form = "flag", ReasonForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return redirect("staff_fraud")

    def acted(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.form(request.POST, auto_id=f"{self.of}{kwargs['pk']}_%s")
        if form.is_valid():
            try:
                self.note(kwargs["pk"], form)
            except (Flag.DoesNotExist, Crossing.DoesNotExist):
                raise Http404 from None
            except Refused as refusal:
                refusal.add_to(form)
        if not form.errors:
            done(request, _("Noted."))
            return redirect("staff_fraud")
        page = OverviewView()
        page.setup(request)
        page.refused = (self.of, kwargs["pk"], form)
        say_refused(request, form)
        return page.render_to_response(page.get_context_data())

    def note(self, number: int, form: Any) -> None:
        now, reason = timezone.now(), form.cleaned_data["reason"]
        watch.settle(flag_id=number, actor=self.request.user, reason=reason, now=now)


class UndercutView(FlagView):
    """Notes on POST what somebody found who looked at a count below its threshold."""

    of, form = "undercut", FindingForm

    def note(self, number: int, form: Any) -> None:
        petitions.services.review_undercut(
            crossing_id=number, actor=self.request.user, finding=form.cleaned_data["finding"], now=timezone.now()
        )


class PetitionDeskView(DeskScreen):
    """One petition's newest signatures over time and in groups."""

    template_name = "staff/fraud/petition.html"

    def get_page_title(self) -> str:
        return f"{self.petition.pk}: {self.petition.title}"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.petition = petition_or_404(kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        window = window_of(self.request)
        return super().get_context_data(
            petition=self.petition,
            window=window,
            windows=desk.WINDOWS.values(),
            chart=desk.over_time(self.petition.pk, window, now=now),
            kinds=[
                (KIND_LABELS[kind], kind, desk.groups(self.petition.pk, kind, window, now=now))
                for kind in ("network", "domain", "name")
            ],
            held=[{**row, "why": SUSPICIONS[row["suspicion"]]} for row in desk.held(self.petition.pk)],
            flags=Flag.objects.filter(petition_id=self.petition.pk, settled_at=None),
            acts=[
                (act, "")
                for act in BulkAct.objects.filter(petition_id=self.petition.pk).select_related("made_by")[:ACTS_SHOWN]
            ],
            **kwargs,
        )


class GroupView(ActingScreen):
    """One group: how it came in, some of its signatures, and what to do with all of them."""

    template_name = "staff/fraud/group.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.petition, self.kind, self.tag = petition_or_404(kwargs["pk"]), kwargs["kind"], kwargs["tag"]
        if not desk.is_group(self.kind, self.tag):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return grouping.masked(self.petition.pk, self.kind, self.tag) or str(_("A group of signatures"))

    def get_parents(self) -> list[dict[str, Any]]:
        url = reverse("staff_fraud_petition", args=[self.petition.pk])
        return [*super().get_parents(), {"url": url, "label": f"{self.petition.pk}: {self.petition.title}"}]

    def acted(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show what the group shares, for a reason."""
        form = ReasonForm(request.POST)
        if form.is_valid():
            try:
                shown = grouping.unmask(
                    petition_id=self.petition.pk,
                    kind=self.kind,
                    tag=self.tag,
                    actor=request.user,
                    reason=form.cleaned_data["reason"],
                )
                return self.render_to_response(self.get_context_data(shown=shown))
            except Refused as refusal:
                refusal.add_to(form)
        return self.again(form, unmask_form=form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        window = window_of(self.request)
        rows = desk.members(self.petition.pk, self.kind, self.tag, most=MEMBERS_SHOWN)
        chart = desk.over_time(self.petition.pk, window, now=timezone.now(), kind=self.kind, tag=self.tag)
        return super().get_context_data(
            **{
                "petition": self.petition,
                "kind": self.kind,
                "tag": self.tag,
                "members": [people.Masked.of(row) for row in rows],
                "window": window,
                "windows": desk.WINDOWS.values(),
                "chart": chart,
                "unmask_form": ReasonForm(),
                "act_form": BulkForm(initial={"act": Act.HOLD, f"{self.kind}_tag": self.tag}),
                "labels": KIND_LABELS,
                **kwargs,
            }
        )


def window_of(request: HttpRequest) -> desk.Window:
    """The window that the address asks for; the usual one where it asks for none of ours."""
    return desk.WINDOWS.get(request.GET.get("window", ""), desk.WINDOWS[desk.USUAL_WINDOW])
