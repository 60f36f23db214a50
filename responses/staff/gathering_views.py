"""What staff do with a question they asked: take it back, download what came with its answer."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from petitions.services import Refused
from responses.models import Attachment, Contribution
from responses.services import gathering
from responses.staff.screens import Guarded, case_or_404


class WithdrawView(Guarded):
    """Takes a question back on POST."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, pk: int, contribution_id: int) -> HttpResponseBase:
        """A reload, or the way back from a login, leads to the page with the button."""
        return redirect("cases:detail", case_or_404(request.user, pk).pk)

    def post(self, request: HttpRequest, pk: int, contribution_id: int) -> HttpResponseBase:
        case = case_or_404(request.user, pk)
        if not Contribution.objects.filter(pk=contribution_id, case=case).exists():
            raise Http404
        try:
            gathering.withdraw(contribution_id=contribution_id, actor=request.user, now=timezone.now())
            messages.success(request, _("The question is taken back; its link no longer works."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("cases:detail", pk)


class AttachmentView(Guarded):
    """A file as it came, as a download that no browser shows in the site's name."""

    def get(self, request: HttpRequest, pk: int, attachment_id: int) -> HttpResponse:
        case = case_or_404(request.user, pk)
        if not Attachment.objects.filter(pk=attachment_id, contribution__case=case).exists():
            raise Http404
        file = gathering.read_attachment(attachment_id=attachment_id, actor=request.user)
        response = HttpResponse(file.content, content_type="application/octet-stream")
        response["Content-Disposition"] = content_disposition_header(True, file.name)
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "no-store"
        return response
