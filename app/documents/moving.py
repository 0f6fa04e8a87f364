"""Moving shares: an act files certificates, and its paper: instrument (D10), settlement (D23) or statement."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.documents.filing import CERTIFICATE, certificate_facts, file_document
from app.documents.issuing import issuer
from app.documents.models import Document
from app.documents.stating import file_statements, shares_left
from app.members.models import Membership, Particulars
from app.members.persons import address_of, particulars_about
from app.shares.acts.judging import class_coded, member_numbered, terms_on
from app.shares.acts.models import Redemption, Withdrawal
from app.shares.acts.transferring import WAYS
from app.shares.models import Lot, LotEnd, RedemptionRight, ShareAct

INSTRUMENT, SETTLEMENT = "transfer-instrument", "redemption"
_TRANSFEROR = N_("transferor")
_TOLD = ("patronage shares",)  # the notice of the allocation says what became shares


def file_act(session: Session, act_id: int) -> list[Document]:
    """File what an act on shares brings about; the same act again gives the same documents.

    Nothing is filed that would name a holder whose data was erased meanwhile.
    """
    act = session.get_one(ShareAct, act_id)
    made = session.scalars(select(Lot).where(Lot.act_id == act_id).order_by(Lot.id)).all()
    filed = [_certificate(session, lot) for lot in made]
    if act.kind == "transfer" and "way" in act.details:
        filed.append(_instrument(session, act))
    elif (redeemed := session.get(Redemption, act_id)) is not None:
        filed.append(_settlement(session, act, redeemed))
    elif act.kind not in _TOLD:
        filed += file_statements(session, act)
    return [document for document in filed if document is not None]


def _certificate(session: Session, lot: Lot) -> Document | None:
    person = lot.membership.person
    if particulars_about(session, person.id, lot.allotted_on) is None:
        return None
    facts = certificate_facts(session, lot)
    return file_document(session, CERTIFICATE, f"lot:{lot.id}", person, facts, as_record=True)


def _instrument(session: Session, act: ShareAct) -> Document | None:
    said = act.details
    giver, taker = member_numbered(session, said["from_member"]), member_numbered(session, said["to_member"])
    sides = [_side(session, member, act) for member in (giver, taker)]
    if None in sides:
        return None
    found = class_coded(session, said["class"])
    ended = select(Lot).join(LotEnd, LotEnd.lot_id == Lot.id).where(LotEnd.act_id == act.id).order_by(Lot.id)
    taken = session.scalars(ended).all()
    facts: dict[str, Any] = issuer() | {
        "order_number": act.id,
        "ordered_on": act.recorded_at.date().isoformat(),
        "effective_on": act.effective_on.isoformat(),
        "nature": WAYS[said["way"]],
        "transferor": sides[0],
        "transferee": sides[1],
        "share_class": found.name,
        "shares": said["shares"],
        "price_minor": said["price_cents"],
        "currency": said["currency"] or taken[0].currency,
        "certificates_ended": [lot.certificate_number for lot in taken],
        "certificates_made": list(
            session.scalars(select(Lot.certificate_number).where(Lot.act_id == act.id).order_by(Lot.id))
        ),
        "reason": act.reason,
        "entry": act.entry_id,
        "signatories": [{"name": (sides[0] or {})["legal_name"], "capacity": _TRANSFEROR}],
    }
    return file_document(session, INSTRUMENT, f"act:{act.id}", giver.person, facts, also=[taker.person], as_record=True)


def _settlement(session: Session, act: ShareAct, redeemed: Redemption) -> Document | None:
    asked = session.get_one(Withdrawal, redeemed.withdrawal_id)
    member, found = asked.membership, asked.share_class
    known, terms = _known(session, member, act), terms_on(session, found, act.effective_on)
    if known is None:
        return None
    below = redeemed.paid_cents - redeemed.value_cents
    deductions = [(N_("Below what was paid, by the rule of the class"), below)]
    deductions.append((act.details.get("debt") or N_("Set off against a debt"), redeemed.set_off_cents))
    facts: dict[str, Any] = issuer() | {
        "legal_name": known.legal_name,
        "address": address_of(known).one_line(),
        "member_number": member.number,
        "share_class": found.name,
        "shares": redeemed.shares,
        "notice_on": asked.requested_on.isoformat(),
        "effective_on": asked.payable_from.isoformat(),
        "notice_days": (asked.payable_from - asked.requested_on).days,
        "redemption_right": terms.redemption_right if terms else RedemptionRight.NONE.value,
        "capital_min_minor": terms.capital_min_cents if terms else None,
        "currency": redeemed.currency,
        "par_minor": redeemed.paid_cents // redeemed.shares,
        "amount_minor": redeemed.paid_cents,
        "deductions": [{"what": what, "amount_minor": amount} for what, amount in deductions if amount],
        "due_minor": redeemed.value_cents - redeemed.set_off_cents,
        "pay_on": act.effective_on.isoformat(),
        "shares_left": shares_left(session, member, act),
        "entry": act.entry_id,
    }
    return file_document(session, SETTLEMENT, f"act:{act.id}", member.person, facts, as_record=True)


def _side(session: Session, member: Membership, act: ShareAct) -> dict[str, Any] | None:
    known = _known(session, member, act)
    if known is None:
        return None
    address = address_of(known).one_line()
    return {"legal_name": known.legal_name, "address": address, "member_number": member.number}


def _known(session: Session, member: Membership, act: ShareAct) -> Particulars | None:
    return particulars_about(session, member.person_id, act.effective_on)
