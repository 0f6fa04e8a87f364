"""One's own bank details over the API, and those of whom the caller acts for: seen, recorded and removed."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.access import ApiRoute, Once, WritesBank
from app.api.ownbank.shapes import BankGiven, BankRemoved, BankTaken, HolderTaken, bank_given
from app.api.ownmembership.routes import holder_of
from app.core.errors import N_
from app.members.people.bank.recording import (
    NoBankDetails,
    bank_account_of,
    record_bank_account,
    remove_bank_account,
)
from app.web.database import Snapshot
from app.web.typed import WHOLE_MAX

router = APIRouter(prefix="/api/v1/me/bank", route_class=ApiRoute, tags=["Payments"])
Of = Annotated[int | None, Query(ge=1, le=WHOLE_MAX, description="As `/me/holders` numbers them; none: the caller.")]


@router.get("", operation_id="getOwnBankDetails", summary=N_("Where money is sent to you"))
def get_bank(caller: WritesBank, session: Snapshot, holder: Of = None) -> BankGiven:
    """The account on record, without most of its digits."""
    known = bank_account_of(session, holder_of(session, caller, holder).id)
    if known is None:
        raise NoBankDetails
    return bank_given(known)


@router.post("", operation_id="recordOwnBankDetails", summary=N_("Say where money is sent to you"))
def record(caller: WritesBank, session: Once, wanted: BankTaken) -> BankGiven:
    """Record the account to which money is sent; a letter tells of it, and nothing is paid to it for some days."""
    holder = holder_of(session, caller, wanted.holder)
    return bank_given(record_bank_account(session, holder, wanted.account(), by=caller.person_id))


@router.post("/removal", operation_id="removeOwnBankDetails", summary=N_("Remove your bank details"))
def remove(caller: WritesBank, session: Once, wanted: HolderTaken) -> BankRemoved:
    """Keep no bank details any more; a letter tells of it."""
    holder = holder_of(session, caller, wanted.holder)
    remove_bank_account(session, holder, by=caller.person_id)
    return BankRemoved(holder=holder.id)
