"""Postfix's smtp-sink as the mail server of the site; what it takes can be read while it arrives."""

import contextlib
import re
import shutil
import smtplib
import time

from benchmarks.errors import Broken
from benchmarks.site import Site
from benchmarks.tools import Tool
from config.stack.place import service_user

NAME = "smtp-sink"
LINK = re.compile(rb"(/confirm/[A-Za-z0-9_-]+/)\s")
BACKLOG = "100"
STARTS_WITHIN = 5


class Sink:
    """Takes mails until it is stopped. With ``keep`` it writes them down, so that their links can be used."""

    def __init__(self, site: Site, tool: Tool, *, keep: bool = False) -> None:
        self._site = site
        assert site.stack.postgresql is not None
        # As root it takes another user's rights, as PostgreSQL does: beside its data is where that user can write.
        self._folder = site.stack.postgresql.home / "mails"
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        rights: tuple[str, ...] = ()
        if user := service_user():
            shutil.chown(self._folder, user.pw_uid, user.pw_gid)
            rights = ("-u", user.pw_name)
        self._mails = self._folder / "all.txt"
        writing = ("-D", str(self._mails)) if keep else ()
        site.start(NAME, [tool.path, *rights, *writing, f"127.0.0.1:{site.mail_port}", BACKLOG], tool.environment)
        self._wait()
        self._read = 0
        self._seen: set[bytes] = set()

    def _wait(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), smtplib.SMTP("127.0.0.1", self._site.mail_port, timeout=1):
                return
            time.sleep(0.1)
        raise Broken(f"smtp-sink does not answer: {self._site.last_words(NAME)}")

    def new_links(self) -> list[str]:
        """The paths of confirmation links that arrived since the last call, each once."""
        found: list[str] = []
        # Beside it smtp-sink has a file for each mail that is arriving.
        if not self._mails.exists():
            return found
        with self._mails.open("rb") as mails:
            mails.seek(self._read)
            words = mails.read()
        # The end may be cut: it is read again with what comes next.
        whole = words.rfind(b"\n") + 1
        self._read += whole
        for match in LINK.finditer(words[:whole]):
            if match[1] not in self._seen:
                self._seen.add(match[1])
                found.append(match[1].decode())
        return found

    def stop(self) -> None:
        self._site.stop(NAME)
