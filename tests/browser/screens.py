"""`bin/screens`: pictures of every type of page at three widths, from a demo that is running."""

import argparse
import io
import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM

ROOT = Path(__file__).resolve().parents[2]
WIDTHS = {320: 640, 768: 1024, 1280: 900}
LISTS = {
    "open": "open",
    "awaiting": "awaiting_response",
    "answered": "with_response",
    "closed": "closed",
    "rejected": "rejected",
}
SUBMIT = "main form[method=post] button"
SIGNER = {"name": "Quillon Thornbeck", "postcode": "SW1A 1AA"}
TEXT = {
    "title": "Introduce a tax on sugary drinks for children",
    "ask": "Let drinks with much sugar cost more, and spend the money on sports in schools.",
    "detail": "Children drink what is cheap.",
}
MOST_QUESTIONS = 10
MAIL_SECONDS = 60
PATIENCE = 120_000  # milliseconds
# docs/tour.md: picture, page, language, width, height.
TOUR = (
    ("home", "/", "", 1280, 860),
    ("petition", "answered", "", 1280, 1100),
    ("petition-phone", "open", "", 390, 844),
    ("sign-phone", "sign", "", 390, 844),
    ("answer", "answer", "", 1280, 1000),
    ("arabic", "open", "/ar", 1280, 860),
)
MOST_BYTES = 120_000

Keep = Callable[[Page, str], None]


class Demo:
    """The running demo: where its pages are."""

    def __init__(self, url: str, browser: Browser) -> None:
        self.url, self.browser = url.rstrip("/"), browser
        self.found = self._find()
        self.standard = self._find_standard()

    def open(self, width: int = 1280, height: int = 900) -> Page:
        """A window of this size."""
        page = self.browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
        page.set_default_timeout(PATIENCE)
        return page

    def fixed(self) -> Iterator[tuple[str, str]]:
        """Name and address of each page that needs no form."""
        yield "home", "/"
        yield "list", "/petitions/"
        yield "search", "/petitions/?state=all&q=school"
        yield "search-everything", "/search/?q=school"
        yield "search-nothing", "/petitions/?q=nothing-of-that-sort"
        yield from self.found.items()
        yield from self.standard.items()
        yield "answers", "/answers/"
        yield "tracker", "/tracker/"
        yield "create", "/petitions/new/"
        for part in ("share", "poster", "embed", "follow", "report"):
            yield part, f"{self.found['open']}{part}/"
        yield "feedback", "/feedback/"
        yield "archive", "/petitions/archive/"
        yield "topics", "/topics/"
        yield "regions", "/regions/"
        yield "mailbox", "/mailbox/"
        yield "creator-link", "/creator/"
        yield "api", "/api/docs/"
        yield "not-found", "/petitions/99999999/"
        for language in ("fr", "ar"):
            yield f"{language}-home", f"/{language}/"
            yield f"{language}-list", f"/{language}/petitions/"
            yield f"{language}-petition", f"/{language}{self.found['answered']}"
            yield f"{language}-sign", f"/{language}{self.found['sign']}"

    def letter(self, address: str, part: str) -> str:
        """The link with these words in a mail to this address, as the demo shows its mails."""
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            mails = _read(f"{self.url}/demo/mail/?to={address}")
            for found in re.findall(r'href="(/demo/mail/[^"?]+)"', mails):
                links = re.findall(rf"{re.escape(self.url)}[^\s\"<]*{part}[^\s\"<]*", _read(self.url + found))
                if links:
                    return str(links[0])
            time.sleep(1)
        raise SystemExit(f"No mail with a link to {part} came within {MAIL_SECONDS} s: is the demo's worker running?")

    def _find(self) -> dict[str, str]:
        """The first petition of each list, its form, and an answer."""
        page = self.open()
        found = {}
        for name, state in LISTS.items():
            found[name] = self._first(page, f"/petitions/?state={state}", r"^/petitions/\d+/$")
        found["answer"] = self._first(page, "/answers/", r"^/answers/[^/?]+/$")
        found["topic"] = self._first(page, "/topics/", r"^/topics/[^/]+/$")
        found["region"] = self._first(page, "/regions/", r"^/regions/[^/]+/$")
        found["archive-month"] = self._first(page, "/petitions/archive/", r"^/petitions/archive/\d+/\d+/$")
        found["sign"] = f"{found['open']}sign/"
        page.close()
        return found

    def _first(self, page: Page, path: str, pattern: str) -> str:
        """The first address of this shape that this page leads to."""
        page.goto(self.url + path)
        links = page.locator("main a[href]").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        fitting = [link for link in links if re.match(pattern, link)]
        if not fitting:
            raise SystemExit(f"{path} leads to nothing like {pattern}: is this the demo, with all its petitions?")
        return str(fitting[0])

    def _find_standard(self) -> dict[str, str]:
        """The pages of the footer."""
        page = self.open()
        page.goto(self.url)
        links = page.locator("footer nav a[href^='/']").evaluate_all("all => all.map(one => one.pathname)")
        page.close()
        return {f"page-{path.strip('/').replace('/', '-')}": path for path in links if path.endswith("/")}


