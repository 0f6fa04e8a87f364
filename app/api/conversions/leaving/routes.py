"""Those who leave, execution and duties over the API: the desk's view, and what a member may accept."""

from fastapi import APIRouter
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, ReadsConversions, ReadsHoldings, WatchesConversions
from app.api.conversions.leaving.shapes import (
    AcceptedGiven,
    DutyGiven,
    ExecutionGiven,
    ExitOfferGiven,
    OwnExitGiven,
)
from app.api.shapes import Amount
from app.conversion.after.telling import told_duties
from app.conversion.dissent.accepting import acceptances
from app.conversion.dissent.models import ExitOffer
from app.conversion.dissent.offering import offers_of
from app.conversion.dissent.showing import leaving_facts
from app.conversion.exchange.approving import standing_approval
from app.conversion.exchange.models import ExchangeExecution
from app.conversion.exchange.reckoning import latest_reckoning
from app.conversion.exchange.showing import halts_of
from app.conversion.plan.relying import exchange_of
from app.conversion.plan.starting import find_conversion
from app.core.errors import N_, NotFound
from app.members.entering import current_membership
from app.web.database import Snapshot

router = APIRouter(prefix="/api/v1/conversions/{slug}", route_class=ApiRoute, tags=["Conversions"])


@router.get("/execution", operation_id="getExecution", summary=N_("How the exchange of a conversion stands"))
def get_execution(caller: WatchesConversions, session: Snapshot, slug: str) -> ExecutionGiven:
    """Being reckoned, reckoned, approved, halted or in effect, each with its moment and the hash of the list."""
    exchange = exchange_of(session, find_conversion(session, slug))
    if exchange is None:
        raise NotFound
    reckoning, approval = latest_reckoning(session, exchange.id), standing_approval(session, exchange.id)
    done, halts = session.get(ExchangeExecution, exchange.id), halts_of(session, exchange.id)
    state = (
        "in effect" if done else "approved" if approval else "halted" if halts else "reckoned" if reckoning else "new"
    )
    return ExecutionGiven(
        exchange=exchange.id,
        state=state,
        effective_on=exchange.effective_on,
        sha256=reckoning.sha256 if reckoning else None,
        reckoned_at=reckoning.reckoned_at if reckoning else None,
        approved_at=approval.approved_at if approval else None,
        executed_at=done.executed_at if done else None,
        acts=done.acts if done else None,
        halts=[f"{each.halted_at.isoformat()} {each.reason}" for each in halts],
    )


@router.get("/exit-offers", operation_id="listExitOffers", summary=N_("Prices offered to those who leave"))
def list_offers(caller: WatchesConversions, session: Snapshot, slug: str) -> list[ExitOfferGiven]:
    """The offers of a conversion, the latest first, with who accepted and whether their shares are redeemed."""
    return [_offer(session, each) for each in offers_of(session, find_conversion(session, slug))]


@router.get("/exit", operation_id="getOwnExit", summary=N_("What you may accept if you do not come along"))
def get_own(caller: ReadsHoldings, session: Snapshot, slug: str) -> list[OwnExitGiven]:
    """The offers as the caller may accept them; accepting is for good, and done on the page of the conversion."""
    member = current_membership(session, caller.person_id)
    facts = leaving_facts(session, find_conversion(session, slug), member)
    return [
        OwnExitGiven(
            offer=seen.offer.id,
            class_code=seen.offer.share_class.code,
            price=Amount(minor=seen.offer.price_cents, currency=seen.offer.currency),
            opens_on=seen.offer.opens_on,
            closes_on=seen.offer.closes_on,
            open=seen.is_open,
            entitled=seen.entitled,
            held=seen.held,
            accepted=seen.accepted.shares if seen.accepted else None,
            redeemed=seen.act is not None,
        )
        for seen in facts["offers"]
    ]


@router.get("/duties", operation_id="listDuties", summary=N_("Duties of the co-operative"))
def list_duties(caller: ReadsConversions, session: Snapshot, slug: str) -> list[DutyGiven]:
    """What the co-operative owes its members and the law, by which day, and what is done; empty before it is one."""
    return [
        DutyGiven(
            key=each.due.duty.key,
            title=each.due.duty.title.value,
            who=each.due.duty.who.value,
            basis=each.due.duty.basis,
            period_end=each.due.period_end,
            due_on=each.due.due_on,
            late=each.late,
            done_on=each.evidence.happened_on if each.evidence else None,
            sha256=each.evidence.sha256 if each.evidence else None,
        )
        for each in told_duties(session, find_conversion(session, slug))
    ]


def _offer(session: Session, offer: ExitOffer) -> ExitOfferGiven:
    return ExitOfferGiven(
        id=offer.id,
        class_code=offer.share_class.code,
        price=Amount(minor=offer.price_cents, currency=offer.currency),
        opens_on=offer.opens_on,
        closes_on=offer.closes_on,
        due_on=offer.due_on,
        objectors_only=offer.objectors_only,
        basis=offer.basis,
        accepted=[
            AcceptedGiven(
                id=row.id,
                member_number=row.membership.number,
                shares=row.shares,
                accepted_at=row.accepted_at,
                act=settled.act_id if settled else None,
            )
            for row, settled in acceptances(session, offer)
        ],
    )
