"""How a bank's table is read, as the command line says it and is told it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.core.errors import N_, Refusal
from app.core.money import Money
from app.reconciliation.mapping.previewing import Preview
from app.reconciliation.reading.csv import DAYS, DELIMITERS, MARKS, Columns
from app.reconciliation.reading.texts import ENCODINGS

_ONE_OF = {"day": DAYS, "mark": MARKS, "delimiter": DELIMITERS, "encoding": ENCODINGS}


class NotAMeaning(Refusal):
    """The option says nothing of a mapping."""

    message = N_("“{text}” names no column: write MEANING=COLUMN, such as amount=Betrag. `--help` lists them.")


def with_named(columns: Columns, named: Sequence[str]) -> Columns:
    """A mapping with what was said on the command line, each as `meaning=column`. Raises `NotAMeaning`."""
    said: dict[str, Any] = {}
    for each in named:
        meaning, equals, value = each.partition("=")
        known = meaning in columns.kept() and value in _ONE_OF.get(meaning, (value,))
        if not (equals and known and (meaning != "skip" or value.isdecimal())):
            raise NotAMeaning(text=each[:60])
        if meaning == "texts":
            said[meaning] = (*said.get(meaning, ()), value)
        else:
            said[meaning] = int(value) if meaning == "skip" else value
    return replace(columns, **said)


def said_of(columns: Columns, found: Preview) -> dict[str, Any]:
    """A mapping and what comes of it, as data."""
    return {
        "columns": columns.kept(),
        "lines": found.count,
        "faulty": found.faulty,
        "faults": [{"line": each.facts["line"], "reason": each.facts["reason"].text()} for each in found.faults],
        "refused": found.refused.text() if found.refused else None,
        "new": found.taken.lines if found.taken else None,
        "known": found.taken.known if found.taken else None,
        "first": [
            {
                "line": each.at,
                "booked_on": each.booked_on.isoformat(),
                "amount": str(each.amount.decimal()),
                "counterparty": each.counterparty,
                "text": each.text,
            }
            for each in found.lines
        ],
    }


def told_of(columns: Columns, found: Preview) -> str:
    """The same for people: the columns, the first lines, and what is wrong."""
    told = [f"{name:14} {_shown(value)}" for name, value in columns.kept().items() if value not in ("", (), [])]
    told += [f"line {each.at}: {each.booked_on}  {_amount(each.amount)}  {each.counterparty}  {each.text!r}"
             for each in found.lines]  # fmt: skip
    told += [each.text() for each in found.faults]
    if found.faulty:
        told.append(f"{found.count:,} lines can be read, {found.faulty:,} cannot.")
    elif found.refused is not None:
        told.append(found.refused.text())
    elif found.taken is not None:
        told.append(f"An import would bring {found.taken.lines:,} new lines; {found.taken.known:,} are known.")
    return "\n".join(told)


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list | tuple) else repr(value) if value == "\t" else str(value)


def _amount(amount: Money) -> str:
    return f"{amount.decimal():>12}"
