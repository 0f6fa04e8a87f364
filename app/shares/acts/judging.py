"""What acts on shares have in common: finding holder, class and lots, and what a class and charges forbid."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.money import Money
from app.ledger import journal
from app.ledger.chart import share_unit
from app.members.models import Membership
from app.payments.models import PaymentRequestEnd
from app.shares.acts.models import ShareCall, ShareCallPart, ShareCharge, ShareChargeEnd
from app.shares.acts.suspending import SharesDisputed, disputed_lots
from app.shares.holding import stands
from app.shares.models import Lot, ShareAct, ShareClass, ShareClassTerms
from app.shares.moving import Part


class NoSuchMember(Refusal):
    """Nobody has the member number."""

    message = N_("There is no member no. {number}.")
    field = "member"


class NoSuchClass(Refusal):
    """No class has the code."""

    message = N_("There is no share class {code}.")
    field = "class_code"


class SharesLocked(Refusal):
    """The class does not move yet."""

    message = N_("Shares of class {code} are locked until {until}.")
    status = 409


class BeyondHolding(Refusal):
    """More shares than the member holds on the day."""

    message = N_("Member no. {number} held {held} shares of class {code} on {on}; {wanted} were asked for.")
    status = 409
    field = "shares"


class SharesCharged(Refusal):
    """Some of the shares stand as security."""

    message = N_("{charged} shares of member no. {number} stand as security; only {free} of class {code} may move.")
    status = 409


class CallOpen(Refusal):
    """A call on the shares is not paid."""

    message = N_("A call on certificate {certificate} is not paid yet.")
    status = 409


class BelowLeast(Refusal):
    """The member would hold some, but fewer than the class asks for."""

    message = N_("Member no. {number} would hold {held} shares of class {code}; the least is {least}, or none.")
    status = 409


class AboveMost(Refusal):
    """The member would hold more than the class allows."""

    message = N_("Member no. {number} would hold {held} shares of class {code}; the most is {most}.")
    status = 409


def member_numbered(session: Session, number: int) -> Membership:
    """The membership of a number."""
    found = session.scalars(select(Membership).where(Membership.number == number)).first()
    if found is None:
        raise NoSuchMember(number=number)
    return found


def class_coded(session: Session, code: str) -> ShareClass:
    """The class of a code."""
    found = session.scalars(select(ShareClass).where(ShareClass.code == code.strip().upper())).first()
    if found is None:
        raise NoSuchClass(code=code[:20])
    return found


def lock_holders(session: Session, *members: Membership) -> None:
    """Lock memberships in one order: what is judged of their holdings holds until commit."""
    ids = list({member.id for member in members})
    held = select(Membership.id).where(Membership.id == func.any(ids)).order_by(Membership.id)
    session.execute(held.with_for_update(key_share=True))


def terms_on(session: Session, found: ShareClass, on: date) -> ShareClassTerms | None:
    """The terms of a class on a day, if any were written."""
    return session.scalars(
        select(ShareClassTerms)
        .where(ShareClassTerms.share_class_id == found.id, ShareClassTerms.valid_from <= on)
        .order_by(ShareClassTerms.valid_from.desc(), ShareClassTerms.id.desc())
        .limit(1)
    ).first()


def refuse_locked(session: Session, found: ShareClass, on: date) -> None:
    """Raise `SharesLocked` when the class does not move on a day."""
    terms = terms_on(session, found, on)
    if terms is not None and terms.locked_until is not None and on < terms.locked_until:
        raise SharesLocked(code=found.code, until=terms.locked_until)


def movable_lots(session: Session, member: Membership, found: ShareClass, shares: int, on: date) -> list[Lot]:
    """The member's lots out of which so many shares may move on a day, those held longest first.

    Take `lock_holders` first. Raises `SharesLocked`, `BeyondHolding`, `SharesCharged`, `SharesDisputed`, `CallOpen`.
    """
    refuse_locked(session, found, on)
    lots = lots_standing(session, found, on, member)
    held = sum(lot.shares for lot in lots)
    if shares > held:
        raise BeyondHolding(number=member.number, held=held, code=found.code, on=on, wanted=shares)
    charged = charged_shares(session, member, found)
    if shares > held - charged:
        raise SharesCharged(charged=charged, number=member.number, free=max(0, held - charged), code=found.code)
    still = disputed_lots(session)
    free = [lot for lot in lots if lot.id not in still]
    may_move = sum(lot.shares for lot in free)
    if shares > may_move:
        raise SharesDisputed(disputed=held - may_move, number=member.number, free=may_move, code=found.code)
    refuse_called(session, [lot for lot, _ in _oldest(free, shares)])
    return free


def lots_standing(session: Session, found: ShareClass, on: date, member: Membership | None = None) -> list[Lot]:
    """The lots of a class, or of one of its holders, that stand for good and from a day or earlier, oldest first."""
    statement = select(Lot).where(Lot.share_class_id == found.id, stands(), Lot.allotted_on <= on)
    if member is not None:
        statement = statement.where(Lot.membership_id == member.id)
    since = func.coalesce(Lot.acquired_on, Lot.allotted_on)
    return list(session.scalars(statement.order_by(Lot.membership_id, since, Lot.certificate_number)))


def oldest_parts(lots: Sequence[Lot], shares: int) -> list[Part]:
    """So many shares out of lots in their order: whole lots, then a part of the last."""
    return [Part(lot.id, taken) for lot, taken in _oldest(lots, shares)]


def _oldest(lots: Iterable[Lot], shares: int) -> list[tuple[Lot, int]]:
    parts = []
    for lot in lots:
        if shares <= 0:
            break
        taken = min(lot.shares, shares)
        parts.append((lot, taken))
        shares -= taken
    return parts


def charged_shares(session: Session, member: Membership, found: ShareClass) -> int:
    """How many of a member's shares of a class stand as security now."""
    statement = (
        select(func.coalesce(func.sum(ShareCharge.shares), 0))
        .outerjoin(ShareChargeEnd, ShareChargeEnd.charge_id == ShareCharge.id)
        .where(
            ShareCharge.membership_id == member.id,
            ShareCharge.share_class_id == found.id,
            ShareChargeEnd.charge_id.is_(None),
        )
    )
    return int(session.execute(statement).scalar_one())


