"""Answers that come in parts pass the front as they come, and are closed."""

from config.front.answer import Streamed


class Parts:
    """As Django hands them over."""

    closed = False

    def __iter__(self):
        return iter([b"one", b"two"])

    def close(self) -> None:
        self.closed = True


def test_parts_are_handed_on_to_who_asked_for_them():
    parts = Parts()
    assert b"".join(Streamed("200 OK", [], parts).parts_for({"REQUEST_METHOD": "GET"})) == b"onetwo"
    assert not parts.closed  # the server does, when it has sent them


def test_who_asked_for_the_head_gets_no_part_of_it():
    parts = Parts()
    assert list(Streamed("200 OK", [], parts).parts_for({"REQUEST_METHOD": "HEAD"})) == []
    assert parts.closed
