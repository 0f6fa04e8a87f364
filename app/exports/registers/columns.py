"""Columns: what a register can show, each with its title, its kind and the expression that gives it in the database."""

from dataclasses import dataclass
from typing import Literal

from babel.numbers import get_currency_precision, list_currencies

Kind = Literal["text", "whole", "amount", "day"]
"""Text in one line; a whole number; an amount in major units as exact text; a day."""

_LINE_ENDS = "\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_DIGITS: dict[int, list[str]] = {}
for _code in sorted(list_currencies()):
    _DIGITS.setdefault(get_currency_precision(_code), []).append(_code)


@dataclass(frozen=True)
class Column:
    """A column: `sql` gives its value, from the tables that `needs` names beside those that are always there."""

    name: str
    title: str
    kind: Kind
    sql: str
    needs: frozenset[str] = frozenset()


def columns(*every: tuple[str, str, Kind, str] | tuple[str, str, Kind, str, str]) -> dict[str, Column]:
    """Columns by their names, from rows of name, title, kind, expression and what it needs (words)."""
    return {
        name: Column(name, title, kind, sql, frozenset(rest[0].split()) if rest else frozenset())
        for name, title, kind, sql, *rest in every
    }


def value_sql(column: Column) -> str:
    """The expression of a column's value; text is in one line, and null rather than empty."""
    if column.kind == "whole":
        return f"({column.sql})::bigint"
    if column.kind != "text":
        return column.sql
    blanks = "chr(10)||" + "||".join(f"chr({ord(sign)})" for sign in _LINE_ENDS[1:])
    return f"nullif(translate({column.sql}, {blanks}, '{' ' * len(_LINE_ENDS)}'), '')"


def amount_sql(minor: str, currency: str) -> str:
    """The expression of an amount in major units, exact, from whole minor units."""
    cases = " ".join(
        f"WHEN {currency} IN ({', '.join(repr(code) for code in codes)}) "
        f"THEN (({minor})::numeric / {10**digits})::numeric(40, {digits})::text"
        for digits, codes in sorted(_DIGITS.items())
        if digits != 2
    )
    return f"CASE WHEN {currency} IS NULL THEN NULL {cases} ELSE (({minor})::numeric / 100)::numeric(40, 2)::text END"
