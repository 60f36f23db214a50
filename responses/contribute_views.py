"""``/contribute/<token>/``: one question to one office, answered in one form, without an account."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.caching import private_page
from cms.forms import PlainTextField, PublicForm
from petitions.models import Petition
from petitions.services import Refused
from petitions.wording import clean
from responses import attachments, contributing
from responses.models import Contribution
from responses.services import gathering


class _SeeOther(HttpResponseRedirect):
    status_code = 303


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, as a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in given]


class ContributionForm(PublicForm):
    text = PlainTextField(
        label=_("What your office says"),
        help_text=_("Write so that it can be quoted as it stands."),
        max_length=gathering.TEXT_LENGTH,
        widget=forms.Textarea({"rows": 12, "data-count": gathering.TEXT_LENGTH}),
    )
    files = FilesField(
        label=_("Files"),
        required=False,
        help_text=format_lazy(
            _("At most 3, of 10 MB each: {kinds}. Staff download them; they are not published as such."),
            kinds=", ".join(attachments.KINDS),
        ),
    )
    answered_by = forms.CharField(
        label=_("Your name and role"),
        help_text=_("For the people who write the answer."),
        max_length=gathering.NAME_LENGTH,
        widget=forms.TextInput({"autocomplete": "name"}),
    )

    def clean_text(self) -> str:
        return clean(self.cleaned_data["text"])

    def clean_answered_by(self) -> str:
        return clean(self.cleaned_data["answered_by"])


@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def contribute(request: HttpRequest, token: str) -> HttpResponse:
    """The question with the form; once answered, what was sent. A link that does not work changes nothing."""
    now = timezone.now()
    contribution = contributing.asked(token, now=now)
    if contribution is None:
        return render(request, "responses/contribute_failed.html", status=404)
    if contribution.answered_at is not None:
        return render(request, "responses/contributed.html", {"contribution": contribution})
    form = ContributionForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = ContributionForm(request.POST, request.FILES)
        if form.is_valid() and _stored(contribution, form):
            return _SeeOther(request.path)
    context = _page(contribution, form) | {"files_lost": bool(request.FILES)}
    return render(request, "responses/contribute.html", context)


def _stored(contribution: Contribution, form: ContributionForm) -> bool:
    data = form.cleaned_data
    # A file's size is known before it is read.
    files = [
        gathering.File(file.name, file.read(attachments.MOST_BYTES + 1))
        for file in data["files"][: gathering.MOST_FILES + 1]
    ]
    try:
        gathering.contribute(
            contribution_id=contribution.pk,
            text=data["text"],
            answered_by=data["answered_by"],
            files=files,
            now=timezone.now(),
        )
    except Refused as refusal:
        refusal.add_to(form)
        return False
    return True


def _page(contribution: Contribution, form: ContributionForm) -> dict[str, Any]:
    public = Petition.objects.public().filter(case_links__case=contribution.case_id)
    return {"contribution": contribution, "form": form, "petitions": public.order_by("pk")}
