"""Purposes: what a run can be for; the room that knows what is due, such as offers, tells it here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select
from sqlalchemy.orm import Session

from app.core.errors import NotFound


@dataclass(frozen=True)
class Purpose:
    """One kind of purpose; each function is given what stands after the colon of a purpose such as `offer:buy-it`.

    `title` names it for people, or None when there is none of that name. `zone` is where the day of the charge begins.
    `due` selects (instalment id, path of the payer's page) of what may be charged by a day, of which the run takes what
    has a saved way to pay. `requests` selects the payment requests of the purpose.
    """

    kind: str
    title: Callable[[Session, str], str | None]
    zone: Callable[[Session, str], str]
    due: Callable[[Session, str, date], Select[int, str]]
    requests: Callable[[Session, str], Select[int]]


_PURPOSES: dict[str, Purpose] = {}


def register_purpose(purpose: Purpose) -> None:
    """Make a kind of purpose known."""
    assert _PURPOSES.setdefault(purpose.kind, purpose) == purpose, f"{purpose.kind} is registered twice"


def split(purpose: str) -> tuple[Purpose, str]:
    """The kind of a purpose, and its name within that kind."""
    kind, _, name = purpose.partition(":")
    if kind not in _PURPOSES:
        raise NotFound
    return _PURPOSES[kind], name


def title_of(session: Session, purpose: str) -> str:
    """What a purpose is called; refused when there is none of the name."""
    kind, name = split(purpose)
    title = kind.title(session, name)
    if title is None:
        raise NotFound
    return title


def zone_of(session: Session, purpose: str) -> str:
    """Where the days of a purpose begin."""
    kind, name = split(purpose)
    return kind.zone(session, name)


def due(session: Session, purpose: str, by: date) -> Select[int, str]:
    """What may be charged for a purpose by a day, with the payer's page."""
    kind, name = split(purpose)
    return kind.due(session, name, by)


def requests_of(session: Session, purpose: str) -> Select[int]:
    """The payment requests of a purpose."""
    kind, name = split(purpose)
    return kind.requests(session, name)
