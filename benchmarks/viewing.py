"""One page as somebody meets it who comes for the first time: what is fetched, and when it can be read."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

# Largest contentful paint (ms after the click) and cumulative layout shift, as the browser itself reports them.
OBSERVE = """
window.seen = {lcp: 0, cls: 0};
const watch = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({type, buffered: true});
watch('largest-contentful-paint', (one) => { seen.lcp = one.startTime; });
watch('layout-shift', (one) => { if (!one.hadRecentInput) seen.cls += one.value; });
"""
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
SETTLES = 800  # milliseconds after everything is there, in which nothing should move any more


@dataclass(frozen=True)
class Line:
    """A connection: ``latency`` in milliseconds for each request, ``rate`` in bits a second."""

    name: str
    latency: int
    rate: int


@dataclass
class Sight:
    """What one visit took. ``bytes`` as they come over the line, with headers; ``lcp`` in seconds."""

    bytes: int = 0
    requests: int = 0
    strangers: set[str] = field(default_factory=set)
    fonts: int = 0
    cookies: int = 0
    lcp: float = 0.0
    cls: float = 0.0


def visit(browser: Browser, url: str, line: Line | None = None) -> Sight:
    """Open the page with empty caches, on a phone, over this line (None: as fast as the machine is)."""
    context = browser.new_context(**PHONE)
    try:
        page, sight = context.new_page(), Sight()
        page.add_init_script(OBSERVE)
        _watch(context, page, sight, line)
        page.goto(url, wait_until="load")
        page.wait_for_timeout(SETTLES)
        seen = page.evaluate("seen")
        sight.lcp, sight.cls = seen["lcp"] / 1000, seen["cls"]
        sight.cookies = len(context.cookies())
        _add_icon(page, sight)
        return sight
    finally:
        context.close()


def _watch(context: BrowserContext, page: Page, sight: Sight, line: Line | None) -> None:
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    if line is not None:
        rate = line.rate / 8
        conditions = {"offline": False, "latency": line.latency, "downloadThroughput": rate, "uploadThroughput": rate}
        network.send("Network.emulateNetworkConditions", conditions)

    def asked(event: dict[str, Any]) -> None:
        address = urlsplit(event["request"]["url"])
        if address.scheme in ("http", "https"):
            sight.requests += 1
            sight.fonts += event.get("type") == "Font"
            if address.hostname != "localhost":
                sight.strangers.add(str(address.hostname))

    def came(event: dict[str, Any]) -> None:
        sight.bytes += int(event["encodedDataLength"])

    network.on("Network.requestWillBeSent", asked)
    network.on("Network.loadingFinished", came)


def _add_icon(page: Page, sight: Sight) -> None:
    """A browser with a window fetches the page's icon too; one without does not."""
    address = page.evaluate("document.querySelector('link[rel=icon]')?.href")
    if address:
        sight.requests += 1
        sight.bytes += len(page.request.get(address).body())
