"""Accepting an exit offer, and settling it: the member's right first, the books in an act of their own afterwards."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from app.ballots.result.models import BallotObjection
from app.conversion.dissent.models import ExitAcceptance, ExitOffer, ExitSettlement
from app.conversion.plan.relying import ballot_of
from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal
from app.core.money import Money
from app.ledger import journal
from app.members.models import Membership
from app.members.people.resolving import same_person
from app.payments.payouts.owing import owe, payable
from app.shares.acts.judging import lock_holders, movable_lots, oldest_parts, paid_on
from app.shares.classes import lock_class
from app.shares.holding import stands
from app.shares.models import Lot, ShareAct
from app.shares.moving import Act, record_act

KIND = "exit"
_STANDS = ExitSettlement.act_id.not_in(select(ShareAct.reverses_id).where(ShareAct.reverses_id.is_not(None)))
PAYOUT_REASON = N_("price of shares of a member who left")


class NotYetOpen(Refusal):
    """The offer opens later."""

    message = N_("This offer can be accepted from {day}.")
    status = 409


class OfferOver(Refusal):
    """The time to accept is over."""

    message = N_("The time to accept this offer ended on {day}.")
    status = 409


class NoObjection(Refusal):
    """The offer is made to those who objected."""

    message = N_("This offer is for those who put an objection on record by the day of the vote. You did not.")
    status = 403


class AcceptedAlready(Refusal):
    """A member accepts once."""

    message = N_("You accepted this offer on {when} already, for {shares} shares.")
    status = 409


class BeyondHeld(Refusal):
    """Nobody gives up what they do not hold."""

    message = N_("You hold {held} shares of this class.")
    field = "shares"


def accept(session: Session, offer_id: int, member: Membership, shares: int, *, by: int) -> ExitAcceptance:
    """Accept an offer for some of a member's shares, for good; settling follows."""
    offer = find_offer(session, offer_id)
    one_at_a_time(session, f"exit {offer.id} of {member.id}")
    today = clock.today(offer.conversion.zone)
    if today < offer.opens_on:
        raise NotYetOpen(day=offer.opens_on)
    if today > offer.closes_on:
        raise OfferOver(day=offer.closes_on)
    before = acceptance_of(session, offer, member)
    if before is not None:
        raise AcceptedAlready(when=before.accepted_at, shares=before.shares)
    if offer.objectors_only and not has_objected(session, offer, member):
        raise NoObjection
    held = held_of(session, offer, member)
    if not 0 < shares <= held:
        raise BeyondHeld(held=held)
    row = ExitAcceptance(
        offer_id=offer.id, membership_id=member.id, shares=shares, accepted_at=clock.now(), accepted_by=by
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.EXIT_ACCEPTED, f"member:{member.number}", by=by, offer=offer.id, shares=shares)
    return row


def settle(session: Session, acceptance_id: int, *, on: date, by: int) -> ExitSettlement:
    """Redeem what was accepted: capital leaves, the price is owed; settled before, it is left as it is.

    What was settled by an act that was reversed since is settled anew.

    What the price is above or below the paid capital comes out of, or goes to, the capital reserve. Raises what
    stands against moving the shares: locks, charges, unpaid calls, closed books.
    """
    accepted = session.scalars(select(ExitAcceptance).where(ExitAcceptance.id == acceptance_id).with_for_update()).one()
    before = list(session.scalars(select(ExitSettlement).where(ExitSettlement.acceptance_id == acceptance_id)))
    done = standing_settlement(session, accepted)
    if done is not None:
        return done
    offer, member = accepted.offer, accepted.membership
    lock_class(session, offer.share_class)
    lock_holders(session, member)
    lots = movable_lots(session, member, offer.share_class, accepted.shares, on)
    parts = oldest_parts(lots, accepted.shares)
    paid = paid_on(session, parts)
    value, source = (
        Money(offer.price_cents, offer.currency) * accepted.shares,
        f"exit:{accepted.id}" + (f":{len(before) + 1}" if before else ""),
    )
    beyond = paid - value
    money = [journal.Leg(*payable(source), value.currency, -value.minor)]
    if beyond.minor:
        money.append(journal.Leg("capital_reserve", offer.share_class.code, value.currency, -beyond.minor))
    details = {"offer": offer.id, "member": member.number, "shares": accepted.shares, "value_cents": value.minor}
    act = Act(KIND, source, on, offer.basis, takes=parts, money=money, details=details)
    row = record_act(session, act, by=by, proposed_by=offer.proposed_by)
    assert row.entry_id is not None, "money was booked"
    settled = ExitSettlement(
        acceptance_id=accepted.id,
        act_id=row.id,
        paid_cents=paid.minor,
        value_cents=value.minor,
        settled_at=clock.now(),
    )
    session.add(settled)
    session.flush()
    due_on = max(offer.due_on, on)
    owe(session, source, member.person_id, value, PAYOUT_REASON, due_on=due_on, entry_id=row.entry_id)
    return settled


def acceptances(session: Session, offer: ExitOffer) -> list[tuple[ExitAcceptance, ExitSettlement | None]]:
    """Who accepted, with what settled it; an act that was reversed settles nothing."""
    rows = session.execute(
        select(ExitAcceptance, ExitSettlement)
        .outerjoin(ExitSettlement, and_(ExitSettlement.acceptance_id == ExitAcceptance.id, _STANDS))
        .where(ExitAcceptance.offer_id == offer.id)
        .order_by(ExitAcceptance.id)
    )
    return [(row[0], row[1]) for row in rows]


def acceptance_of(session: Session, offer: ExitOffer, member: Membership) -> ExitAcceptance | None:
    """A member's acceptance of an offer."""
    found = select(ExitAcceptance).where(ExitAcceptance.offer_id == offer.id, ExitAcceptance.membership_id == member.id)
    return session.scalars(found).first()


def has_objected(session: Session, offer: ExitOffer, member: Membership) -> bool:
    """Whether the member put an objection on record in the ballot that carried the conversion, by its last day."""
    ballot = ballot_of(session, offer.conversion)
    if ballot is None:
        return False
    zone = ZoneInfo(ballot.terms.zone)
    day_after = ballot.terms.closes_at.astimezone(zone).date() + timedelta(days=1)
    objection = exists().where(
        BallotObjection.ballot_id == ballot.id,
        BallotObjection.person_id.in_(same_person(member.person_id)),
        BallotObjection.raised_at < datetime.combine(day_after, time(), zone),
    )
    return bool(session.scalar(select(objection)))


def held_of(session: Session, offer: ExitOffer, member: Membership) -> int:
    """How many shares of the offer's class a member holds."""
    held = select(func.coalesce(func.sum(Lot.shares), 0)).where(
        Lot.membership_id == member.id, Lot.share_class_id == offer.share_class_id, stands()
    )
    return int(session.scalars(held).one())


def find_offer(session: Session, offer_id: int) -> ExitOffer:
    """The offer of a number; raises `NotFound`."""
    row = session.get(ExitOffer, offer_id)
    if row is None:
        raise NotFound
    return row


def settled_act(session: Session, acceptance: ExitAcceptance) -> ShareAct | None:
    """The act that redeemed what was accepted."""
    done = standing_settlement(session, acceptance)
    return done.act if done else None


def standing_settlement(session: Session, acceptance: ExitAcceptance) -> ExitSettlement | None:
    """What settles an acceptance now: the one whose act was not reversed."""
    rows = select(ExitSettlement).where(ExitSettlement.acceptance_id == acceptance.id, _STANDS)
    return session.scalars(rows).first()
