"""OFX and QFX statements, read by `bankfile`, which forgives what banks do to the format; what it drops is refused."""

from collections.abc import Iterator
from typing import IO

from bankfile.model import Transaction
from bankfile.ofx.reader import read_ofx as read

from app.core.errors import N_
from app.core.money import MINOR_MAX, Money, precision
from app.reconciliation.reading.records import (
    Line,
    NothingInside,
    Statement,
    Unreadable,
    checked,
    given,
    joined,
    known_currency,
)


def read_ofx(stream: IO[bytes]) -> Iterator[Statement]:
    """The statement of a file; it names no opening balance, so nothing but doubles can be told of its place."""
    try:
        found = read(stream.read())
    except ValueError as error:  # how `bankfile` says that a value is none of its kind
        raise Unreadable(1, N_("a part of the file cannot be read ({detail})"), detail=str(error)[:200]) from error
    dropped = [each.message for each in found.warnings if each.field in ("STMTTRN", "STMTRS")]
    if dropped:
        raise Unreadable(1, N_("a part of the file cannot be read ({detail})"), detail=dropped[0][:200])
    if not found.account:
        if not found.transactions:
            raise NothingInside
        raise Unreadable(1, N_("the statement does not name its account"))
    currency = known_currency(found.currency or "", 1)
    lines = [_line(number, each, currency) for number, each in enumerate(found.transactions, 1)]
    yield checked(Statement(at=1, account=found.account, currency=currency, lines=lines))


def _line(number: int, what: Transaction, currency: str) -> Line:
    given_in = known_currency(what.currency or currency, number)
    exact = what.amount.scaleb(precision(given_in))
    if exact != exact.to_integral_value() or abs(exact) > MINOR_MAX:
        raise Unreadable(number, N_("“{text}” is not an amount in {currency}"), text=what.amount, currency=given_in)
    references = [("customer", given(what.reference)), ("check", given(what.check_number))]
    return Line(
        at=number,
        booked_on=what.date,
        value_on=what.booking_date or what.date,
        amount=Money(int(exact), given_in),
        text=joined([what.purpose]),
        references=tuple((kind, value) for kind, value in references if value),
        bank_id=given(what.bank_reference),
        group=given(what.bank_reference),
        counterparty=given(what.counterparty_name),
        account=given(what.counterparty_account).replace(" ", ""),
        code=given(what.type_code),
    )
