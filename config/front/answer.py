"""A whole answer in memory: status, headers, body."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from config.front.kinds import Environ

Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What Django, or something in front of it, answered."""

    status: str
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        """The first header of this name (in small letters); '' when there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def send(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with it, without the body where only the headers were asked for."""
        start_response(self.status, self.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.body]


class Streamed(Exception):
    """An answer that is no whole: it must be handed on as it comes."""

    def __init__(self, status: str, headers: Headers, parts: Iterable[bytes]) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers
        self.parts = parts

    def parts_for(self, environ: Environ) -> Iterable[bytes]:
        """What to hand on: nothing where only the headers were asked for, though the application was asked for all."""
        if environ["REQUEST_METHOD"] != "HEAD":
            return self.parts
        if close := getattr(self.parts, "close", None):
            close()
        return []


def ask(application: Application, environ: Environ) -> Answer:
    """The application's answer as a whole, after it has done with it. Raises Streamed for one that comes in parts."""
    started: list[tuple[str, Headers]] = []

    def start_response(status: str, headers: Headers, exc_info: Any = None) -> None:
        started.append((status, headers))

    response: Any = application(environ, start_response)
    status, headers = started[-1]
    if getattr(response, "streaming", True):
        raise Streamed(status, headers, response)
    try:
        return Answer(status, headers, b"".join(response))
    finally:
        response.close()  # Django gives its connection back here
