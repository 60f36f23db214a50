"""Those who use the site: citizens with an address and a network of their own, and staff with a login."""

import itertools
import threading
from collections import Counter
from dataclasses import dataclass, field

from tests.invariants import ACK, SIGNED, Ledger
from tests.journeys.browser import Browser, Page
from tests.journeys.mailbox import Letter
from tests.journeys.site import Site

PASSWORD = "petition-demo"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# A postcode of each of two regions.
LONDON, SCOTLAND = "N1 9GU", "EH1 1YZ"


@dataclass
class Citizen:
    """One person with a mailbox. Every page that acknowledges something goes into the ledger."""

    site: Site
    ledger: Ledger
    name: str
    email: str
    network: str
    language: str = "en"
    postcode: str = LONDON
    browser: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Browser(self.site.url, network=self.network)

    def at(self, path: str) -> str:
        """The path in this person's language."""
        return path if self.language == "en" else f"/{self.language}{path}"

    def open(self, path: str) -> Page:
        """A page of the site in this person's language."""
        return self.browser.open(self.at(path))

    def fill_in(self, page: Page, **more: object) -> Page:
        """Hand in the form that asks who somebody is, as this person."""
        answers = {"name": self.name, "email": self.email, "postcode": self.postcode, "eligible": True, **more}
        return page.form(field="email").fill(**answers).press()

    def create(self, *, title: str, ask: str, detail: str) -> int:
        """Write a petition, step by step, and hand it in; its number."""
        page = self.open("/petitions/new/")
        page = page.form(field="eligible").fill(eligible=True).press()
        page = page.form(field="title").fill(title=title).press()
        if page.path.endswith("/similar/"):
            page = page.form().press()  # petitions like it were shown
        page = page.form(field="ask").fill(ask=ask).press()
        page = page.form(field="detail").fill(detail=detail).press()
        page = page.form(field="email").fill(name=self.name, email=self.email, postcode=self.postcode).press()
        return self._acknowledged(page.form().press())  # all answers were shown once more

    def sign(self, petition_id: int, *, notify: bool = True) -> None:
        """Sign an open petition: the form only."""
        page = self.fill_in(self.open(f"/petitions/{petition_id}/sign/"), notify=notify)
        assert self._acknowledged(page) == petition_id

    def support(self, link: str) -> None:
        """Sign a petition that gathers supporters, by the link its creator passed on."""
        self._acknowledged(self.fill_in(self.browser.open(link)))

    def confirm(self, petition_id: int) -> Page:
        """Open the link in the newest mail that has one, see that this alone does nothing, press the one button."""
        page = self.browser.open(self.mail("/confirm/").link("/confirm/"))
        assert page.status == 200, f"{page.status} {page.text}"
        page = page.form().press()
        assert page.status == 200, f"{page.status} {page.text}"
        self.ledger.write(SIGNED, petition_id=petition_id, address=self.email)
        return page

    def mail(self, part: str, *, seconds: float = 60) -> Letter:
        """The first mail to this person that has these words or this link."""
        return self.site.mails.wait(self.email, part, seconds=seconds)

    def mails(self) -> list[Letter]:
        """All mails to this person so far."""
        return self.site.mails.to(self.email)

    def _acknowledged(self, page: Page) -> int:
        assert page.status == 200, f"{page.status} {page.text}"
        assert page.path.endswith("/sign/check-email/"), f"{page.path}: {page.errors or page.text}"
        petition_id = int(page.path.split("/petitions/")[1].split("/")[0])
        self.ledger.write(ACK, petition_id=petition_id, address=self.email)
        return petition_id


class Staff:
    """One login at /staff/."""

    def __init__(self, site: Site, username: str) -> None:
        self.username = username
        self.browser = Browser(site.url, network="192.0.2.1")
        page = self.open("/staff/login/")
        page = page.form(field="username").fill(username=username, password=PASSWORD).press()
        assert page.path == "/staff/", f"{username} could not log in: {page.path} {page.text[:300]}"
        self.browser.clicks = 0  # one login lasts for many cases

    def open(self, path: str) -> Page:
        """A page that this login may see."""
        return self.browser.open(path)


class People:
    """Makes citizens that nobody else is, and keeps one session for each login."""

    def __init__(self, site: Site, ledger: Ledger) -> None:
        self.site = site
        self.ledger = ledger
        self.names: set[str] = set()
        self._numbers = itertools.count(1)
        self._staff: dict[str, Staff] = {}
        self._lock = threading.Lock()

    def citizen(self, *, language: str = "en", postcode: str = LONDON) -> Citizen:
        """A new person."""
        with self._lock:
            number = next(self._numbers)
            word = "".join(LETTERS[number // 26**place % 26] for place in (2, 1, 0))
            name = f"Quillon Thornbeck{word}"
            self.names.add(name)
        return Citizen(
            site=self.site,
            ledger=self.ledger,
            name=name,
            email=f"thornbeck.{word}@mailbox.example",
            network=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
            language=language,
            postcode=postcode,
        )

    def staff(self, username: str) -> Staff:
        """The session of a login."""
        if username not in self._staff:
            self._staff[username] = Staff(self.site, username)
        return self._staff[username]

    def clicks(self) -> Counter[str]:
        """How often each login has opened a page or sent a form."""
        return Counter({username: staff.browser.clicks for username, staff in self._staff.items()})
