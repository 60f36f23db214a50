"""A browser without scripts: pages, links, and forms filled in by their labels."""

import re
from typing import Any
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag

TEXTUAL = {"text", "email", "number", "url", "search", "tel", "date", "password", "hidden", "datetime-local", ""}


class Page:
    """One answer of the site."""

    def __init__(self, browser: "Browser", response: requests.Response) -> None:
        self.browser = browser
        self.response = response
        self.soup = BeautifulSoup(response.text, "html.parser")

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def path(self) -> str:
        return self.response.url.removeprefix(self.browser.site_url).split("?")[0]

    @property
    def text(self) -> str:
        """What a reader sees of the main part, with single spaces."""
        return _words(self.soup.find("main") or self.soup)

    @property
    def heading(self) -> str:
        heading = self.soup.find("h1")
        return _words(heading) if heading else ""

    @property
    def language(self) -> str:
        root = self.soup.find("html")
        return str(root.get("lang", "")) if isinstance(root, Tag) else ""

    @property
    def errors(self) -> list[str]:
        """The lines of the error summary."""
        summary = self.soup.select_one(".govuk-error-summary")
        return [_words(line) for line in summary.select("li")] if summary else []

    def form(self, button: str = "", *, field: str = "") -> "Form":
        """The form that has this button or this field; without either, the only one in the main part that posts."""
        main = self.soup.find("main") or self.soup
        forms = [Form(self, form) for form in main.find_all("form")]
        if button:
            forms = [form for form in forms if button in form.buttons]
        elif field:
            forms = [form for form in forms if form.has(field)]
        else:
            forms = [form for form in forms if form.method == "post"]
        assert len(forms) == 1, f"{len(forms)} such forms on {self.path} ({self.status} “{self.heading}”)"
        return forms[0]

    def offers(self, button: str) -> bool:
        """Whether some form has this button."""
        return any(button in Form(self, form).buttons for form in self.soup.find_all("form"))

    def has_link(self, part: str) -> bool:
        """Whether a link's words or address hold `part`."""
        return any(part in _words(link) or part in str(link["href"]) for link in self.soup.find_all("a", href=True))

    def follow(self, words: str) -> "Page":
        """The page behind the first link with these words or this address."""
        for link in self.soup.find_all("a", href=True):
            if words == _words(link) or words == link["href"]:
                return self.browser.open(urljoin(self.response.url, str(link["href"])))
        raise AssertionError(f"no link “{words}” on {self.path}")


