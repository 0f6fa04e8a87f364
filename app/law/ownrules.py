"""An organization's own rules, as a file says them: members, quorums, majorities, starts, meeting and offer."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from app.core.errors import N_
from app.law import figures
from app.law.decisions import RefusedFigures, Term
from app.law.figures import NotAFigure, read_object, unreadable
from app.law.profiles import Profile, profile
from app.law.thresholds import DENOMINATORS, OPERATORS, MissingFigure, Threshold

Reader = Callable[[str, Any, ZoneInfo], Any]

_CLAUSE: Mapping[str, Reader] = {"clause": figures.text}
_MEMBERS: Mapping[str, Reader] = {"now": figures.count, "expected": figures.count, "turnout_max": figures.part}
_QUORUM: Mapping[str, Reader] = {**_CLAUSE, "number": figures.some, "fraction": figures.portion, "call": figures.call}
_MAJORITY: Mapping[str, Reader] = {
    **_CLAUSE,
    "denominator": figures.one_of(*DENOMINATORS),
    "operator": figures.one_of(*OPERATORS),
    "fraction": figures.portion,
}
_START: Mapping[str, Reader] = {**_CLAUSE, "what": figures.text, "members": figures.some}
_MEETING: Mapping[str, Reader] = {
    **_CLAUSE,
    **dict.fromkeys(
        (
            "notice_days",
            "record_date_min_days",
            "record_date_max_days",
            "proposals_days",
            "proxies_days",
            "postal_votes_days",
            "second_call_within_days",
            "second_call_notice_days",
        ),
        figures.few,
    ),
    "clear_days": figures.flag,
}
_OFFER: Mapping[str, Reader] = {
    **_CLAUSE,
    **dict.fromkeys(
        ("open_days", "reflection_days", "allotment_days_after_closing", "cancel_until_hours", "early_close_open_days"),
        figures.few,
    ),
    **dict.fromkeys(("people_max", "people_min"), figures.count),
    **dict.fromkeys(("each_min", "each_max", "target"), figures.cents),
}
_SECTIONS = ("profile", "offer_profile", "name", "members", "quorum", "majority", "start", "meeting", "offer")


class UnknownSection(RefusedFigures):
    """The file says something that is not known."""

    message = N_("The rules know no “{name}” in {where}. Known are: {known}.")


class UnreadableRules(RefusedFigures):
    """The file is neither TOML nor JSON."""

    message = N_("The rules cannot be read: {why}.")


@dataclass(frozen=True, slots=True)
class OwnRules:
    """An organization's rules. Days count before the meeting; each section maps names to read figures."""

    law: Profile | None
    offer_law: Profile | None
    members: Mapping[str, Any]
    quorums: tuple[Mapping[str, Any], ...]
    majorities: tuple[tuple[str, Threshold], ...]
    starts: tuple[Mapping[str, Any], ...]
    meeting: Mapping[str, Any]
    offer: Mapping[str, Any]

    @property
    def turnout_max(self) -> Fraction | None:
        """The largest part of the members that may be expected to take part."""
        return self.members.get("turnout_max")

    @property
    def members_max(self) -> int | None:
        """The most members that the organization has or expects."""
        counts = [self.members[name] for name in ("now", "expected") if name in self.members]
        return max(counts) if counts else None


def read_rules(text: bytes, suffix: str) -> OwnRules:
    """The rules of a file, by its suffix TOML or else JSON; refuses what is not known, nothing is guessed."""
    table = _toml(text) if suffix == ".toml" else read_object(text)
    _only(table, _SECTIONS, Term(N_("the file")))
    return OwnRules(
        law=_profile(table, "profile"),
        offer_law=_profile(table, "offer_profile"),
        members=_section(table, "members", _MEMBERS),
        quorums=tuple(_entry(entry, "quorum", _QUORUM) for entry in _list(table, "quorum")),
        majorities=tuple(_majority(entry) for entry in _list(table, "majority")),
        starts=tuple(_entry(entry, "start", _START, "what", "members") for entry in _list(table, "start")),
        meeting=_section(table, "meeting", _MEETING),
        offer=_section(table, "offer", _OFFER),
    )


def _toml(text: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(text.decode("utf-8"), parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise UnreadableRules(why=unreadable(error)) from None


def _profile(table: Mapping[str, Any], name: str) -> Profile | None:
    if name not in table:
        return None
    if not isinstance(table[name], str):
        raise NotAFigure(name=name, what=Term(N_("a text")))
    return profile(table[name])


def _majority(raw: Any) -> tuple[str, Threshold]:
    entry = _entry(raw, "majority", _MAJORITY, "denominator", "operator", "fraction")
    return entry["clause"], Threshold("for", entry["denominator"], entry["operator"], entry["fraction"])


def _list(table: Mapping[str, Any], name: str) -> list[Any]:
    entries = table.get(name, [])
    if not isinstance(entries, list):
        raise NotAFigure(name=name, what=Term(N_("a list")))
    return entries


def _section(table: Mapping[str, Any], name: str, readers: Mapping[str, Reader]) -> Mapping[str, Any]:
    return _entry(table.get(name, {}), name, readers)


def _entry(raw: Any, name: str, readers: Mapping[str, Reader], *needed: str) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise NotAFigure(name=name, what=Term(N_("a table")))
    _only(raw, tuple(readers), name)
    for key in needed:
        if key not in raw:
            raise MissingFigure(name=f"{name}.{key}")
    read = {key: readers[key](f"{name}.{key}", value, ZoneInfo("UTC")) for key, value in raw.items()}
    return MappingProxyType({"clause": name, **read})


def _only(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for name in table:
        if name not in known:
            raise UnknownSection(name=str(name)[:60], where=where, known=", ".join(known))
