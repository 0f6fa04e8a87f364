"""Posting what a line was found to be, by the acts that book such things anyway; undoing it by reversals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.bulk import new_ids
from app.core.errors import N_, NotFound, Refusal
from app.core.money import Money
from app.ledger import journal
from app.ledger.closing import open_day
from app.ledger.manual.writing import account_by_hand
from app.ledger.models import Account, Entry, Posting
from app.payments.models import PaymentRequest, Receipt, Refund, RefundPayment
from app.payments.payouts.batches.models import PayoutOrder
from app.payments.payouts.models import PayoutPayment
from app.payments.payouts.owing import owe, pay_out, payable
from app.payments.receiving import BankLine as ReceiptLine
from app.payments.receiving import record_receipt
from app.payments.refunding import owe_directly, pay_refund
from app.payments.reversing import reverse_receipt
from app.reconciliation.lines import Said, matches_of, standing_match
from app.reconciliation.matching.judging import Part, What, Why
from app.reconciliation.models import BankLine, BankMatch, BankMatchEnd
from app.reconciliation.ordered import OWN

ARRIVED, FEE, EXPLAINED = "card payout arrived", "bank fee", "explained bank line"
BACK, BACK_REASON = "payment came back", N_("a payment came back from the bank")
_BY_HAND: dict[str, tuple[Any, Any]] = {
    "receipt": (Receipt, Receipt.id),
    "refund": (RefundPayment, RefundPayment.refund_id),
    "payout": (PayoutPayment, PayoutPayment.payout_id),
}
_KEPT = ("how", "reference", "beyond", "count")  # facts that name nobody


class MatchedAlready(Refusal):
    """Somebody was faster."""

    message = N_("This line is matched already. Nothing was changed.")
    status = 409


class NotTheSum(Refusal):
    """The parts do not make the line."""

    message = N_("The parts sum to {sum}, but the line is {amount}.")
    field = "parts"


class UsedAlready(Refusal):
    """Another line was found to be this."""

    message = N_("Another bank line was matched with this already. Nothing was changed.")
    status = 409


class NothingToUndo(Refusal):
    """The line is open."""

    message = N_("This line is not matched. There is nothing to undo.")
    status = 409


class CannotUndo(Refusal):
    """A payment that left the bank is corrected where it was made."""

    message = N_("A payment that left the bank cannot be undone here. Ask for the money back, and record it.")
    status = 409


class UndoReasonMissing(Refusal):
    """For the record."""

    message = N_("Say why, for the record.")
    field = "reason"


@dataclass(frozen=True)
class _Booked:
    subject: str
    entry_id: int


def post_match(
    session: Session,
    line_id: int,
    parts: Sequence[Part],
    why: Why,
    facts: dict[str, Any],
    *,
    certain: bool,
    by: int | None,
) -> list[BankMatch]:
    """Book a line as its parts say, all or nothing; the parts sum to the line. Refusals are those of the acts.

    A line of a closed period is booked on the first open day; the line keeps the bank's own.
    """
    line = locked_line(session, line_id)
    if matches_of(session, line):
        raise MatchedAlready
    total = sum(part.cents for part in parts)
    if total != line.amount_cents or any(part.cents * line.amount_cents <= 0 for part in parts):
        raise NotTheSum(sum=Money(total, line.currency), amount=line.amount)
    kept = {name: str(facts[name]) for name in _KEPT if name in facts}
    ids = new_ids(session, BankMatch, len(parts))
    found = []
    for number, part in zip(ids, parts, strict=True):
        booked = _ACTS[part.what](session, line, part, f"{OWN}{line.id}:{number}", by)
        row = BankMatch(
            id=number,
            bank_line_id=line.id,
            cause=part.what.name.lower(),
            subject=booked.subject,
            amount_cents=part.cents,
            currency=line.currency,
            why=why.name,
            facts=kept,
            certain=certain,
            entry_id=booked.entry_id,
            matched_at=clock.now(),
            matched_by=by,
        )
        session.add(row)
        found.append(row)
    session.flush()
    causes = sorted({part.what.name.lower() for part in parts})
    audit.record(
        session, audit.Tag.BANK_MATCHED, f"bank-line:{line.id}", by=by, causes=causes, parts=len(parts), certain=certain
    )
    return found


def undo_match(session: Session, line_id: int, *, reason: str, by: int) -> None:
    """Reverse what a line was booked as; the line is open again. Refused where the money has moved on."""
    line = locked_line(session, line_id)
    matches = matches_of(session, line)
    if not matches:
        raise NothingToUndo
    if not reason.strip():
        raise UndoReasonMissing
    for match in matches:
        entry_id = _reverse(session, line, match, reason.strip(), by)
        end = BankMatchEnd(
            bank_match_id=match.id, reason=reason.strip()[:500], entry_id=entry_id, ended_at=clock.now(), ended_by=by
        )
        session.add(end)
    session.flush()
    audit.record(session, audit.Tag.BANK_MATCH_UNDONE, f"bank-line:{line.id}", by=by, reason=reason.strip()[:500])


def locked_line(session: Session, line_id: int) -> BankLine:
    """A line under lock: whoever matches it, or undoes that, takes this first."""
    line = session.scalars(select(BankLine).where(BankLine.id == line_id).with_for_update(key_share=True)).first()
    if line is None:
        raise NotFound
    return line


def _receipt(session: Session, line: BankLine, part: Part, name: str, by: int | None) -> _Booked:
    request = session.get(PaymentRequest, _number(part))
    if request is None:
        raise NotFound
    arrived = ReceiptLine(
        reference=request.reference,
        amount=Money(part.cents, line.currency),
        received_on=line.booked_on,
        payer_name=Said.of(line).name[:140],
        bank_reference=name,
    )
    receipt = record_receipt(session, arrived, by=by)
    return _Booked(f"receipt:{receipt.id}", receipt.entry_id)


def _recorded(session: Session, line: BankLine, part: Part, name: str, by: int | None) -> _Booked:
    """Nothing is booked: the receipt or the refund's payment is in the books already, and has its line now."""
    table, key = _BY_HAND[part.subject.partition(":")[0]]
    row = session.scalars(select(table).where(key == _number(part)).with_for_update(key_share=True)).first()
    if row is None:
        raise NotFound
    if session.scalars(select(BankMatch.id).where(BankMatch.subject == part.subject, standing_match())).first():
        raise UsedAlready
    _refuse_other_amount(session, row.entry_id, line, part)
    return _Booked(part.subject, row.entry_id)


