"""What long texts of the site are made of: standard pages and answers alike."""

from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock

from cms import panels

RICH_TEXT = ["bold", "italic", "link", "document-link", "ol", "ul"]


def anchor(text: str) -> str:
    """The id under which a heading can be linked to."""
    return "s-" + slugify(text, allow_unicode=True)


class HeadingBlock(blocks.CharBlock):
    """A heading that can be linked to."""

    def get_context(self, value: str, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {**super().get_context(value, parent_context=parent_context), "anchor": anchor(value)}

    class Meta:
        template = "cms/blocks/heading.html"
        icon = "title"
        label = _("Heading")


class SubheadingBlock(HeadingBlock):
    class Meta:
        template = "cms/blocks/subheading.html"
        icon = "title"
        label = _("Subheading")


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Text"))
    source = blocks.CharBlock(label=_("Source"), required=False)

    class Meta:
        template = "cms/blocks/quote.html"
        icon = "openquote"
        label = _("Quotation")


class DocumentsBlock(blocks.ListBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(DocumentChooserBlock(label=_("Document")), **kwargs)

    class Meta:
        template = "cms/blocks/documents.html"
        icon = "doc-full"
        label = _("Documents")


class BodyBlock(blocks.StreamBlock):
    """The body of a page."""

    heading = HeadingBlock(max_length=120)
    subheading = SubheadingBlock(max_length=120)
    paragraph = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT, icon="pilcrow")
    quote = QuoteBlock()
    documents = DocumentsBlock()
    table = TypedTableBlock(
        [
            ("text", blocks.CharBlock(label=_("Text"), required=False)),
            ("number", blocks.DecimalBlock(label=_("Number"), required=False)),
        ],
        label=_("Table"),
    )


class ReasonsBlock(blocks.StaticBlock):
    """Why petitions are refused, always as the list of reasons stands (panels of the slot ``reasons``)."""

    def render_basic(self, value: None, context: dict[str, Any] | None = None) -> SafeString:
        request = (context or {}).get("request") or HttpRequest()
        return panels.render_slot("reasons", request, {})

    class Meta:
        icon = "list-ul"
        label = _("Reasons for refusal")
        admin_text = _("The reasons for refusal with their explanations, as they stand in the list.")


class StandardBlock(BodyBlock):
    """The body of a standard page."""

    reasons = ReasonsBlock()


def sections(body: blocks.StreamValue) -> list[tuple[str, str]]:
    """Id and text of each main heading, for a list of contents."""
    return [(anchor(str(block.value)), str(block.value)) for block in body if block.block_type == "heading"]
