"""The mails that the demo wrote into its folder. These pages do not exist in production."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import cast

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PAGE_SIZE = 30
ADDRESS = re.compile(r"(https?://\S+)")
NAME = re.compile(r"[\w.-]{1,200}")  # a longer one is no name to the file system


@dataclass(frozen=True)
class Shown:
    """One mail of the folder."""

    name: str
    to: str
    sender: str
    subject: str
    at: datetime
    text: str
    unsubscribe: str

    @property
    def meta(self) -> str:
        """To whom and when, in one line."""
        return f"{self.to} · {formats.date_format(timezone.localtime(self.at), 'SHORT_DATETIME_FORMAT')}"

    @property
    def body(self) -> SafeString:
        """The text with its addresses as links."""
        parts = ADDRESS.split(self.text)
        return mark_safe(  # noqa: S308 -- every part is escaped here
            "".join(
                format_html('<a class="govuk-link" href="{0}">{0}</a>', part) if place % 2 else format_html("{}", part)
                for place, part in enumerate(parts)
            )
        )


@require_safe
@never_cache
def mails(request: HttpRequest) -> HttpResponse:
    """``/demo/mail/``: newest first; ``?to=`` shows those to one address."""
    wanted = request.GET.get("to", "").strip().lower()
    names = sorted((path.stem for path in _folder().glob("*.eml")), reverse=True)
    if wanted:
        names = [name for name in names if wanted in _read(name).to.lower()]
    page = Paginator(names, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = [_read(name) for name in page.object_list]
    return render(request, "mailing/demo_list.html", {"mails": shown, "page": page, "wanted": wanted})


@require_safe
@never_cache
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """``/demo/mail/<name>/``"""
    if not NAME.fullmatch(name) or not (_folder() / f"{name}.eml").is_file():
        raise Http404
    return render(request, "mailing/demo_mail.html", {"mail": _read(name)})


def _folder() -> Path:
    if not settings.MAIL_FOLDER:
        raise Http404
    return Path(settings.MAIL_FOLDER)


def _read(name: str) -> Shown:
    message = cast(EmailMessage, message_from_bytes((_folder() / f"{name}.eml").read_bytes(), policy=policy.default))
    body = message.get_body(("plain",))
    return Shown(
        name=name,
        to=str(message["To"]),
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        at=parsedate_to_datetime(str(message["Date"])).replace(tzinfo=UTC),  # ours say -0000, which is UTC
        text=body.get_content() if body else "",
        unsubscribe=str(message["List-Unsubscribe"] or "").strip("<>"),
    )