def _refuse_other_amount(session: Session, entry_id: int, line: BankLine, part: Part) -> None:
    """What is in the books must have moved on the bank what the line says: refunds partly went back to cards."""
    moved = session.scalar(
        select(func.sum(Posting.amount))
        .join(Account, Account.id == Posting.account_id)
        .where(Posting.entry_id == entry_id, Account.kind == "bank", Posting.unit == line.currency)
    )
    if moved != part.cents:
        raise NotTheSum(sum=Money(int(moved or 0), line.currency), amount=Money(part.cents, line.currency))


def _returned(session: Session, line: BankLine, part: Part, name: str, by: int | None) -> _Booked:
    row = reverse_receipt(session, _number(part), on=_day(session, line), reason=N_("the bank took it back"), by=by)
    return _Booked(part.subject, row.entry_id)


def _refund(session: Session, line: BankLine, part: Part, name: str, by: int | None) -> _Booked:
    paid = pay_refund(session, _number(part), paid_on=line.booked_on, bank_reference=name, by=by)
    return _Booked(part.subject, paid.entry_id)


def _payout(session: Session, line: BankLine, part: Part, name: str, by: int | None) -> _Booked:
    paid = pay_out(session, _number(part), paid_on=line.booked_on, bank_reference=name, by=by)
    return _Booked(part.subject, paid.entry_id)


def _cards(session: Session, line: BankLine, part: Part, name: str, by: int | None) -> _Booked:
    """A payout of the card processor arrives: it leaves the account of payouts that are on their way."""
    key = f"payout:stripe:{part.subject.partition(':')[2]}"
    in_transit = session.execute(
        select(Account.subject, Posting.amount)
        .join(Posting, Posting.account_id == Account.id)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(Entry.key == key, Account.kind == "payouts_in_transit", Posting.unit == line.currency)
        .with_for_update(of=Entry, key_share=True)
    ).first()
    taken = select(BankMatch.id).where(BankMatch.subject == part.subject, standing_match())
    if in_transit is None or session.scalars(taken).first() is not None:
        raise UsedAlready
    if in_transit.amount != part.cents:
        raise NotTheSum(sum=Money(in_transit.amount, line.currency), amount=Money(part.cents, line.currency))
    legs = (
        journal.Leg("bank", "", line.currency, part.cents),
        journal.Leg("payouts_in_transit", in_transit.subject, line.currency, -part.cents),
    )
    return _Booked(part.subject, journal.post(session, journal.Draft(name, ARRIVED, _day(session, line), legs), by=by))


