"""Departures: an organization's own copy of a profile, which may be stricter than the law and never surely laxer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from app.core.errors import N_, Refusal
from app.law.profiles import Adaptation, Profile, as_threshold, is_threshold
from app.law.sources import OWN_RULES
from app.law.thresholds import Threshold
from app.law.values import Value, frozen, thawed

# Where a smaller figure asks for more: what may be bought, held, raised, or done until shortly before.
_SMALLER_IS_STRICTER = frozenset(
    (
        "cap",
        "cancel",
        "eu",
        "investor_limit",
        "investor_vote_cap",
        "max_holding_gbp",
        "max_withdrawable_shares_gbp",
        "max_words",
        "schedule_13d",
        "section_16",
        "tier1_cap",
        "trigger",
        "warn_threshold",
    )
)


OVERTAKEN = N_("The organization's own rule no longer goes as far as the law, which prevails.")


class LaxerThanLaw(Refusal):
    """A departure asks for less than a rule that is enforced."""

    message = N_("“{title}” of {profile} may be made stricter, but this asks for less than the law.")


class UnreadableDeparture(Refusal):
    """A departure is not of the kind of the value that it departs from."""

    message = N_("The departure from “{title}” ({key}) is not of the kind of what it departs from: {law}.")


class NoDeparture(Refusal):
    """Nothing departs from the profile."""

    message = N_("Nothing here departs from the profile {profile}.")


def adapted(
    base: Profile, departures: Mapping[str, Any], *, number: int, by: int, at: datetime, reason: str
) -> Profile:
    """The organization's own copy: `departures` maps keys of values to their new data, or to the parts that change.

    A departure that is as strict as the law is enforced, as the organization's own rule. One that cannot be compared
    only warns until counsel confirms it. One that is laxer than an enforced value is refused.
    """
    values = {key: departed(base.value(key), new, reason) for key, new in departures.items()}
    values = {key: value for key, value in values.items() if value.data != base.values[key].data}
    if not values:
        raise NoDeparture(profile=base.id)
    return _own_copy(base, values, number, Adaptation(base.id, base.version, tuple(values), by, at, reason))


def adapted_before(
    base: Profile, departures: Mapping[str, Any], *, number: int, version: int, by: int, at: datetime, reason: str
) -> Profile:
    """An own copy decided on that version of the law, read on today's: where the law now asks for more, it prevails."""
    values = {}
    for key, new in departures.items():
        if key in base.values:
            try:
                values[key] = departed(base.values[key], new, reason)
            except (LaxerThanLaw, UnreadableDeparture):
                values[key] = replace(base.values[key], note=OVERTAKEN)
    return _own_copy(base, values, number, Adaptation(base.id, version, tuple(departures), by, at, reason))


def _own_copy(base: Profile, values: Mapping[str, Value], number: int, adaptation: Adaptation) -> Profile:
    id_ = f"{base.id}@{number}"
    own = {key: replace(values.get(key, value), profile_id=id_) for key, value in base.values.items()}
    return replace(base, id=id_, values=MappingProxyType(own), adaptation=adaptation)


def confirmed(profile: Profile, counsel: Mapping[str, str]) -> Profile:
    """The profile with those values confirmed, by the name of the counsel who did; confirmed values are enforced."""
    values = {
        key: replace(value, confirmed_by=counsel.get(key, value.confirmed_by)) for key, value in profile.values.items()
    }
    return replace(profile, values=MappingProxyType(values))


def departed(law: Value, new: Any, reason: str) -> Value:
    """The value as the organization departs from it."""
    if not _is_json(new):
        raise _unreadable(law)
    data = merged(law.data, frozen(new))
    strict = as_strict(law, law.data, data, (law.key.split(".")[-1],))
    if strict is False and law.enforced:
        raise LaxerThanLaw(title=law.title, profile=law.profile_id)
    return replace(
        law,
        data=data,
        sources=(OWN_RULES, *law.sources),
        read=True if strict else strict is False and law.read,
        confidence=Decimal(1) if strict else law.confidence,
        confirmed_by=None,
        note=reason,
        departs_from=law.data,
    )


def merged(law: Any, new: Any) -> Any:
    """The law's data with the parts that change."""
    if isinstance(law, Mapping) and isinstance(new, Mapping):
        return frozen({**law, **{key: merged(law.get(key), part) for key, part in new.items()}})
    return new


def as_strict(value: Value, law: Any, own: Any, path: tuple[str, ...]) -> bool | None:
    """Whether the own data ask for at least as much as the law's: True, surely less: False, or not comparable: None."""
    if own == law:
        return True
    if is_threshold(law):
        return as_a_majority(value, own).stricter_or_equal(as_threshold(law, value))
    if isinstance(law, Mapping) and isinstance(own, Mapping):
        return _all_as_strict(value, law, own, path)
    if isinstance(law, tuple) and isinstance(own, tuple):
        return set(law) <= set(own) or None if _texts(law) and _texts(own) else None
    if type(law) is int or _is_ratio(law):
        return _figure_as_strict(value, law, own, path)
    if isinstance(law, str) and is_threshold(own):
        as_a_majority(value, own)
    elif type(law) is not type(own) and law is not None:
        raise _unreadable(value)
    return None


def as_a_majority(value: Value, own: Any) -> Threshold:
    """The majority or quorum that own data say; refuses data that say none."""
    if not is_threshold(own):
        raise _unreadable(value)
    try:
        return as_threshold(own, value)
    except (AssertionError, AttributeError, KeyError, TypeError, ValueError):
        raise _unreadable(value) from None


def _all_as_strict(value: Value, law: Mapping[str, Any], own: Mapping[str, Any], path: tuple[str, ...]) -> bool | None:
    if set(own) - set(law):
        raise _unreadable(value)
    parts = [as_strict(value, law[key], own[key], (*path, key)) for key in law]
    return False if False in parts else None if None in parts else True


def _figure_as_strict(value: Value, law: Any, own: Any, path: tuple[str, ...]) -> bool:
    if not (type(own) is int if type(law) is int else _is_ratio(own)):
        raise _unreadable(value)
    more, less = Fraction(own), Fraction(law)
    if more < 0:
        raise _unreadable(value)
    smaller = path[0] in _SMALLER_IS_STRICTER or any("max" in name.split("_") for name in path)
    return more <= less if smaller else more >= less


def _is_ratio(data: Any) -> bool:
    if not isinstance(data, str) or data.count("/") != 1:
        return False
    over, under = data.split("/")
    return over.isascii() and over.isdigit() and under.isascii() and under.isdigit() and int(under) > 0


def _is_json(data: Any) -> bool:
    if isinstance(data, Mapping):
        return all(isinstance(key, str) and _is_json(part) for key, part in data.items())
    if isinstance(data, list | tuple):
        return all(map(_is_json, data))
    return data is None or isinstance(data, str | bool | int)


def _texts(data: tuple[Any, ...]) -> bool:
    return all(isinstance(each, str) for each in data)


def _unreadable(value: Value) -> UnreadableDeparture:
    return UnreadableDeparture(title=value.title, key=value.key, law=thawed(value.data))
