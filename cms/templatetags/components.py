"""Template tags of the public pages: the pieces they are made of. Each is described in docs/face.md."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import wraps
from html import escape
from typing import Any

from django import template
from django.core.paginator import Page, Paginator
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms import formatting, panels
from cms import qr as qr_code
from cms.compiled import draw
from cms.languages import current_language, path_for
from cms.site import site_name as name_of_site
from cms.templatetags import boxes

register = template.Library()
register.tags.update(boxes.register.tags)  # {% load components %} brings the pieces around a content along

register.filter("number", formatting.number)
register.filter("day", formatting.day)
register.filter("short_day", formatting.short_day)
register.filter("moment", formatting.moment)
register.filter("ago", formatting.ago)


Values = dict[str, Any]


def template_of(piece: str) -> str:
    """The name of the compiled template that draws a piece."""
    return f"cms/components/{piece}.html"


def piece(values: Callable[..., Values]) -> Callable[..., SafeString]:
    """A tag that draws the template of its name with the values that the function gives for its arguments."""

    @register.simple_tag(name=values.__name__)
    @wraps(values)
    def drawn(*arguments: Any, **options: Any) -> SafeString:
        return draw(template_of(values.__name__), **values(*arguments, **options))

    return drawn


@register.filter
def paragraphs(text: object) -> SafeString:
    """Plain, untrusted text as paragraphs: an empty line begins a new one, a single break stays a break."""
    blocks = (block.strip("\n") for block in str(text or "").replace("\r\n", "\n").split("\n\n"))
    broken = (escape(block).replace("\n", "<br>") for block in blocks if block.strip())
    return SafeString("\n".join(f'<p class="govuk-body">{block}</p>' for block in broken))  # noqa: S308 -- escaped above


@register.simple_tag
def day_tag(value: date | None) -> SafeString | str:
    """A day as people read it inside a <time> element."""
    return day_tag_in(get_language(), value)


def day_tag_in(language: str | None, value: date | None) -> SafeString | str:
    """The same in the active language, which ``language`` must be."""
    if value is None:
        return ""
    words = escape(formatting.day_in(language, value))
    return SafeString(f'<time datetime="{formatting.iso(value)}">{words}</time>')  # noqa: S308 -- escaped above


@register.simple_tag
def site_name() -> str:
    """The name of this site."""
    return name_of_site()


@register.simple_tag
def localized_path(path: str) -> str:
    """A path of the site in the language of the page being shown."""
    return path_for(path, current_language())


@piece
def button(text: str, href: str = "", kind: str = "", name: str = "", value: str = "", wide: bool = False) -> Values:
    """A button, or with `href` a link that looks like one. Kinds: secondary, warning, start."""
    return {"text": text, "href": href, "kind": kind, "name": name, "value": value, "wide": wide}


@piece
def back_link(url: str, text: str = "") -> Values:
    """One step back."""
    return {"url": url, "text": text}


@piece
def breadcrumbs(*pieces: str) -> Values:
    """Label and address in turn, the current page's label last without one. Home comes by itself."""
    crumbs = [(pieces[i], pieces[i + 1]) for i in range(0, len(pieces) - 1, 2)]
    return {"crumbs": crumbs, "current": pieces[-1] if len(pieces) % 2 else ""}


