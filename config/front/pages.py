"""Public pages held whole in this process for at most two seconds, so that a crowd renders each page once a second."""

import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from isal import isal_zlib

from config.front.answer import Answer, Headers, StartResponse
from config.front.kinds import Environ

MOST_PAGES = 512
MOST_BYTES = 32 * 1024 * 1024
LARGEST_PAGE = 1024 * 1024
LONGEST_QUERY = 300
# What is not among the things a page is known to be made of (names of departments and regions) is so old at most.
MADE_ANEW_SECONDS = 20.0
WORTH_PACKING = 600
PACKING_LEVEL = 1  # of ISA-L: as small as zlib's 2 in a quarter of its time
GZIP = 31  # the format, as zlib numbers them
PACKED_TYPES = ("text/", "application/json", "application/atom+xml", "image/svg+xml")
MAX_AGE = re.compile(r"\bmax-age=(\d+)")
UNHELD = ("no-store", "private", "no-cache")
OF_ONE_READER = frozenset({"set-cookie", "vary", "content-encoding"})
# These read nothing of their query but what is named here; all other pages may read all of it.
READ_OF_QUERY = re.compile(r"(?:/[a-z]{2}(?:-[a-z]+)?)?/(?:petitions/\d+/|$)|/petitions/\d+(?:/count)?\.json$")
NAMED = re.compile(r"(?:^|&)(signing=[a-z]+)(?=&|$)")

Key = tuple[str, str, str, str]


def key_of(environ: Environ) -> Key | None:
    """What tells one page from another; None for a question too long to be held. Reduces the query to what is read."""
    path, query = environ.get("PATH_INFO") or "/", environ.get("QUERY_STRING") or ""
    if query and READ_OF_QUERY.fullmatch(path):
        named = NAMED.search(query)
        query = environ["QUERY_STRING"] = named[1] if named else ""
    if len(query) > LONGEST_QUERY:
        return None
    scheme = environ.get("HTTP_X_FORWARDED_PROTO") or environ["wsgi.url_scheme"]
    return scheme, environ.get("HTTP_HOST", ""), path, query


@dataclass(slots=True, eq=False)
class Page:
    """One page, and for how long it may be shown. Times by the process's own clock, `made_at` since 1970."""

    answer: Answer
    made: float
    made_at: float
    seconds: float
    etag: str = ""
    copy_of: Answer | None = None  # the answer as it was, of a copy shown in bad times: such a page says how old it is
    origin: object = None  # what it was made of, where that can be told
    checked: float = 0.0  # when it was last seen to be what would be made again
    copied: float = 0.0  # when a copy of it, or of the one before it, was left in Redis
    packed: bytes | None = None
    headers: Headers = field(default_factory=list)

    def __post_init__(self) -> None:
        self.checked = self.made
        given = self.answer.header("etag")
        if not self.etag and given.startswith("W/") and not self.copy_of:
            self.etag = given  # of an answer that tells how long it took: only who made it knows what is the same
        if not self.etag:
            self.etag = f'W/"{hashlib.blake2b(self.answer.body, digest_size=12).hexdigest()}"'
        dropped = {"content-length", "vary", "etag", "age"}
        self.headers = [(name, value) for name, value in self.answer.headers if name.lower() not in dropped]
        self.headers += [("ETag", self.etag), ("Vary", "Accept-Encoding")]

    @property
    def size(self) -> int:
        return len(self.answer.body)

    def is_fresh(self, now: float) -> bool:
        """Whether it may be shown without a thought."""
        return now < self.checked + self.seconds / 2

    def may_be_shown(self, now: float) -> bool:
        """Whether it may still be shown while somebody makes a new one."""
        return now < self.checked + self.seconds

    def is_still(self, origin: object, now: float) -> bool:
        """Whether it would be made the same again; noted if so."""
        same = origin is not None and self.origin == origin and now < self.made + MADE_ANEW_SECONDS
        if same:
            self.checked, self.made_at = now, time.time()
        return same

    def pack(self) -> bytes | None:
        """The body for those who take gzip; None where that is not worth it. Made once."""
        worth_it = self.size > WORTH_PACKING and self.answer.header("content-type").startswith(PACKED_TYPES)
        if self.packed is None and worth_it:
            self.packed = isal_zlib.compress(self.answer.body, level=PACKING_LEVEL, wbits=GZIP)
        return self.packed

    def send(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with it: not modified, packed or plain, as was asked for."""
        headers = self.headers
        if self.copy_of:
            headers = [*headers, ("Age", str(max(int(time.time() - self.made_at), 1)))]
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked and self.etag in asked:
            start_response("304 Not Modified", [pair for pair in headers if pair[0].lower() != "content-type"])
            return []
        body = self.answer.body
        if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") and (packed := self.pack()):
            body, headers = packed, [*headers, ("Content-Encoding", "gzip")]
        start_response(self.answer.status, [*headers, ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def page_of(answer: Answer, origin: object = None, *, has_origin: bool = False) -> Page | None:
    """The answer as a page that may be held; None for everything that is not public, whole and well.

    With ``has_origin`` it is known what it was made of, or will be when it is asked for again.
    """
    given = {name.lower(): value for name, value in answer.headers}
    control = given.get("cache-control", "")
    if not answer.status.startswith("200") or "public" not in control or any(word in control for word in UNHELD):
        return None
    if not given.keys().isdisjoint(OF_ONE_READER):
        return None
    found = MAX_AGE.search(control)
    seconds = min(int(found[1]) if found else 0, settings.PAGE_CACHE_SECONDS)
    if (seconds <= 0 and not has_origin) or len(answer.body) > LARGEST_PAGE:
        return None
    return Page(answer, made=time.monotonic(), made_at=time.time(), seconds=seconds, origin=origin)


class HeldPages:
    """The pages of this process, those longest not asked for dropped first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Key) -> Page | None:
        """The page as it was last made, however old."""
        return self._pages.get(key)

    def hold(self, key: Key, page: Page) -> None:
        """Keep it in place of an older one."""
        with self._lock:
            self._remove(key)
            self._pages[key] = page
            self._bytes += page.size
            while len(self._pages) > MOST_PAGES or self._bytes > MOST_BYTES:
                self._remove(next(iter(self._pages)))

    def drop(self, key: Key) -> None:
        """Forget a page that is not there any more."""
        with self._lock:
            self._remove(key)

    def _remove(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        self._bytes -= page.size if page else 0
