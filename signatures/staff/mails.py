"""The screens of mails that failed. No address on them, but the one that somebody gave a reason to see."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminAutoHeightTextInput

from accounts.permissions import allowed
from mailing.models import Mail
from signatures import failed_mails as failed

PAGE_SIZE = 50


class MailScreen(WagtailAdminTemplateMixin, TemplateView):
    """Read by those who may see mails, used by those who may change them."""

    header_icon = "mail"
    http_method_names = ["get", "head", "options", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.may_change = allowed(request.user, failed.CHANGE)
        reads = request.method in ("GET", "HEAD", "OPTIONS") and allowed(request.user, failed.VIEW)
        if not self.may_change and not reads:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


class RetryForm(forms.Form):
    """One mail, or all that failed alike."""

    mail = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    error = forms.CharField(required=False, max_length=200, strip=False)


class MailsView(MailScreen):
    """``mails/``: how much waits, what failed and why; POST queues it again."""

    template_name = "staff/mails/mails.html"
    page_title = _("Mails")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = RetryForm(request.POST)
        mail_id = form.cleaned_data["mail"] if form.is_valid() else None
        error = None if mail_id else request.POST.get("error")
        if not form.is_valid() or (mail_id is None and error is None):
            messages.error(request, _("Nothing was queued: say which mails are to be sent again."))
            return self.render_to_response(self.get_context_data())
        queued = failed.retry(actor=request.user, mail_id=mail_id, error=error, now=timezone.now())
        messages.success(request, ngettext("%d mail is queued again.", "%d mails are queued again.", queued) % queued)
        return redirect("staff_mails")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(failed.mails(), PAGE_SIZE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            queues=failed.queues(), errors=failed.by_error(), page_obj=page, may_change=self.may_change, **kwargs
        )


class ReasonForm(forms.Form):
    required_css_class = "required"
    reason = forms.CharField(
        label=_("Why do you need the address?"),
        max_length=300,
        widget=AdminAutoHeightTextInput,
        help_text=_("Kept in the audit log under your name. No address in it."),
    )


class MailView(MailScreen):
    """``mails/<pk>/``: one failed mail; POST with a reason shows its address, once."""

    template_name = "staff/mails/mail.html"

    @property
    def page_title(self) -> str:  # type: ignore[override]
        return _("Mail %d") % self.kwargs["pk"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._mail()
        form = ReasonForm(request.POST)
        shown: dict[str, Any] = {"form": form}
        if form.is_valid():
            address = failed.unmask(actor=request.user, mail_id=pk, reason=form.cleaned_data["reason"])
            shown |= {"is_shown": True, "address": address}
        return self.render_to_response(self.get_context_data(**shown))

    def _mail(self) -> Mail:
        mail = failed.mails().filter(pk=self.kwargs["pk"]).first()
        if mail is None:
            raise Http404
        return mail

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"mail": self._mail(), "form": ReasonForm(), "may_change": self.may_change}
        return super().get_context_data(**{**context, **kwargs})


URLS = [
    path("mails/", MailsView.as_view(), name="staff_mails"),
    path("mails/<int:pk>/", MailView.as_view(), name="staff_mail"),
]
