"""The journal as hledger reads it, with the trial balance at its end as assertions that hledger checks itself."""

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy.orm import Session

from app.exports.books.asking import Booked, Leg, Period, Sum, entries, stood_before, titles, trial_balance
from app.exports.books.naming import account_name, commodity, decimal_of, digits, in_one_line, is_share


def hledger_pieces(session: Session, period: Period) -> Iterator[str]:
    """The file, piece by piece: units, accounts, what stood before, entries, and assertions of every balance."""
    sums = trial_balance(session, period)
    yield "decimal-mark .\n\n"
    for unit in sorted({each.unit for each in sums}):
        yield f"commodity {_amount(1000 * 10 ** digits(unit), unit, always_marked=True)}\n"
    title = titles(session, str)
    for kind, subject in dict.fromkeys((each.kind, each.subject) for each in sums):
        yield f"account {account_name(kind, subject)}  ; {in_one_line(title(kind, subject))}\n"
    yield "\n"
    if period.since is not None:
        yield from _opening(period.since, stood_before(session, period))
    for entry in entries(session, period):
        yield _entry(entry)
    if sums:
        yield _assertions(period.until, sums)


def _amount(amount: int, unit: str, *, always_marked: bool = False) -> str:
    mark = "." if always_marked and digits(unit) == 0 else ""
    name = f'"{commodity(unit)}"' if is_share(unit) else unit
    return f"{decimal_of(amount, unit):f}{mark} {name}"


def _opening(on: date, legs: Iterable[Leg]) -> Iterator[str]:
    for number, leg in enumerate(legs):
        if number == 0:
            yield f"{on} * opening balances\n"
        yield _posting(leg)
    yield "\n"


def _entry(entry: Booked) -> str:
    reverses = f", reverses:{entry.reverses_id}" if entry.reverses_id is not None else ""
    cause = in_one_line(entry.key).replace(",", " ")
    head = f"{entry.on} * ({entry.id}) {_description(entry.nature)}  ; cause:{cause}{reverses}\n"
    return head + "".join(_posting(leg) for leg in entry.legs) + "\n"


def _description(text: str) -> str:
    return in_one_line(text).replace(";", ",").replace("|", "/")


def _posting(leg: Leg) -> str:
    return f"    {account_name(leg.kind, leg.subject)}  {_amount(leg.amount, leg.unit)}\n"


def _assertions(on: date, sums: Iterable[Sum]) -> str:
    lines = [
        f"    {account_name(each.kind, each.subject)}  {_amount(0, each.unit)} =* {_amount(each.closing, each.unit)}\n"
        for each in sums
    ]
    return f"{on} * trial balance\n{''.join(lines)}"
