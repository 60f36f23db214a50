"""How an outbox row becomes an e-mail: one text, in the recipient's language, and the same as simple HTML.

Rendering is what costs. A message that names its form is rendered once with marks in the places of what is personal;
each mail then only fills them. Rendered forms are kept for the life of the process.
"""

import html
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.utils import formatdate, parseaddr
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

# The marks are not ASCII, so that a form is sent as 8 bit like all text. Whoever writes their characters (private use)
# into a title of their own has no mark by it, unless it is the name of something personal, which its owner may read.
_MARK = "\ue000{}\ue001"
_ENCODINGS = re.compile(rb"^Content-Transfer-Encoding: (\S+)\r$", re.MULTILINE)


@dataclass(frozen=True)
class Form:
    """A rendered text with marks: what stands between them, and at the odd places the names of what is put there."""

    subject: list[str]
    text: list[str]
    html: list[str]
    # As sent, what follows the headers of its own. At odd places stand the personal values of these numbers: as they
    # are, and after these all of them escaped. None: not to be filled as bytes.
    content: list[bytes] | None
    places: list[int]


class Letter(EmailMultiAlternatives):
    """One e-mail as the library makes it."""

    @property
    def recipient(self) -> str:
        return str(self.to[0])


@dataclass(frozen=True, slots=True)
class Written:
    """One e-mail made without the library: plain addresses, and all of it as it is sent."""

    sender: str
    recipient: str
    content: bytes


_forms: dict[tuple[object, ...], Form] = {}


def compose(mail: Mail, message: Message) -> Letter:
    """The e-mail of ``message``: plain text, HTML, and headers that make it recognisable as one of ours, and once.

    Its Message-ID is made of what happens only once (such as event and signer), else of the row's number: sent twice by
    an accident, or queued again after a restore, it is one mail to whoever reads it.
    """
    form, personal = _form(message), message.personal
    letter = Letter(
        subject=_one_line(_filled(form.subject, personal)),
        body=_filled(form.text, personal),
        to=[message.to],
        headers=_headers(mail, message),
    )
    escaped = {name: html.escape(value) for name, value in personal.items()}
    letter.attach_alternative(_filled(form.html, escaped), "text/html")
    letter.metadata = {"mail": str(mail.pk)}  # providers send it back with what they report
    return letter


def write(mail: Mail, message: Message) -> Written | None:
    """The same e-mail as bytes; None if only the library can make it."""
    form, personal = _form(message), message.personal
    joined = "\n".join(personal.values())
    if form.content is None or "\r" in joined or joined.count("\n") >= max(len(personal), 1):
        return None
    if not PLAIN_ADDRESS.fullmatch(message.to):
        return None
    escaped = html.escape(joined).encode().split(b"\n")
    if max(map(len, escaped)) > LONGEST_PERSONAL:
        return None
    values = joined.encode().split(b"\n") + escaped
    parts = form.content.copy()
    parts[1::2] = [values[place] for place in form.places]
    sender = settings.DEFAULT_FROM_EMAIL
    lines = [
        _header("Subject", _one_line(_filled(form.subject, personal))),
        _header("From", sender),
        f"To: {message.to}",
        f"Date: {_date(int(time.time()))}",
        *[f"{name}: {value}" for name, value in _headers(mail, message).items()],
        "",
    ]
    return Written(_plain_address(sender), message.to, "\r\n".join(lines).encode("ascii") + b"".join(parts))


def _headers(mail: Mail, message: Message) -> dict[str, str]:
    headers = {
        "Message-ID": f"<{_identity(mail)}@{_host(settings.BASE_URL)}>",
        "Auto-Submitted": "auto-generated",
    }
    if message.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


@lru_cache(maxsize=16)
def _host(address: str) -> str | None:
    return urlsplit(address).hostname


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
    content, places = _content(text, page, list(marks))
    split = re.compile(_any_mark(marks)).split
    return Form(
        subject=split(subject),
        text=split(_without_base(text)),
        html=split(_without_base(page)),
        content=content,
        places=places,
    )


def _mark(name: str, value: str) -> str:
    mark = _MARK.format(name)
    return f"{settings.BASE_URL}/{mark}" if value.startswith(f"{settings.BASE_URL}/") else mark


def _any_mark(names: Iterable[str]) -> str:
    """What finds the marks of these names, and of no other."""
    return _MARK.format(f"({'|'.join(map(re.escape, names)) or '(?!)'})")


def _without_base(text: str) -> str:
    """An address is put in whole."""
    return text.replace(f"{settings.BASE_URL}/\ue000", "\ue000")


def _filled(parts: list[str], values: dict[str, str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return "".join([values[part] if place % 2 else part for place, part in enumerate(parts)])


@lru_cache(maxsize=1024)
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


def _content(text: str, page: str, names: list[str]) -> tuple[list[bytes] | None, list[int]]:
    """MIME headers and the parts with text and HTML as the library makes them, and the number of the value for each
    mark; None where a long line makes the library encode the parts.
    """
    message = EmailMultiAlternatives(body=_without_base(text))
    message.attach_alternative(_without_base(page), "text/html")
    made = message.message()
    for name in ("Subject", "From", "To", "Date", "Message-ID"):
        del made[name]
    content = made.as_bytes(linesep="\r\n")
    _head, _blank, body = content.partition(b"\r\n\r\n")
    if not set(_ENCODINGS.findall(body)) <= {b"7bit", b"8bit"}:
        return None, []
    boundary = f"\r\n--{made.get_boundary()}".encode()
    of_page = content.index(boundary, content.index(boundary) + len(boundary))
    split = re.compile(_any_mark(names).encode()).split
    of_text, of_html = split(content[:of_page]), split(content[of_page:])
    places = [names.index(name.decode()) for name in of_text[1::2]]
    places += [len(names) + names.index(name.decode()) for name in of_html[1::2]]
    return [*of_text[:-1], of_text[-1] + of_html[0], *of_html[1:]], places


@lru_cache(maxsize=16)
def _plain_address(sender: str) -> str:
    """The address alone, of a sender with a name."""
    return parseaddr(sender)[1]


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return formatdate(second)


@lru_cache(maxsize=1024)
def _header(name: str, value: str) -> str:
    """A header as the library folds and encodes it. Raises BadHeaderError for more than one line."""
    folded = ": ".join(forbid_multi_line_headers(name, value, "utf-8"))
    return folded.replace("\n", "\r\n")
