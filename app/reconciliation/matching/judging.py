"""Judging a bank line: what it certainly is, or what it may be, with reasons. The order of anything changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.core.errors import N_
from app.reconciliation.matching.keys import How, Keys

FEE_CODES = ("CHRG", "COMM", "INTR", "NCHG", "NINT", "698", "354", "SRVCHG", "FEE")
FEE_WORDS = ("BANK FEE", "BANKGEB", "KONTOF", "ENTGELT", "FRAIS", "COMMISSION", "ACCOUNT FEE", "INTEREST", "ZINSEN")


class What(StrEnum):
    """What a line, or a part of it, was found to be."""

    RECEIPT = N_("payment received")
    RECORDED = N_("recorded by hand before")
    RETURNED = N_("payment received, taken back")
    REFUND = N_("refund paid")
    PAYOUT = N_("payout paid")
    CARDS = N_("payout of the card processor")
    FEE = N_("fee or interest of the bank")
    CAME_BACK = N_("payment of ours that came back")
    MANUAL = N_("explained by two people")


class Why(StrEnum):
    """By what a line was understood, or why it was not."""

    REFERENCE = N_("{how} {reference}")
    SPLIT = N_("{count} references, whose open amounts sum to this line")
    SPREAD = N_("{count} references: each gets what is open, the last what is left")
    TOO_MUCH = N_("{how} {reference}; {beyond} more than is open becomes a refund due")
    ENDED = N_("{how} {reference}, for which nothing is asked any more: all of it becomes a refund due")
    BY_HAND = N_("this line was recorded by hand")
    ACCOUNT = N_("the account of {name}, and exactly what is open")
    ACCOUNT_PART = N_("the account of {name}, of whom more is open")
    NAME = N_("the name {name}, and exactly what is open")
    TOGETHER = N_("the account of {name}; what is open in {count} requests sums to this line")
    CARDS = N_("a payout of the card processor, {reference}, of this amount")
    PAID_BACK = N_("money that is due to {name}, of this amount")
    CAME_BACK = N_("the bank took back what was received under {reference}")
    ORDER = N_("our order {reference}, of this amount")
    BATCH = N_("the batch {reference} of {count} orders, which sum to this line")
    SENT_TOGETHER = N_("{count} payments of ours that their banks returned, which sum to this line")
    SENT_BACK = N_("our payment {reference}, of this amount, was sent back: it is owed again")
    FEE = N_("the bank calls it a fee or interest")
    BY_PERSON = N_("a person said so")


@dataclass(frozen=True, slots=True)
class Open:
    """Something a line may be for: `cents` is what is open (or owed), `named` how people know it.

    `ended`: nothing is asked any more. `told`: its bank said so in a file. `reference` is "" where there is none.
    """

    what: What
    subject: str
    reference: str
    cents: int
    named: str = ""
    ended: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders that left together as one file, under the id of its message."""

    message: str
    items: tuple[Open, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a line, with the line's sign."""

    what: What
    subject: str
    cents: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a line: its parts sum to it. `why` with `facts` explains it."""

    parts: tuple[Part, ...]
    why: Why
    facts: dict[str, Any] = field(default_factory=dict, hash=False, compare=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """A line as it is judged: cents with sign, its references, what the bank calls it, and all text in capitals."""

    cents: int
    keys: Keys
    code: str = ""
    returned: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What is open and may fit a line: by reference, of the payer's known account, of the payer's name, by amount.

    `by_hand` are receipts and refunds of this very amount that were recorded without a line; `received` are receipts
    under the line's references, for when the bank takes one back. `sent` are payments of ours that may have come back.
    `orders` are those that the line names and that no line shows leaving, `batches` those whose sum is the line's.
    """

    by_reference: dict[str, Open] = field(default_factory=dict)
    of_account: Sequence[Open] = ()
    of_name: Sequence[Open] = ()
    cards: Sequence[Open] = ()
    owed: Sequence[Open] = ()
    by_hand: Sequence[Open] = ()
    received: Sequence[Open] = ()
    sent: Sequence[Open] = ()
    orders: Sequence[Open] = ()
    batches: Sequence[Batch] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a line certainly is, or else the ways to read it, the likeliest first."""

    certain: Reading | None = None
    perhaps: tuple[Reading, ...] = ()


def judge(line: Facts, open_: Candidates) -> Verdict:
    """Judge one line. Certain is only what a valid reference says, or what was recorded by hand before."""
    readings = _credit(line, open_) if line.cents > 0 else _debit(line, open_)
    if readings and readings[0][0] and not line.returned:
        return Verdict(certain=readings[0][1])
    unique: dict[tuple[Part, ...], Reading] = {}
    for _, reading in readings:
        unique.setdefault(reading.parts, reading)
    return Verdict(perhaps=tuple(unique.values()))


def _credit(line: Facts, open_: Candidates) -> list[tuple[bool, Reading]]:
    """Ways to read money that came in, each with whether it is certain."""
    sent = sorted((each for each in open_.sent if each.cents == line.cents), key=_order)
    named = [each for each in sent if each.reference in line.text]
    found = [(False, _one(line, each, Why.SENT_BACK, reference=each.reference)) for each in named]
    sure = _known(line, open_, How.REFERENCE) or _known(line, open_, How.CODE)
    how = How.REFERENCE if _known(line, open_, How.REFERENCE) else How.CODE
    by_hand = [each for each in open_.by_hand if each.reference in {item.reference for item in sure}]
    if by_hand:
        return [(True, _one(line, by_hand[0], Why.BY_HAND))]
    if named:
        return found
    if len(sure) == 1:
        found.append(_by_reference(line, sure[0], how))
    elif sure:
        found += _by_several(line, sure)
    cards = sorted((each for each in open_.cards if each.cents == line.cents), key=_order)
    told = [each for each in cards if each.reference and each.reference.upper() in line.text]
    for each in told or cards:
        certain = len(cards) == 1 and not sure and (bool(told) or "STRIPE" in line.text)
        found.append((certain, _one(line, each, Why.CARDS, reference=each.reference)))
    if not sure:
        found += _returned(line, open_.sent, sent) + _likely(line, open_)
    return found + _fee(line)


def _returned(line: Facts, all_: Sequence[Open], same: Sequence[Open]) -> list[tuple[bool, Reading]]:
    """Payments of ours that their banks returned: one of this amount, or all together. Never certain."""
    found = [_one(line, each, Why.SENT_BACK, reference=each.reference) for each in same]
    if len(all_) > 1 and sum(each.cents for each in all_) == line.cents:
        parts = tuple(Part(each.what, each.subject, each.cents) for each in sorted(all_, key=_order))
        found.append(Reading(parts, Why.SENT_TOGETHER, {"count": len(parts)}))
    return [(False, reading) for reading in found]


def _known(line: Facts, open_: Candidates, how: How) -> list[Open]:
    found = [open_.by_reference[each] for each in line.keys.by(how) if each in open_.by_reference]
    return sorted({item.subject: item for item in found}.values(), key=_order)


def _order(item: Open) -> tuple[str, int, str]:
    kind, _, number = item.subject.partition(":")
    return kind, int(number) if number.isdigit() else 0, item.subject


def _by_reference(line: Facts, item: Open, how: How) -> tuple[bool, Reading]:
    facts = {"how": how, "reference": item.reference}
    if item.ended:
        return False, _one(line, item, Why.ENDED, **facts)
    if line.cents > item.cents:
        return False, _one(line, item, Why.TOO_MUCH, **facts, beyond=line.cents - item.cents)
    certain = how is How.REFERENCE or (how is How.CODE and line.cents == item.cents)
    return certain, _one(line, item, Why.REFERENCE, **facts)


def _by_several(line: Facts, items: Sequence[Open]) -> list[tuple[bool, Reading]]:
    """Several references: certain when what is open sums to the line, else each gets its own and the last the rest."""
    if sum(item.cents for item in items) == line.cents and all(item.cents > 0 for item in items):
        parts = tuple(Part(item.what, item.subject, item.cents) for item in items)
        return [(True, Reading(parts, Why.SPLIT, {"count": len(items)}))]
    rest, spread = line.cents, []
    for item in items:
        size = min(rest, item.cents)
        if size > 0:
            spread.append(Part(item.what, item.subject, size))
            rest -= size
    if not spread:
        spread, rest = [Part(items[-1].what, items[-1].subject, rest)], 0
    last = spread[-1]
    spread[-1] = Part(last.what, last.subject, last.cents + rest)
    return [(False, Reading(tuple(spread), Why.SPREAD, {"count": len(items)}))]


def _likely(line: Facts, open_: Candidates) -> list[tuple[bool, Reading]]:
    """What no reference says: the payer's account, a slip, a cut, the payer's name. Never certain."""
    found = []
    exact = [item for item in open_.of_account if item.cents == line.cents]
    found += [_one(line, item, Why.ACCOUNT, name=item.named) for item in sorted(exact, key=_order)]
    total = sum(item.cents for item in open_.of_account)
    once = len({item.subject for item in open_.of_account}) == len(open_.of_account) > 1
    if once and total == line.cents and all(item.cents > 0 for item in open_.of_account):
        items = sorted(open_.of_account, key=_order)
        parts = tuple(Part(item.what, item.subject, item.cents) for item in items)
        found.append(Reading(parts, Why.TOGETHER, {"name": items[0].named, "count": len(items)}))
    for how in (How.SLIP, How.CUT):
        found += [_by_reference(line, item, how)[1] for item in _known(line, open_, how)]
    if line.keys.cut:
        begun = [item for key, item in open_.by_reference.items() if key.startswith(line.keys.cut)]
        found += [_by_reference(line, item, How.CUT)[1] for item in sorted(begun, key=_order)]
    more = [item for item in open_.of_account if item.cents > line.cents]
    found += [_one(line, item, Why.ACCOUNT_PART, name=item.named) for item in sorted(more, key=_order)]
    named = [item for item in open_.of_name if item.cents == line.cents]
    found += [_one(line, item, Why.NAME, name=item.named) for item in sorted(named, key=_order)]
    return [(False, reading) for reading in found]


def _debit(line: Facts, open_: Candidates) -> list[tuple[bool, Reading]]:
    """Ways to read money that left."""
    found: list[tuple[bool, Reading]] = []
    references = set(line.keys.by(How.REFERENCE))
    by_hand = [each for each in open_.by_hand if each.reference in references]
    if by_hand:
        return [(True, _one(line, by_hand[0], Why.BY_HAND))]
    orders = [each for each in open_.orders if each.cents == -line.cents]
    if len(orders) == 1:
        return [(True, _one(line, orders[0], Why.ORDER, reference=orders[0].reference))]
    for batch in sorted(open_.batches, key=lambda each: (each.message not in line.text, each.message)):
        parts = tuple(Part(each.what, each.subject, -each.cents) for each in batch.items)
        facts = {"reference": batch.message, "count": len(parts)}
        found.append((batch.message in line.text, Reading(parts, Why.BATCH, facts)))
    same = sorted((each for each in open_.owed if each.cents == -line.cents), key=_order)
    named = [each for each in same if each.reference in references]
    for each in named or same:
        why = Why.BY_HAND if each.what is What.RECORDED else Why.PAID_BACK
        found.append((len(named) == 1, _one(line, each, why, name=each.named)))
    back = [each for each in open_.received if each.cents == -line.cents and each.reference in references]
    found += [(False, _one(line, each, Why.CAME_BACK, reference=each.reference)) for each in sorted(back, key=_order)]
    return found + _fee(line)


def _fee(line: Facts) -> list[tuple[bool, Reading]]:
    code = line.code.upper()
    if any(each in code for each in FEE_CODES) or any(each in line.text for each in FEE_WORDS):
        return [(False, Reading((Part(What.FEE, "bank", line.cents),), Why.FEE))]
    return []


def _one(line: Facts, item: Open, why: Why, **facts: Any) -> Reading:
    return Reading((Part(item.what, item.subject, line.cents),), why, facts)
