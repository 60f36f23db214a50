"""A mail server that fails at one place of a conversation, and knows what it has taken."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Script:
    """``refused`` and ``put_off``: recipients; the text is what they are refused, with ``late``, else the envelope.

    ``lax``: asks for a text that nobody is to get. ``hangs_up_in`` and ``hangs_up_after``: closes the connection with
    this recipient's text read and no word on it, or right after its good word. ``waits``: has no word on a text before
    it knows for whom the next is, but for that of the ``last``.
    """

    pipelining: bool = True
    refused: set[str] = field(default_factory=set)
    put_off: set[str] = field(default_factory=set)
    late: bool = False
    lax: bool = False
    hangs_up_in: str = ""
    hangs_up_after: str = ""
    waits: bool = False
    last: str = ""
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    unfinished: list[bytes] = field(default_factory=list)

    def word_on(self, recipient: str) -> bytes | None:
        """What is said instead of yes."""
        if recipient in self.refused:
            return b"550 no\r\n"
        return b"451 later\r\n" if recipient in self.put_off else None


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    script: Script

    def handle(self) -> None:
        script, recipient, owed = self.script, "", b""
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper().rstrip()
            if verb == b"EHLO":
                able = b"250-PIPELINING\r\n" if script.pipelining else b""
                self.wfile.write(b"250-here\r\n" + able + b"250 8BITMIME\r\n")
            elif verb == b"RCPT":
                address = line.decode().partition("<")[2].partition(">")[0]
                word = None if script.late else script.word_on(address)
                recipient = "" if word else address
                self.wfile.write(owed + (word or b"250 yes\r\n"))
                owed = b""
            elif verb == b"MAIL":
                owed += b"250 yes\r\n"
                if not script.waits:
                    self.wfile.write(owed)
                    owed = b""
            elif verb == b"DATA":
                if not recipient and not script.lax:
                    self.wfile.write(b"503 for whom?\r\n")
                    continue
                self.wfile.write(b"354 go on\r\n")
                if not self._takes(recipient):
                    return
                owed = (script.late and script.word_on(recipient)) or b"250 taken\r\n"
                if not script.waits or recipient == script.last:
                    self.wfile.write(owed)
                    owed = b""
                if recipient and recipient == script.hangs_up_after:
                    for _line in range(3 if script.pipelining else 1):
                        self.rfile.readline()
                    return
            else:
                self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 yes\r\n")

    def _takes(self, recipient: str) -> bool:
        text = b""
        while (line := self.rfile.readline()) != b".\r\n":
            text += line
            if not line:
                self.script.unfinished.append(text)
                return False
        if recipient and not (self.script.late and self.script.word_on(recipient)):
            self.script.taken.append((recipient, text))
        return not recipient or recipient != self.script.hangs_up_in


@contextmanager
def serving(script: Script) -> Iterator[int]:
    """The port where a server follows the script."""

    class Following(Talk):
        pass

    Following.script = script
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Following) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
