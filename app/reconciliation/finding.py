"""Finding what is open and may fit some lines: a few questions to the database for many lines at once."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ARRAY, CollectionAggregate, Row, String, and_, any_, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from app.ledger.models import Account, Balance, Entry, Posting
from app.members.models import Person
from app.members.people.likeness import words
from app.members.people.models import PersonBankAccount, PersonKey
from app.members.persons import name_of
from app.payments.cards.returning.models import ProcessorRefund
from app.payments.models import PaymentRequest, PaymentRequestAmount, PaymentRequestEnd, Receipt, Refund, RefundPayment
from app.payments.payouts.batches.models import PayoutOrder, PayoutOrderEnd
from app.payments.payouts.models import Payout, PayoutPayment
from app.payments.payouts.owing import is_owed
from app.payments.receiving import successor_of
from app.payments.reversing import ReceiptReversal
from app.payments.settled import is_open, settlement_of
from app.reconciliation.lines import Said, standing_match
from app.reconciliation.matching.judging import Candidates, Open, What
from app.reconciliation.matching.keys import Keys
from app.reconciliation.models import BankLine, BankMatch

OWN = "bank-line:"
"""How the bank's references of what was booked from lines begin; other receipts were recorded by hand."""
NEAR = timedelta(days=5)
ORDER_ID = re.compile(r"PO[0-9]{10}")
ALIKE_MAX = 20

_Request = Row[PaymentRequest, int, bool]


def candidates_of(session: Session, lines: Sequence[tuple[BankLine, Said, Keys]]) -> dict[int, Candidates]:
    """What is open and may fit each line, by the line's id."""
    by_reference = _by_reference(session, [keys for _, _, keys in lines])
    cards = _cards(session)
    by_hand = _receipts_by_hand(session, {reference for reference, _ in by_reference})
    sent = _sent(session, [said for line, said, _ in lines if line.amount_cents > 0])
    found = {}
    for line, said, keys in lines:
        references = {each: item for each, _ in keys.found if (item := by_reference.get((each, line.currency)))}
        if keys.cut:
            references |= {
                key: item
                for (key, unit), item in by_reference.items()
                if unit == line.currency and key.startswith(keys.cut)
            }
        unclear = line.amount_cents > 0 and not references
        found[line.id] = Candidates(
            by_reference=references,
            of_account=_of_people(session, _people_of_account(session, line), line) if unclear else (),
            of_name=_of_people(session, _people_of_name(session, said.name), line) if unclear else (),
            cards=cards.get(line.currency, ()) if line.amount_cents > 0 else (),
            owed=_owed(session, line) if line.amount_cents < 0 else (),
            by_hand=_by_hand(session, line, list(references), by_hand),
            received=_received(session, line, list(references)) if line.amount_cents < 0 else (),
            sent=[sent[each] for each in sorted(order_ids(said)) if each in sent] if line.amount_cents > 0 else (),
        )
    return found


def _any_of(values: list[str]) -> CollectionAggregate[Any]:
    """Any of many values, as one place of the statement: a list of places is parsed anew for each length."""
    return any_(literal(values, ARRAY(String)))


def _requests(session: Session, wanted: object) -> list[_Request]:
    """Requests with what is open of them, and whether they have ended."""
    later = aliased(PaymentRequestAmount)
    lowered = (
        select(PaymentRequestAmount.amount_cents)
        .where(
            PaymentRequestAmount.payment_request_id == PaymentRequest.id,
            ~exists().where(later.payment_request_id == PaymentRequest.id, later.id > PaymentRequestAmount.id),
        )
        .correlate(PaymentRequest)
        .scalar_subquery()
    )
    subject = func.concat("request:", PaymentRequest.id)
    statement = (
        select(
            PaymentRequest,
            func.coalesce(lowered, PaymentRequest.amount_cents) + func.coalesce(Balance.amount, 0),
            PaymentRequestEnd.payment_request_id.is_not(None),
        )
        .outerjoin(PaymentRequestEnd, PaymentRequestEnd.payment_request_id == PaymentRequest.id)
        .outerjoin(Account, and_(Account.kind == "subscriptions_held", Account.subject == subject))
        .outerjoin(Balance, and_(Balance.account_id == Account.id, Balance.unit == PaymentRequest.currency))
        .where(wanted)  # type: ignore[arg-type]  # any condition
    )
    return list(session.execute(statement))


