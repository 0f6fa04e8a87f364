"""The journal as Beancount reads it, with the trial balance at its end as balance directives that it checks itself."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.exports.books.asking import EARLIER, Booked, Leg, Period, entries, stood_before, titles, trial_balance
from app.exports.books.naming import account_name, commodity, decimal_of, in_one_line, kind_name
from app.ledger.chart import OWN_KINDS

# Every account that the file names, and the first day on which it does.
_ACCOUNTS = text("""
    SELECT a.kind, a.subject, greatest(min(e.effective_on), :since) FROM account a JOIN posting p ON p.account_id = a.id
    JOIN entry e ON e.id = p.entry_id WHERE e.effective_on <= :until GROUP BY 1, 2 ORDER BY 1, 2
""")


def beancount_pieces(session: Session, period: Period) -> Iterator[str]:
    """The file, piece by piece: units, accounts, what stood before, entries, and every balance at the end."""
    sums = trial_balance(session, period)
    yield 'option "title" "Journal"\n\n'
    yield from _opened(session, period)
    yield "\n"
    if period.since is not None:
        yield from _opening(period.since, stood_before(session, period))
    for entry in entries(session, period):
        yield _entry(entry)
    after = period.until + timedelta(days=1)
    for each in sums:
        number = f"{decimal_of(each.closing, each.unit):f}"
        yield f"{after} balance {account_name(each.kind, each.subject)}  {number} ~ 0 {commodity(each.unit)}\n"


def _opened(session: Session, period: Period) -> Iterator[str]:
    places = {name: period.places[name] for name in ("since", "until")}
    begun: dict[str, date] = {}
    lines, title = [], titles(session, str)
    for kind, subject, on in session.execute(_ACCOUNTS, places):
        begun[kind] = min(begun.get(kind, on), on)
        if subject:
            said = f'  title: "{_quoted(title(kind, subject))}"\n' if kind in OWN_KINDS else ""
            lines.append(f"{on} open {account_name(kind, subject)}\n{said}")
    if period.since is not None:
        begun[EARLIER] = period.since
    for kind, on in begun.items():
        yield f'{on} open {kind_name(kind)}\n  title: "{_quoted(title(kind, ""))}"\n'
    yield from lines


def _opening(on: date, legs: Iterable[Leg]) -> Iterator[str]:
    for number, leg in enumerate(legs):
        if number == 0:
            yield f'{on} * "opening balances"\n'
        yield _posting(leg)
    yield "\n"


def _entry(entry: Booked) -> str:
    lines = [
        f'{entry.on} * "{_quoted(entry.nature)}"\n',
        f'  entry: "{entry.id}"\n',
        f'  cause: "{_quoted(entry.key)}"\n',
    ]
    if entry.reverses_id is not None:
        lines.append(f'  reverses: "{entry.reverses_id}"\n')
    return "".join(lines) + "".join(_posting(leg) for leg in entry.legs) + "\n"


def _posting(leg: Leg) -> str:
    return f"  {account_name(leg.kind, leg.subject)}  {decimal_of(leg.amount, leg.unit):f} {commodity(leg.unit)}\n"


def _quoted(said: str) -> str:
    return in_one_line(said).replace("\\", "\\\\").replace('"', '\\"')
