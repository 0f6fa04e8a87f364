"""What a role can be limited to: kinds of subjects, such as offers, each made known by the room that has them."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal

Choices = Callable[[Session], dict[str, str]]


class UnknownSubject(Refusal):
    """There is nothing of that name to limit a role to."""

    message = N_("“{subject}” is nothing that a role can be limited to. Write it like offer:spring-2027.")
    field = "subject"


@dataclass(frozen=True)
class ScopeKind:
    """A kind of subject: its name, and what there is of it by name, with titles for people."""

    name: str
    choices: Choices


_KINDS: dict[str, ScopeKind] = {}


def register_scope(kind: ScopeKind) -> None:
    """Make a kind of subject known; the room that has it does so where it is imported."""
    assert _KINDS.setdefault(kind.name, kind) == kind, f"{kind.name} is registered twice"


def subjects(session: Session) -> dict[str, str]:
    """Everything a role can be limited to: the subject, such as `offer:spring-2027`, with its title."""
    return {f"{kind.name}:{name}": title for kind in _KINDS.values() for name, title in kind.choices(session).items()}


def known_subject(session: Session, subject: str) -> str:
    """The subject, when there is such a thing."""
    kind, _, name = subject.partition(":")
    if kind not in _KINDS or name not in _KINDS[kind].choices(session):
        raise UnknownSubject(subject=subject[:80])
    return subject
