"""Part-paid shares: issued with a part of their price, the rest called and paid under a reference of its own."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.ledger import journal
from app.members.models import Membership
from app.payments.models import PaymentRequest
from app.payments.references import read_reference
from app.payments.requesting import asked, end_request, has_ended, held, held_account, locked_request, request_payment
from app.shares.acts.judging import lock_holders, lots_standing, open_call_parts, refuse_beyond_limits
from app.shares.acts.models import ShareCall, ShareCallPart
from app.shares.acts.pricing import refuse_wrong_price
from app.shares.classes import lock_class
from app.shares.holding import stands
from app.shares.models import Lot, ShareAct, ShareClass
from app.shares.moving import Act, Given, Part, record_act


class PaidAbovePrice(Refusal):
    """No more is paid on a share than its price."""

    message = N_("No more can be paid on a share than its price.")
    field = "paid"


class MoneyMissing(Refusal):
    """The reference does not hold the amount."""

    message = N_("{held} are held under this reference; the shares need {needed}.")
    status = 409
    field = "reference"


class UnknownPayment(Refusal):
    """The member was given no such reference."""

    message = N_("This member was given no such payment reference.")
    field = "reference"


class NothingUnpaid(Refusal):
    """No share of the class has anything unpaid."""

    message = N_("Nothing is unpaid on shares of class {code}.")
    status = 409


class CallStands(Refusal):
    """An earlier call is not paid."""

    message = N_("An earlier call on certificate {certificate} is not paid yet.")
    status = 409


class DueTooEarly(Refusal):
    """A call gives time to pay."""

    message = N_("A call is due on a later day than that of the call.")
    field = "due_on"


@dataclass(frozen=True)
class Issue:
    """Shares to be issued at a price of which a part is paid at once, from what a reference holds."""

    source: str
    member: Membership
    share_class: ShareClass
    shares: int
    price: Money
    paid: Money
    on: date
    reason: str
    reference: str = ""


def issue(session: Session, what: Issue, *, by: int | None, proposed_by: int | None = None) -> ShareAct:
    """Issue part-paid shares; raises `BeyondAuthorized`, the refusals above, and those of pricing."""
    existing = session.scalars(select(ShareAct).where(ShareAct.source == what.source)).first()
    if existing is not None:
        return existing
    if what.price < what.paid:
        raise PaidAbovePrice
    refuse_wrong_price(session, what.share_class, what.price, what.on)
    lock_class(session, what.share_class)
    lock_holders(session, what.member)
    refuse_beyond_limits(session, what.member, what.share_class, what.shares, what.on)
    total = what.paid * what.shares
    money = []
    if total.minor:
        request = _request(session, what)
        present = held(session, request)
        if present.currency != total.currency or present < total:
            raise MoneyMissing(held=present, needed=total)
        money = [journal.Leg(*held_account(request), total.currency, total.minor)]
        if has_ended(session, request) is False and asked(request) <= total:
            end_request(session, request, N_("the shares were issued"))
    given = Given(what.member, what.share_class, what.shares, what.price, total, N_("issue"))
    details = {"member": what.member.number, "class": what.share_class.code, "shares": what.shares}
    act = Act("issue", what.source, what.on, what.reason, gives=[given], money=money, details=details)
    return record_act(session, act, by=by, proposed_by=proposed_by)


def call(
    session: Session,
    source: str,
    found: ShareClass,
    per_share: Money,
    *,
    called_on: date,
    due_on: date,
    by: int,
    proposed_by: int,
    reason: str,
) -> ShareCall:
    """Call an amount on each share of a class, at most what is unpaid on it; each lot gets a payment request."""
    existing = session.scalars(select(ShareCall).where(ShareCall.source == source)).first()
    if existing is not None:
        return existing
    if due_on <= called_on:
        raise DueTooEarly
    lock_class(session, found)
    lots = [lot for lot in lots_standing(session, found, called_on) if unpaid(lot).minor > 0]
    if not lots:
        raise NothingUnpaid(code=found.code)
    lock_holders(session, *(lot.membership for lot in lots))
    waiting = open_call_parts(session, [lot.id for lot in lots])
    if waiting:
        raise CallStands(certificate=session.get_one(Lot, waiting[0].lot_id).certificate_number)
    row = ShareCall(
        source=source,
        share_class_id=found.id,
        per_share_cents=per_share.minor,
        currency=per_share.currency,
        called_on=called_on,
        due_on=due_on,
        reason=reason,
        recorded_at=clock.now(),
        recorded_by=by,
        proposed_by=proposed_by,
    )
    session.add(row)
    session.flush()
    for lot in lots:
        amount = min(per_share.minor * lot.shares, unpaid(lot).minor)
        request = request_payment(
            session, f"share-call:{row.id}:{lot.id}", lot.membership.person, Money(amount, lot.currency)
        )
        session.add(
            ShareCallPart(
                call_id=row.id,
                lot_id=lot.id,
                amount_cents=amount,
                currency=lot.currency,
                payment_request_id=request.id,
            )
        )
    session.flush()
    audit.record(session, audit.Tag.SHARES_CALLED, f"share-class:{found.code}", by=by, reason=reason, call=row.id)
    jobs.defer(session, "documents.file_call", call_id=row.id)
    return row


def credit_calls(session: Session) -> list[ShareAct]:
    """Credit every call whose money has arrived in full: the lot begins anew with more paid. Harmless when repeated."""
    done = []
    standing = select(Lot.id).where(stands())
    for part in open_call_parts(
        session, list(session.scalars(select(ShareCallPart.lot_id).where(ShareCallPart.lot_id.in_(standing))))
    ):
        request = locked_request(session, part.payment_request_id)
        if held(session, request) < Money(part.amount_cents, part.currency):
            continue
        done.append(_credit(session, part, request))
    return done


def unpaid(lot: Lot) -> Money:
    """What is not paid on a lot yet."""
    return Money(max(0, lot.price_cents * lot.shares - lot.paid_cents), lot.currency)


def _credit(session: Session, part: ShareCallPart, request: PaymentRequest) -> ShareAct:
    lot = session.get_one(Lot, part.lot_id)
    lock_holders(session, lot.membership)
    amount = Money(part.amount_cents, part.currency)
    given = Given(
        member=lot.membership,
        share_class=lot.share_class,
        shares=lot.shares,
        price=Money(lot.price_cents, lot.currency),
        paid=lot.paid + amount,
        basis=N_("call paid"),
        acquired_on=lot.held_since,
        from_lot_id=lot.id,
    )
    act = Act(
        kind="call paid",
        source=f"call-part:{part.id}",
        effective_on=max(clock.today(), lot.allotted_on),
        reason=part.call.reason,
        takes=[Part(lot.id, lot.shares)],
        gives=[given],
        money=[journal.Leg(*held_account(request), amount.currency, amount.minor)],
        details={"call": part.call_id, "amount_cents": amount.minor},
    )
    row = record_act(session, act, by=None)
    end_request(session, request, N_("the call is paid"))
    return row


def _request(session: Session, what: Issue) -> PaymentRequest:
    found = session.scalars(
        select(PaymentRequest).where(PaymentRequest.reference == read_reference(what.reference))
    ).first()
    if found is None or found.person_id != what.member.person_id:
        raise UnknownPayment
    return locked_request(session, found.id)
