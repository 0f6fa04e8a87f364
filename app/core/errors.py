"""Refusals: what the product declines to do, said to a person, with an HTTP status."""

from typing import Any, ClassVar


def N_(message: str) -> str:
    """Mark a message for translation where it is declared; it is translated where it is shown."""
    return message


class Refusal(Exception):
    """An act declined, with nothing changed.

    A subclass declares `message` (English text, marked with `N_`, with `{named}` places) and `status`
    (an HTTP status). `field` names the form field to show it at, when there is one.
    """

    message: ClassVar[str] = N_("This cannot be done.")
    status: ClassVar[int] = 422
    field: ClassVar[str | None] = None

    def __init__(self, **facts: Any) -> None:
        """Keep the facts that fill the places of the message."""
        self.facts = facts
        super().__init__(self.text())

    @property
    def name(self) -> str:
        """The refusal's stable name, for machines."""
        return type(self).__name__

    def text(self, translate: Any = None) -> str:
        """The message with its places filled, translated when a gettext function is given."""
        template = translate(self.message) if translate else self.message
        facts = {k: " ".join(map(str, fact)) if isinstance(fact, list) else fact for k, fact in self.facts.items()}
        return str(template).format(**facts)


class NotFound(Refusal):
    """The thing does not exist, or is not yours to see: the same answer for both."""

    message = N_("There is no such page, or it is not yours to see.")
    status = 404


class NotAllowed(Refusal):
    """The person is known but has no role for this."""

    message = N_("Your role does not allow this. Ask an organizer if you should have it.")
    status = 403


class InvalidInput(Refusal):
    """A form or a command carried a value that cannot be read; `problems` maps field names to messages."""

    message = N_("Please correct the marked fields.")
    status = 422

    def __init__(self, problems: "dict[str, str | Refusal]") -> None:
        """Keep the problem of each field."""
        super().__init__()
        self.problems = problems
