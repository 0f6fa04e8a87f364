"""Asking: one query for every register, as of any day and as known at any moment, for pages, files and programs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.exports.registers import charges, loans, members, movements, officers
from app.exports.registers.columns import Column, value_sql
from app.exports.registers.profiles import STANDARD, Profile, profile

Name = Literal["members", "movements", "officers", "charges", "loans"]
TITLES: dict[str, str] = {
    "members": N_("Register of members"),
    "movements": N_("Register of movements"),
    "officers": N_("Register of officers"),
    "charges": N_("Register of charges"),
    "loans": N_("Register of loans"),
}
EVER = datetime.max.replace(tzinfo=UTC)
AT_ONCE = 5_000
Progress = Callable[[int], None]
"""Is told how many lines are written."""
_STANDARD = profile(STANDARD)

_ROOMS: dict[str, ModuleType] = {
    "members": members,
    "movements": movements,
    "officers": officers,
    "charges": charges,
    "loans": loans,
}


class UnknownRegister(Refusal):
    """There is no such register."""

    message = N_("There is no register “{name}”. Choose members, movements, officers, charges or loans.")
    field = "register"


@dataclass(frozen=True)
class Wanted:
    """A register as of the end of a day, as it was known at a moment (None: now), in a profile's columns.

    `inspected` is the view that the law opens to members: fewer columns, never more.
    """

    register: str
    as_of: date
    known_at: datetime | None = None
    profile: Profile = _STANDARD
    inspected: bool = False

    def __post_init__(self) -> None:
        """Refuse what does not exist."""
        if self.register not in _ROOMS:
            raise UnknownRegister(name=self.register[:20])

    @property
    def columns(self) -> list[Column]:
        """The columns in order."""
        names = self.profile.columns[self.register]
        if self.inspected and self.register == "members":
            names = self.profile.inspection or ("member_number", "legal_name", "date_entered")
        return [_ROOMS[self.register].COLUMNS[name] for name in names]


def all_columns(register: str) -> dict[str, Column]:
    """Every column that a register can have."""
    known: dict[str, Column] = _ROOMS[register].COLUMNS
    return known


def statement(wanted: Wanted, columns: list[Column] | None = None) -> str:
    """The query, with the places `:day`, `:known_at`, `:number` and `:most` (see `places`)."""
    room, chosen = _ROOMS[wanted.register], columns if columns is not None else wanted.columns
    order = room.ORDERS.get(wanted.profile.order, room.ORDERS["number"])
    needs = {need for column in chosen for need in column.needs} | ({"known"} if "known." in order else set())
    joins = "".join(sql for name, sql in room.JOINS.items() if name in needs)
    shown = ", ".join(f'{value_sql(column)} AS "{column.name}"' for column in chosen)
    where = room.WHERE
    if wanted.register == "members" and (not wanted.profile.former or wanted.inspected):
        where += " AND lots.shares > 0" if not wanted.profile.former else " AND ended.membership_id IS NULL"
    return f"{room.WITH} SELECT {shown} {room.FROM} {joins} WHERE {where} ORDER BY {order}"


def places(wanted: Wanted, after: int = 0, most: int | None = None) -> dict[str, Any]:
    """What stands at the places of a statement; `after` and `most` choose a page by the register's own numbers."""
    return {"day": wanted.as_of, "known_at": wanted.known_at or EVER, "number": after, "most": most}


def rows(
    session: Session, wanted: Wanted, *, after: int = 0, most: int | None = None, columns: list[Column] | None = None
) -> Iterator[tuple[Any, ...]]:
    """The rows in order, as text, whole numbers and days, streamed; null where there is nothing."""
    found = session.execute(
        text(statement(wanted, columns)), places(wanted, after, most), execution_options={"yield_per": AT_ONCE}
    )
    for row in found:
        yield tuple(row)


def count_lines(session: Session, wanted: Wanted) -> int:
    """How many lines a register has."""
    query = statement(wanted, columns=wanted.columns[:1])
    return int(session.scalar(text(f"SELECT count(*) FROM ({query}) AS line"), places(wanted)) or 0)


def is_kept(session: Session, register: str) -> bool:
    """Whether the tables of a register are there."""
    table = {"officers": "officer", "charges": "share_charge", "loans": "loan"}.get(register)
    return table is None or session.scalar(text("SELECT to_regclass(:table)"), {"table": table}) is not None
