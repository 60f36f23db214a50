"""Postfix's smtp-sink as the mail server of the site; what it takes can be read while it arrives."""

import re
import shutil
import time

from benchmarks.errors import Broken
from benchmarks.site import Site
from benchmarks.tools import Tool

NAME = "smtp-sink"
LINK = re.compile(rb"(/confirm/[A-Za-z0-9_-]+/)\s")
BACKLOG = "100"


class Sink:
    """Takes mails until it is stopped. With ``keep`` it writes them down, so that their links can be used."""

    def __init__(self, site: Site, tool: Tool, *, keep: bool = False) -> None:
        self._site = site
        self._folder = site.folder / "mails"
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        writing = ("-D", str(self._folder / "all.txt")) if keep else ()
        # As many at once as may knock: the waiting list is the kernel's.
        command = [tool.path, *writing, f"127.0.0.1:{site.mail_port}", BACKLOG]
        site.start(NAME, command, tool.environment)
        time.sleep(0.5)
        if not site.is_running(NAME):
            raise Broken(f"smtp-sink ended by itself: {site.last_words(NAME)}")
        self._read = 0
        self._seen: set[bytes] = set()

    def new_links(self) -> list[str]:
        """The paths of confirmation links that arrived since the last call, each once."""
        found = []
        for file in self._folder.iterdir():
            with file.open("rb") as mails:
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