def open_call_parts(session: Session, lot_ids: Sequence[int]) -> list[ShareCallPart]:
    """What calls still ask for lots: neither credited by an act nor ended."""
    credited = select(ShareAct.id).where(ShareAct.source == func.concat("call-part:", ShareCallPart.id)).exists()
    return list(
        session.scalars(
            select(ShareCallPart)
            .join(ShareCall)
            .outerjoin(PaymentRequestEnd, PaymentRequestEnd.payment_request_id == ShareCallPart.payment_request_id)
            .where(ShareCallPart.lot_id.in_(lot_ids), ~credited, PaymentRequestEnd.payment_request_id.is_(None))
            .order_by(ShareCallPart.id)
        )
    )


def refuse_called(session: Session, lots: Sequence[Lot]) -> None:
    """Raise `CallOpen` when a call on one of the lots is not paid."""
    parts = open_call_parts(session, [lot.id for lot in lots])
    if parts:
        raise CallOpen(certificate=session.get_one(Lot, parts[0].lot_id).certificate_number)


def refuse_beyond_limits(session: Session, member: Membership, found: ShareClass, change: int, on: date) -> None:
    """Raise `BelowLeast` or `AboveMost` when a change of the holding leaves the limits of the class's terms."""
    terms = terms_on(session, found, on)
    if terms is None:
        return
    held = journal.balance(session, "holder", f"member:{member.number}", share_unit(found.code))
    _refuse_beyond(terms, found, member, held, change)


def refuse_many_beyond_limits(
    session: Session, found: ShareClass, changes: Iterable[tuple[Membership, int]], on: date
) -> None:
    """As `refuse_beyond_limits` for many members at once, in their order."""
    terms = terms_on(session, found, on)
    if terms is None:
        return
    held = journal.balances(session, "holder", share_unit(found.code))
    for member, change in changes:
        _refuse_beyond(terms, found, member, held.get(f"member:{member.number}", 0), change)


def _refuse_beyond(terms: ShareClassTerms, found: ShareClass, member: Membership, before: int, change: int) -> None:
    held = before + change
    if change < 0 and 0 < held < terms.holder_shares_min:
        raise BelowLeast(number=member.number, held=held, code=found.code, least=terms.holder_shares_min)
    if change > 0 and held < terms.holder_shares_min:
        raise BelowLeast(number=member.number, held=held, code=found.code, least=terms.holder_shares_min)
    if change > 0 and terms.holder_shares_max is not None and held > terms.holder_shares_max:
        raise AboveMost(number=member.number, held=held, code=found.code, most=terms.holder_shares_max)


def paid_on(session: Session, parts: Sequence[Part]) -> Money:
    """What is paid on parts of lots together; there is at least one, and all are of one currency."""
    total = None
    for part in parts:
        lot = session.get_one(Lot, part.lot_id)
        share = lot.paid if part.shares == lot.shares else lot.paid.split([part.shares, lot.shares - part.shares])[0]
        total = share if total is None else total + share
    assert total is not None, "something is taken"
    return total
