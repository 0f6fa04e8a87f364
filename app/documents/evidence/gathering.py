"""Gathering: what the records say about a disputed payment, as the facts of its bundle of evidence."""

from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.language import LANGUAGES, fill, translator
from app.core.templates import render
from app.documents.issuing import issuer
from app.documents.models import Document
from app.documents.paying_by_card import way_of
from app.letters.models import Letter, LetterSent
from app.members.people.resolving import same_person
from app.offers.desk.pledges.history import Event, history_of
from app.offers.models import Pledge
from app.offers.pledging.consenting import consents_of
from app.offers.pledging.dating import confirmed_at
from app.offers.pledging.holders import address_typed, holder_name
from app.offers.terms.comparing import in_words
from app.payments.cards.models import ChargeAttempt, ChargeOutcome, Outcome
from app.payments.cards.returning.disputing import REASONS, STATES
from app.payments.cards.returning.losing import requests_behind
from app.payments.cards.returning.models import Dispute, DisputeMove
from app.payments.models import PaymentRequest, Refund
from app.payments.settled import settled_by_card
from app.shares.acts.suspending import lots_bought

LANGUAGE = LANGUAGES[0]
"""Of bundles: banks everywhere read it."""


def evidence_facts(session: Session, row: Dispute, statement: str) -> dict[str, Any]:
    """What the bundle of a dispute says: money in minor units, moments in ISO 8601; `statement` is the treasurer's.

    E-mail address and telephone are left out, as in all documents.
    """
    payment, pledge = row.payment, pledge_of(session, row)
    saved = payment.attempt.saved_method
    receipt = select(Document.number).where(Document.source == f"receipt:card-payment:{payment.id}")
    requests = requests_behind(session, row)
    refunds = select(Refund).where(Refund.payment_request_id.in_([each.id for each in requests]))
    return (
        issuer()
        | {
            "statement": statement,
            "zone": pledge.terms.zone if pledge else "UTC",
            "dispute": row.processor_id,
            "dispute_reason": REASONS.get(row.reason, row.reason),
            "disputed_minor": row.amount_cents,
            "opened_at": row.opened_at.isoformat(),
            "answer_by": row.evidence_due_by.isoformat() if row.evidence_due_by else None,
            "charge": row.charge,
            "paid_minor": payment.amount_cents,
            "currency": payment.currency,
            "paid_at": payment.received_at.isoformat(),
            **way_of(payment),
            "saved_at": saved.saved_at.isoformat() if saved else None,
            "reference": payment.request.reference,
            "receipt_number": session.scalars(receipt).first(),
            "refunded_minor": sum(settled_by_card(session, refund).minor for refund in session.scalars(refunds)),
            "certificates": [
                {"number": lot.certificate_number, "shares": lot.shares, "allotted_on": lot.allotted_on.isoformat()}
                for lot in lots_bought(session, row)
            ],
            "letters": _letters(session, requests, pledge),
            "log": _log(session, row, pledge),
        }
        | _of_pledge(session, pledge)
    )


def pledge_of(session: Session, row: Dispute) -> Pledge | None:
    """The pledge that the charge was for, or the one that took its place; None for money of something else."""
    ids = [request.id for request in requests_behind(session, row)]
    return session.scalars(
        select(Pledge).where(Pledge.payment_request_id.in_(ids)).order_by(Pledge.id.desc()).limit(1)
    ).first()


def _of_pledge(session: Session, pledge: Pledge | None) -> dict[str, Any]:
    if pledge is None:
        return {"terms": [], "agreed": []}
    confirmed = confirmed_at(session, pledge)
    return {
        "legal_name": pledge.legal_name,
        "address": address_typed(pledge).one_line(),
        "owner": holder_name(pledge),
        "offer_title": pledge.terms.title,
        "pledge_number": pledge.public_id,
        "made_at": pledge.made_at.isoformat(),
        "confirmed_at": confirmed.isoformat() if confirmed else None,
        "share_class": pledge.terms.share_class.name,
        "shares": pledge.shares,
        "price_minor": pledge.price_cents,
        "terms_version": pledge.terms.version,
        "terms": [{"what": name, "said": words} for name, words in in_words(pledge.terms, LANGUAGE)],
        "agreed": [
            {
                "what": consent.what,
                "language": consent.language,
                "text": shown.body,
                "sha256": shown.sha256,
                "given_at": consent.given_at.isoformat(),
            }
            for consent, shown in consents_of(session, pledge)
        ],
    }


