"""What a browser tells of itself when somebody signs in: its cookies, and roughly which program it is."""

import re
import secrets
from dataclasses import dataclass, field

_BROWSERS = [  # in this order: most call themselves by the names of others too
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
]
_SYSTEMS = [
    ("Android", r"Android"),
    ("iOS", r"iPhone|iPad|iPod"),
    ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux|X11"),
]


def _new() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Here:
    """The browser at hand.

    `asker` is the cookie of the browser that asked for a link ("" when it asked for none), `device` the long-lived
    cookie by which it is recognised (a new one when it brought none), `before` the cookie of its present session.
    """

    asker: str = ""
    device: str = field(default_factory=_new)
    before: str = ""
    browser: str = ""
    system: str = ""


def describe(user_agent: str) -> tuple[str, str]:
    """Program and system, coarse ("Firefox", "Linux"); "" for what is not known."""
    text = user_agent[:500]
    browser = next((name for name, mark in _BROWSERS if re.search(mark, text)), "")
    return browser, next((name for name, mark in _SYSTEMS if re.search(mark, text)), "")
