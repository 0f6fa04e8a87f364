"""People at their browsers: a visitor follows links, fills in forms as the page shows them, and reads letters."""

import email
import mailbox
import re
from email import policy
from html.parser import HTMLParser
from pathlib import Path

import httpx

from app.core.settings import settings


class _Page(HTMLParser):
    """The forms of a page with their fields as a browser would send them, and the text of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict] = []
        self.words: list[str] = []
        self._select: str | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag, attributes) -> None:
        given = dict(attributes)
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "method": given.get("method", "get"), "fields": {}})
        elif self.forms and given.get("name"):
            fields = self.forms[-1]["fields"]
            if tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
                fields[given["name"]] = given.get("value", "")
            elif tag == "textarea":
                self._textarea = given["name"]
                fields[self._textarea] = ""
            elif tag == "select":
                self._select = given["name"]
        elif tag == "option" and self._select and "selected" in given:
            self.forms[-1]["fields"][self._select] = given.get("value", "")

    def handle_endtag(self, tag) -> None:
        if tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data) -> None:
        if self._textarea:
            self.forms[-1]["fields"][self._textarea] += data.removeprefix("\n")
        self.words.append(data)


class Visitor:
    """One person with one browser, without JavaScript."""

    def __init__(self, base_url: str, language: str = "en") -> None:
        self.browser = httpx.Client(
            base_url=base_url, follow_redirects=True, headers={"Accept-Language": language}, timeout=120
        )
        self.answer: httpx.Response

    def get(self, path: str, status: int = 200) -> "Visitor":
        self.answer = self.browser.get(path)
        assert self.answer.status_code == status, f"{path}: {self.answer.status_code}\n{self.text()}"
        return self

    def fill_in(self, action: str, status: int = 200, **values: str) -> "Visitor":
        """Send the form of the page that goes to `action`, with these fields changed."""
        forms = {form["action"]: form for form in self._page().forms}
        assert action in forms, f"no form for {action} on {self.answer.url}, only for {sorted(forms)}"
        form = forms[action]
        self.sent = (action, {**form["fields"], **values})
        return self.send_again(status)

    def send_again(self, status: int = 200) -> "Visitor":
        """Send the last form once more, as a double click or an old tab does."""
        action, fields = self.sent
        self.answer = self.browser.post(action, data=fields)
        assert status in (0, self.answer.status_code), f"{action}: {self.answer.status_code}\n{self.text()}"
        return self

    def pledge(self, action: str, status: int = 200, **values: str) -> "Visitor":
        """Go through the steps of a pledge form with these fields, until it is sent, or a step refuses them."""
        for _ in range(3):
            self.fill_in(action, **values, status=0)
            if self.answer.status_code != 200:
                break
        assert self.answer.status_code == status, f"{action}: {self.answer.status_code}\n{self.text()}"
        return self

    def press(self, part: str, status: int = 200) -> "Visitor":
        """Press the button of the form whose address contains `part`."""
        form = next(form for form in self._page().forms if part in form["action"])
        return self.fill_in(form["action"], status)

    def text(self) -> str:
        """The words of the page, white space folded."""
        return re.sub(r"\s+", " ", " ".join(self._page().words)).strip()

    def sees(self, *words: str) -> "Visitor":
        for expected in words:
            assert expected in self.text(), f"“{expected}” is not on {self.answer.url}:\n{self.text()}"
        return self

    def _page(self) -> _Page:
        page = _Page()
        page.feed(self.answer.text)
        return page


def letters_to(address: str) -> list[str]:
    """The texts of the letters that reached an address, in the order in which they were written."""
    folder = settings().var / "letters"
    if not Path(folder).exists():
        return []
    box = mailbox.Maildir(folder, factory=None)
    found = []
    for key in box.keys():  # noqa: SIM118  (a mailbox iterates over messages)
        message = email.message_from_bytes(box.get_bytes(key), policy=policy.default)
        if message["To"] == address:
            number = int(re.search(r"letter-(\d+)", key).group(1))
            found.append((number, message.get_body(("plain",)).get_content()))
    return [text for _, text in sorted(found)]


def link_in(letter: str) -> str:
    """The path of the first link of a letter."""
    return re.search(r"https?://[^/\s]+(/\S+)", letter).group(1).rstrip(".,)")