def _by_reference(session: Session, keys: Iterable[Keys]) -> dict[tuple[str, str], Open]:
    """What references mean, by reference and currency; of a request that was replaced, what is open of the present."""
    wanted = sorted({reference for each in keys for reference, _ in each.found})
    cuts = sorted({each.cut for each in keys if each.cut})
    rows = _requests(session, PaymentRequest.reference == _any_of(wanted)) if wanted else []
    for cut in cuts:
        rows += _requests(session, PaymentRequest.reference.between(cut, f"{cut}:"))[:ALIKE_MAX]
    return {(row[0].reference, row[0].currency): _item(session, row, "") for row in rows}


def _item(session: Session, row: _Request, named: str) -> Open:
    request, cents, ended = row
    present: PaymentRequest | None = request
    while ended and present is not None:
        present = successor_of(session, present)
        if present is not None:
            _, cents, ended = _requests(session, PaymentRequest.id == present.id)[0]
    return Open(
        What.RECEIPT,
        f"request:{request.id}",
        request.reference,
        0 if ended else max(0, cents),
        named,
        ended,
    )


def _people_of_account(session: Session, line: BankLine) -> set[int]:
    """Who gave this account as theirs, or paid from it before."""
    if line.payer_index is None:
        return set()
    own = select(PersonBankAccount.person_id).where(PersonBankAccount.number_index == line.payer_index)
    before = (
        select(PaymentRequest.person_id)
        .join(Receipt, Receipt.payment_request_id == PaymentRequest.id)
        .join(BankMatch, BankMatch.subject == func.concat("receipt:", Receipt.id))
        .join(BankLine, BankLine.id == BankMatch.bank_line_id)
        .where(BankLine.payer_index == line.payer_index, standing_match())
    )
    return set(session.scalars(own)) | set(session.scalars(before))


def _people_of_name(session: Session, name: str) -> set[int]:
    """Who bears all words of a name, two at least."""
    tokens = sorted({f"word:{word}" for word in words(name)})
    if len(tokens) < 2:
        return set()
    found = (
        select(PersonKey.person_id)
        .where(PersonKey.key.in_(tokens))
        .group_by(PersonKey.person_id)
        .having(func.count() == len(tokens))
        .limit(ALIKE_MAX)
    )
    return set(session.scalars(found))


def _of_people(session: Session, people: set[int], line: BankLine) -> list[Open]:
    """What is open of some people in a line's currency."""
    if not people:
        return []
    present = Person.restricted.is_(False)
    wanted = and_(
        PaymentRequest.person_id.in_(select(Person.id).where(Person.id.in_(people), present)),
        PaymentRequest.currency == line.currency,
        PaymentRequestEnd.payment_request_id.is_(None),
    )
    rows = _requests(session, wanted)
    return [item for row in rows if (item := _item(session, row, name_of(session, row[0].person))).cents > 0]


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
    """Refunds and payouts that are due, of a line's amount."""
    partly = exists().where(ProcessorRefund.refund_id == Refund.id)
    perhaps = session.scalars(
        select(Refund).where(
            is_open(), Refund.currency == line.currency, or_(Refund.amount_cents == -line.amount_cents, partly)
        )
    )
    refunds = [each for each in perhaps if settlement_of(session, each).to_send.minor == -line.amount_cents]
    payouts = session.scalars(
        select(Payout).where(is_owed(), Payout.amount_cents == -line.amount_cents, Payout.currency == line.currency)
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
        Open(What.PAYOUT, f"payout:{each.id}", "", each.amount_cents, name_of(session, each.person)) for each in payouts
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
            PaymentRequest.reference == _any_of(sorted(references)),
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


def order_ids(said: Said) -> set[str]:
    """The end-to-end ids of orders of ours that a line names."""
    return set(ORDER_ID.findall(" ".join([said.text, *(value for _, value in said.references)]).upper()))


def _sent(session: Session, said: Sequence[Said]) -> dict[str, Open]:
    """Orders that were recorded as paid and that no line brought back, by their end-to-end ids."""
    names = sorted({name for each in said for name in order_ids(each)})
    if not names:
        return {}
    back = exists().where(BankMatch.subject == func.concat("order:", PayoutOrder.id), standing_match())
    paid = or_(
        exists().where(PayoutPayment.payout_id == PayoutOrder.payout_id),
        exists().where(RefundPayment.refund_id == PayoutOrder.refund_id),
    )
    ended = exists().where(PayoutOrderEnd.order_id == PayoutOrder.id)
    rows = session.scalars(select(PayoutOrder).where(PayoutOrder.end_to_end_id == _any_of(names), paid, ~ended, ~back))
    return {
        row.end_to_end_id: Open(What.CAME_BACK, f"order:{row.id}", row.end_to_end_id, row.amount_cents) for row in rows
    }


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
