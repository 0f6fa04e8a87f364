"""The solidarity fund over the API: gifts to it, requests taken back or set aside, and proposing whom it pays for."""

import hashlib
from typing import Annotated, Literal
from uuid import uuid4

from fastapi import APIRouter, Query

from app.api.access import ApiRoute, Once, ReadsOffers, ReadsPledges, WritesOffer, WritesPledges
from app.api.approvals.shapes import ProposalGiven, proposal_given
from app.api.pledges.shapes import LetterSent
from app.api.shapes import Amount, ReasonTaken
from app.api.solidarity.shapes import EndedGiven, FundGiven, GiftGiven, GiftTaken, gift_given
from app.core.errors import N_, InvalidInput, NotFound
from app.core.language import translator
from app.core.limits import Try, count
from app.offers.drafting import find_offer
from app.offers.models import Offer
from app.offers.pledging.naming import UnknownText
from app.offers.pledging.solidarity import giving
from app.offers.pledging.solidarity.asking import set_aside, take_back_request
from app.offers.pledging.solidarity.matching import propose_matching
from app.offers.pledging.solidarity.telling import fund_told
from app.offers.reading import offer_seen
from app.web.database import Snapshot
from app.web.limiting import PLEDGE_ADDRESS, PLEDGE_NETWORK, limited
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Pledges"])
Language = Annotated[Literal["en", "fr"], Query(description="Of the text.")]


@router.get("/offers/{slug}/solidarity", operation_id="getSolidarityFund", summary=N_("Get the solidarity fund"))
def show_fund(caller: ReadsOffers, session: Snapshot, slug: str, language: Language = "en") -> FundGiven:
    """What the fund of an offer has done, in sums, and the text to which whoever gives to it agrees."""
    offer = _with_fund(offer_seen(session, slug))
    told, text = fund_told(session, offer), translator(language)(giving.CONSENT)
    return FundGiven(
        people=told.people,
        shares=told.shares,
        used=Amount.of(told.used),
        there=Amount.of(told.there),
        consent=text,
        consent_sha256=_sha256(text),
    )


@router.post(
    "/offers/{slug}/solidarity",
    operation_id="makeGift",
    summary=N_("Give to the solidarity fund"),
    status_code=202,
    dependencies=[limited(PLEDGE_NETWORK)],
)
def give(caller: WritesPledges, session: Once, slug: str, wanted: GiftTaken) -> LetterSent:
    """Make a gift to the fund alone: a letter goes to the address, and its link confirms the gift."""
    count(Try(PLEDGE_ADDRESS, wanted.email.casefold()))
    _with_fund(offer_seen(session, slug))
    if wanted.agreed != _sha256(translator(wanted.language)(giving.CONSENT)):
        raise InvalidInput({"agreed": UnknownText(sha256=wanted.agreed)})
    said = giving.Given(
        str(uuid4()), wanted.solidarity_shares, wanted.legal_name, wanted.email.lower(), wanted.language
    )
    gift = giving.make_gift(session, slug, said)
    return LetterSent(email=gift.email, shares=gift.shares, amount=Amount.of(gift.amount))


@router.get("/gifts", operation_id="listGifts", summary=N_("List your gifts to solidarity funds"))
def list_gifts(caller: ReadsPledges, session: Snapshot, paging: Pages) -> Listed[GiftGiven]:
    """The caller’s confirmed gifts, the newest first, and what each did."""
    after = paging.after()
    rows = [row for row in giving.gifts_of(session, caller.person_id) if after is None or row.id < after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda row: [row.id], lambda row: gift_given(session, row))


@router.post("/gifts/{gift_id}/withdrawal", operation_id="takeGiftBack", summary=N_("Take a gift back"))
def take_back(caller: WritesPledges, session: Once, gift_id: str) -> GiftGiven:
    """Take back what the fund has not used of a gift, while the offer is open."""
    return gift_given(session, giving.take_back(session, gift_id, by=caller.person(session)))


@router.post(
    "/fund-requests/{pledge_id}/withdrawal", operation_id="withdrawFundRequest", summary=N_("Ask the fund no more")
)
def ask_no_more(caller: WritesPledges, session: Once, pledge_id: str) -> EndedGiven:
    """Take back the caller’s own request that the fund pays for a pledge."""
    take_back_request(session, pledge_id, by=caller.person(session))
    return EndedGiven(pledge=pledge_id)


@router.post(
    "/offers/{slug}/solidarity/matching/proposals",
    operation_id="proposeFundMatching",
    summary=N_("Propose whom the fund pays for"),
    status_code=201,
)
def propose(caller: WritesOffer, session: Once, slug: str, wanted: ReasonTaken) -> ProposalGiven:
    """Propose that the fund pays for the requests that it can, in their order; another person decides."""
    _with_fund(find_offer(session, slug))
    found = propose_matching(session, slug, by=caller.person(session), reason=wanted.reason)
    return proposal_given(found, may_decide=False)


@router.post(
    "/offers/{slug}/solidarity/requests/{pledge_id}/end",
    operation_id="setFundRequestAside",
    summary=N_("Set a request to the fund aside"),
)
def set_request_aside(caller: WritesOffer, session: Once, slug: str, pledge_id: str, wanted: ReasonTaken) -> EndedGiven:
    """Set a request to the fund aside, with a reason that the person reads."""
    offer = _with_fund(find_offer(session, slug))
    set_aside(session, offer, pledge_id, by=caller.person_id, reason=wanted.reason)
    return EndedGiven(pledge=pledge_id)


def _with_fund(offer: Offer) -> Offer:
    if not giving.has_fund(offer.terms):
        raise NotFound
    return offer


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
