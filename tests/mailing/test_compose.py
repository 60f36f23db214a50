"""One text becomes subject, plain text and HTML; nothing in it becomes a header or markup."""

import re

import pytest

from mailing.compose import compose, write
from mailing.kinds import Message
from mailing.models import Mail


def composed(name: str = "Mary", text: str = "Bye.", **more: str):
    message = Message(
        to="mary@example.org",
        language=more.pop("language", "en"),
        template="greeting",
        context={"name": name, "text": text},
        **more,
    )
    return compose(Mail(pk=42, kind="test"), message)


def test_the_first_line_is_the_subject_and_the_rest_is_text(settings) -> None:
    email = composed()
    assert email.subject == "A greeting for Mary"
    assert email.body.startswith('Hello Mary,\n\nit is <fine> & "well" here.\nBye.\n\nhttps://petitions.example/here/')
    assert "\n\n\n" not in email.body
    assert email.to == ["mary@example.org"]


def test_the_html_is_the_same_text_escaped_with_our_own_addresses_as_links() -> None:
    (html, kind) = composed(name="<script>alert(1)</script>", text="https://petitions.example.evil/x").alternatives[0]
    assert kind == "text/html"
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "it is &lt;fine&gt; &amp; &quot;well&quot; here." in html
    assert re.findall(r'href="([^"]*)"', html) == ["https://petitions.example/here/"]


@pytest.mark.parametrize("name", ["x\r\nBcc: y@z.example", "x\nBcc: y@z.example", "x\u2028Bcc: y@z.example", "x" * 400])
def test_whatever_stands_in_it_a_subject_is_one_short_line(name: str) -> None:
    email = composed(name=name)
    sent = email.message()
    assert "\n" not in email.subject
    assert "\r" not in email.subject
    assert len(email.subject) <= 150
    assert sent["Bcc"] is None
    assert sent.get_all("To") == ["mary@example.org"]
    assert email.recipients() == ["mary@example.org"]


def test_a_mail_has_the_same_id_each_time_it_is_made() -> None:
    first, second = composed().message(), composed(text="Other").message()
    assert first["Message-ID"] == second["Message-ID"] == "<mail-42@petitions.example>"


def test_bulk_headers_are_there_only_with_an_address_to_unsubscribe() -> None:
    assert composed().message()["List-Unsubscribe"] is None
    bulk = composed(unsubscribe_url="https://petitions.example/unsubscribe/x/").message()
    assert bulk["List-Unsubscribe"] == "<https://petitions.example/unsubscribe/x/>"
    assert bulk["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_mail_speaks_its_reader_s_language() -> None:
    (html, _kind) = composed(language="fr").alternatives[0]
    assert '<html lang="fr" dir="ltr">' in html


def test_what_happens_once_gives_its_mail_the_same_id_in_whatever_row_it_stands() -> None:
    message = Message(to="mary@example.org", language="en", context={"name": "Mary", "text": "."}, template="greeting")
    rows = [Mail(pk=number, kind="test", once_key="event:12:7") for number in (1, 2)]
    assert {compose(mail, message).message()["Message-ID"] for mail in rows} == {"<event.12.7@petitions.example>"}


def test_a_title_with_the_characters_of_a_mark_is_a_title() -> None:
    for personal in ({}, {"link": "https://petitions.example/confirm/x/"}):
        title = "\ue000nothing\ue001"
        message = Message(
            to="mary@example.org",
            language="en",
            template="greeting",
            context={"name": title, "text": title},
            personal=personal,
            form=("of", title),
        )
        row = Mail(pk=7, kind="test")
        written = write(row, message)
        assert written is not None
        assert title.encode() in written.content
        assert title in compose(row, message).body
        for link in personal.values():
            assert link.encode() in written.content
