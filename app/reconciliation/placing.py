"""Where a statement stands in the chain of its account, and which of its lines are new. Pure.

Exports overlap, and two genuine payments of one day may look alike. A line is told from its twins by its number among
them; which twins a statement means follows from the balances.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.errors import N_, Refusal
from app.core.money import Money
from app.reconciliation.reading.records import Line, Statement


class Gap(Refusal):
    """The statement does not begin where the one before ended."""

    message = N_(
        "The statement of line {line} opens with {opening}, but the one before it closed with {previous}: {gap} is "
        "missing between them. Nothing was imported; import the statements in between first."
    )
    status = 409
    field = "file"


class Doubtful(Refusal):
    """The same figures fit known lines, and new ones."""

    message = N_(
        "The statement of line {line} may be one that is known, or new payments that look the same: both lead from "
        "{opening} to {closing} on one day. Import the statement of the whole day."
    )
    status = 409
    field = "file"


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with the fingerprint under which it is kept, whether it is kept already, and whether on a statement."""

    line: Line
    fingerprint: bytes
    known: bool
    booked: bool


Known = Callable[[Sequence[bytes]], dict[bytes, bool]]
"""Which fingerprints are kept, and whether each stands on a statement with balances."""


Began = Callable[[date], int]
"""The balance at which a day began, by the lines that are kept."""


def key_of(account_id: int, line: Line) -> bytes:
    """What twins have in common: account, day, amount, and the bank's id, or the text where it gives none."""
    told = [line.bank_id, line.end_to_end]
    if not line.bank_id:
        text = "".join(sign for sign in line.text.upper() if sign.isalnum())
        told += [text, line.counterparty, line.account, *(value for _, value in line.references)]
    whole = "\x1f".join([str(account_id), line.booked_on.isoformat(), str(line.amount), *told])
    return hashlib.sha256(whole.encode()).digest()


def fingerprint(key: bytes, number: int) -> bytes:
    """The fingerprint of the twin of a number, from 1."""
    return hashlib.sha256(key + number.to_bytes(4, "big")).digest()


def place(
    account_id: int,
    statement: Statement,
    previous: Money | None,
    openings: Collection[int],
    began: Began,
    twins: Counter[bytes],
    known: Known,
) -> list[Placed] | None:
    """The lines of a statement as they are kept; None when all of it is known. Raises `Gap` and `Doubtful`.

    `previous` is where the account's last statement closed, `openings` are the opening balances of all that are kept,
    `began` tells that of a day; `twins` counts the lines of this file by their keys.
    """
    before = twins.copy()
    placed = _numbered(account_id, statement.lines, twins, known)
    if statement.opening is None or previous is None:
        return placed
    if placed and all(each.booked for each in placed):
        if all(line.bank_id for line in statement.lines):
            return None
        opened_so = statement.opening.minor in openings
        if statement.opening == previous and not opened_so:
            return _after_twins(account_id, statement.lines, before, twins, known)
        first = min(line.booked_on for line in statement.lines)
        if statement.opening == previous or not (opened_so or statement.opening.minor == began(first)):
            raise Doubtful(line=statement.at, opening=statement.opening, closing=statement.closing)
        return None
    met = sum(each.line.amount.minor for each in placed if each.booked)
    if statement.opening.minor + met == previous.minor:
        return placed
    if statement.opening == previous:  # it goes on from there, so what looks known is a twin
        return _after_twins(account_id, statement.lines, before, twins, known)
    raise Gap(line=statement.at, opening=statement.opening, previous=previous, gap=statement.opening - previous)


def _numbered(account_id: int, lines: Sequence[Line], twins: Counter[bytes], known: Known) -> list[Placed]:
    prints = []
    for line in lines:
        key = key_of(account_id, line)
        twins[key] += 1
        prints.append(fingerprint(key, twins[key]))
    found = known(prints)
    return [Placed(line, each, each in found, found.get(each, False)) for line, each in zip(lines, prints, strict=True)]


def _after_twins(
    account_id: int, lines: Sequence[Line], before: Counter[bytes], twins: Counter[bytes], known: Known
) -> list[Placed]:
    twins.clear()
    twins.update(before)
    placed = []
    for line in lines:
        key = key_of(account_id, line)
        while True:
            twins[key] += 1
            each = fingerprint(key, twins[key])
            found = known([each])
            if not found.get(each, False):
                placed.append(Placed(line, each, each in found, booked=False))
                break
    return placed
