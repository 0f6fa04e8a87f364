"""Wording: what organizers say beside the terms, by versions: who is behind the offer, and how it is shared."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.offers.models import Offer
from app.offers.public.models import OfferWords
from app.web.typed import Form


class NotAHashtag(Refusal):
    """It has a space or a sign in it, at which networks end a hashtag."""

    message = N_("A hashtag is one word of letters and digits, such as WeAreTwitter.")
    field = "hashtag"


@dataclass(frozen=True)
class Words:
    """What the form of the desk says; empty texts are left out of the page."""

    organization: str
    people: str
    share_text: str
    hashtag: str
    company_cents: int | None


def words_of(session: Session, offer: Offer) -> OfferWords | None:
    """The words that are valid now."""
    return session.scalars(
        select(OfferWords).where(OfferWords.offer_id == offer.id).order_by(OfferWords.version.desc()).limit(1)
    ).first()


def read_words(fields: Mapping[str, str], currency: str) -> Words:
    """The form; refuses all its problems together."""
    form = Form(fields)
    organization = form.text("organization", 5_000, required=False, lines=True)
    people = form.text("people", 5_000, required=False, lines=True)
    share_text = form.text("share_text", 240, required=False)
    hashtag = form.text("hashtag", 50, required=False).removeprefix("#")
    if hashtag and not (hashtag.replace("_", "").isalnum() and not hashtag.isdigit()):
        form.refuse("hashtag", NotAHashtag())
    company = None
    if fields.get("company", "").strip():
        company = form.money("company", currency, min=Money(1, currency)).minor
    form.done()
    return Words(organization, people, share_text, hashtag, company)


def say_words(session: Session, offer: Offer, words: Words, *, by: int | None) -> OfferWords:
    """Write the next version; the same words again change nothing."""
    one_at_a_time(session, f"words of offer {offer.id}")
    last = words_of(session, offer)
    if last is not None and _same(last, words):
        return last
    row = OfferWords(
        offer_id=offer.id,
        version=last.version + 1 if last else 1,
        organization=words.organization,
        people=words.people,
        share_text=words.share_text,
        hashtag=words.hashtag,
        company_cents=words.company_cents,
        written_at=clock.now(),
        written_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.OFFER_PRESENTED, f"offer:{offer.id}", by=by, version=row.version)
    return row


def _same(row: OfferWords, words: Words) -> bool:
    return words == Words(row.organization, row.people, row.share_text, row.hashtag, row.company_cents)