def _letters(session: Session, requests: list[PaymentRequest], pledge: Pledge | None) -> list[dict[str, Any]]:
    """The letters to whoever paid about this payment and pledge, with their texts; emptied ones are out."""
    about: ColumnElement[bool] = Letter.facts["reference"].astext.in_([request.reference for request in requests])
    if pledge is not None:
        path = Letter.facts["path"].astext.startswith(f"/pledges/{pledge.public_id}")
        about = or_(about, path, Letter.facts["offer_title"].astext == pledge.terms.title)
    to_them: ColumnElement[bool] = Letter.person_id.in_(same_person(requests[0].person_id))
    if pledge is not None:  # the letter whose link confirmed the pledge went to an address alone
        to_them = or_(to_them, Letter.person_id.is_(None) & (func.lower(Letter.to_address) == pledge.email.lower()))
    rows = session.execute(
        select(Letter, LetterSent.sent_at)
        .outerjoin(LetterSent, LetterSent.letter_id == Letter.id)
        .where(to_them, about)
        .order_by(Letter.id)
    )
    return [
        {
            "subject": " ".join(_said(letter, "subject.txt").split()),
            "text": _said(letter, "body.txt").strip(),
            "language": letter.language,
            "written_at": letter.written_at.isoformat(),
            "sent_at": sent_at.isoformat() if sent_at else None,
        }
        for letter, sent_at in rows
    ]


def _said(letter: Letter, part: str) -> str:
    """What a letter says, without the tokens of its links: a bundle opens no doors."""
    facts: dict[str, Any] = letter.facts | {
        "link": lambda path: "…",
        "sealed": lambda *_: "…",
        "organization": issuer()["organization"],
    }
    return render(f"letters/{letter.name}/{part}", letter.language, **facts)


def _log(session: Session, row: Dispute, pledge: Pledge | None) -> list[dict[str, str]]:
    found = [] if pledge is None else history_of(session, pledge)
    found += [*_charged(session, row), *_disputed(session, row)]
    lines = sorted(found, key=lambda event: event.at)
    return [{"at": each.at.isoformat(), "what": fill(each.what, each.facts, LANGUAGE)} for each in lines]


def _charged(session: Session, row: Dispute) -> list[Event]:
    attempts = select(ChargeAttempt).where(ChargeAttempt.instalment_id == row.payment.instalment_id)
    saved = row.payment.attempt.saved_method
    found = [] if saved is None else [
        Event(saved.saved_at, N_("The card or account ending in {last4} was saved."), {"last4": saved.last4})
    ]  # fmt: skip
    for attempt in session.scalars(attempts.order_by(ChargeAttempt.n)):
        found.append(Event(attempt.created_at, N_("{amount} is charged."), {"amount": attempt.amount}))
        outcomes = select(ChargeOutcome).where(ChargeOutcome.attempt_id == attempt.id).order_by(ChargeOutcome.seq)
        found += [
            Event(each.at, N_("The charge: {outcome}."), {"outcome": Outcome(each.outcome)})
            for each in session.scalars(outcomes)
        ]
    return found


def _disputed(session: Session, row: Dispute) -> list[Event]:
    moves = select(DisputeMove).where(DisputeMove.dispute_id == row.id, DisputeMove.entry_id.is_(None))
    return [
        Event(
            move.at, N_("The dispute: {state}."), {"state": translator(LANGUAGE)(STATES.get(move.status, move.status))}
        )
        for move in session.scalars(moves.order_by(DisputeMove.id))
    ]
