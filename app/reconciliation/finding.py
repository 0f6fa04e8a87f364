"""Finding what is open and may fit some lines: a few questions to the database for many lines at once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.ledger.models import Account, Entry, Posting
from app.members.persons import name_of
from app.payments.cards.returning.models import ProcessorRefund
from app.payments.models import PaymentRequest, Receipt, Refund, RefundPayment
from app.payments.payouts.models import Payout, PayoutPayment
from app.payments.payouts.owing import is_owed
from app.payments.reversing import ReceiptReversal
from app.payments.settled import is_open, settlement_of
from app.reconciliation.asking import any_of, open_by_reference, open_of_people
from app.reconciliation.lines import Said, standing_match
from app.reconciliation.matching.judging import Candidates, Open, What
from app.reconciliation.matching.keys import Keys
from app.reconciliation.models import BankLine, BankMatch
from app.reconciliation.ordered import OWN, batches_leaving, order_ids, orders_back, orders_leaving
from app.reconciliation.payers import people_of_accounts, people_of_names

NEAR = timedelta(days=5)


def candidates_of(session: Session, lines: Sequence[tuple[BankLine, Said, Keys]]) -> dict[int, Candidates]:
    """What is open and may fit each line, by the line's id."""
    by_reference = open_by_reference(session, [keys for _, _, keys in lines])
    cards = _cards(session)
    by_hand = _receipts_by_hand(session, {reference for reference, _ in by_reference})
    leaving = [(line, said) for line, said, _ in lines if line.amount_cents < 0]
    orders = orders_leaving(session, [said for _, said in leaving])
    batches = batches_leaving(session, {(line.currency, -line.amount_cents) for line, _ in leaving})
    back = orders_back(session, [said for line, said, _ in lines if line.amount_cents > 0])
    meant = {line.id: _meant(line, keys, by_reference) for line, _, keys in lines}
    payers = _payers(session, [(line, said) for line, said, _ in lines if line.amount_cents > 0 and not meant[line.id]])
    found = {}
    for line, said, _ in lines:
        references = meant[line.id]
        of_account, of_name = payers.get(line.id, ((), ()))
        found[line.id] = Candidates(
            by_reference=references,
            of_account=of_account,
            of_name=of_name,
            cards=cards.get(line.currency, ()) if line.amount_cents > 0 else (),
            owed=_owed(session, line) if line.amount_cents < 0 else (),
            by_hand=_by_hand(session, line, list(references), by_hand),
            received=_received(session, line, list(references)) if line.amount_cents < 0 else (),
            sent=_back(line, said, back),
            orders=[orders[each] for each in sorted(order_ids(said)) if each in orders],
            batches=batches.get((line.currency, -line.amount_cents), ()),
        )
    return found


def _meant(line: BankLine, keys: Keys, open_: dict[tuple[str, str], Open]) -> dict[str, Open]:
    """What is open under the references of a line, and under those of which it says the beginning."""
    found = {each: item for each, _ in keys.found if (item := open_.get((each, line.currency)))}
    if keys.cut:
        found |= {
            key: item for (key, unit), item in open_.items() if unit == line.currency and key.startswith(keys.cut)
        }
    return found


def _back(line: BankLine, said: Said, back: dict[str, list[Open]]) -> list[Open]:
    """Orders that a line of money that came in may bring back: those that it names, else all that were returned."""
    if line.amount_cents < 0:
        return []
    open_, names = back.get(line.currency, []), order_ids(said)
    return [each for each in open_ if each.reference in names] or [each for each in open_ if each.told]


def _payers(session: Session, lines: Sequence[tuple[BankLine, Said]]) -> dict[int, tuple[list[Open], list[Open]]]:
    """What is open of whom lines without a reference name by account, and by name; by the line's id."""
    by_account = people_of_accounts(session, {line.payer_index for line, _ in lines if line.payer_index is not None})
    by_name = people_of_names(session, {said.name for _, said in lines})
    people: set[int] = set().union(*by_account.values(), *by_name.values())
    open_ = open_of_people(session, people)

    def of(line: BankLine, persons: set[int]) -> list[Open]:
        return [item for each in sorted(persons) for item in open_.get((each, line.currency), ())]

    return {
        line.id: (of(line, by_account.get(line.payer_index or b"", set())), of(line, by_name.get(said.name, set())))
        for line, said in lines
    }


def _cards(session: Session) -> dict[str, list[Open]]:
    """Payouts of the card processor that were booked as on their way, and that no line brought yet; by currency."""
    again = aliased(Entry)
    reference = func.split_part(Entry.key, ":", 3)
    rows = session.execute(
        select(reference, Posting.unit, Posting.amount)
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(
            Entry.key.like("payout:stripe:%"),
            Account.kind == "payouts_in_transit",
            Posting.amount > 0,
            ~exists().where(again.reverses_id == Entry.id),
            ~exists().where(BankMatch.subject == func.concat("cards:", reference), standing_match()),
        )
    )
    found: dict[str, list[Open]] = defaultdict(list)
    for name, unit, amount in rows:
        found[unit].append(Open(What.CARDS, f"cards:{name}", name, amount))
    return found


