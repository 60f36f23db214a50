"""Long answers that go out in parts: only so many at once, and none for longer than a patient reader needs.

Each keeps a thread of its process for as long as its reader takes.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from opendata.replies import refusal

MOST = 3  # of one process
LONGEST_SECONDS = 600
RETRY_SECONDS = 30

_places = threading.BoundedSemaphore(MOST)


class Stream(StreamingHttpResponse):
    """A long answer on its way: whoever serves it closes it, read to the end or not."""

    _open = True

    def close(self) -> None:
        super().close()
        if self._open:
            self._open = False
            _places.release()


def streamed(request: HttpRequest, parts: Iterable[bytes | str], *, content_type: str) -> HttpResponse | Stream:
    """These parts as an answer; nothing of them where only its head was asked for, 503 while too many are read."""
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type)
    if _places.acquire(blocking=False):
        return Stream(in_time(parts), content_type=content_type)
    response = refusal(HTTPStatus.SERVICE_UNAVAILABLE, "Too many long answers are being read.")
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def in_time(parts: Iterable[bytes | str], clock: Callable[[], float] = time.monotonic) -> Iterator[bytes | str]:
    """The parts, until a reader has taken too long: who stalls must not keep others away."""
    began = clock()
    for part in parts:
        if clock() - began > LONGEST_SECONDS:
            raise TimeoutError
        yield part
