"""Plain answers as HTML: paragraphs, line breaks and links, and nothing that the text did not say."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responses.importing import rich_text


class Read(HTMLParser):
    """What a browser would make of it: its tags with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("One\r\n\r\nTwo", "<p>One</p><p>Two</p>"),
        ("One\n \t\n\nTwo\n", "<p>One</p><p>Two</p>"),
        ("One\rTwo", "<p>One<br/>Two</p>"),
        ("", ""),
        (
            "See https://a.example/x?a=1&b=2.",
            '<p>See <a href="https://a.example/x?a=1&amp;b=2">https://a.example/x?a=1&amp;b=2</a>.</p>',
        ),
        ("(https://a.example/x)", '<p>(<a href="https://a.example/x">https://a.example/x</a>)</p>'),
        ("https://a.example/x_(y)", '<p><a href="https://a.example/x_(y)">https://a.example/x_(y)</a></p>'),
        ("www.gov.uk/trees, and", '<p><a href="http://www.gov.uk/trees">www.gov.uk/trees</a>, and</p>'),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        (
            'https://a.example/"onmouseover="x',
            '<p><a href="https://a.example/">https://a.example/</a>&quot;onmouseover=&quot;x</p>',
        ),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ("https://... and www.", "<p>https://... and www.</p>"),
    ],
)
def test_plain_text_becomes_paragraphs_and_links(plain: str, html: str):
    assert rich_text(plain) == html


@given(st.text(alphabet=st.sampled_from("ab<>&\"'\n\r .,)(:/?=#;") | st.characters(codec="utf-8"), max_size=80))
def test_no_text_can_add_markup_of_its_own(start: str):
    plain = f"https://{start} www.{start} <a href='//evil.example'>{start}"

    read = Read(rich_text(plain))

    assert "".join(read.text.split()) == "".join(plain.split())
    for tag, attributes in read.tags:
        assert tag in ("p", "br", "a")
        assert set(attributes) == ({"href"} if tag == "a" else set())
        assert tag != "a" or str(attributes["href"]).lower().startswith(("http://", "https://"))
