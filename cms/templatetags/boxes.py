"""Boxes around a content: template tags of the public pages that are written with an end, such as {% inset %}."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cms.compiled import draw

register = template.Library()


@register.simple_block_tag
def notification(content: str, title: str = "", kind: str = "") -> SafeString:
    """Something the reader should know before the rest; kind "success" after something was done."""
    return draw("cms/components/notification.html", content=content, title=title or _("Important"), kind=kind)


@register.simple_block_tag
def inset(content: str) -> SafeString:
    """A text set apart."""
    return format_html('<div class="govuk-inset-text">{}</div>', content)


@register.simple_block_tag
def warning(content: str) -> SafeString:
    """A consequence that must not be missed."""
    return format_html(
        '<div class="govuk-warning-text"><span class="govuk-warning-text__icon" aria-hidden="true">!</span>'
        '<strong class="govuk-warning-text__text"><span class="govuk-visually-hidden">{}</span> {}</strong></div>',
        _("Warning"),
        content,
    )


@register.simple_block_tag
def details(content: str, summary: str, open: bool = False) -> SafeString:  # noqa: A002 -- the attribute's own name
    """A text that opens on demand."""
    return format_html(
        '<details class="govuk-details"{}><summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text">{}</span></summary>'
        '<div class="govuk-details__text">{}</div></details>',
        SafeString(" open") if open else "",
        summary,
        content,
    )


@register.simple_block_tag
def confirmation(content: str, title: str) -> SafeString:
    """The page's heading after something succeeded, with what the reader should take away."""
    return format_html(
        '<div class="govuk-panel govuk-panel--confirmation"><h1 class="govuk-panel__title">{}</h1>'
        '<div class="govuk-panel__body">{}</div></div>',
        title,
        content,
    )
