"""Subscribing: the agreement that a confirmed pledge is (D04), with what was received and agreed to before."""

from typing import Any

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.language import fill
from app.core.settings import settings
from app.documents.filing import file_document
from app.documents.issuing import issuer
from app.documents.models import Document
from app.offers.documents import documents_offered
from app.offers.models import OfferKind, Pledge
from app.offers.pledging.consenting import consents_of
from app.offers.pledging.dating import confirmed_at, parts_paid, windows_of
from app.offers.pledging.holders import address_typed, holder_name
from app.shares.acts.judging import terms_on
from app.shares.models import ShareClassTerms

_BY_STATUTES = N_("as the issuer's articles say")
_NOTICE = N_("withdrawal with {days} days of notice")
_BY_LINK = N_("by the link in the letter, after agreeing to each text")
_SUBSCRIBER = N_("subscriber")


def file_subscription(session: Session, pledge_id: int) -> Document | None:
    """File the agreement of a confirmed pledge; the same pledge again gives the same document.

    None for an indication of interest, which binds nobody, and when what was typed into the pledge was erased before.
    """
    pledge = session.get_one(Pledge, pledge_id)
    if pledge.person is None or not pledge.legal_name or pledge.terms.kind == OfferKind.INDICATION:
        return None
    facts = subscription_facts(session, pledge)
    return file_document(
        session, "subscription-agreement", f"pledge:{pledge.id}", pledge.person, facts, profile=pledge.terms.law_id
    )


def subscription_facts(session: Session, pledge: Pledge) -> dict[str, Any]:
    """What the agreement says: as on the day of confirmation, money in minor units.

    Birth date and tax number are left out: documents outlive an erasure, and the register does not print them.
    """
    terms, windows = pledge.terms, windows_of(session, pledge)
    confirmed = confirmed_at(session, pledge)
    assert confirmed is not None, "a confirmed pledge was confirmed at a moment"
    assert pledge.request is not None and pledge.person is not None, "who subscribes is asked for the money"
    rights = terms_on(session, terms.share_class, confirmed.date())
    return issuer() | {
        "zone": terms.zone,
        "offer_title": terms.title,
        "terms_version": terms.version,
        "legal_name": pledge.legal_name,
        "address": address_typed(pledge).one_line(),
        "owner": holder_name(pledge),
        "share_class": terms.share_class.name,
        "shares": pledge.shares,
        "nominal_minor": rights.nominal_cents if rights else None,
        "price_minor": pledge.price_cents,
        "amount_minor": pledge.amount_cents,
        "currency": pledge.currency,
        "votes": rights.votes_rule if rights else _BY_STATUTES,
        "limits": _limits(rights, pledge.person.language),
        "payment_methods": list(terms.ways_to_pay),
        "held_by": terms.account_holder,
        "reference": pledge.request.reference,
        "payments": [
            {"due_on": part.due_on.isoformat(), "amount_minor": part.amount_cents}
            for part, _ in parts_paid(session, pledge)
        ],
        "target_minor": terms.target.minor,
        "minimum_minor": terms.minimum.minor,
        "deadline_at": terms.deadline_at.isoformat(),
        "reflect_until": windows.reflect_until.isoformat() if windows.reflect_until else None,
        "cancel_until": windows.cancel_until.isoformat() if windows.cancel_until else None,
        "window_zone": windows.zone,
        "address_withdraw": f"{settings().base_url.rstrip('/')}/pledges/{pledge.public_id}",
        "documents": [
            {"title": upload.shown_name, "sha256": upload.sha256} for upload in documents_offered(session, terms)
        ],
        "agreed": [
            {"what": consent.what, "language": consent.language, "text": shown.body, "sha256": shown.sha256}
            for consent, shown in consents_of(session, pledge)
        ],
        "signatories": [
            {
                "name": pledge.legal_name,
                "capacity": _SUBSCRIBER,
                "signed_at": confirmed.isoformat(),
                "how": _BY_LINK,
            }
        ],
    }


def _limits(rights: ShareClassTerms | None, language: str) -> list[str]:
    if rights is None:
        return []
    notice = [fill(_NOTICE, {"days": rights.notice_days}, language)] if rights.withdrawable else []
    return [rights.transferable, rights.redemption_right, *notice]
