"""Handing mails to a server, one after the other over one connection, without waiting for what need not be waited for.

A server that allows it (PIPELINING, RFC 2920) gets the envelope of each mail together with the text of the one before:
one round trip for a mail, in place of four. Its replies come in the order of what was said, so that each mail has its
own, however the one before ended.
"""

import smtplib

from mailing.compose import Written

TAKEN = (250, 251)
# As long as the worker lets a job run, less what else it may have to wait for.
LAST_REPLY_SECONDS = 120


class Conversation:
    """What is said over one connection. All errors are smtplib's own, and about the mail that was given.

    For each mail ``begin``, then ``write``, then ``end``; a mail whose ``begin`` raised is done with.
    """

    def __init__(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        self._server = server
        self._eight_bit = " BODY=8BITMIME" if server.has_extn("8bitmime") else ""
        self._pipelines = server.has_extn("pipelining")
        self._asked_ahead = False
        # Whether replies are still to come, or the server waits for a text: what is said next may be taken for one.
        self.under_way = False

    def begin(self, letter: Written) -> None:
        """Learn that the server wants this mail's text. Raises SMTPSenderRefused, SMTPRecipientsRefused,
        SMTPDataError, or SMTPServerDisconnected.
        """
        mail, rcpt, data = self._of_envelope(letter)
        self.under_way = data[0] == 354
        if mail[0] != 250:
            self._start_over(mail[0])
            raise smtplib.SMTPSenderRefused(*mail, letter.sender)
        if rcpt[0] not in TAKEN:
            self._start_over(rcpt[0])
            raise smtplib.SMTPRecipientsRefused({letter.recipient: rcpt})
        if data[0] != 354:
            self._start_over(data[0])
            raise smtplib.SMTPDataError(*data)

    def write(self, letter: Written, following: Written | None) -> None:
        """Send the text of the mail begun, and the envelope of the one that follows if the server lets us."""
        said = [letter.content.replace(b"\n.", b"\n.."), b".\r\n"]
        if following is not None and self._pipelines:
            said += self._envelope(following)
            self._asked_ahead = True
        self._server.send(b"".join(said))

    def end(self) -> None:
        """Learn that the server has the mail that was written. Raises SMTPDataError or SMTPServerDisconnected."""
        code, says = self._last_reply()
        self.under_way = self._asked_ahead
        if code != 250:
            if not self._asked_ahead:
                self._start_over(code)
            elif code == 421:
                raise _closing()
            raise smtplib.SMTPDataError(code, says)

    def _of_envelope(self, letter: Written) -> list[tuple[int, bytes]]:
        """The three replies to this mail's envelope. Nothing of it is open any more unless the last is 354."""
        lines = self._envelope(letter)
        if not self._pipelines:
            replies = []
            for line in lines:
                self._server.send(line)
                replies.append(self._server.getreply())
                if replies[-1][0] not in (*TAKEN, 354):
                    break
            return replies + [(503, b"")] * (len(lines) - len(replies))
        if not self._asked_ahead:
            self.under_way = True
            self._server.send(b"".join(lines))
        replies = [self._server.getreply() for _line in lines]
        self._asked_ahead = False
        if replies[2][0] == 354 and not (replies[0][0] == 250 and replies[1][0] in TAKEN):
            # Taken for nobody: an empty message ends it.
            self._server.send(b".\r\n")
            self._server.getreply()
            replies[2] = (503, b"")
        return replies

    def _envelope(self, letter: Written) -> tuple[bytes, bytes, bytes]:
        return (
            f"MAIL FROM:<{letter.sender}>{self._eight_bit}\r\n".encode("ascii"),
            f"RCPT TO:<{letter.recipient}>\r\n".encode("ascii"),
            b"DATA\r\n",
        )

    def _last_reply(self) -> tuple[int, bytes]:
        """A server that has the whole mail may take its time: given up too early, it would get the mail twice
        (RFC 5321, section 4.5.3.2.6).
        """
        socket = self._server.sock
        patience = socket.gettimeout()
        socket.settimeout(LAST_REPLY_SECONDS)
        try:
            return self._server.getreply()
        finally:
            if self._server.sock:
                socket.settimeout(patience)

    def _start_over(self, code: int) -> None:
        if code == 421:
            raise _closing()
        self._server.rset()


def _closing() -> smtplib.SMTPServerDisconnected:
    return smtplib.SMTPServerDisconnected("the server has no time")
