"""Pledges over the API: made as on the public form, watched by staff, read and withdrawn by their supporter."""

from typing import Literal

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, Caller, Once, ReadsOffers, ReadsPledges, WatchesPledges, WritesPledges
from app.api.pledges.reading import NotFollowed, asks_of, means_told, read_typed_address, read_wish
from app.api.pledges.shapes import (
    AskedGiven,
    AskingTaken,
    ChangeTaken,
    LetterSent,
    OwnPledge,
    PledgeTaken,
    StaffPledge,
    TextGiven,
    asked_given,
    letter_sent,
    own_pledge_given,
    staff_pledge_given,
    text_given,
)
from app.api.shapes import ReasonTaken
from app.core.errors import N_, InvalidInput
from app.core.limits import Try, count
from app.members.people.resolving import same_person
from app.offers.drafting import find_offer
from app.offers.models import Offer, Pledge
from app.offers.pledging import Change, change_pledge, make_pledge, own_pledge, withdraw_pledge
from app.offers.pledging.inviting import stands_before
from app.offers.pledging.judging import TermsChanged
from app.offers.pledging.naming import texts_of
from app.offers.reading import offer_seen
from app.offers.tallying import paid_on
from app.web.database import Snapshot
from app.web.limiting import PLEDGE_ADDRESS, PLEDGE_NETWORK, limited
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Pledges"])


@router.get("/offers/{slug}/pledges", operation_id="listOfferPledges", summary=N_("List an offer’s pledges"))
def list_offer_pledges(caller: WatchesPledges, session: Snapshot, paging: Pages, slug: str) -> Listed[StaffPledge]:
    """Every pledge of an offer, the newest first, for staff."""
    offer = find_offer(session, slug)
    wanted = select(Pledge).where(Pledge.offer_id == offer.id).order_by(Pledge.id.desc()).limit(paging.limit + 1)
    if (after := paging.after()) is not None:
        wanted = wanted.where(Pledge.id < after[0])
    rows = session.scalars(wanted).all()
    return paging.listed(
        rows, lambda pledge: [pledge.id], lambda pledge: staff_pledge_given(pledge, paid_on(session, pledge))
    )


@router.post(
    "/offers/{slug}/pledges",
    operation_id="makePledge",
    summary=N_("Make a pledge"),
    status_code=202,
    dependencies=[limited(PLEDGE_NETWORK)],
)
def pledge(caller: WritesPledges, session: Once, slug: str, wanted: PledgeTaken) -> LetterSent:
    """Make a pledge as the public form does: a letter goes to the address, and its link confirms the pledge."""
    count(Try(PLEDGE_ADDRESS, wanted.email.casefold()))
    offer = offer_seen(session, slug)
    if wanted.terms_version != offer.terms.version:
        raise TermsChanged
    wish = read_wish(session, offer, wanted, _followed(session, offer, wanted, caller))
    return letter_sent(make_pledge(session, slug, wish))


@router.post(
    "/offers/{slug}/pledge-questions", operation_id="askPledgeQuestions", summary=N_("What a pledge would be asked")
)
def ask_questions(caller: WritesPledges, session: Once, slug: str, wanted: AskingTaken) -> AskedGiven:
    """What is asked of somebody with these means who pledges so much now: texts, questions, the limit of the law.

    Nothing is kept of it but this answer, under its key.
    """
    offer = offer_seen(session, slug)
    asks = asks_of(session, offer, wanted.language)
    declared = means_told(asks, wanted.declared)
    cost, texts = asks.price * wanted.shares, texts_of(session, offer, wanted.language)
    above = asks.warning(declared, cost)
    return asked_given(asks, declared, wanted.shares, [*texts, *([above] if above else [])], wanted.language)


@router.get("/offers/{slug}/texts", operation_id="listPledgeTexts", summary=N_("List what a pledge agrees to"))
def list_texts(
    caller: ReadsOffers, session: Snapshot, paging: Pages, slug: str, language: Literal["en", "fr"] = "en"
) -> Listed[TextGiven]:
    """The texts that whoever pledges agrees to, word for word: warnings, the terms, records, documents to read."""
    texts = list(enumerate(texts_of(session, offer_seen(session, slug), language)))
    after = paging.after()
    rows = [row for row in texts if after is None or row[0] > after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda row: [row[0]], lambda row: text_given(row[1], language))


@router.get("/pledges", operation_id="listPledges", summary=N_("List your own pledges"))
def list_pledges(caller: ReadsPledges, session: Snapshot, paging: Pages) -> Listed[OwnPledge]:
    """The caller's own pledges, the newest first."""
    wanted = select(Pledge).where(Pledge.person_id.in_(same_person(caller.person_id))).order_by(Pledge.id.desc())
    if (after := paging.after()) is not None:
        wanted = wanted.where(Pledge.id < after[0])
    rows = session.scalars(wanted.limit(paging.limit + 1)).all()
    return paging.listed(
        rows, lambda pledge: [pledge.id], lambda pledge: own_pledge_given(pledge, paid_on(session, pledge))
    )


@router.get("/pledges/{pledge_id}", operation_id="getPledge", summary=N_("Get a pledge of your own"))
def get_pledge(caller: ReadsPledges, session: Snapshot, pledge_id: str) -> OwnPledge:
    """One pledge with how to pay; somebody else's is as unknown as one that does not exist."""
    found = own_pledge(session, pledge_id, caller.person(session))
    return own_pledge_given(found, paid_on(session, found))


@router.post(
    "/pledges/{pledge_id}/change",
    operation_id="changePledge",
    summary=N_("Change a pledge of your own"),
    status_code=201,
)
def change(caller: WritesPledges, session: Once, pledge_id: str, wanted: ChangeTaken) -> OwnPledge:
    """Put a changed pledge into the place of one's own while the offer is open; what was paid is carried over."""
    said = Change(wanted.shares, wanted.instalments, read_typed_address(wanted.address))
    found = change_pledge(session, pledge_id, said, by=caller.person(session))
    return own_pledge_given(found, paid_on(session, found))


@router.post(
    "/pledges/{pledge_id}/withdrawal", operation_id="withdrawPledge", summary=N_("Withdraw a pledge of your own")
)
def withdraw(caller: WritesPledges, session: Once, pledge_id: str, wanted: ReasonTaken) -> OwnPledge:
    """Withdraw while the offer is open; what was paid becomes a refund due."""
    found = withdraw_pledge(session, pledge_id, by=caller.person(session), reason=wanted.reason)
    return own_pledge_given(found, paid_on(session, found))


def _followed(session: Session, offer: Offer, wanted: PledgeTaken, caller: Caller) -> int | None:
    """The caller's own indication that the pledge makes good; refused when the offer does not follow it."""
    if wanted.follows is None:
        return None
    before = own_pledge(session, wanted.follows, caller.person(session))
    if not stands_before(before, offer):
        raise InvalidInput({"follows": NotFollowed()})
    return before.id
