"""Acknowledging a pledge: a document that says what was pledged, on which terms, and how to withdraw it (D01)."""

from typing import Any

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.language import translator
from app.core.settings import settings
from app.documents.filing import ACKNOWLEDGEMENT, content_of, file_document
from app.documents.issuing import issuer
from app.documents.models import Document
from app.letters.attaching import Attached, register_attachment
from app.offers.models import OfferKind, Pledge
from app.offers.pledging.consenting import consents_of
from app.offers.pledging.dating import confirmed_at, parts_paid, windows_of
from app.offers.pledging.holders import address_typed, holder_name

_NAME = N_("pledge")


def file_acknowledgement(session: Session, pledge_id: int) -> Document | None:
    """File the acknowledgement of a confirmed pledge; the same pledge again gives the same document.

    None when what was typed into the pledge was erased before.
    """
    pledge = session.get_one(Pledge, pledge_id)
    if pledge.person is None or not pledge.legal_name:
        return None
    return file_document(
        session,
        ACKNOWLEDGEMENT,
        f"pledge:{pledge.id}",
        pledge.person,
        acknowledgement_facts(session, pledge),
        profile=pledge.terms.law_id,
    )


def acknowledgement_facts(session: Session, pledge: Pledge) -> dict[str, Any]:
    """What the document says: money in minor units, moments in ISO 8601 with the zone in which they are told.

    E-mail address and telephone are left out: documents outlive an erasure, and no law keeps these.
    """
    terms, windows = pledge.terms, windows_of(session, pledge)
    confirmed = confirmed_at(session, pledge)
    assert confirmed is not None, "a confirmed pledge was confirmed at a moment"
    return issuer() | {
        "is_indication": terms.kind == OfferKind.INDICATION,
        "offer_title": terms.title,
        "terms_version": terms.version,
        "pledge_number": pledge.public_id,
        "made_at": pledge.made_at.isoformat(),
        "confirmed_at": confirmed.isoformat(),
        "zone": terms.zone,
        "legal_name": pledge.legal_name,
        "address": address_typed(pledge).one_line(),
        "owner": holder_name(pledge),
        "share_class": terms.share_class.name,
        "shares": pledge.shares,
        "price_minor": pledge.price_cents,
        "amount_minor": pledge.amount_cents,
        "currency": pledge.currency,
        "reference": pledge.request.reference if pledge.request else "",
        "payments": [
            {"due_on": part.due_on.isoformat(), "amount_minor": part.amount_cents}
            for part, _ in parts_paid(session, pledge)
        ],
        "deadline_at": terms.deadline_at.isoformat(),
        "reflect_until": windows.reflect_until.isoformat() if windows.reflect_until else None,
        "cancel_until": windows.cancel_until.isoformat() if windows.cancel_until else None,
        "window_zone": windows.zone,
        "agreed": [
            {"what": consent.what, "language": consent.language, "text": shown.body, "sha256": shown.sha256}
            for consent, shown in consents_of(session, pledge)
        ],
        "address_withdraw": f"{settings().base_url.rstrip('/')}/pledges/{pledge.public_id}",
    }


def _give(session: Session, pledge_id: int) -> Attached | None:
    document = file_acknowledgement(session, pledge_id)
    if document is None:
        return None
    name = f"{translator(document.language)(_NAME)}-{document.number}.pdf"
    return Attached(name, content_of(session, document))


register_attachment(ACKNOWLEDGEMENT, _give)
