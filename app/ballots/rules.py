"""Rules of decision: which majorities and quorum a resolution needs, taken from a law by name or stated in full.

A rule is kept as `{"first": {...}, "second": {...} or null}`, for each call `{"levels": [...], "quorum": {...}}`. A
level and a quorum are the four parts of a threshold with `origin`: the profile, its version and the value's key that
they were taken from, or null. The law's figures are copied when the rule is written, so that a later profile does
not change what was called.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.core.errors import N_, Refusal
from app.law.decisions import said
from app.law.profiles import Profile, UnknownValue, as_threshold, is_threshold
from app.law.thresholds import Threshold
from app.law.values import Value

BASES: Mapping[str, str] = {
    "cast_for_against": N_("the votes cast for and against"),
    "cast_valid": N_("the votes cast for and against"),
    "eligible_voting": N_("the votes cast for and against"),
    "cast_with_abstentions": N_("the votes cast, abstentions included"),
    "present": N_("the votes present"),
    "entitled": N_("all votes that could be cast"),
    "eligible": N_("all votes that could be cast"),
    "members": N_("all members on the roll"),
    "outstanding": N_("all outstanding shares"),
    "outstanding_entitled": N_("all outstanding shares"),
    "shares_with_votes": N_("all shares with votes"),
    "capital_represented_at_resolution": N_("the capital represented"),
    "all_cast": N_("the votes of all members"),
    "patron_cast": N_("the votes of the patron members"),
    "all_power": N_("all voting power"),
}
FOR: Mapping[str, str] = {
    "patron_for": N_("patron members' votes for it"),
    "patron_power": N_("the patron members' voting power"),
    "capital_for": N_("capital for it"),
}
OWN_BASES = ("cast_for_against", "cast_with_abstentions", "present", "entitled", "outstanding", "members")
QUORUM_BASES = ("entitled", "members", "shares_with_votes", "outstanding")
LEVELS = {"for": "for", "patrons": "patron_for"}
MORE = N_("more than {fraction} of {base} are for it")
LEAST = N_("at least {fraction} of {base} are for it")
MORE_OF = N_("{part} are more than {fraction} of {base}")
LEAST_OF = N_("{part} are at least {fraction} of {base}")
QUORUM_MORE = N_("more than {fraction} of {base} take part")
QUORUM_LEAST = N_("at least {fraction} of {base} take part")


class NoMajority(Refusal):
    """A resolution that passes by nothing is no resolution."""

    message = N_("Say by which majority the resolution passes.")
    field = "majority"


class BadFraction(Refusal):
    """A part that is none of a whole."""

    message = N_("“{text}” is no part of a whole. Write it like 1/2, 2/3 or 3/4.")


@dataclass(frozen=True, slots=True)
class Need:
    """A majority or quorum with where it comes from; `origin` is None for one of the organization's own."""

    threshold: Threshold
    origin: Mapping[str, Any] | None = None

    def as_data(self) -> dict[str, Any]:
        """For the database and machines."""
        return {**self.threshold.as_data(), "origin": dict(self.origin) if self.origin else None}

    def words(self, lang: str, *, quorum: bool = False) -> str:
        """What must hold, as a clause: `more than 1/2 of all outstanding shares are for it`."""
        strict = self.threshold.operator == ">"
        part = FOR.get(self.threshold.numerator)
        if quorum:
            message = QUORUM_MORE if strict else QUORUM_LEAST
        elif part and self.threshold.numerator != "capital_for":
            message = MORE_OF if strict else LEAST_OF
        else:
            message = MORE if strict else LEAST
        places = {
            "fraction": self.threshold.fraction,
            "base": said(BASES[self.threshold.denominator], {}, lang),
            "part": said(part, {}, lang) if part else "",
        }
        return said(message, places, lang)


