"""Calls as they stand, and their withdrawal: what is not credited is asked for no more, and what arrived goes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import N_, Refusal
from app.payments.models import PaymentRequest
from app.payments.refunding import owe_back
from app.payments.requesting import end_request, locked_request
from app.shares.acts.judging import lock_holders, open_call_parts
from app.shares.acts.models import ShareCall, ShareCallPart
from app.shares.models import Lot

WITHDRAWN = N_("the call was withdrawn")


class NoSuchCall(Refusal):
    """The call does not exist."""

    message = N_("There is no such call.")
    status = 404
    field = "call"


class NothingCalled(Refusal):
    """Every part of the call is credited or has ended."""

    message = N_("Nothing of this call is open any more. What was credited is reversed act by act.")
    status = 409
    field = "call"


@dataclass(frozen=True)
class OpenPart:
    """What a call still asks for one certificate, under which reference."""

    part: ShareCallPart
    lot: Lot
    reference: str

    def overdue(self, on: date) -> bool:
        """Whether it should have been paid before a day."""
        return self.part.call.due_on < on


def withdraw_call(session: Session, call_id: int, *, by: int, reason: str) -> ShareCall:
    """Withdraw what is open of a call; money that has arrived for it becomes a refund due."""
    row = session.get(ShareCall, call_id)
    if row is None:
        raise NoSuchCall
    waiting = open_parts(session, row)
    lock_holders(session, *(each.lot.membership for each in waiting))
    waiting = open_parts(session, row)
    if not waiting:
        raise NothingCalled
    for each in waiting:
        request = locked_request(session, each.part.payment_request_id)
        owe_back(session, request, f"call-withdrawn:{each.part.id}", WITHDRAWN, by=by)
        end_request(session, request, WITHDRAWN)
    subject = f"share-class:{row.share_class.code}"
    audit.record(session, audit.Tag.SHARES_CALL_WITHDRAWN, subject, by=by, reason=reason, call=row.id)
    return row


def calls(session: Session) -> list[tuple[ShareCall, list[OpenPart]]]:
    """Every call, the newest first, each with what is open of it."""
    rows = session.scalars(select(ShareCall).order_by(ShareCall.id.desc())).all()
    return [(row, open_parts(session, row)) for row in rows]


def open_parts(session: Session, row: ShareCall) -> list[OpenPart]:
    """What is open of a call, in the order of its parts."""
    lots = select(ShareCallPart.lot_id).where(ShareCallPart.call_id == row.id)
    return [each for each in _open(session, session.scalars(lots).all()) if each.part.call_id == row.id]


def called_of(session: Session, lots: Sequence[Lot]) -> list[OpenPart]:
    """What calls ask for lots, in the order of the calls."""
    return _open(session, [lot.id for lot in lots])


def _open(session: Session, lot_ids: Sequence[int]) -> list[OpenPart]:
    parts = open_call_parts(session, lot_ids)
    requests = [part.payment_request_id for part in parts]
    asked = select(PaymentRequest.id, PaymentRequest.reference).where(PaymentRequest.id.in_(requests))
    references = {row.id: row.reference for row in session.execute(asked)}
    return [OpenPart(part, session.get_one(Lot, part.lot_id), references[part.payment_request_id]) for part in parts]
