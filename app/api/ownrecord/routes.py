"""One's own name, address and contacts over the API, and those of whomever one acts for; each change from a day on."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.access import ApiRoute, Once, ReadsHoldings, WritesMembership
from app.api.ownmembership.routes import holder_of
from app.api.ownrecord.shapes import OwnContactsTaken, OwnParticularsTaken
from app.api.people.recording import record_contacts
from app.api.people.shapes import RecordGiven, record_given
from app.api.pledges.reading import read_typed_address
from app.api.shapes import Day
from app.core import clock
from app.core.errors import N_
from app.members.persons import record_particulars
from app.web.database import Snapshot
from app.web.typed import WHOLE_MAX

router = APIRouter(prefix="/api/v1/me", route_class=ApiRoute, tags=["Members"])
Of = Annotated[int | None, Query(ge=1, le=WHOLE_MAX, description="As `/me/holders` numbers them; absent: the caller.")]
On = Annotated[Day | None, Query(description="The day for which it is told; today if absent.")]


@router.get("/record", operation_id="getOwnRecord", summary=N_("Get your name, address and contacts"))
def get_record(caller: ReadsHoldings, session: Snapshot, holder: Of = None, on: On = None) -> RecordGiven:
    """What is on record of the caller, or of one for whom they act, as it is valid on a day."""
    return record_given(session, holder_of(session, caller, holder), on or clock.today())


@router.post("/particulars", operation_id="changeOwnParticulars", summary=N_("Change your name or address"))
def change_particulars(caller: WritesMembership, session: Once, wanted: OwnParticularsTaken) -> RecordGiven:
    """Record a name and address from a day on; earlier ones stay for their time."""
    holder, address = holder_of(session, caller, wanted.holder), read_typed_address(wanted.address)
    record_particulars(session, holder, wanted.legal_name, address, valid_from=wanted.valid_from, by=caller.person_id)
    return record_given(session, holder, wanted.valid_from)


@router.post("/contacts", operation_id="changeOwnContacts", summary=N_("Change how you are reached"))
def change_contacts(caller: WritesMembership, session: Once, wanted: OwnContactsTaken) -> RecordGiven:
    """Record how somebody is reached from a day on, and what for."""
    holder = holder_of(session, caller, wanted.holder)
    record_contacts(session, holder, wanted, by=caller.person_id)
    return record_given(session, holder, wanted.valid_from)