def _fee(session: Session, line: BankLine, part: Part, name: str, by: int | None) -> _Booked:
    legs = (
        journal.Leg("bank", "", line.currency, part.cents),
        journal.Leg("bank_fees", "", line.currency, -part.cents),
    )
    return _Booked("bank", journal.post(session, journal.Draft(name, FEE, _day(session, line), legs), by=by))


def _came_back(session: Session, line: BankLine, part: Part, name: str, by: int | None) -> _Booked:
    """What was paid is owed again, as a debt of its own; the payment that left stays in the books."""
    order = session.scalars(select(PayoutOrder).where(PayoutOrder.id == _number(part)).with_for_update()).first()
    if order is None:
        raise NotFound
    if session.scalars(select(BankMatch.id).where(BankMatch.subject == part.subject, standing_match())).first():
        raise UsedAlready
    amount = Money(part.cents, line.currency)
    if (order.amount_cents, order.batch.currency) != (amount.minor, amount.currency):
        raise NotTheSum(sum=Money(order.amount_cents, order.batch.currency), amount=amount)
    refund = session.get(Refund, order.refund_id) if order.refund_id is not None else None
    source = f"came-back:{name}"
    owed = ("refunds_payable", f"request:{refund.payment_request_id}") if refund else payable(source)
    legs = (journal.Leg("bank", "", amount.currency, amount.minor), journal.Leg(*owed, amount.currency, -amount.minor))
    entry_id = journal.post(session, journal.Draft(name, BACK, _day(session, line), legs), by=by)
    if refund is not None:
        owe_directly(session, refund.request, amount, source, BACK_REASON, entry_id)
    else:
        owe(session, source, order.person_id, amount, BACK_REASON, due_on=line.booked_on, entry_id=entry_id)
    return _Booked(part.subject, entry_id)


def _manual(session: Session, line: BankLine, part: Part, name: str, by: int | None) -> _Booked:
    """The account, `kind:subject` after `account:`, is one on which entries may be written by hand."""
    kind, _, subject = part.subject.removeprefix("account:").partition(":")
    account_by_hand(session, kind, subject)
    legs = (
        journal.Leg("bank", "", line.currency, part.cents),
        journal.Leg(kind, subject, line.currency, -part.cents),
    )
    return _Booked(
        part.subject, journal.post(session, journal.Draft(name, EXPLAINED, _day(session, line), legs), by=by)
    )


_Act = Callable[[Session, BankLine, Part, str, int | None], _Booked]
_ACTS: dict[What, _Act] = {
    What.RECEIPT: _receipt,
    What.RECORDED: _recorded,
    What.RETURNED: _returned,
    What.REFUND: _refund,
    What.PAYOUT: _payout,
    What.CARDS: _cards,
    What.FEE: _fee,
    What.CAME_BACK: _came_back,
    What.MANUAL: _manual,
}


def _reverse(session: Session, line: BankLine, match: BankMatch, reason: str, by: int) -> int | None:
    """The entry that takes a match back, on the day of its entry while that is open; None where nothing was booked."""
    on = open_day(session, session.get_one(Entry, match.entry_id).effective_on)
    if match.cause == "recorded":
        return None
    if match.cause == "receipt":
        number = int(match.subject.partition(":")[2])
        return reverse_receipt(session, number, on=on, reason=reason, by=by).entry_id
    if match.cause in ("cards", "fee", "manual"):
        return journal.reverse(session, match.entry_id, key=f"undone:{match.id}", on=on, by=by)
    raise CannotUndo


def _day(session: Session, line: BankLine) -> date:
    """When what a line brought takes effect: on the bank's day, or on the first open one once it is closed."""
    return open_day(session, line.booked_on)


def _number(part: Part) -> int:
    return int(part.subject.partition(":")[2])
