"""The folder of sent mails, read from disk."""

import email
import email.policy
import re
import time
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Letter:
    """One mail as it was sent."""

    path: Path
    message: EmailMessage

    @property
    def to(self) -> str:
        return str(self.message["To"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @cached_property
    def text(self) -> str:
        """Its plain text."""
        body = self.message.get_body(("plain",))
        assert body is not None, "a mail without plain text"
        return str(body.get_content())

    def link(self, part: str) -> str:
        """The only link whose address contains `part`. Raises AssertionError when there is none or there are two."""
        found = sorted({link.rstrip(".,)") for link in LINK.findall(self.text) if part in link})
        assert len(found) == 1, f"{len(found)} links with {part} in “{self.subject}”"
        return found[0]

    def __contains__(self, words: str) -> bool:
        return words in f"{self.subject}\n{self.text}"


class Mailbox:
    """All mails of a site. A mail is read once; files that appear are found at each question."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[Path, Letter] = {}

    def all(self) -> list[Letter]:
        """Every mail, in the order in which they were sent."""
        for path in self.folder.glob("*.eml"):
            if path not in self._read:
                message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                assert isinstance(message, EmailMessage)
                self._read[path] = Letter(path=path, message=message)
        return [self._read[path] for path in sorted(self._read)]

    def to(self, address: str) -> list[Letter]:
        """Every mail to this address."""
        return [letter for letter in self.all() if address.lower() in letter.to.lower()]

    def wait(self, address: str, part: str, *, seconds: float = 60, after: int = 0) -> Letter:
        """The first mail to `address` whose subject or text has `part`, leaving out the first `after` mails to it.

        Raises AssertionError that shows the subjects that did come.
        """
        deadline = time.monotonic() + seconds
        while True:
            letters = self.to(address)
            for letter in letters[after:]:
                if part in letter:
                    return letter
            subjects = [letter.subject for letter in letters]
            assert time.monotonic() < deadline, f"no mail with “{part}” within {seconds} s; there are {subjects}"
            time.sleep(0.1)
