"""What differs between two registers: two days, or one day as it was known at two moments; holder by holder."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from app.exports.registers.asking import Wanted, all_columns, rows

_KEY = ("member_number", "share_class", "currency")
_LAST = chr(0x10FFFF)


@dataclass(frozen=True)
class Difference:
    """One line that came, went or changed: `changes` has each column with what it was and what it is."""

    kind: str
    member_number: int
    legal_name: str
    share_class: str
    changes: dict[str, tuple[Any, Any]]


def differences(session: Session, old: Wanted, new: Wanted) -> Iterator[Difference]:
    """The lines of the register of members that differ, in the order of their numbers, read side by side.

    The line of a member without shares and the first line of the same member with some are one line that changed.
    """
    names = [column.name for column in new.columns if column.name not in _KEY]
    columns = [all_columns("members")[name] for name in (*_KEY, *names)]
    usual = replace(new.profile, order="number")
    before = _keyed(rows(session, replace(old, profile=usual), columns=columns))
    after = _keyed(rows(session, replace(new, profile=usual), columns=columns))
    was, now = next(before, None), next(after, None)
    while was is not None or now is not None:
        if was is not None and now is not None and _of_one_without_shares(was, now):
            yield _difference("changed", (min(was[0], now[0]), now[1]), names, was[1], now[1])
            was, now = next(before, None), next(after, None)
        elif now is None or (was is not None and was[0] < now[0]):
            assert was is not None, "one of the two has a line"
            yield _difference("gone", was, names, was[1], None)
            was = next(before, None)
        elif was is None or now[0] < was[0]:
            yield _difference("new", now, names, None, now[1])
            now = next(after, None)
        else:
            if was[1] != now[1]:
                yield _difference("changed", now, names, was[1], now[1])
            was, now = next(before, None), next(after, None)


Keyed = tuple[tuple[int, str, str], tuple[Any, ...]]


def _keyed(found: Iterator[tuple[Any, ...]]) -> Iterator[Keyed]:
    """Each line by its key; no class sorts last, as in the query."""
    for number, code, currency, *values in found:
        yield (number, code or _LAST, currency or _LAST), tuple(values)


def _of_one_without_shares(was: Keyed, now: Keyed) -> bool:
    """Whether both are lines of one member, of whom just one of the two registers tells no shares."""
    return was[0][0] == now[0][0] and (was[0][1] == _LAST) != (now[0][1] == _LAST)


def _difference(
    kind: str, line: Keyed, names: list[str], was: tuple[Any, ...] | None, now: tuple[Any, ...] | None
) -> Difference:
    nothing = (None,) * len(names)
    pairs = zip(names, was or nothing, now or nothing, strict=True)
    changes = {name: (old, new) for name, old, new in pairs if old != new}
    values = dict(zip(names, line[1], strict=True))
    code = line[0][1] if line[0][1] != _LAST else ""
    return Difference(kind, line[0][0], values.get("legal_name") or "", code, changes)
