"""The file of an audit bundle: one JSON object in one spelling, with the hash of each of its parts; pure.

`README.md` beside it describes every part.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from app.ballots.calling import canonical
from app.core.errors import N_, Refusal

FORMAT = "costake-bundle/1"
PARTS = (
    "ballot",
    "moves",
    "notice",
    "items",
    "electorate",
    "leaves",
    "corrections",
    "lines",
    "votes",
    "counts",
    "result",
    "certificate",
)
FULL_PARTS = ("lines", "votes")
"""Parts that name people: null in a public bundle."""


class NotABundle(Refusal):
    """A file that is no audit bundle, or one of a format that this version does not know."""

    message = N_("This file is no audit bundle that can be read: {problem}.")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as it was read: the bytes of the file, and what they say."""

    content: bytes
    data: dict[str, Any]

    @property
    def full(self) -> bool:
        """Whether it names the electors and their votes."""
        return self.data["lines"] is not None


def write_bundle(parts: dict[str, Any]) -> bytes:
    """The file of some parts, with the hash of each."""
    assert set(parts) == set(PARTS), "a bundle has all its parts"
    return canonical({"format": FORMAT, "manifest": manifest(parts), **parts}) + b"\n"


def read_bundle(content: bytes) -> Bundle:
    """Read a file; refuses what is no bundle, and judges nothing of what it says."""
    try:
        data = json.loads(content, parse_float=_refuse_number, parse_constant=_refuse_number)
    except (ValueError, RecursionError):
        raise NotABundle(problem="it is not JSON in whole numbers") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise NotABundle(problem=f"its format is not {FORMAT}")
    if set(data) != {"format", "manifest", *PARTS}:
        odd = sorted(set(data) ^ {"format", "manifest", *PARTS})
        raise NotABundle(problem=f"parts are missing or unknown: {', '.join(odd)[:200]}")
    return Bundle(content, data)


def manifest(parts: dict[str, Any]) -> dict[str, str]:
    """The SHA-256 of each part in its one spelling."""
    return {name: digest(parts[name]) for name in PARTS}


def digest(value: Any) -> str:
    """The SHA-256 of a value in its one spelling."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _refuse_number(text: str) -> None:
    raise ValueError(f"{text} is no whole number")