@dataclass(frozen=True, slots=True)
class CallRule:
    """What one call needs: every level must be carried, and the quorum met where there is one."""

    levels: tuple[Need, ...]
    quorum: Need | None = None

    def as_data(self) -> dict[str, Any]:
        """For the database and machines."""
        return {
            "levels": [level.as_data() for level in self.levels],
            "quorum": self.quorum.as_data() if self.quorum else None,
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """What a resolution needs at its first call, and at a second where that is otherwise (None: the same)."""

    first: CallRule
    second: CallRule | None = None

    def at(self, call: int) -> CallRule:
        """The rule of a call."""
        return self.second if call > 1 and self.second is not None else self.first

    def as_data(self) -> dict[str, Any]:
        """For the database and machines."""
        return {"first": self.first.as_data(), "second": self.second.as_data() if self.second else None}


def rule_of(data: Mapping[str, Any]) -> Rule:
    """The rule that kept data says."""
    second = data.get("second")
    return Rule(_call_of(data["first"]), _call_of(second) if second else None)


def own_need(numerator: str, denominator: str, operator: str, fraction: str) -> Need:
    """A majority or quorum that the organization states itself."""
    return Need(Threshold(numerator, denominator, operator, read_fraction(fraction)))


def law_rule(law: Profile, majority: str, quorum: str = "") -> Rule:
    """The rule that a profile says: majorities by key and path (`thresholds/statutes`), a quorum by key ("" for none).

    A path that leads to several majorities (`voting/pass`) means all of them. A quorum that differs by call is kept so.
    """
    levels = tuple(_need(law, key) for key in _majorities(law, majority))
    if not levels:
        raise NoMajority
    if not quorum:
        return Rule(CallRule(levels))
    data = _at(law, quorum)
    if is_threshold(data):
        return Rule(CallRule(levels, _need(law, quorum)))
    calls = [_need(law, f"{quorum}/{call}") if is_threshold(data.get(call)) else None for call in ("first", "second")]
    return Rule(CallRule(levels, calls[0]), CallRule(levels, calls[1]))


def majorities_of(law: Profile) -> list[str]:
    """The keys of everything in a profile that says a majority for a resolution, that of the conversion first."""
    found = [f"{key}{path}" for key, value in law.values.items() for path in _paths(value.data)]
    return sorted(found, key=lambda key: key != law.conversion_threshold)


def quorums_of(law: Profile) -> list[str]:
    """The keys of everything in a profile that says a quorum, by call where it differs."""
    return [
        key
        for key, value in law.values.items()
        if isinstance(value.data, Mapping)
        and (_is_quorum(value.data) or any(_is_quorum(value.data.get(call)) for call in ("first", "second")))
    ]


def read_fraction(text: str) -> Fraction:
    """A part of a whole as typed: `2/3`, `75 %`."""
    plain = text.replace(" ", "").replace("\u00a0", "").replace(",", ".")
    try:
        part = Fraction(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        raise BadFraction(text=text[:20]) from None
    if not 0 < part <= 1:
        raise BadFraction(text=text[:20])
    return part


def _call_of(data: Mapping[str, Any]) -> CallRule:
    quorum = data["quorum"]
    return CallRule(tuple(_kept(level) for level in data["levels"]), _kept(quorum) if quorum else None)


def _kept(data: Mapping[str, Any]) -> Need:
    parts = Threshold(data["numerator"], data["denominator"], data["operator"], Fraction(data["fraction"]))
    return Need(parts, data["origin"])


def _need(law: Profile, place: str) -> Need:
    key = place.partition("/")[0]
    value = law.value(key)
    found = as_threshold(_at(law, place), value)
    origin = {"profile": law.id, "version": law.version, "key": place, "sources": list(value.sources)}
    return Need(Threshold(found.numerator, found.denominator, found.operator, found.fraction), origin)


def _at(law: Profile, place: str) -> Any:
    key, _, path = place.partition("/")
    data = law.value(key).data
    for step in path.split("/") if path else ():
        if isinstance(data, Mapping) and step in data:
            data = data[step]
        elif isinstance(data, tuple | list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            raise UnknownValue(profile=law.id, key=place[:80])
    return data


def _majorities(law: Profile, place: str) -> list[str]:
    data = _at(law, place)
    if is_threshold(data):
        return [place]
    if isinstance(data, tuple | list) and all(map(is_threshold, data)):
        return [f"{place}/{number}" for number in range(len(data))]
    raise UnknownValue(profile=law.id, key=place[:80])


def _paths(data: Any) -> list[str]:
    if is_threshold(data):
        return [""] if not _is_quorum(data) else []
    if isinstance(data, tuple | list) and data and all(map(is_threshold, data)):
        return [""]
    if isinstance(data, Mapping):
        return [f"/{name}{rest}" for name, inner in data.items() for rest in _paths(inner)]
    return []


def _is_quorum(data: Any) -> bool:
    return is_threshold(data) and data["numerator"] in ("present", "eligible_voting")


def origin_title(law: Profile, place: str) -> str:
    """The title of the value that a place in a profile belongs to."""
    value: Value = law.value(place.partition("/")[0])
    return value.title
