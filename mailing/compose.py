"""How an outbox row becomes an e-mail: one text, in the recipient's language, and the same as simple HTML.

Rendering is what costs. A message that names its form is rendered once with marks in the places of what is personal;
each mail then only fills them. Rendered forms are kept for the life of the process.
"""

import html
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import forbid_multi_line_headers
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import translation
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi

from mailing.kinds import Message
from mailing.models import Mail

SUBJECT_LENGTH = 150
FORMS_KEPT = 512
# A line of a mail has at most 998 bytes (RFC 5321, section 4.5.3.1.6). What is put in stays well below.
LONGEST_PERSONAL = 300
# What RFC 5322 (section 3.2.3) lets stand in an atom, and of that as little as is needed.
NOT_IN_IDENTITY = re.compile(r"[^A-Za-z0-9_-]+")
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")

# The marks are characters that no text has (private use), and not ASCII, so that a form is sent as 8 bit like all text.
_MARK = "\ue000{}\ue001"
_MARKS = re.compile("\ue000(\\w+)\ue001")
_ENCODINGS = re.compile(rb"^Content-Transfer-Encoding: (\S+)\r$", re.MULTILINE)
_BYTE_MARKS = re.compile("\ue000(\\w+)\ue001".encode())


@dataclass(frozen=True)
class Form:
    """A rendered text with marks: what stands between them, and at the odd places the names of what is put there."""

    subject: list[str]
    text: list[str]
    html: list[str]
    head: bytes
    bodies: tuple[list[bytes], list[bytes]] | None  # as sent, text and HTML; None: not to be filled as bytes


class Letter(EmailMultiAlternatives):
    """One e-mail. ``ready`` is the whole of it as bytes, made without the library; None: let the library make it."""

    ready: bytes | None = None


_forms: dict[tuple[object, ...], Form] = {}


def compose(mail: Mail, message: Message) -> Letter:
    """The e-mail of ``message``: plain text, HTML, and headers that make it recognisable as one of ours, and once.

    Its Message-ID is made of what happens only once (such as event and signer), else of the row's number: sent twice by
    an accident, or queued again after a restore, it is one mail to whoever reads it.
    """
    form, personal = _form(message), message.personal
    headers = {
        "Message-ID": f"<{_identity(mail)}@{urlsplit(settings.BASE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
    }
    if message.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter = Letter(
        subject=_one_line(_filled(form.subject, personal)),
        body=_filled(form.text, personal),
        to=[message.to],
        headers=headers,
    )
    escaped = {name: html.escape(value) for name, value in personal.items()}
    letter.attach_alternative(_filled(form.html, escaped), "text/html")
    letter.metadata = {"mail": str(mail.pk)}  # providers send it back with what they report
    letter.ready = _ready(letter, form, personal, escaped)
    return letter


def _identity(mail: Mail) -> str:
    return NOT_IN_IDENTITY.sub(".", mail.once_key).strip(".") if mail.once_key else f"mail-{mail.pk}"


def _form(message: Message) -> Form:
    if message.form is None:
        return _rendered(message)
    key = (message.template, message.language, message.form, settings.BASE_URL, *message.personal)
    form = _forms.get(key)
    if form is None:
        if len(_forms) >= FORMS_KEPT:
            _forms.clear()
        form = _forms[key] = _rendered(message)
    return form


def _rendered(message: Message) -> Form:
    marks = {name: _mark(name, value) for name, value in message.personal.items()}
    with translation.override(message.language):
        subject, text = _text(message, marks)
        layout = {"language": message.language, "rtl": get_language_bidi(), "subject": subject, "body": _html(text)}
        page = render_to_string("mail/layout.html", layout)
        text += _plain("mail/signature.txt", {"base_url": settings.BASE_URL})
    head, *bodies = _mime(text, page)
    return Form(
        subject=_MARKS.split(subject),
        text=_MARKS.split(_without_base(text)),
        html=_MARKS.split(_without_base(page)),
        head=head,
        bodies=(_BYTE_MARKS.split(bodies[0]), _BYTE_MARKS.split(bodies[1])) if bodies else None,
    )


def _mark(name: str, value: str) -> str:
    mark = _MARK.format(name)
    return f"{settings.BASE_URL}/{mark}" if value.startswith(f"{settings.BASE_URL}/") else mark


def _without_base(text: str) -> str:
    """An address is put in whole."""
    return text.replace(f"{settings.BASE_URL}/\ue000", "\ue000")


def _filled(parts: list[str], values: dict[str, str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return "".join([values[part] if place % 2 else part for place, part in enumerate(parts)])


def _one_line(subject: str) -> str:
    """Whatever stands in a title or a name, a header is one line."""
    subject = " ".join(subject.split())
    return subject if len(subject) <= SUBJECT_LENGTH else subject[: SUBJECT_LENGTH - 1] + "…"


def _text(message: Message, marks: dict[str, str]) -> tuple[str, str]:
    """Subject and body: the template's first line, and the rest with lone blank lines between its paragraphs."""
    context = {"unsubscribe_url": message.unsubscribe_url, **message.context, **marks}
    rendered = _plain(f"mail/{message.template}.txt", context).strip()
    subject, _newline, body = rendered.partition("\n")
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
            yield conditional_escape(line)


def _mime(text: str, page: str) -> tuple[bytes, ...]:
    """The MIME headers and the parts with text and HTML as the library makes them.

    Headers only where a long line makes it encode the parts.
    """
    message = EmailMultiAlternatives(body=_without_base(text))
    message.attach_alternative(_without_base(page), "text/html")
    made = message.message()
    for name in ("Subject", "From", "To", "Date", "Message-ID"):
        del made[name]
    head, _blank, body = made.as_bytes(linesep="\r\n").partition(b"\r\n\r\n")
    if not set(_ENCODINGS.findall(body)) <= {b"7bit", b"8bit"}:
        return (head,)
    cut = body.index(b"Content-Type: text/html")
    return head, body[:cut], body[cut:]


def _ready(letter: Letter, form: Form, personal: dict[str, str], escaped: dict[str, str]) -> bytes | None:
    to = letter.to[0]
    lines = [value.encode() for value in escaped.values()]
    if form.bodies is None or not PLAIN_ADDRESS.fullmatch(to):
        return None
    if any(len(line) > LONGEST_PERSONAL or b"\n" in line or b"\r" in line for line in lines):
        return None
    text, page = form.bodies
    lines_of_head = [
        _header("Subject", letter.subject),
        _header("From", letter.from_email),
        f"To: {to}",
        f"Date: {_date(int(time.time()))}",
        *(f"{name}: {value}" for name, value in letter.extra_headers.items()),
    ]
    return b"".join(
        [
            "\r\n".join(lines_of_head).encode("ascii"),
            b"\r\n",
            form.head,
            b"\r\n\r\n",
            *_bytes(text, {name.encode(): value.encode() for name, value in personal.items()}),
            *_bytes(page, dict(zip((name.encode() for name in escaped), lines, strict=True))),
        ]
    )


def _bytes(parts: list[bytes], values: dict[bytes, bytes]) -> list[bytes]:
    return [values[part] if place % 2 else part for place, part in enumerate(parts)]


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return formatdate(second)


@lru_cache(maxsize=1024)
def _header(name: str, value: str) -> str:
    """A header as the library folds and encodes it. Raises BadHeaderError for more than one line."""
    folded = ": ".join(forbid_multi_line_headers(name, value, "utf-8"))
    return folded.replace("\n", "\r\n")
