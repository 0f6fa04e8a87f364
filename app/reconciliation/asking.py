"""What is asked of whom, and how much of it is open: many requests by a few questions to the database."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ARRAY, CollectionAggregate, ColumnElement, Row, String, and_, any_, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from app.ledger.models import Account, Balance
from app.members.models import Person
from app.members.people.naming import names_of
from app.payments.models import PaymentRequest, PaymentRequestAmount, PaymentRequestEnd
from app.payments.receiving import successor_of
from app.reconciliation.matching.judging import Open, What
from app.reconciliation.matching.keys import Keys

ALIKE_MAX = 20

_Request = Row[int, str, str, int, int, bool]


def any_of(values: Collection[str]) -> CollectionAggregate[Any]:
    """Any of many values, as one place of the statement: a list of places is parsed anew for each length."""
    return any_(literal(sorted(values), ARRAY(String)))


def open_by_reference(session: Session, keys: Iterable[Keys]) -> dict[tuple[str, str], Open]:
    """What references mean, by reference and currency; of a request that was replaced, what is open of the present."""
    wanted = {reference for each in keys for reference, _ in each.found}
    cuts = sorted({each.cut for each in keys if each.cut})
    rows = _requests(session, PaymentRequest.reference == any_of(wanted)) if wanted else []
    for cut in cuts:
        rows += _requests(session, PaymentRequest.reference.between(cut, f"{cut}:"), most=ALIKE_MAX)
    return {(row.reference, row.currency): _item(session, row, "") for row in rows}


def open_of_people(session: Session, people: Collection[int]) -> dict[tuple[int, str], list[Open]]:
    """What is open of some people, by person and currency; nothing of people whose data are restricted."""
    if not people:
        return {}
    present = select(Person.id).where(Person.id.in_(people), Person.restricted.is_(False))
    wanted = and_(PaymentRequest.person_id.in_(present), PaymentRequestEnd.payment_request_id.is_(None))
    rows = [row for row in _requests(session, wanted) if row.cents > 0]
    names = names_of(session, {row.person_id for row in rows})
    found: dict[tuple[int, str], list[Open]] = defaultdict(list)
    for row in rows:
        found[row.person_id, row.currency].append(_item(session, row, names[row.person_id]))
    return found


def _requests(session: Session, wanted: ColumnElement[bool], most: int | None = None) -> list[_Request]:
    """Requests with what is open of them (`cents`), and whether they have `ended`."""
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
            PaymentRequest.id,
            PaymentRequest.reference,
            PaymentRequest.currency,
            PaymentRequest.person_id,
            (func.coalesce(lowered, PaymentRequest.amount_cents) + func.coalesce(Balance.amount, 0)).label("cents"),
            PaymentRequestEnd.payment_request_id.is_not(None).label("ended"),
        )
        .outerjoin(PaymentRequestEnd, PaymentRequestEnd.payment_request_id == PaymentRequest.id)
        .outerjoin(Account, and_(Account.kind == "subscriptions_held", Account.subject == subject))
        .outerjoin(Balance, and_(Balance.account_id == Account.id, Balance.unit == PaymentRequest.currency))
        .where(wanted)
        .limit(most)
    )
    return list(session.execute(statement))


def _item(session: Session, row: _Request, named: str) -> Open:
    cents, ended = row.cents, row.ended
    present: PaymentRequest | None = session.get_one(PaymentRequest, row.id) if ended else None
    while ended and present is not None:
        present = successor_of(session, present)
        if present is not None:
            ((*_, cents, ended),) = _requests(session, PaymentRequest.id == present.id)
    return Open(What.RECEIPT, f"request:{row.id}", row.reference, 0 if ended else max(0, cents), named, ended)