@piece
def search_box(
    action: str, value: str = "", label: str = "", name: str = "q", hidden: Mapping[str, str] | None = None
) -> Values:
    """A search form by GET. `hidden` carries filters along."""
    return {"action": action, "value": value, "label": label, "name": name, "hidden": hidden or {}}


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page) -> SafeString:
    """Links to the other pages of a list, with the other query parameters kept."""
    query = context["request"].GET.copy()

    def address(number: int | str) -> str:
        query["page"] = str(number)
        return "?" + query.urlencode()

    numbers = [
        None if number == Paginator.ELLIPSIS else (number, address(number), number == page.number)
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return draw(
        template_of("pagination"),
        shown=page.paginator.num_pages > 1,
        numbers=numbers,
        previous=address(page.number - 1) if page.has_previous() else "",
        next=address(page.number + 1) if page.has_next() else "",
    )


@register.simple_tag
def tag(text: str, colour: str = "grey") -> SafeString:
    """A state in one or two words. Colours: grey, green, yellow, red, blue, purple, orange."""
    return format_html('<strong class="app-tag app-tag--{}">{}</strong>', colour, text)


@piece
def progress(count: int, target: int, label: str | None = None) -> Values:
    """How far a count has come, as a bar and in words; `label=""` leaves the words to screen readers."""
    return {"count": count, "target": target, "filled": min(count, target), "label": label}


@piece
def signature_count(
    count: int,
    target: int | None = None,
    target_name: str = "",
    live_url: str = "",
    as_of: datetime | None = None,
) -> Values:
    """The big number, the way to the next threshold, and when it was counted."""
    return {
        "count": count,
        "target": target,
        "target_name": target_name,
        "missing": max(target - count, 0) if target else None,
        "live_url": live_url,
        "as_of": as_of,
    }


@piece
def card(
    title: str,
    url: str,
    count: int | None = None,
    target: int | None = None,
    meta: str = "",
    tag_text: str = "",
    tag_colour: str = "grey",
    excerpt: str = "",
    lang: str = "",
    level: int = 3,
) -> Values:
    """One petition or answer in a list; `lang` where its own text is in another language than the page."""
    return {
        "title": title,
        "url": url,
        "count": count,
        "target": target,
        "meta": meta,
        "tag_text": tag_text,
        "tag_colour": tag_colour,
        "excerpt": excerpt,
        "lang": lang,
        "heading": f"h{level}",
    }


@piece
def timeline(entries: Iterable[Any]) -> Values:
    """Dated entries: `at`, `title`, and where there are any `text`, `url`, `url_text`, `anchor`, `lang`."""
    return {"entries": entries}


@piece
def summary_list(rows: Iterable[Any]) -> Values:
    """Questions and answers side by side. Rows: `key, value[, action_url, action_text]`."""
    names = ("key", "value", "action_url", "action_text")
    table = [dict(zip(names, row, strict=False)) if isinstance(row, list | tuple) else row for row in rows]
    return {"rows": table}


@piece
def breakdown(caption: str, rows: Iterable[Any], label: str = "") -> Values:
    """A table of counts by name with a bar beside each number."""
    pairs = [(row if isinstance(row, list | tuple) else (row.name, row.count)) for row in rows]
    most = max((count for _name, count in pairs), default=0) or 1
    table = [{"name": name, "count": count, "width": round(100 * count / most, 1)} for name, count in pairs]
    return {"caption": caption, "rows": table, "label": label}


@register.simple_tag
def count_rows(rows: Iterable[tuple[str, int]]) -> SafeString:
    """Table rows of names and numbers. Written out here: a table of places has hundreds, and a loop in a template is
    ten times as slow.
    """
    language = get_language()
    return SafeString(
        "\n".join(
            f'<tr><th scope="row">{escape(name)}</th>'
            f'<td class="app-numeric">{formatting.number_in(language, count)}</td></tr>'
            for name, count in rows
        )
    )


@piece
def facets(legend: str, options: Iterable[Mapping[str, Any]]) -> Values:
    """Links that narrow a list. Options: `label, url, count, current`."""
    return {"legend": legend, "options": options}


@piece
def figures(rows: Iterable[tuple[Any, str]]) -> Values:
    """Big numbers, each with what it counts."""
    shown = [(formatting.number(value) if isinstance(value, int | float) else value, text) for value, text in rows]
    return {"rows": shown}


@piece
def share(title: str, url: str) -> Values:
    """Ways to pass a page on: by mail always, by the device or the clipboard where a script can."""
    return {"title": title, "url": url}


@register.simple_tag
def qr(url: str, text: str = "") -> SafeString:
    """An address for cameras, drawn in the page; `text` for those who do not see it."""
    return qr_code.svg(url, text or _("QR code of this address"))


@register.simple_tag(takes_context=True, name="panels")
def panel_slot(context: Context, slot: str, **values: Any) -> SafeString:
    """What other apps show in this slot; the keyword arguments are handed to them."""
    return panels.render_slot(slot, context["request"], values)


@piece
def error_summary(form: Any) -> Values:
    """Everything that must be put right, linked to its field. Nothing when all is well."""
    return {"problems": form.problems() if form is not None and form.is_bound else []}


@register.simple_tag
def field(bound: Any, heading: bool = False) -> SafeString:
    """A form field with label, hint and errors; with `heading` its label is the page's first heading."""
    return bound.with_heading() if heading else bound.as_field_group()
