"""A value of a profile: what the law says, where that was read, how sure it is, and when it is in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from app.core.errors import N_, Refusal
from app.law.sources import source

ENFORCED_FROM = Decimal("0.95")


class OutsideValidity(Refusal):
    """The rule was not, or is no longer, in force on that date."""

    message = N_("“{title}” of {profile} is in force {period}; {on} lies outside that.")


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """One value. `data` is text, a whole number, a Decimal, a flag, a date, or a tuple or mapping of these, or None.

    `read` says whether a source was read for it; `confidence` (0 to 1) that it is right and current;
    `review_by` when it must be looked at again; `confirmed_by` who of counsel confirmed it, if anyone;
    `departs_from` the law's own data, where an organization's rules depart from it.
    """

    profile_id: str
    key: str
    title: str
    data: Any
    sources: tuple[str, ...]
    read: bool
    confidence: Decimal
    valid_from: date | None = None
    valid_to: date | None = None
    review_by: date | None = None
    note: str | None = None
    confirmed_by: str | None = None
    departs_from: Any = None

    @property
    def id(self) -> str:
        """The value's stable name, for machines: `us-de-266/approvals.holders.threshold`."""
        return f"{self.profile_id}/{self.key}"

    @property
    def enforced(self) -> bool:
        """Whether the product may refuse on it: read and at least 0.95 sure, or confirmed by counsel. Else it warns."""
        return (self.read and self.confidence >= ENFORCED_FROM) or self.confirmed_by is not None

    def in_force(self, on: date) -> bool:
        """Whether the value is in force on that date, both ends included."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def require(self, on: date) -> None:
        """Refuse a date outside the validity."""
        if not self.in_force(on):
            raise OutsideValidity(title=self.title, profile=self.profile_id, period=self.period(), on=on)

    def period(self) -> str:
        """The validity, in ISO 8601's form of an interval: `2022-08-01/..`."""
        return f"{self.valid_from or '..'}/{self.valid_to or '..'}"

    def at(self, *path: str | int) -> Any:
        """What stands at a path inside the data; a path that is not there is a programmer's error."""
        found = self.data
        for step in path:
            found = found[step]
        return found

    def whole(self, *path: str | int) -> int:
        """The whole number at a path."""
        number = self.at(*path)
        assert type(number) is int, f"{self.id} {path} is no whole number"
        return number

    def ratio(self, *path: str | int) -> Fraction:
        """The fraction, written `3/4`, at a path."""
        text = self.at(*path)
        assert isinstance(text, str), f"{self.id} {path} is no fraction"
        return Fraction(text)

    def as_data(self) -> dict[str, Any]:
        """The value for machines: plain text, numbers, lists and mappings."""
        return {
            "key": self.key,
            "title": self.title,
            "value": thawed(self.data),
            "sources": [{"id": id_, "ref": source(id_).ref} for id_ in self.sources],
            "read": self.read,
            "confidence": self.confidence,
            "enforced": self.enforced,
            "valid_from": self.valid_from and self.valid_from.isoformat(),
            "valid_to": self.valid_to and self.valid_to.isoformat(),
            "review_by": self.review_by and self.review_by.isoformat(),
            "note": self.note,
            "confirmed_by": self.confirmed_by,
            "departs_from": thawed(self.departs_from),
        }


def frozen(data: Any) -> Any:
    """Data that cannot be changed: lists become tuples, mappings read-only."""
    if isinstance(data, Mapping):
        return MappingProxyType({key: frozen(inner) for key, inner in data.items()})
    if isinstance(data, list | tuple):
        return tuple(frozen(inner) for inner in data)
    return data


def thawed(data: Any) -> Any:
    """Frozen data as plain lists and mappings, dates as ISO 8601 text."""
    if isinstance(data, Mapping):
        return {key: thawed(inner) for key, inner in data.items()}
    if isinstance(data, tuple | list):
        return [thawed(inner) for inner in data]
    return data.isoformat() if isinstance(data, date) else data
