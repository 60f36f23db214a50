"""How staff bring an answer from a case to the public, on the screens that they use."""

import json
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.journeys.browser import Form, Page
from tests.journeys.mailbox import Letter
from tests.journeys.people import People


@dataclass(frozen=True)
class Words:
    """An answer in one language."""

    title: str
    summary: str
    paragraphs: tuple[str, ...]


def write(form: Form, texts: dict[str, Words]) -> Form:
    """Fill the editor's form with these texts, replacing those that are there, as its own script would."""
    there = int(form.value("texts-INITIAL_FORMS"))
    for place, (language, words) in enumerate(texts.items()):
        start = f"texts-{place}"
        values = {"language": language, "title": words.title, "summary": words.summary}
        if place < there:
            form.fill(**{f"{start}-{name}": value for name, value in values.items()})
        else:
            more = {**values, "id": "", "ORDER": str(place + 1), "DELETE": ""}
            form.add(**{f"{start}-{name}": value for name, value in more.items()})
        form.add(**_body(f"{start}-body", words.paragraphs))
    return form.fill(**{"texts-TOTAL_FORMS": str(max(there, len(texts)))})


def _body(field: str, paragraphs: tuple[str, ...]) -> dict[str, str]:
    """The fields of a stream with one block of rich text for each paragraph."""
    values = {f"{field}-count": str(len(paragraphs))}
    for place, paragraph in enumerate(paragraphs):
        block = {"key": f"par{place:02}", "text": paragraph, "type": "unstyled", "depth": 0}
        content = {"blocks": [{**block, "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}
        start = f"{field}-{place}"
        values |= {f"{start}-deleted": "", f"{start}-order": str(place), f"{start}-type": "paragraph"}
        values |= {f"{start}-id": str(uuid.uuid4()), f"{start}-value": json.dumps(content)}
    return values


def keep(form: Form) -> Form:
    """Send along the body of every text as it stands: the editor's script makes fields of it, which it fills."""
    for body in form.tag.select("[id^=texts-][id$=-body]"):
        value, _errors = json.loads(str(body["data-w-block-arguments-value"]))
        form.add(**_sent(str(body["id"]), value))
    return form


def _sent(name: str, value: Any) -> dict[str, str]:
    """A block's value as the fields of a form: a stream or a list, a structure, or one value."""
    if isinstance(value, dict):
        return {field: sent for key, part in value.items() for field, sent in _sent(f"{name}-{key}", part).items()}
    if not isinstance(value, list):
        return {name: "" if value is None else str(value)}
    fields = {f"{name}-count": str(len(value))}
    for place, child in enumerate(value):
        start = f"{name}-{place}"
        fields |= {f"{start}-deleted": "", f"{start}-order": str(place), f"{start}-id": child["id"] or ""}
        if "type" in child:
            fields[f"{start}-type"] = child["type"]
        fields |= _sent(f"{start}-value", child["value"])
    return fields


class Office:
    """Those who answer one case. Each acts when the mail has come that says so."""

    def __init__(self, people: People, case_id: int) -> None:
        self.people = people
        self.case_id = case_id
        self._read: Counter[str] = Counter()

    def draft(self, texts: dict[str, Words]) -> None:
        """The drafter opens the case, writes in Wagtail's editor, saves, writes on, and hands in."""
        page = self.people.staff("drafter").open(f"/staff/cases/{self.case_id}/")
        assert page.status == 200
        page = page.form("Start drafting").press() if page.offers("Start drafting") else page.follow("Write")
        assert page.path.endswith("/edit/"), page.text[:300]
        saved = write(page.form(field="slug"), texts).press("Save draft")
        assert saved.path.endswith("/edit/"), saved.text[:500]
        assert saved.form(field="slug").value("texts-INITIAL_FORMS") == str(len(texts)), saved.text[:500]
        handed_in = write(saved.form(field="slug"), texts).press("Hand in for review")
        assert "The answer is in review." in handed_in.text, handed_in.text[:700]

    def mail(self, role: str, words: str) -> Letter:
        """The next mail to this role about this case that was not read before."""
        subject = f"Case {self.case_id}: {words}"
        address = f"{role}@staff.example"

        def unread() -> list[Letter]:
            letters = [letter for letter in self.people.site.mails.to(address) if letter.subject == subject]
            return letters[self._read[role + words] :]

        letter = self.people.site.wait_for(unread, f"a mail to {role}: {subject}")[0]
        self._read[role + words] += 1
        return letter

    def decide(self, role: str, decision: str, *, comment: str = "") -> str:
        """One review, at the link in its mail, decided with "Approve" or "Return"; the link."""
        link = self.mail(role, "an answer waits for your review").link("/staff/")
        page = self.people.staff(role).open(link)
        assert page.status == 200, page.text[:300]
        page = page.form(decision).fill(comment=comment).press(decision)
        assert page.path == "/staff/", page.text[:500]
        return link

    def publish(self) -> Page:
        """The publication desk publishes what was cleared."""
        self.mail("publisher", "cleared, ready to be published")
        desk = self.people.staff("publisher").open("/staff/cases/desk/")
        page = desk.follow(f"/staff/cases/{self.case_id}/").form("Publish now").press("Publish now")
        assert "The answer is public." in page.text, page.text[:500]
        return page
