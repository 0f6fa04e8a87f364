"""The jurisdiction profiles: one readable file each, typed and checked when loaded."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.core.errors import N_, Refusal
from app.law.sources import GENERAL_KNOWLEDGE, all_sources
from app.law.thresholds import Threshold
from app.law.values import Value, frozen

Kind = Literal["governance", "offering", "reference"]

_TEXTS = ("id", "title", "jurisdiction", "zone", "kind")
_OPTIONAL = ("route", "from", "to", "overlays", "conversion_threshold", "voting", "approvals")
_VALUE_KEYS = frozenset(
    ("title", "value", "sources", "read", "confidence", "valid_from", "valid_to", "review_by", "note")
)
_THRESHOLD_KEYS = frozenset(("numerator", "denominator", "operator", "fraction"))


class UnknownProfile(Refusal):
    """There is no profile of that name."""

    message = N_("There is no profile “{profile}”. `costake law list` shows those there are.")
    status = 404


class UnknownValue(Refusal):
    """The profile has no such value, or it is not of the kind that was asked for."""

    message = N_("The profile {profile} has no “{key}” of that kind.")
    status = 404


class BrokenProfile(Exception):
    """A profile's file is not what it must be: a programmer's error, told with the file and the place."""


@dataclass(frozen=True, slots=True)
class Approval:
    """A step of approval: `step` names it in the keys of its values, `who` decides, `resolution` how it is called."""

    step: str
    who: str | None
    resolution: str | None


@dataclass(frozen=True, slots=True)
class Voting:
    """What a vote follows: `share` or `member`; `value` is the key of the rule on it."""

    basis: Literal["share", "member"]
    value: str


@dataclass(frozen=True, slots=True)
class Adaptation:
    """An organization's decision to depart from a profile: from which, in which values, who decided, when and why."""

    base_id: str
    base_version: int
    keys: tuple[str, ...]
    decided_by: int
    decided_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A jurisdiction's rules for one purpose. `zone` is an IANA time zone: legal dates are dates there.

    `adaptation` says of an organization's own copy what it departs from, and who decided.
    """

    id: str
    title: str
    jurisdiction: str
    zone: str
    kind: Kind
    version: int
    values: Mapping[str, Value]
    route: str | None = None
    converts_from: str | None = None
    converts_to: str | None = None
    overlays: tuple[str, ...] = ()
    conversion_threshold: str | None = None
    voting: Voting | None = None
    approvals: tuple[Approval, ...] = ()
    adaptation: Adaptation | None = None

    def value(self, key: str) -> Value:
        """The value of that key; refuses one that is not there."""
        if key not in self.values:
            raise UnknownValue(profile=self.id, key=key)
        return self.values[key]

    def threshold(self, key: str | None = None, *path: str | int) -> Threshold:
        """The majority or quorum at a key (and a path inside it); without a key, that of the conversion itself."""
        key = key or self.conversion_threshold or "conversion"
        value = self.values.get(key)
        data = value.at(*path) if value is not None else {}
        if value is None or not is_threshold(data):
            raise UnknownValue(profile=self.id, key=".".join(map(str, (key, *path))))
        return as_threshold(data, value)


def profile(profile_id: str) -> Profile:
    """The profile of that id; refuses one that is not there."""
    if profile_id not in profile_ids():
        raise UnknownProfile(profile=profile_id[:60])
    return _loaded(profile_id, "profiles")


@cache
def profile_ids() -> tuple[str, ...]:
    """Ids of the conversion, governance and offering profiles, sorted."""
    return tuple(sorted(_ids("profiles")))


def all_profiles() -> tuple[Profile, ...]:
    """Every conversion, governance and offering profile: those of governance first."""
    profiles = [profile(id_) for id_ in profile_ids()]
    return tuple(sorted(profiles, key=lambda one: one.kind != "governance"))


def reference(table_id: str) -> Profile:
    """A table of reference, on what stands beside the profiles: `equity-accounting`, `signed-records`."""
    if table_id not in reference_ids():
        raise UnknownProfile(profile=table_id[:60])
    return _loaded(table_id, "reference")


@cache
def reference_ids() -> tuple[str, ...]:
    """Ids of the tables of reference, sorted."""
    return tuple(sorted(_ids("reference")))


def is_threshold(data: Any) -> bool:
    """Whether the data says a majority or a quorum."""
    return isinstance(data, Mapping) and set(data) == _THRESHOLD_KEYS


def as_threshold(data: Mapping[str, Any], value: Value) -> Threshold:
    """The majority or quorum that a part of a value says."""
    whole = Value(value.profile_id, "", "", data, (), True, Decimal(1))
    return Threshold(
        data["numerator"], data["denominator"], data["operator"], whole.ratio("fraction"), value.profile_id, value
    )


def is_text(data: Any) -> bool:
    """Whether the data is text, and not empty."""
    return isinstance(data, str) and data != ""


def _ids(folder: str) -> list[str]:
    names = [entry.name for entry in _folder(folder).iterdir()]
    return [name.removesuffix(".toml") for name in names if name.endswith(".toml")]


def _folder(name: str) -> Traversable:
    return files("app.law") / name


@cache
def _loaded(id_: str, folder: str) -> Profile:
    text = (_folder(folder) / f"{id_}.toml").read_text(encoding="utf-8")
    return read_profile(tomllib.loads(text, parse_float=Decimal), file=f"{folder}/{id_}.toml")


def read_profile(table: Mapping[str, Any], file: str) -> Profile:
    """The profile that a file's table says; BrokenProfile names what is wrong in which file."""
    try:
        return _profile(table, file)
    except (AssertionError, KeyError, TypeError, ValueError, ZoneInfoNotFoundError) as error:
        raise BrokenProfile(f"{file}: {type(error).__name__}: {error}") from error