def walk(demo: Demo, page: Page, keep: Keep) -> None:
    """The pages behind forms and mailed links."""
    number = time.time_ns()
    signer = f"screens.{number}@mailbox.example"
    sign(demo, page, keep, signer)
    write(demo, page, keep, f"creator.{number}@mailbox.example")
    page.goto(f"{demo.url}{demo.found['open']}follow/")
    follow_links(demo, page, keep, "follow", f"follower.{number}@mailbox.example")
    _press(page)
    keep(page, "followed")
    page.goto(f"{demo.url}/mailbox/")
    follow_links(demo, page, keep, "mailbox", signer)


def sign(demo: Demo, page: Page, keep: Keep, address: str) -> None:
    """From the empty form, past its complaints, to "you signed"."""
    page.goto(demo.url + demo.found["sign"])
    _press(page)
    keep(page, "sign-errors")
    _answer(page, **SIGNER, email=address)
    _press(page)
    page.wait_for_url("**/check-email/")
    keep(page, "check-email")
    page.goto(demo.letter(address, "/not-me/"))
    keep(page, "not-me")
    page.goto(demo.letter(address, "/confirm/"))
    keep(page, "confirm")
    _press(page)
    keep(page, "signed")


def write(demo: Demo, page: Page, keep: Keep, address: str) -> None:
    """A petition from its first question to the pages of its creator and supporters."""
    page.goto(f"{demo.url}/petitions/new/")
    _answer(page)
    for _ in range(MOST_QUESTIONS):
        _press(page)
        step = page.url.rstrip("/").rpartition("/")[2]
        keep(page, f"create-{step}")
        if step == "check-email":
            break
        _answer(page, **TEXT, **SIGNER, email=address)
    page.goto(demo.letter(address, "/confirm/"))
    keep(page, "creator-confirm")
    _press(page)
    keep(page, "creator-confirmed")
    for part in ("creator", "support"):
        page.goto(demo.letter(address, f"/{part}/"))
        keep(page, part)


def follow_links(demo: Demo, page: Page, keep: Keep, name: str, address: str) -> None:
    """Hand in an address on the page that is open, and come to the page of the link that is mailed to it."""
    _answer(page, email=address)
    _press(page)
    keep(page, f"{name}-asked")
    page.goto(demo.letter(address, f"/{name}/"))
    keep(page, f"{name}-link")


def _press(page: Page) -> None:
    page.locator(SUBMIT).first.click()
    page.wait_for_load_state()


def _answer(page: Page, **answers: str) -> None:
    """Answer what this page asks."""
    names = page.locator("main form[method=post] [name]").evaluate_all("all => all.map(one => one.name)")
    if "eligible" in names:
        page.locator("main [name=eligible]").check()
    for field, answer in answers.items():
        if field in names:
            page.locator(f"main [name={field}]").fill(answer)


def shoot(demo: Demo, folder: Path, only: str) -> int:
    """Every page at every width into ``folder``; how many pictures."""
    made = 0
    for width, height in WIDTHS.items():
        kept = folder / str(width)
        kept.mkdir(parents=True, exist_ok=True)
        page = demo.open(width, height)

        def keep(page: Page, name: str, kept: Path = kept, width: int = width) -> None:
            nonlocal made
            if only in name:
                page.screenshot(path=kept / f"{name}.png", full_page=True)
                made += 1
                print(f"\r  {width} px: {name:40}", end="", flush=True)

        for name, path in demo.fixed():
            if only in name:
                page.goto(demo.url + path)
                keep(page, name)
        walk(demo, page, keep)
        page.close()
    print()
    return made


def tour(demo: Demo, folder: Path) -> None:
    """The six pictures of docs/tour.md, each under 120 KB."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, place, language, width, height in TOUR:
        page = demo.open(width, height)
        page.goto(demo.url + language + demo.found.get(place, place))
        path = folder / f"tour-{name}.png"
        path.write_bytes(_compact(page.screenshot()))
        page.close()
        print(f"  {path.relative_to(ROOT)}: {path.stat().st_size // 1000} KB")


def _compact(picture: bytes) -> bytes:
    """The picture with as many colours as fit its weight."""
    for colours in (128, 64, 32, 16):
        made = io.BytesIO()
        Image.open(io.BytesIO(picture)).convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(
            made, "PNG", optimize=True
        )
        if made.tell() < MOST_BYTES:
            break
    return made.getvalue()


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=15) as answer:
        return str(answer.read().decode())


def main() -> int:
    """Gives the exit status: 2 where Chromium or the demo is missing."""
    parser = argparse.ArgumentParser(prog="bin/screens", description="Pictures of every type of page, at three widths.")
    parser.add_argument("--url", default=f"http://localhost:{os.environ.get('PORT') or 8000}", help="the running demo")
    parser.add_argument("--only", default="", metavar="WORD", help="pages with this in their names")
    parser.add_argument("--tour", action="store_true", help="only the pictures of docs/tour.md")
    arguments = parser.parse_args()
    if CHROMIUM is None:
        print("Chromium is not installed (on Debian or Ubuntu: apt-get install chromium).", file=sys.stderr)
        return 2
    try:
        _read(f"{arguments.url}/readyz")
    except (urllib.error.URLError, OSError):
        print(f"No demo answers at {arguments.url}: start it with bin/demo, or name it with --url.", file=sys.stderr)
        return 2
    with sync_playwright() as playwright:
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        demo = Demo(arguments.url, browser)
        if arguments.tour:
            tour(demo, ROOT / "docs" / "pictures")
        else:
            folder = ROOT / "var" / "screens"
            print(f"{shoot(demo, folder, arguments.only)} pictures in {folder.relative_to(ROOT)}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
