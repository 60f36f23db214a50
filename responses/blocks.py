"""The parts of an answer, beside what every long text of the site is made of."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks import RICH_TEXT, BodyBlock
from cms.languages import current_language
from petitions import places
from petitions.wording import localized


def region_choices() -> list[tuple[str, str]]:
    """Code and name of each region, in the active language."""
    return [(region.code, localized(region, current_language())) for region in places.regions()]


# Nothing here is required: a draft is saved with gaps, and handed in without.


class AskedBlock(blocks.TextBlock):
    class Meta:
        template = "responses/blocks/asked.html"
        icon = "help"
        label = _("What was asked")


class AskAnsweredBlock(blocks.StructBlock):
    ask = blocks.TextBlock(label=_("Ask"), rows=2, required=False)
    answer = blocks.RichTextBlock(label=_("Answer to this ask"), features=RICH_TEXT, required=False)

    class Meta:
        template = "responses/blocks/ask_answered.html"
        icon = "comment"
        label = _("Answer to one ask")


class NextStepsBlock(blocks.RichTextBlock):
    class Meta:
        template = "responses/blocks/next_steps.html"
        icon = "arrow-right"
        label = _("What happens next")


class SourceBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Source"), max_length=300)
    url = blocks.URLBlock(label=_("Web address"), required=False, max_length=500)

    class Meta:
        icon = "link"
        label = _("Source")


class SourcesBlock(blocks.ListBlock):
    def __init__(self, **kwargs: object) -> None:
        super().__init__(SourceBlock(), **kwargs)

    class Meta:
        template = "responses/blocks/sources.html"
        icon = "list-ul"
        label = _("Sources")


class RegionBlock(blocks.StructBlock):
    """Words for one region: a part of the answer, and what its signers read in their mail after the summary."""

    region = blocks.ChoiceBlock(label=_("Region"), choices=region_choices)
    text = blocks.TextBlock(label=_("What this means there"), max_length=1000)

    def get_context(self, value: blocks.StructValue, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        names = dict(region_choices())
        return super().get_context(value, parent_context) | {"region_name": names.get(value["region"], value["region"])}

    class Meta:
        template = "responses/blocks/region.html"
        icon = "site"
        label = _("For one region")


class AnswerBody(BodyBlock):
    """What an answer's text is made of; the parts that stand once are counted."""

    asked = AskedBlock(required=False)
    ask_answered = AskAnsweredBlock()
    next_steps = NextStepsBlock(features=RICH_TEXT, required=False)
    sources = SourcesBlock()
    region = RegionBlock()

    class Meta:
        block_counts = {"asked": {"max_num": 1}, "next_steps": {"max_num": 1}, "sources": {"max_num": 1}}
