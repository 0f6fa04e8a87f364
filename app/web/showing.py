"""The form that a template is showing: which of a page's forms was sent, and what its fields show."""

from collections.abc import Mapping
from typing import Any


class ShownForm:
    """What the form macros of `templates/parts/form.html` ask while they show one form after the other.

    `values` given to a page are what its fields show at first. After a refusal only the form that was sent (its
    action is the page's path) shows what was typed and what is wrong; the other forms of the page are as new. Ids of
    fields are `f-<name>` in that form (before any refusal in the first one), and `f2-<name>`, `f3-<name>` … in the
    others.
    """

    def __init__(self, path: str, values: Mapping[str, str], problems: Mapping[str, str], refused: bool) -> None:
        self._path, self._values, self._problems, self._refused = path, values, problems, refused
        self._number = 0
        self.sent = True

    def begin(self, action: str) -> None:
        """Begin the form that is sent to `action`."""
        self._number += 1
        self.sent = not self._refused or action.partition("?")[0] == self._path

    def end(self) -> None:
        """End it: fields outside of the form macro belong to the form that was sent."""
        self.sent = True

    def id(self, name: str) -> str:
        """The id of a field."""
        plain = self.sent if self._refused else self._number <= 1
        return f"f-{name}" if plain else f"f{self._number}-{name}"

    def typed(self, name: str, otherwise: Any = "") -> Any:
        """What was typed into a field, or its first value."""
        return self._values.get(name, otherwise) if self.sent else otherwise

    def ticked(self, name: str, value: str, otherwise: bool) -> bool:
        """Whether a box is ticked."""
        if not (self.sent and self._values):
            return otherwise
        several: Any = getattr(self._values, "several", None)
        return value in several(name) if several else self._values.get(name) == value

    def problem(self, name: str) -> str | None:
        """What is wrong with a field."""
        return self._problems.get(name) if self.sent else None
