"""How an outbox row becomes an e-mail: one text, in the recipient's language, and the same as simple HTML."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi

from mailing.kinds import Message
from mailing.models import Mail

SUBJECT_LENGTH = 150


def compose(mail: Mail, message: Message) -> EmailMultiAlternatives:
    """The e-mail of ``message``: plain text, HTML, and headers that make it recognisable as one of ours, and once.

    Its Message-ID is made of the row's number: sent twice by an accident, it is one mail to whoever reads it.
    """
    with translation.override(message.language):
        subject, text = _text(message)
        layout = {"language": message.language, "rtl": get_language_bidi(), "subject": subject, "body": _html(text)}
        html = render_to_string("mail/layout.html", layout)
        text += _plain("mail/signature.txt", {"base_url": settings.BASE_URL})
    headers = {
        "Message-ID": f"<mail-{mail.pk}@{urlsplit(settings.BASE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
    }
    if message.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    email = EmailMultiAlternatives(subject=subject, body=text, to=[message.to], headers=headers)
    email.attach_alternative(html, "text/html")
    return email


def _text(message: Message) -> tuple[str, str]:
    """Subject and body: the template's first line, and the rest with lone blank lines between its paragraphs."""
    context = {**message.context, "unsubscribe_url": message.unsubscribe_url}
    rendered = _plain(f"mail/{message.template}.txt", context).strip()
    subject, _newline, body = rendered.partition("\n")
    # Whatever stands in a title or a name, a header is one line.
    subject = " ".join(subject.split())
    if len(subject) > SUBJECT_LENGTH:
        subject = subject[: SUBJECT_LENGTH - 1] + "…"
    return subject, re.sub(r"\n\s*\n", "\n\n", body).strip() + "\n"


def _plain(template: str, context: dict[str, Any]) -> str:
    # Text is not HTML: nothing in it is escaped.
    return get_template(template).template.render(Context(context, autoescape=False))  # type: ignore[attr-defined]


def _html(text: str) -> SafeString:
    paragraphs = (list(_lines(paragraph)) for paragraph in text.strip().split("\n\n"))
    parts = [format_html("<p>{}</p>", mark_safe("<br>".join(lines))) for lines in paragraphs]  # noqa: S308 -- escaped
    return mark_safe("\n".join(parts))  # noqa: S308 -- each part was escaped


def _lines(paragraph: str) -> Iterator[SafeString]:
    """The lines of a paragraph, escaped. A line that is an address of ours becomes a link; nothing else does."""
    for line in paragraph.split("\n"):
        if line.startswith(f"{settings.BASE_URL}/") and " " not in line:
            yield format_html('<a href="{}">{}</a>', line, line)
        else:
            yield format_html("{}", line)
