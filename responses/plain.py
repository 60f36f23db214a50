"""An answer's body as plain text, for mails, JSON and the petition's page."""

from bs4 import BeautifulSoup
from wagtail.blocks import StreamValue
from wagtail.rich_text import RichText

BLOCK_TAGS = ("p", "li", "h2", "h3", "h4")


def plain_text(body: StreamValue) -> str:
    """Paragraphs divided by blank lines; items of lists begin with a dash, tables and documents are left out."""
    return "\n\n".join(part for block in body if (part := _plain(block.block_type, block.value)))


def _plain(kind: str, value: object) -> str:
    if isinstance(value, RichText):
        return _plain_markup(value.source)
    if kind == "ask_answered":
        ask, answer = str(value["ask"]).strip(), _plain_markup(value["answer"].source)  # type: ignore[index]
        return "\n\n".join(filter(None, (ask, answer)))
    if kind == "sources":
        return "\n\n".join(f"- {' '.join(filter(None, (one['title'], one['url'])))}" for one in value)  # type: ignore[attr-defined]
    if kind in ("quote", "region"):
        return str(value["text"]).strip()  # type: ignore[index]
    return value.strip() if isinstance(value, str) else ""


def _plain_markup(markup: str) -> str:
    soup = BeautifulSoup(markup, "html.parser")
    for line_break in soup.find_all("br"):
        line_break.replace_with("\n")
    paragraphs = []
    for element in soup.find_all(BLOCK_TAGS):
        text = element.get_text().strip()
        if text:
            paragraphs.append(f"- {text}" if element.name == "li" else text)
    return "\n\n".join(paragraphs) if paragraphs else soup.get_text().strip()
