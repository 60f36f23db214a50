"""The WSGI application that stands before Django."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import structlog
from django.conf import settings

from cms.languages import language_of
from config.front import meters
from config.front.answer import Answer, Application, StartResponse, Streamed, ask
from config.front.busy import TurnedAway, Why
from config.front.copies import Copies
from config.front.database import database
from config.front.gate import Busy, Gate
from config.front.kinds import PROBES, Environ, Kind, kind_of, may_be_held
from config.front.notice import Notices
from config.front.origins import has_origin, origin_of
from config.front.pages import HeldPages, Key, Page, key_of, page_of
from config.together import MOST_TOGETHER

log = structlog.get_logger(__name__)

ShortWay = Callable[[Application], Application]

MOST_FOLLOWERS = 16
FOLLOW_SECONDS = 2.0
SECONDS_BETWEEN_LINES = 10.0  # in the log; /metrics counts everybody
AGED_SECONDS = 2.0  # for so long a copy is shown without asking again whether there is better
GONE = ("404", "410")
# So many times as many forms are read at once: they wait for each other most of the time, and share a connection. More
# of them are stored together: a crowd of 64 hands in 1.3 times as many with eight as with three (decision 0099).
FORMS = 8
# As many pages are asked for at once by the short way, with one connection together, as it makes in one turn; and one
# place that a gate keeps free of pages.
READERS = MOST_TOGETHER + 1


class Away(Exception):
    """The database is known to be away."""


class Front:
    """Probes pass. Public pages come from memory where they can. Everything else passes the gate, or is turned away.

    What the short ways of signing and of a petition's page do not take passes the gate as well.
    """

    def __init__(
        self,
        django: Application,
        *,
        slots: int,
        short_way: ShortWay | None = None,
        short_page: ShortWay | None = None,
    ) -> None:
        self._django = django
        self._gate = Gate(slots)
        self._short_way = short_way(self._behind_the_gate(Kind.SIGN)) if short_way else None
        self._forms = Gate(slots * FORMS)
        self._page_maker = short_page(self._behind_the_gate(Kind.PAGE)) if short_page else django
        self._readers = Gate(READERS) if short_page else self._gate
        self._turned_away = TurnedAway()
        self._notices = Notices()
        self._copies = Copies()
        self._pages = HeldPages()
        self._makers: dict[Key, threading.Event] = {}
        self._followers = 0
        self._told = 0.0
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in PROBES:
            return self._django(environ, start_response)
        kind = kind_of(environ)
        key = key_of(environ) if may_be_held(environ, kind) else None
        try:
            if key is None:
                return self._ask(environ, kind).send(environ, start_response)
            return self._page(key, environ).send(environ, start_response)
        except Streamed as streamed:
            start_response(streamed.status, streamed.headers)
            return streamed.parts_for(environ)
        except (Busy, Away) as refusal:
            self._tell(kind, refusal)
            why = Why.AWAY if isinstance(refusal, Away) else Why.BUSY
            return self._turned_away.answer(environ, kind, why).send(environ, start_response)

    def _tell(self, kind: Kind, refusal: Busy | Away) -> None:
        """Count everybody who is turned away; log that somebody is, now and then."""
        why = refusal.why if isinstance(refusal, Busy) else "away"
        meters.shed.labels(kind, why).inc()
        now = time.monotonic()
        if now > self._told + SECONDS_BETWEEN_LINES:
            self._told = now
            log.warning("turned_away", kind=str(kind), why=why)

    def _ask(self, environ: Environ, kind: Kind) -> Answer:
        """Django's answer. Raises Busy, Away, Streamed."""
        if kind is Kind.SIGN and self._short_way:
            with self._passed(kind, self._forms):
                return self._asked(environ, kind, self._short_way)
        with self._passed(kind, self._gate):
            return self._asked(environ, kind, self._django)

    def _behind_the_gate(self, kind: Kind) -> Application:
        def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            with self._passed(kind, self._gate):
                return self._django(environ, start_response)

        return application

    @contextmanager
    def _passed(self, kind: Kind, gate: Gate) -> Iterator[None]:
        with gate.passed(kind):
            if database.is_away:
                raise Away
            yield

    def _asked(self, environ: Environ, kind: Kind, application: Application) -> Answer:
        began = time.perf_counter()
        answer = ask(application, environ)
        meters.seconds_of(kind).observe(time.perf_counter() - began)
        meters.requests_of(kind, answer.status[:3]).inc()
        return answer

    def _page(self, key: Key, environ: Environ) -> Page | Answer:
        """The page of this key: from memory while it is fresh, else made by one and shown to all who came meanwhile."""
        page, now = self._pages.get(key), time.monotonic()
        if page and page.is_fresh(now):
            meters.fresh.inc()
            return page
        if not settings.PAGE_CACHE_SECONDS:
            return self._renew(key, page, environ)
        with self._lock:
            maker = self._makers.get(key)
            if maker is None:
                made = self._makers[key] = threading.Event()
        if maker is None:
            try:
                answer = self._renew(key, page, environ)
            finally:
                with self._lock:
                    del self._makers[key]
                made.set()
            if isinstance(answer, Page):
                self._copies.keep(key, answer)
            return answer
        if page and page.may_be_shown(now):
            meters.renewing.inc()
            return page
        self._follow(maker)
        page = self._pages.get(key)
        if page and page.may_be_shown(time.monotonic()):
            meters.fresh.inc()
            return page
        return self._renew(key, page, environ)

    def _follow(self, maker: threading.Event) -> None:
        """Wait for who makes the page. Raises Busy when too many do."""
        with self._lock:
            if self._followers >= MOST_FOLLOWERS:
                raise Busy("full")
            self._followers += 1
        try:
            maker.wait(FOLLOW_SECONDS)
        finally:
            with self._lock:
                self._followers -= 1

    def _renew(self, key: Key, old: Page | None, environ: Environ) -> Page | Answer:
        """The page as it is now; a copy of what it was while that cannot be told. Raises Busy and Away without one."""
        refusal: Busy | Away | None = None
        try:
            answer = self._made(key, old, {**environ, "REQUEST_METHOD": "GET"})
            if isinstance(answer, Page) or not answer.status.startswith("5"):
                return answer
        except (Busy, Away) as refused:
            refusal = refused
        copy = self._copies.find(key, old)
        if copy:
            return self._aged(key, *copy, with_notice=not isinstance(refusal, Busy))
        if refusal:
            raise refusal
        return answer

    def _made(self, key: Key, old: Page | None, environ: Environ) -> Page | Answer:
        """The old page where it would be made the same again, else a new one; an answer that is no page as it came."""
        origin = None
        if old:
            # What a page is made of is asked when it is made a second time: most are asked for once in a long while.
            with self._passed(Kind.PAGE, self._gate):
                origin = origin_of(key)
            if old.is_still(origin, time.monotonic()):
                meters.checked.inc()
                return old
        with self._passed(Kind.PAGE, self._readers):
            answer = self._asked(environ, Kind.PAGE, self._page_maker)
        page = page_of(answer, origin, has_origin=has_origin(key))
        if page:
            page.copied = old.copied if old else page.copied
            self._pages.hold(key, page)
            meters.rendered.inc()
            return page
        if answer.status.startswith(GONE):
            self._pages.drop(key)
            self._copies.drop(key)
        return answer

    def _aged(self, key: Key, answer: Answer, made_at: float, *, with_notice: bool) -> Page:
        body = answer.body
        if with_notice and answer.header("content-type").startswith("text/html"):
            body = self._notices.on(body, language=language_of(key[2]), made_at=made_at)
        page = Page(
            Answer(answer.status, answer.headers, body),
            made=time.monotonic(),
            made_at=made_at,
            seconds=AGED_SECONDS,
            copy_of=answer,
        )
        self._pages.hold(key, page)
        meters.aged.inc()
        return page
