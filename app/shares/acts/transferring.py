"""Transferring shares: sold, given or inherited; both sides agree, and the board too where the class asks for it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.money import Money
from app.members.entering import current_membership, enter_member
from app.members.models import Membership, Person
from app.members.people.bequeathing import estate_of, heirs_of
from app.members.people.resolving import canonical_person, same_person
from app.members.persons import particulars_on
from app.shares.acts.judging import (
    lock_holders,
    movable_lots,
    oldest_parts,
    refuse_beyond_limits,
    terms_on,
)
from app.shares.models import Lot, ShareAct, ShareClass, Transferable
from app.shares.moving import Act, Given, Part, part_of, record_act

WAYS = {"sale": N_("Sale"), "gift": N_("Gift"), "inheritance": N_("Inheritance")}
BASES = {
    "sale": N_("transfer, sold"),
    "gift": N_("transfer, given"),
    "inheritance": N_("transfer, inherited"),
}


class ToOneself(Refusal):
    """Giver and recipient are one person."""

    message = N_("Nobody transfers shares to themselves.")
    field = "recipient"


class NotTransferable(Refusal):
    """The class's shares do not pass to others."""

    message = N_("Shares of class {code} cannot be transferred; only heirs take them over.")
    status = 409


class ConsentMissing(Refusal):
    """Both sides agree, or nothing passes."""

    message = N_("Note how both sides agreed.")
    field = "recipient_consent"


class BoardMissing(Refusal):
    """The class asks for the board's approval."""

    message = N_("Shares of class {code} pass with the board's approval only. Name its resolution.")
    field = "board"


class PriceMissing(Refusal):
    """A sale has a price."""

    message = N_("A sale has a price. If there is none, it is a gift.")
    field = "price"


class NotAnHeir(Refusal):
    """Shares are inherited from an estate by those who are recorded as its heirs."""

    message = N_("The recipient is not recorded as an heir of this holder.")
    field = "recipient"


class RecipientUnnamed(Refusal):
    """Whoever enters the register has a name and an address there."""

    message = N_("The recipient has no name and address on record. Record them first.")
    field = "recipient"


@dataclass(frozen=True)
class Transfer:
    """A transfer to be: consents and the board's resolution as whoever records them has seen them.

    `price` is what the recipient pays the giver for all; None but for a sale. `certificate` takes the shares from one
    lot only, else those held longest pass first.
    """

    source: str
    giver: Membership
    recipient: Person
    share_class: ShareClass
    shares: int
    on: date
    way: str
    reason: str
    giver_consent: str
    recipient_consent: str
    price: Money | None = None
    board: str = ""
    certificate: int | None = None


def transfer(session: Session, what: Transfer, *, by: int | None, proposed_by: int | None = None) -> ShareAct:
    """Pass shares on at what was paid on them; a recipient who is no member yet is entered."""
    assert what.way in WAYS and what.shares > 0, "the form offers these"
    existing = session.scalars(select(ShareAct).where(ShareAct.source == what.source)).first()
    if existing is not None:
        return existing
    recipient = canonical_person(session, what.recipient.id)
    _refuse_unfit(session, what, recipient)
    member = current_membership(session, recipient.id)
    if member is None:
        if particulars_on(session, recipient.id, what.on) is None:
            raise RecipientUnnamed
        member = enter_member(session, recipient, on=what.on, basis=BASES[what.way], by=by)
    lock_holders(session, what.giver, member)
    lots = movable_lots(session, what.giver, what.share_class, what.shares, what.on)
    if what.certificate is not None:
        lots = [lot for lot in lots if lot.certificate_number == what.certificate]
    refuse_beyond_limits(session, what.giver, what.share_class, -what.shares, what.on)
    refuse_beyond_limits(session, member, what.share_class, what.shares, what.on)
    parts = oldest_parts(lots, what.shares) if what.certificate is None else [_part_of_one(lots, what)]
    act = Act(
        kind="transfer",
        source=what.source,
        effective_on=what.on,
        reason=what.reason,
        takes=parts,
        gives=[_given(session, part, member, BASES[what.way]) for part in parts],
        details=_details(what, member),
    )
    return record_act(session, act, by=by, proposed_by=proposed_by)


def _refuse_unfit(session: Session, what: Transfer, recipient: Person) -> None:
    if what.giver.person_id in set(session.scalars(same_person(recipient.id))):
        raise ToOneself
    if not what.giver_consent.strip() or not what.recipient_consent.strip():
        raise ConsentMissing
    if what.way == "inheritance":
        estate = estate_of(session, what.giver.person_id)
        ours = set(session.scalars(same_person(recipient.id)))
        if estate is None or not any(heir.heir_id in ours for heir in heirs_of(session, estate)):
            raise NotAnHeir
    if what.way == "sale" and (what.price is None or what.price.minor == 0):
        raise PriceMissing
    terms = terms_on(session, what.share_class, what.on)
    if terms is None or what.way == "inheritance":
        return
    if terms.transferable == Transferable.NOT.value:
        raise NotTransferable(code=what.share_class.code)
    if terms.transferable == Transferable.WITH_APPROVAL.value and not what.board.strip():
        raise BoardMissing(code=what.share_class.code)


def _part_of_one(lots: list[Lot], what: Transfer) -> Part:
    """A part of the one lot that was named; more than it has is refused where the act is done."""
    if not lots:
        raise NoSuchCertificate(certificate=what.certificate)
    return Part(lots[0].id, what.shares)


class NoSuchCertificate(Refusal):
    """The giver has no such lot of that class."""

    message = N_("Certificate {certificate} is not one of this holder's.")
    field = "certificate"


def _given(session: Session, part: Part, to: Membership, basis: str) -> Given:
    lot, paid = part_of(session, part)
    price = Money(lot.price_cents, lot.currency)
    return Given(to, lot.share_class, part.shares, price, paid, basis, from_lot_id=lot.id)


def _details(what: Transfer, member: Membership) -> dict[str, object]:
    return {
        "way": what.way,
        "from_member": what.giver.number,
        "to_member": member.number,
        "class": what.share_class.code,
        "shares": what.shares,
        "price_cents": what.price.minor if what.price and what.way == "sale" else None,
        "currency": what.price.currency if what.price and what.way == "sale" else None,
        "giver_consent": what.giver_consent,
        "recipient_consent": what.recipient_consent,
        "board": what.board,
    }