def _profile(table: Mapping[str, Any], file: str) -> Profile:
    unknown = set(table) - {*_TEXTS, *_OPTIONAL, "version", "values"}
    assert not unknown, f"unknown keys {sorted(unknown)}"
    for name in _TEXTS:
        assert is_text(table[name]), f"{name} is no text"
    assert file.endswith(f"/{table['id']}.toml"), "the file is named after the id"
    assert table["kind"] in get_args(Kind), f"unknown kind {table['kind']}"
    assert isinstance(table["version"], int), "the version is a whole number"
    ZoneInfo(table["zone"])
    values = {key: _value(table["id"], key, entry) for key, entry in table["values"].items()}
    made = Profile(
        **{name: table[name] for name in _TEXTS},
        version=table["version"],
        values=MappingProxyType(values),
        route=table.get("route"),
        converts_from=table.get("from"),
        converts_to=table.get("to"),
        overlays=tuple(table.get("overlays", ())),
        conversion_threshold=table.get("conversion_threshold"),
        voting=Voting(**table["voting"]) if "voting" in table else None,
        approvals=tuple(
            Approval(entry["step"], entry.get("who"), entry.get("resolution")) for entry in table.get("approvals", ())
        ),
    )
    if made.conversion_threshold:
        made.threshold()
    assert made.voting is None or made.voting.value in values, "the rule on votes is not there"
    return made


def _value(profile_id: str, key: str, entry: Mapping[str, Any]) -> Value:
    unknown = set(entry) - _VALUE_KEYS
    assert not unknown, f"{key}: unknown keys {sorted(unknown)}"
    assert is_text(entry["title"]), f"{key}: no title"
    assert isinstance(entry["read"], bool), f"{key}: `read` is yes or no"
    assert entry["sources"], f"{key}: no source"
    assert set(entry["sources"]) <= set(all_sources()), f"{key}: unknown source"
    assert entry["read"] == (entry["sources"] != [GENERAL_KNOWLEDGE]), f"{key}: general knowledge is not read"
    assert isinstance(entry["confidence"], str), f"{key}: confidence is written as text, to stay exact"
    confidence = Decimal(entry["confidence"])
    assert 0 <= confidence <= 1, f"{key}: confidence lies between 0 and 1"
    assert "value" in entry or entry.get("note"), f"{key}: what has no value needs a note"
    for name in ("valid_from", "valid_to", "review_by"):
        assert name not in entry or isinstance(entry[name], date), f"{key}: {name} is a date"
    value = Value(
        profile_id,
        key,
        entry["title"],
        frozen(entry.get("value")),
        tuple(entry["sources"]),
        entry["read"],
        confidence,
        entry.get("valid_from"),
        entry.get("valid_to"),
        entry.get("review_by"),
        entry.get("note"),
    )
    _check_thresholds(value.data, value)
    return value


def _check_thresholds(data: Any, value: Value) -> None:
    """Every table with an operator and a numerator must be a whole threshold."""
    if not isinstance(data, Mapping):
        for inner in data if isinstance(data, tuple) else ():
            _check_thresholds(inner, value)
    elif "numerator" in data:
        assert is_threshold(data), f"{value.key}: not a whole threshold"
        as_threshold(data, value)
    else:
        for inner in data.values():
            _check_thresholds(inner, value)
