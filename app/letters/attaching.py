"""Attaching: a letter names a document by kind and cause; the room that files it gives the PDF for sending."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.letters.models import Letter


@dataclass(frozen=True)
class Attached:
    """A PDF that goes with a letter."""

    name: str
    content: bytes


Give = Callable[[Session, int], Attached | None]
_GIVERS: dict[str, Give] = {}


def register_attachment(kind: str, give: Give) -> None:
    """Let letters attach documents of a kind: `give(session, id)` files the one of that cause if need be."""
    _GIVERS[kind] = give


def attached_to(session: Session, letter: Letter) -> list[Attached]:
    """What goes with a letter, by its fact `attached` (`{"kind": ..., "id": ...}`)."""
    named = letter.facts.get("attached")
    if not named:
        return []
    assert named["kind"] in _GIVERS, f"nobody gives attachments of the kind {named['kind']}"
    given = _GIVERS[named["kind"]](session, int(named["id"]))
    return [given] if given is not None else []
