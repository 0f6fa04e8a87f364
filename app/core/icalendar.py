"""Calendars to follow (RFC 5545): whole days with a title, a word on them, and a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.core import clock
from app.core.settings import settings


@dataclass(frozen=True)
class Entry:
    """A day in a calendar: `key` stays the same when the day changes; `path` is its page."""

    key: str
    day: date
    title: str
    path: str
    more: str = ""


def feed(name: str, entries: Iterable[Entry]) -> str:
    """The calendar as text; every line ends with CRLF and holds at most 75 bytes."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Costake//Conversion//EN", f"X-WR-CALNAME:{_text(name)}"]
    base = settings().base_url.rstrip("/")
    for each in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{each.key}@{base.partition('://')[2]}",
            f"DTSTAMP:{clock.now():%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{each.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{each.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(each.title)}",
            *([f"DESCRIPTION:{_text(each.more)}"] if each.more else []),
            f"URL:{base}{each.path}",
            "END:VEVENT",
        ]
    return "".join(f"{piece}\r\n" for line in [*lines, "END:VCALENDAR"] for piece in _folded(line))


def _text(words: str) -> str:
    for mark in ("\\", ";", ","):
        words = words.replace(mark, f"\\{mark}")
    return words.replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """A line in pieces of at most 75 bytes; those after the first begin with a space."""
    pieces, piece = [], ""
    for char in line:
        if len((piece + char).encode()) > 74:
            pieces.append(piece)
            piece = " "
        piece += char
    return [*pieces, piece]
