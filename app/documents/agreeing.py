"""Agreeing: what a confirmed pledge agreed to, as records: electronic documents (D02), warnings and limits (D03)."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.money import Money
from app.documents.filing import file_document
from app.documents.issuing import issuer
from app.documents.models import Document
from app.documents.subscribing import file_subscription
from app.law.profiles import Profile
from app.members.people.declaring import Declaration, declaration_of, offer_limit
from app.offers.models import Pledge
from app.offers.pledging.consenting import consents_of
from app.offers.pledging.judging import bought_before
from app.offers.pledging.models import EntryTest, PledgeConsent, ShownText
from app.offers.pledging.questions import QUESTIONS
from app.offers.pledging.statements import ABOVE, RECORDS, RISKS, UNSUITABLE
from app.offers.terms.lawful import law_of

_HOW = N_("by opening the pages and following the link in a letter to their e-mail address")
_SCOPE = N_("contracts, certificates and notices of this offer and of membership")
_PAPER = N_("by a letter or message to the organization")
_WITHDRAW = N_("by a letter or message to the organization")
_EFFECT = N_("notices come by post from then on; nothing else changes")
_UPDATE = N_("on “My page”, or by a letter to the organization")
_NEEDS = N_("a browser of the last five years, a program that shows PDF files, and an e-mail address")
_PASSED = N_("All answers were right.")
_FAILED = N_("Not all answers were right: a further warning was shown and accepted.")
_UNSAID, _ACCREDITED = N_("not asked by the law of this offer"), N_("declared as accredited or sophisticated")
_RETAIL = N_("not declared as accredited or sophisticated")
_LIMIT = N_("The most that this law lets one person invest")
_INCOME, _WORTH, _ELSEWHERE = N_("Annual income"), N_("Net worth"), N_("Bought elsewhere in twelve months")
Kept = list[tuple[PledgeConsent, ShownText]]


def file_agreements(session: Session, pledge_id: int) -> list[Document]:
    """File what a confirmed pledge agreed to, and the agreement that it is; the same again gives the same documents."""
    pledge = session.get_one(Pledge, pledge_id)
    agreement = file_subscription(session, pledge_id)
    if agreement is None:
        return []
    kept = consents_of(session, pledge)
    return [agreement, *_consent(session, pledge, kept), *_warnings(session, pledge, kept)]


def _consent(session: Session, pledge: Pledge, kept: Kept) -> list[Document]:
    found = next(((row, text) for row, text in kept if row.what == RECORDS), None)
    if found is None:
        return []
    row, text = found
    facts = issuer() | {
        "legal_name": pledge.legal_name,
        "consented_at": row.given_at.isoformat(),
        "zone": pledge.terms.zone,
        "demonstrated_how": _HOW,
        "scope": _SCOPE,
        "text": text.body,
        "text_language": row.language,
        "text_sha256": row.text_sha256,
        "paper_how": _PAPER,
        "paper_fee_minor": 0,
        "currency": pledge.currency,
        "withdraw_how": _WITHDRAW,
        "withdraw_effect": _EFFECT,
        "withdraw_fee_minor": 0,
        "update_how": _UPDATE,
        "requirements": _NEEDS,
    }
    return [_filed(session, "records-consent", pledge, facts)]


def _warnings(session: Session, pledge: Pledge, kept: Kept) -> list[Document]:
    shown = [(row, text) for row, text in kept if row.what in (RISKS, UNSUITABLE)]
    if not shown:
        return []
    law, buyer = law_of(session, pledge.terms), pledge.holder_id or pledge.person_id
    assert buyer is not None, "a confirmed pledge has a person"
    known = declaration_of(session, buyer)
    limit = offer_limit(law, known) if law is not None and "investor_limit" in law.values else None
    if limit is not None and limit.currency != pledge.currency:
        return []  # what was computed cannot be said in one currency
    above = next(((row, text) for row, text in kept if row.what == ABOVE), None)
    test = session.scalars(select(EntryTest).where(EntryTest.pledge_id == pledge.id)).first()
    facts: dict[str, Any] = issuer() | {
        "zone": pledge.terms.zone,
        "legal_name": pledge.legal_name,
        "offer_title": pledge.terms.title,
        "terms_version": pledge.terms.version,
        "investor_category": _UNSAID if known is None else _ACCREDITED if known.accredited else _RETAIL,
        "warnings": [
            {
                "text": text.body,
                "language": row.language,
                "sha256": row.text_sha256,
                "shown_at": None,
                "acknowledged_at": row.given_at.isoformat(),
            }
            for row, text in shown
        ],
        "questions": [
            {"question": question, "answer": test.answers[name], "right": test.answers[name] == right}
            for name, (question, right) in QUESTIONS.items()
        ]
        if test
        else [],
        "outcome": "" if test is None else _PASSED if test.right_count == test.asked_count else _FAILED,
        "limits": [_limit(session, pledge, law, known, limit)] if law is not None and limit is not None else [],
        "over_threshold": {
            "text": above[1].body,
            "language": above[0].language,
            "consented_at": above[0].given_at.isoformat(),
        }
        if above
        else None,
    }
    return [_filed(session, "risk-warning", pledge, facts)]


def _limit(session: Session, pledge: Pledge, law: Profile, known: Declaration | None, limit: Money) -> dict[str, Any]:
    assert pledge.person_id is not None, "a confirmed pledge has a person"
    before = bought_before(session, law, pledge.person_id, pledge.currency, than=pledge) or Money(0, pledge.currency)
    used = before.minor + (known.bought_12m.minor if known else 0)
    said = [(_INCOME, known.income), (_WORTH, known.net_worth), (_ELSEWHERE, known.bought_12m)] if known else []
    return {
        "rule": _LIMIT,
        "formula": f"{law.id} v{law.version}: investor_limit",
        "currency": limit.currency,
        "inputs": [{"what": what, "amount_minor": amount.minor} for what, amount in said],
        "limit_minor": limit.minor,
        "used_minor": used,
        "pledged_minor": pledge.amount_cents,
        "remaining_minor": max(limit.minor - used - pledge.amount_cents, 0),
    }


def _filed(session: Session, kind: str, pledge: Pledge, facts: dict[str, Any]) -> Document:
    return file_document(
        session, kind, f"pledge:{pledge.id}", pledge.person, facts, profile=pledge.terms.law_id, as_record=True
    )
