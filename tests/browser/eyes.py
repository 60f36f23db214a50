"""Looks at the pages that somebody comes to: WCAG 2.2 AA by axe, width, language, complaints of the browser."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    # The link back stands above the main part, as GOV.UK's pattern has it, so that who skips to that part is past it.
    "rules": {"region": {"enabled": False}},
}
READING = {"en": "ltr", "fr": "ltr", "ar": "rtl"}
SIZES = """() => ({
    room: document.documentElement.clientWidth,
    needs: document.documentElement.scrollWidth,
    language: document.documentElement.lang,
    reading: document.documentElement.dir,
    headings: document.querySelectorAll('h1').length,
    title: document.title,
})"""
WIDEST = """() => {
    const room = document.documentElement.clientWidth;
    const sticksOut = (one) => {
        const box = one.getBoundingClientRect();
        return box.right > room + 1 || box.left < -1;
    };
    const all = [...document.querySelectorAll('main *, header *, footer *')];
    return all.filter(sticksOut).slice(0, 3).map((one) => one.tagName + '.' + one.className).join(', ');
}"""


class Eyes:
    """Watches one page of the browser; ``faults`` has a sentence for everything that is not as it should be."""

    def __init__(self, page: Page, language: str, *, axe: bool) -> None:
        self.page, self.language = page, language
        self.faults: list[str] = []
        self._axe = Axe() if axe else None
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self._note(f"a script failed: {error}"))
        page.on("request", lambda request: self._see_request(request.url))
        page.on("dialog", lambda dialog: (self._note(f"a dialog: {dialog.message}"), dialog.dismiss()))

    def look(self, name: str) -> None:
        """Judge the page that is open now."""
        seen: dict[str, Any] = self.page.evaluate(SIZES)
        if seen["needs"] > seen["room"]:
            self._note(f"{name}: {seen['needs']} px wide in a window of {seen['room']} px: {self._widest()}")
        if (seen["language"], seen["reading"]) != (self.language, READING[self.language]):
            self._note(f"{name}: says that it is {seen['language']}, {seen['reading']}")
        if seen["headings"] != 1:
            self._note(f"{name}: {seen['headings']} main headings")
        if not seen["title"].strip():
            self._note(f"{name}: no title")
        if self._axe is not None:
            for violation in self._axe.run(self.page, options=RULES).response["violations"]:
                where = "; ".join(" ".join(node["target"][0].split()) for node in violation["nodes"][:3])
                self._note(f"{name}: {violation['id']} ({violation['help']}) at {where}")

    def _hear(self, kind: str, words: str) -> None:
        # A page that is gone says so, and the browser repeats it.
        if kind in ("error", "warning") and not words.startswith("Failed to load resource: the server responded with"):
            self._note(f"the browser says: {words}")

    def _see_request(self, url: str) -> None:
        if not url.startswith(("http://localhost:", "data:", "blob:")):
            self._note(f"asks somebody else: {url}")

    def _note(self, words: str) -> None:
        self.faults.append(f"{words} [{self.page.url}]")

    def _widest(self) -> str:
        return str(self.page.evaluate(WIDEST))
