"""A member's own requests over the API: passing shares on, agreeing to become a holder, the money of shares back."""

from uuid import uuid4

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, Caller, Once, ReadsHoldings, WritesHoldings
from app.api.ownshares.shapes import (
    TransferEnded,
    TransferGiven,
    TransferTaken,
    WithdrawalGiven,
    WithdrawalTaken,
    transfer_given,
    withdrawal_given,
)
from app.api.shapes import ReasonTaken
from app.core import clock
from app.core.errors import N_, InvalidInput, NotFound
from app.members.entering import current_membership
from app.members.models import Membership
from app.members.people.resolving import same_person
from app.members.persons import known_person, name_of
from app.shares.acts.judging import class_coded
from app.shares.acts.models import TransferConsent, TransferRequest, Withdrawal
from app.shares.acts.queueing import ask_withdrawal, end_withdrawal, open_shares, queued
from app.shares.acts.requesting import agree, ask_transfer, end_request_of, requests
from app.shares.acts.transferring import PriceMissing
from app.shares.mine.asking import CurrencyOfShares, currency_held
from app.web.database import Id, Snapshot
from app.web.language import language_of
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Shares and documents"])


@router.get("/transfer-requests", operation_id="listTransferRequests", summary=N_("List requests for transfers"))
def list_transfers(caller: ReadsHoldings, session: Snapshot, paging: Pages) -> Listed[TransferGiven]:
    """The requests that stand in which the caller gives or gets shares, in order."""
    after = paging.after()
    rows = [row for row in requests(session, caller.person_id) if after is None or row[0].id > after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda row: [row[0].id], lambda row: _given(session, *row, caller))


@router.post("/transfer-requests", operation_id="askTransfer", summary=N_("Ask to pass shares on"), status_code=201)
def ask_to_transfer(request: Request, caller: WritesHoldings, session: Once, wanted: TransferTaken) -> TransferGiven:
    """Ask to pass shares on to somebody, who agrees; then the desk carries the transfer out."""
    member, found = _member(session, caller), class_coded(session, wanted.share_class)
    price = wanted.price.money() if wanted.price else None
    if price is not None and not price.minor:
        raise InvalidInput({"price.minor": PriceMissing()})
    currency = currency_held(session, member, found)
    if price is not None and currency is not None and price.currency != currency:
        raise InvalidInput({"price.currency": CurrencyOfShares(currency=currency)})
    recipient = known_person(session, wanted.recipient, language_of(request))
    row = ask_transfer(
        session, member, found, wanted.shares, recipient, price, form_key=str(uuid4()), by=caller.person_id
    )
    return _given(session, row, None, caller)


@router.post(
    "/transfer-requests/{request_id}/consent", operation_id="agreeToTransfer", summary=N_("Agree to become the holder")
)
def consent(caller: WritesHoldings, session: Once, request_id: Id) -> TransferGiven:
    """Agree to become the holder of shares, as the recipient."""
    agreed = agree(session, request_id, by=caller.person(session))
    return _given(session, session.get_one(TransferRequest, request_id), agreed, caller)


@router.post(
    "/transfer-requests/{request_id}/end", operation_id="endTransferRequest", summary=N_("End a request for a transfer")
)
def end_transfer(caller: WritesHoldings, session: Once, request_id: Id, wanted: ReasonTaken) -> TransferEnded:
    """Take one's own request for a transfer back, or decline one."""
    ended = end_request_of(session, request_id, by=caller.person(session), reason=wanted.reason)
    return TransferEnded(id=request_id, ended_at=ended.ended_at)


@router.get("/withdrawals", operation_id="listWithdrawals", summary=N_("List your own withdrawals of shares"))
def list_withdrawals(caller: ReadsHoldings, session: Snapshot, paging: Pages) -> Listed[WithdrawalGiven]:
    """The caller's withdrawals that are in the queue, in order."""
    member, after = current_membership(session, caller.person_id), paging.after()
    rows = sorted(queued(session, member=member), key=lambda row: row[0].id) if member else []
    rows = [row for row in rows if after is None or row[0].id > after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda row: [row[0].id], lambda row: withdrawal_given(*row))


@router.post("/withdrawals", operation_id="askWithdrawal", summary=N_("Ask for the money of shares"), status_code=201)
def ask_to_withdraw(caller: WritesHoldings, session: Once, wanted: WithdrawalTaken) -> WithdrawalGiven:
    """Ask for the money of shares back: they wait in the queue for the notice of their class."""
    row = ask_withdrawal(
        session,
        _member(session, caller),
        class_coded(session, wanted.share_class),
        wanted.shares,
        on=clock.today(),
        form_key=str(uuid4()),
        reason=wanted.reason or "",
        by=caller.person_id,
    )
    return withdrawal_given(row, open_shares(session, row))


@router.post("/withdrawals/{withdrawal_id}/end", operation_id="endWithdrawal", summary=N_("Take a withdrawal back"))
def end_withdrawing(caller: WritesHoldings, session: Once, withdrawal_id: Id, wanted: ReasonTaken) -> WithdrawalGiven:
    """Take one's own withdrawal, or its rest, out of the queue."""
    row = session.get(Withdrawal, withdrawal_id)
    if row is None or row.membership.person_id not in set(session.scalars(same_person(caller.person_id))):
        raise NotFound
    end_withdrawal(session, row, by=caller.person_id, reason=wanted.reason)
    return withdrawal_given(row, open_shares(session, row))


def _member(session: Session, caller: Caller) -> Membership:
    member = current_membership(session, caller.person_id)
    if member is None:
        raise NotFound
    return member


def _given(session: Session, row: TransferRequest, agreed: TransferConsent | None, caller: Caller) -> TransferGiven:
    ours = set(session.scalars(same_person(caller.person_id)))
    names = name_of(session, row.membership.person), name_of(session, row.recipient)
    return transfer_given(row, agreed, names, gives=row.membership.person_id in ours)
