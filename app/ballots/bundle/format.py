"""The file of an audit bundle: one JSON object in one spelling, with the hash of each of its parts; pure.

`README.md` beside it describes every part.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from app.ballots.calling import canonical
from app.core.errors import N_, Refusal

FORMAT, SECRET_FORMAT = "costake-bundle/1", "costake-secret-bundle/1"
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
    "documents",
    "proxies",
)
FULL_PARTS = ("lines", "votes", "proxies")
"""Parts that name people: null in a public bundle, and of a secret ballot there are no `votes` at all."""
FORMATS = {FORMAT: PARTS, SECRET_FORMAT: (*PARTS, "secret")}


class NotABundle(Refusal):
    """A file that is no audit bundle, or one of a format that this version does not know."""

    message = N_("This file is no audit bundle that can be read: {problem}.")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as it was read: the bytes of the file, and what they say."""

    content: bytes
    data: dict[str, Any]

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that it has."""
        return FORMATS[self.data["format"]]

    @property
    def full(self) -> bool:
        """Whether it names the electors and their votes."""
        return self.data["lines"] is not None


def write_bundle(parts: dict[str, Any]) -> bytes:
    """The file of some parts, with the hash of each."""
    format_ = SECRET_FORMAT if "secret" in parts else FORMAT
    assert set(parts) == set(FORMATS[format_]), "a bundle has all its parts"
    return canonical({"format": format_, "manifest": manifest(parts), **parts}) + b"\n"


def read_bundle(content: bytes) -> Bundle:
    """Read a file; refuses what is no bundle, and judges nothing of what it says."""
    try:
        data = json.loads(content, parse_float=_refuse_number, parse_constant=_refuse_number)
    except (ValueError, RecursionError):
        raise NotABundle(problem="it is not JSON in whole numbers") from None
    if not isinstance(data, dict) or data.get("format") not in (FORMAT, SECRET_FORMAT):
        raise NotABundle(problem=f"its format is neither {FORMAT} nor {SECRET_FORMAT}")
    known = {"format", "manifest", *FORMATS[data["format"]]}
    if set(data) != known:
        odd = sorted(set(data) ^ known)
        raise NotABundle(problem=f"parts are missing or unknown: {', '.join(odd)[:200]}")
    return Bundle(content, data)


def manifest(parts: dict[str, Any]) -> dict[str, str]:
    """The SHA-256 of each part in its one spelling."""
    return {name: digest(content) for name, content in parts.items()}


def digest(value: Any) -> str:
    """The SHA-256 of a value in its one spelling."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _refuse_number(text: str) -> None:
    raise ValueError(f"{text} is no whole number")