class Form:
    """A form as it stands on the page: what is in it is sent along, as a browser does."""

    def __init__(self, page: Page, tag: Tag) -> None:
        self.page = page
        self.tag = tag
        self.method = str(tag.get("method", "get")).lower()
        self.values: list[tuple[str, str]] = []
        for control in tag.find_all(["input", "textarea", "select"]):
            self._read(control)

    @property
    def buttons(self) -> list[str]:
        return [
            _words(button) if button.name == "button" else str(button.get("value", ""))
            for button in self.tag.find_all(["button", "input"])
            if button.name == "button" or button.get("type") == "submit"
        ]

    def has(self, field: str) -> bool:
        return any(control.get("name") == field for control in self.tag.find_all(["input", "textarea", "select"]))

    def value(self, field: str) -> str:
        """What stands in a field now."""
        return dict(self.values)[field]

    def fill(self, **answers: Any) -> "Form":
        """Fill in fields by name. A tick is True or False, a choice is given by its (first) words, lists tick several.

        Raises AssertionError for a field or choice that the page does not have.
        """
        for name, answer in answers.items():
            controls = [
                control for control in self.tag.find_all(["input", "textarea", "select"]) if control.get("name") == name
            ]
            assert controls, (
                f"no field “{name}” in the form on {self.page.path}; it has {sorted(set(dict(self.values)))}"
            )
            self.values = [(known, value) for known, value in self.values if known != name]
            self.values += [(name, value) for value in self._sent(controls, answer)]
        return self

    def add(self, **values: str) -> "Form":
        """Add fields that the page itself does not show, as a script or somebody with bad intentions would."""
        self.values += list(values.items())
        return self

    def press(self, button: str = "", *, follow: bool = True) -> Page:
        """Send the form with one of its buttons (the first when none is named)."""
        values = list(self.values)
        for control in self.tag.find_all(["button", "input"]):
            is_button = control.name == "button" and control.get("type", "submit") == "submit"
            if not is_button and control.get("type") != "submit":
                continue
            words = _words(control) if control.name == "button" else str(control.get("value", ""))
            if button in ("", words):
                if control.get("name"):
                    values.append((str(control["name"]), str(control.get("value", ""))))
                break
        else:
            raise AssertionError(f"no button “{button}” in the form on {self.page.path}; it has {self.buttons}")
        address = urljoin(self.page.response.url, str(self.tag.get("action") or self.page.response.url))
        return self.page.browser.send(self.method, address, values, follow=follow)

    def _read(self, control: Tag) -> None:
        name = control.get("name")
        if not name or control.has_attr("disabled") or control.find_parent("template"):
            return
        if control.name == "textarea":
            self.values.append((str(name), control.get_text().removeprefix("\n")))
        elif control.name == "select":
            chosen = control.find_all("option", selected=True) or control.find_all("option")[:1]
            if control.has_attr("multiple"):
                chosen = control.find_all("option", selected=True)
            self.values += [(str(name), _value(option)) for option in chosen]
        elif control.get("type") in ("checkbox", "radio"):
            if control.has_attr("checked"):
                self.values.append((str(name), str(control.get("value", "on"))))
        elif str(control.get("type", "")) in TEXTUAL:
            self.values.append((str(name), str(control.get("value", ""))))

    def _sent(self, controls: list[Tag], answer: Any) -> list[str]:
        first = controls[0]
        if isinstance(answer, bool):
            return [str(first.get("value", "on"))] if answer else []
        answers = answer if isinstance(answer, list) else [answer]
        if first.name == "select":
            return [self._choice(first.find_all("option"), str(one)) for one in answers]
        if first.get("type") in ("radio", "checkbox"):
            return [self._choice(controls, str(one)) for one in answers]
        return [str(answer)]

    def _choice(self, options: list[Tag], answer: str) -> str:
        for option in options:
            if answer in (_value(option), self._label(option)):
                return _value(option)
        offered = [self._label(option) for option in options]
        if len(alike := [option for option in options if self._label(option).startswith(answer)]) == 1:
            return _value(alike[0])
        raise AssertionError(f"no choice “{answer}” on {self.page.path}; there are {offered}")

    def _label(self, option: Tag) -> str:
        if option.name == "option":
            return _words(option)
        label = self.tag.find("label", attrs={"for": str(option.get("id", ""))}) or option.find_parent("label")
        return _words(label) if isinstance(label, Tag) else ""


class Browser:
    """Opens addresses and sends forms, following redirects. `network` is where the person seems to come from.

    `clicks` counts pages opened and forms sent; a redirect belongs to the click that led to it.
    """

    def __init__(self, site_url: str, *, network: str) -> None:
        self.site_url = site_url
        self.clicks = 0
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["X-Forwarded-For"] = network

    def open(self, address: str, **options: Any) -> Page:
        """The page at this address (a path or the whole of it)."""
        self.clicks += 1
        return Page(self, self.session.get(urljoin(self.site_url, address), timeout=30, **options))

    def send(self, method: str, address: str, values: list[tuple[str, str]], *, follow: bool = True) -> Page:
        """Send a form's values."""
        if method == "get":
            return self.open(address, params=values)
        self.clicks += 1
        headers = {"Referer": address}
        answer = self.session.post(address, data=values, headers=headers, timeout=30, allow_redirects=follow)
        return Page(self, answer)


def _value(option: Tag) -> str:
    if option.name == "option" and not option.has_attr("value"):
        return _words(option)
    return str(option.get("value", "on"))


def _words(tag: Any) -> str:
    return re.sub(r"\s+", " ", tag.get_text(" ")).strip()
