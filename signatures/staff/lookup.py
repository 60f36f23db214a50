"""Support: one signature found by its address or number, shown masked, and what can be done for its owner.

An address is only ever in the body of a POST: never in a URL, so in no log and no history.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mailing.models import Mail
from petitions.refusals import Refused
from signatures.fraud import handling, looking, people
from signatures.fraud.handling import HANDLE
from signatures.fraud.moves import possible
from signatures.models import Act, Role, Signature, Suspicion
from signatures.staff.forms import LookupForm, NothingForm, ReasonForm, StaffForm
from signatures.staff.screens import ActingScreen, done, petition_or_404

MAILS_SHOWN = 20


class LookupView(ActingScreen):
    """The form, and what was found by it."""

    permission = HANDLE
    header_icon = "search"
    template_name = "staff/fraud/lookup.html"
    page_title = _("Find a signature")

    def get_parents(self) -> list[dict[str, Any]]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": LookupForm(), **kwargs})

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    def acted(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = LookupForm(request.POST)
        if form.is_valid():
            asked = form.cleaned_data
            try:
                found = looking.look_up(
                    actor=request.user,
                    address=asked["address"],
                    petition_id=asked["petition"],
                    row_id=asked["number"],
                )
                rows = [(entry.petition, people.Masked.of(entry.signature)) for entry in found.entries]
                return self.render_to_response(self.get_context_data(form=form, rows=rows, further=found.before))
            except Refused as refusal:
                refusal.add_to(form)
        return self.again(form, form=form)


@dataclass(frozen=True)
class RowAct:
    """An act on one signature as staff see it. ``takes`` names what the signature must be like, for the service."""

    name: str
    label: str | Promise
    done: str | Promise
    run: Callable[[Signature, User, dict[str, Any], datetime], Any]
    offered: Callable[[Signature], bool]
    form: type[StaffForm] = ReasonForm
    serious: bool = False


def _moves(act: Act, label: Any, said: Any, *, serious: bool = False) -> RowAct:
    def run(row: Signature, actor: User, data: dict[str, Any], now: datetime) -> None:
        handling.act(act, petition_id=row.petition_id, row_id=row.id, actor=actor, now=now, **data)

    return RowAct(act.value, label, said, run, lambda row: possible(act, row), serious=serious)


def _resend(row: Signature, actor: User, data: dict[str, Any], now: datetime) -> None:
    handling.resend(petition_id=row.petition_id, row_id=row.id, actor=actor, now=now)


def _withdraw(row: Signature, actor: User, data: dict[str, Any], now: datetime) -> None:
    handling.withdraw(petition_id=row.petition_id, row_id=row.id, actor=actor, now=now, **data)


UNMASK = "unmask"
ACTS = {
    act.name: act
    for act in (
        RowAct(
            "resend",
            _("Send the mail again"),
            _("The mail is queued, unless this mailbox has had as many as it may: see the list of mails."),
            _resend,
            lambda row: row.sealed is not None and row.state in ("pending", "confirmed", "held"),
            form=NothingForm,
        ),
        RowAct(
            "withdraw",
            _("Withdraw for its owner"),
            _("The signature is withdrawn. Its owner may sign again."),
            _withdraw,
            lambda row: possible(handling.moves.WITHDRAW, row),
            serious=True,
        ),
        _moves(Act.HOLD, _("Hold"), _("The signature is held.")),
        _moves(Act.RELEASE, _("Release"), _("The signature is released.")),
        _moves(Act.REJECT, _("Reject"), _("The signature is rejected."), serious=True),
        _moves(Act.REINSTATE, _("Take the rejection back"), _("The rejection is taken back.")),
    )
}


class SignatureView(ActingScreen):
    """One signature, masked; a POST with a reason shows the person behind it, on that one page."""

    permission = HANDLE
    header_icon = "search"
    template_name = "staff/fraud/signature.html"
    refused: tuple[str, StaffForm] | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.numbers = kwargs["petition_id"], kwargs["row_id"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    def get_page_title(self) -> str:
        return str(
            _("Signature %(row)s of petition %(petition)s") % {"petition": self.numbers[0], "row": self.numbers[1]}
        )

    def get_parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse_lazy("staff_lookup"), "label": _("Find a signature")}]

    def acted(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = ReasonForm(request.POST, auto_id=f"{UNMASK}_%s")
        row = row_or_404(*self.numbers)
        if form.is_valid():
            try:
                reason = form.cleaned_data["reason"]
                given = {"petition_id": row.petition_id, "row_id": row.id, "actor": request.user}
                return self.render_to_response(self.get_context_data(person=handling.unmask(**given, reason=reason)))
            except Refused as refusal:
                refusal.add_to(form)
        self.refused = (UNMASK, form)
        return self.again(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = row_or_404(*self.numbers)
        mails = Mail.objects.filter(petition_id=row.petition_id, row_id=row.id).order_by("-id")[:MAILS_SHOWN]
        return super().get_context_data(
            row=row,
            masked=people.Masked.of(row),
            petition=petition_or_404(row.petition_id),
            why=dict(Suspicion.choices)[row.suspicion] if row.suspicion else "",
            is_creator=row.role == Role.CREATOR,
            mails=mails,
            acts=[(act, self._form(act.name, act.form)) for act in ACTS.values() if self._offered(act, row)],
            unmask_form=self._form(UNMASK, ReasonForm),
            **kwargs,
        )

    def _offered(self, act: RowAct, row: Signature) -> bool:
        return act.offered(row) or bool(self.refused and self.refused[0] == act.name)

    def _form(self, name: str, form: type[StaffForm]) -> StaffForm:
        if self.refused and self.refused[0] == name:
            return self.refused[1]
        return form(auto_id=f"{name}_%s")


class SignatureActView(ActingScreen):
    """Does one act on POST."""

    permission = HANDLE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if kwargs["act"] not in ACTS:
            raise Http404
        row = row_or_404(kwargs["petition_id"], kwargs["row_id"])
        return redirect("staff_signature", row.petition_id, row.id)

    def acted(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        act = ACTS.get(kwargs["act"])
        if act is None:
            raise Http404
        row = row_or_404(kwargs["petition_id"], kwargs["row_id"])
        form = act.form(request.POST, auto_id=f"{act.name}_%s")
        if form.is_valid():
            try:
                act.run(row, request.user, dict(form.cleaned_data), timezone.now())
            except Refused as refusal:
                refusal.add_to(form)
        if not form.errors:
            done(request, act.done)
            return redirect("staff_signature", row.petition_id, row.id)
        page = SignatureView()
        page.setup(request, petition_id=row.petition_id, row_id=row.id)
        page.refused = (act.name, form)
        return page.again(form)


def row_or_404(petition_id: int, row_id: int) -> Signature:
    """The signature. Raises Http404."""
    row = Signature.objects.filter(petition_id=petition_id, id=row_id).first()
    if row is None:
        raise Http404
    return row
