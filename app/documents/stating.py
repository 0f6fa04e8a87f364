"""Stating acts: each holder's paper of an act that has no form of its own, of calls and charges, and of loans."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.documents.filing import file_document, file_version
from app.documents.issuing import issuer
from app.documents.models import Document
from app.members.models import Membership
from app.members.persons import address_of, particulars_about
from app.payments.models import PaymentRequest
from app.payments.payouts.models import Payout
from app.shares.acts.exchanging import Fractions
from app.shares.acts.models import ShareCall, ShareCallPart, ShareCharge, ShareChargeEnd
from app.shares.desk.showing import act_title
from app.shares.loans.lending import KINDS, instalments
from app.shares.loans.models import DayCount, Loan
from app.shares.loans.undoing import loan_end
from app.shares.models import Lot, LotEnd, ShareAct

STATEMENT, LOAN = "share-act", "loan"
_CALL, _CHARGE, _RELEASE = N_("Call"), N_("Charge"), N_("Release")


def file_statements(session: Session, act: ShareAct) -> list[Document]:
    """File the statement of an act for each holder whose shares it ended or made; erased holders get none."""
    ended = session.scalars(select(Lot).join(LotEnd, LotEnd.lot_id == Lot.id).where(LotEnd.act_id == act.id)).all()
    begun = session.scalars(select(Lot).where(Lot.act_id == act.id)).all()
    ends, begins = _by_holder(ended), _by_holder(begun)
    filed = []
    for member in _holders([*ended, *begun]):
        facts = _of_act(session, act, member, ends[member.id], begins[member.id])
        filed.append(_file(session, f"act:{act.id}:{member.number}", member, facts))
    return [document for document in filed if document is not None]


def file_call(session: Session, call_id: int) -> list[Document]:
    """File what a call asks of each holder; the same call again gives the same documents."""
    call = session.get_one(ShareCall, call_id)
    parts = session.execute(
        select(Lot, ShareCallPart, PaymentRequest.reference)
        .join(ShareCallPart, ShareCallPart.lot_id == Lot.id)
        .join(PaymentRequest, PaymentRequest.id == ShareCallPart.payment_request_id)
        .where(ShareCallPart.call_id == call_id)
        .order_by(Lot.id)
    ).all()
    asked: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for lot, part, reference in parts:
        asked[lot.membership_id].append(
            {
                "certificate_number": lot.certificate_number,
                "shares": lot.shares,
                "amount_minor": part.amount_cents,
                "reference": reference,
            }
        )
    filed = []
    for member in _holders(lot for lot, _, _ in parts):
        facts = {
            "number": call.id,
            "nature": _CALL,
            "recorded_on": call.recorded_at.date().isoformat(),
            "effective_on": call.called_on.isoformat(),
            "reason": call.reason,
            "share_class": call.share_class.name,
            "currency": call.currency,
            "per_share_minor": call.per_share_cents,
            "due_on": call.due_on.isoformat(),
            "asked": asked[member.id],
        }
        filed.append(_file(session, f"call:{call.id}:{member.number}", member, facts))
    return [document for document in filed if document is not None]


def file_charge(session: Session, charge_id: int) -> list[Document]:
    """File that shares stand as security and, once they are released, that too; each is filed once."""
    row = session.get_one(ShareCharge, charge_id)
    end = session.get(ShareChargeEnd, charge_id)
    stages = [(f"charge:{row.id}", _CHARGE, row.charged_on, row.recorded_at, row.reason)]
    if end is not None:
        stages.append((f"charge:{row.id}:release", _RELEASE, end.released_on, end.recorded_at, end.reason))
    filed = []
    for source, nature, on, recorded_at, reason in stages:
        facts = {
            "number": row.id,
            "nature": nature,
            "recorded_on": recorded_at.date().isoformat(),
            "effective_on": on.isoformat(),
            "reason": reason,
            "share_class": row.share_class.name,
            "shares": row.shares,
            "creditor": row.creditor,
            "debt": row.debt,
        }
        filed.append(_file(session, source, row.membership, facts))
    return [document for document in filed if document is not None]


def file_loan(session: Session, loan_id: int) -> Document | None:
    """File the certificate of a loan with its schedule; None where the lender was erased meanwhile.

    Once the loan is reversed a next version says so, and whoever verifies the first one learns that it was replaced.
    """
    loan = session.get_one(Loan, loan_id)
    first = _file_loan(session, loan)
    end = loan_end(session, loan)
    if first is None or end is None:
        return first
    latest = session.scalars(
        select(Document)
        .where(or_(Document.id == first.id, Document.source.startswith(f"{first.source}#", autoescape=True)))
        .order_by(Document.version.desc())
        .limit(1)
    ).one()
    if latest.facts.get("reversed_on"):
        return latest
    said = {"reversed_on": end.ended_on.isoformat(), "reversal_reason": end.reason, "evidence": []}
    return file_version(session, latest, said, as_record=True)


def _file_loan(session: Session, loan: Loan) -> Document | None:
    known = particulars_about(session, loan.person_id, loan.starts_on)
    if known is None:
        return None
    facts = issuer() | {
        "number": loan.id,
        "nature": KINDS[loan.kind],
        "legal_name": known.legal_name,
        "address": address_of(known).one_line(),
        "currency": loan.currency,
        "principal_minor": loan.principal_cents,
        "rate_ppm": loan.rate_ppm,
        "day_count": DayCount[loan.day_count].value,
        "starts_on": loan.starts_on.isoformat(),
        "reference": loan.request.reference if loan.request else "",  # one that came of an exchange has none
        "schedule": [
            {
                "due_on": row.due_on.isoformat(),
                "principal_minor": row.principal_cents,
                "interest_minor": row.interest_cents,
            }
            for row, _ in instalments(session, loan)
        ],
        "conversion_class": loan.conversion_class.name if loan.conversion_class else "",
        "conversion_price_minor": loan.conversion_price_cents,
        "reason": loan.reason,
        "entry": loan.entry_id,
    }
    return file_document(session, LOAN, f"loan:{loan.id}", loan.person, facts, as_record=True)


def shares_left(session: Session, member: Membership, act: ShareAct) -> int:
    """How many shares of any class the member held right after an act."""
    ended = select(LotEnd.lot_id).join(ShareAct, ShareAct.id == LotEnd.act_id).where(ShareAct.id <= act.id)
    lots = select(Lot.shares).where(Lot.membership_id == member.id, Lot.id.not_in(ended))
    return sum(session.scalars(lots.where((Lot.act_id.is_(None)) | (Lot.act_id <= act.id))))


def _file(session: Session, source: str, member: Membership, facts: dict[str, Any]) -> Document | None:
    known = particulars_about(session, member.person_id, date.fromisoformat(facts["effective_on"]))
    if known is None:
        return None
    whose = {
        "legal_name": known.legal_name,
        "address": address_of(known).one_line(),
        "member_number": member.number,
    }
    return file_document(session, STATEMENT, source, member.person, issuer() | whose | facts, as_record=True)


def _of_act(
    session: Session, act: ShareAct, member: Membership, ended: Sequence[Lot], begun: Sequence[Lot]
) -> dict[str, Any]:
    new, old = act.details.get("ratio", (None, None))
    fractions = act.details.get("fractions")
    return {
        "number": act.id,
        "nature": act_title(act.kind),
        "recorded_on": act.recorded_at.date().isoformat(),
        "effective_on": act.effective_on.isoformat(),
        "reason": act.reason,
        "ended": _lots(ended),
        "begun": _lots(begun),
        "shares_left": shares_left(session, member, act),
        "ratio_new": new,
        "ratio_old": old,
        "fractions": Fractions[fractions].value if fractions else "",
        "consent": act.details.get("consent", ""),
        "currency": [*ended, *begun][0].currency,
        "paid_ended_minor": sum(lot.paid_cents for lot in ended),
        "paid_begun_minor": sum(lot.paid_cents for lot in begun),
        "payable_minor": _payable(session, act, member),
        "reverses": act.reverses_id,
        "entry": act.entry_id,
    }


def _payable(session: Session, act: ShareAct, member: Membership) -> int:
    owed = select(func.coalesce(func.sum(Payout.amount_cents), 0))
    owed = owed.where(Payout.entry_id == act.entry_id, Payout.person_id == member.person_id)
    return int(session.execute(owed).scalar_one())


def _lots(lots: Iterable[Lot]) -> list[dict[str, Any]]:
    return [
        {
            "certificate_number": lot.certificate_number,
            "share_class": lot.share_class.name,
            "shares": lot.shares,
            "paid_minor": lot.paid_cents,
        }
        for lot in sorted(lots, key=lambda lot: lot.certificate_number)
    ]


def _by_holder(lots: Iterable[Lot]) -> dict[int, list[Lot]]:
    found: dict[int, list[Lot]] = defaultdict(list)
    for lot in lots:
        found[lot.membership_id].append(lot)
    return found


def _holders(lots: Iterable[Lot]) -> list[Membership]:
    found = {lot.membership_id: lot.membership for lot in lots}
    return sorted(found.values(), key=lambda member: member.number)