def _owed(session: Session, line: BankLine) -> list[Open]:
    """Refunds and payouts that are due, of a line's amount; and payouts of it that somebody recorded by hand."""
    partly = exists().where(ProcessorRefund.refund_id == Refund.id)
    perhaps = session.scalars(
        select(Refund).where(
            is_open(), Refund.currency == line.currency, or_(Refund.amount_cents == -line.amount_cents, partly)
        )
    )
    refunds = [each for each in perhaps if settlement_of(session, each).to_send.minor == -line.amount_cents]
    fitting = (Payout.amount_cents == -line.amount_cents, Payout.currency == line.currency)
    payouts = session.scalars(select(Payout).where(is_owed(), *fitting))
    near = PayoutPayment.paid_on.between(line.booked_on - NEAR, line.booked_on + NEAR)
    seen = exists().where(BankMatch.subject == func.concat("payout:", Payout.id), standing_match())
    by_hand = session.scalars(
        select(Payout)
        .join(PayoutPayment, PayoutPayment.payout_id == Payout.id)
        .where(*fitting, near, ~PayoutPayment.bank_reference.startswith(OWN), ~seen)
    )
    found = [
        Open(
            What.REFUND,
            f"refund:{each.id}",
            each.request.reference,
            -line.amount_cents,
            name_of(session, each.request.person),
        )
        for each in refunds
    ]
    return found + [
        Open(what, f"payout:{each.id}", "", each.amount_cents, name_of(session, each.person))
        for what, rows in ((What.PAYOUT, payouts), (What.RECORDED, by_hand))
        for each in rows
    ]


def _receipts_by_hand(session: Session, references: set[str]) -> dict[str, list[Receipt]]:
    """Receipts under references that somebody recorded by hand, and that no line has yet; the oldest first."""
    if not references:
        return {}
    taken = exists().where(BankMatch.subject == func.concat("receipt:", Receipt.id), standing_match())
    rows = session.execute(
        select(PaymentRequest.reference, Receipt)
        .join(PaymentRequest, PaymentRequest.id == Receipt.payment_request_id)
        .where(
            PaymentRequest.reference == any_of(references),
            ~Receipt.bank_reference.startswith(OWN),
            ~taken,
            ~exists().where(ReceiptReversal.receipt_id == Receipt.id),
        )
        .order_by(Receipt.id)
    )
    found: dict[str, list[Receipt]] = defaultdict(list)
    for reference, receipt in rows:
        found[reference].append(receipt)
    return found


def _by_hand(session: Session, line: BankLine, references: list[str], receipts: dict[str, list[Receipt]]) -> list[Open]:
    """Receipts or payments of refunds of this amount that somebody recorded by hand around the day of a line."""
    if not references:
        return []
    near = (line.booked_on - NEAR, line.booked_on + NEAR)
    if line.amount_cents > 0:
        fitting = sorted(
            (each.id, reference)
            for reference in references
            for each in receipts.get(reference, ())
            if (each.amount_cents, each.currency) == (line.amount_cents, line.currency)
            and near[0] <= each.received_on <= near[1]
        )
        return [Open(What.RECORDED, f"receipt:{number}", each, line.amount_cents) for number, each in fitting]
    taken = exists().where(BankMatch.subject == func.concat("refund:", Refund.id), standing_match())
    refunds = session.execute(
        select(Refund.id, PaymentRequest.reference)
        .join(PaymentRequest, PaymentRequest.id == Refund.payment_request_id)
        .join(RefundPayment, RefundPayment.refund_id == Refund.id)
        .where(
            PaymentRequest.reference.in_(references),
            Refund.amount_cents == -line.amount_cents,
            RefundPayment.paid_on.between(*near),
            ~RefundPayment.bank_reference.startswith(OWN),
            ~taken,
        )
        .order_by(Refund.id)
    )
    return [Open(What.RECORDED, f"refund:{row[0]}", row[1], -line.amount_cents) for row in refunds]


def _received(session: Session, line: BankLine, references: list[str]) -> list[Open]:
    """Receipts of this amount under a line's references, which the bank may have taken back."""
    if not references:
        return []
    rows = session.execute(
        select(Receipt.id, PaymentRequest.reference)
        .join(PaymentRequest, PaymentRequest.id == Receipt.payment_request_id)
        .where(
            PaymentRequest.reference.in_(references),
            Receipt.amount_cents == -line.amount_cents,
            Receipt.currency == line.currency,
            ~exists().where(ReceiptReversal.receipt_id == Receipt.id),
        )
    )
    return [Open(What.RETURNED, f"receipt:{row[0]}", row[1], -line.amount_cents) for row in rows]
