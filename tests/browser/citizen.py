"""Somebody at a browser: with mouse or keys alone, in any language, for fields and buttons are found by their names."""

import itertools
import re
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.eyes import Eyes
from tests.journeys.site import Site

SUBMIT = "main form[method=post] button"
HAS_FOCUS = "one => one === document.activeElement"
IN_SIGHT = """one => { const box = one.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth; }"""
MOST_TABS = 150
PATIENCE = 90_000  # milliseconds: what is tested is that it happens, not how fast this machine is
ANSWERS = {"name": "Quillon Thornbeck", "postcode": "SW1A 1AA", "eligible": True}

_numbers = itertools.count(1)


class Citizen:
    """One person with a mailbox and a network of their own, in a browser that nobody used before."""

    def __init__(
        self,
        browser: Browser,
        site: Site,
        *,
        language: str = "en",
        scripts: bool = True,
        keyboard: bool = False,
        axe: bool = False,
        **context: Any,
    ) -> None:
        number = next(_numbers)
        self.site, self.language, self.scripts, self.keyboard = site, language, scripts, keyboard
        self.email = f"thornbeck.{number}@browsers.example"
        self.context = browser.new_context(
            java_script_enabled=scripts,
            reduced_motion="reduce",
            extra_http_headers={"X-Forwarded-For": f"10.77.{number >> 8}.{number & 255}"},
            **context,
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.eyes = Eyes(self.page, language, axe=axe)

    def at(self, path: str) -> str:
        """The full address, in this person's language."""
        return self.site.url + (path if self.language == "en" else f"/{self.language}{path}")

    def open(self, path: str, *, status: int = 200) -> None:
        """Open a page of the site and look at it."""
        self.visit(self.at(path), name=path, status=status)

    def visit(self, url: str, *, name: str, status: int = 200) -> None:
        """Open any address, such as a mailed one, and look at what is there."""
        response = self.page.goto(url)
        if response is None or response.status != status:
            self.eyes.faults.append(f"{name}: {response.status if response else 'no answer'}, not {status}")
        self.eyes.look(name)

    def fill(self, **answers: str | bool) -> None:
        """Answer fields by their names: text, whether a box is ticked, or which of several is chosen."""
        for field, answer in answers.items():
            if isinstance(answer, bool):
                self._tick(self.page.locator(f"main input[name={field}]"))
            elif self.page.locator(f"main input[type=radio][name={field}]").count():
                self._choose(self.page.locator(f"main input[type=radio][name={field}]"), answer)
            else:
                self._write(self.page.locator(f"main [name={field}]"), answer)

    def fill_whatever_is_asked(self, **answers: str | bool) -> None:
        """Answer those of these that the page asks for."""
        names = set(self.page.locator("main form[method=post] [name]").evaluate_all("all => all.map(one => one.name)"))
        self.fill(**{field: answer for field, answer in answers.items() if field in names})

    def press(self, selector: str = SUBMIT, *, name: str) -> None:
        """Press a button or follow a link, and look at the page that opens."""
        target = self.page.locator(selector).first
        if self.keyboard:
            self._reach(target)
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
        else:
            with self.page.expect_navigation():
                target.click()
        self.eyes.look(name)

    def letter(self, part: str) -> str:
        """The link with these words in the first mail to this person that has one."""
        return self.site.mails.wait(self.email, part).link(part)

    def rests_at(self, pattern: str) -> None:
        """Assert where this person has come to."""
        expect(self.page).to_have_url(re.compile(pattern))

    def close(self) -> None:
        """Leave; raises AssertionError with everything that was wrong on the way."""
        self.context.close()
        assert self.eyes.faults == [], "\n".join(["", *dict.fromkeys(self.eyes.faults)])

    def _write(self, box: Locator, words: str) -> None:
        if not self.keyboard:
            box.fill(words)
            return
        self._reach(box)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(words)

    def _tick(self, box: Locator) -> None:
        if not self.keyboard:
            box.check()
            return
        self._reach(box)
        self.page.keyboard.press("Space")
        assert box.is_checked()

    def _choose(self, buttons: Locator, value: str) -> None:
        if not self.keyboard:
            buttons.and_(self.page.locator(f"[value='{value}']")).check()
            return
        self._reach(buttons.first)
        self.page.keyboard.press("Space")
        for _ in range(buttons.count()):
            if self.page.locator(f"main input[type=radio][value='{value}']").is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} can't be chosen by keys")

    def _reach(self, target: Locator) -> None:
        """Walk on by Tab until this has the focus, as somebody without a mouse does; then it must be in sight."""
        target.wait_for(state="attached")
        handle = target.element_handle()
        assert handle is not None
        for _ in range(MOST_TABS):
            if handle.evaluate(HAS_FOCUS):
                assert handle.evaluate(IN_SIGHT), f"{target} has the focus out of sight"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} can't be reached by Tab on {self.page.url}")
