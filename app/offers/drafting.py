"""Drafting an offer: its terms are written in versions, and judged as a whole before it may open."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal
from app.core.money import Money
from app.core.uploads import carry_uploads
from app.offers.models import Offer, OfferMove, OfferState, OfferTerms
from app.offers.terms.contradictions import impossible
from app.offers.terms.lawful import refuse_unless_seen_to, said_by_law
from app.offers.terms.reserving import make_room
from app.offers.terms.stating import Terms
from app.shares.classes import lock_class
from app.shares.models import ShareClass

INVITE_JOB = "offers.invite_interested"
RESERVED_SLUGS = ("new",)  # addresses of the desk's own pages


class BadSlug(Refusal):
    """The address of the offer's page is not plain."""

    message = N_(
        "“{slug}” cannot be the address of a page. Use small letters, digits and hyphens, for example spring-2027."
    )
    field = "slug"


class SlugTaken(Refusal):
    """Another offer has this address."""

    message = N_("Another offer has the address “{slug}” already. Choose another one.")
    status = 409
    field = "slug"


class TermsFrozen(Refusal):
    """The terms of an offer are frozen when it opens."""

    message = N_("The terms were frozen when the offer opened. They cannot be changed.")
    status = 409


class StateChanged(Refusal):
    """Somebody moved the offer meanwhile."""

    message = N_("The offer is {state} now, so this cannot be done. Nothing was changed.")
    status = 409


class ImpossibleTerms(Refusal):
    """The terms cannot be met by anyone, or the law bars them, and this is why."""

    message = N_("The offer cannot be opened: {reasons}")
    status = 409


def draft_offer(session: Session, slug: str, terms: Terms, *, by: int | None) -> Offer:
    """Write a new offer as a draft, visible to staff only."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > 60 or slug in RESERVED_SLUGS:
        raise BadSlug(slug=slug[:60])
    one_at_a_time(session, f"offer {slug}")
    if session.scalars(select(Offer.id).where(Offer.slug == slug)).first() is not None:
        raise SlugTaken(slug=slug)
    offer_id = int(session.execute(select(func.nextval("offer_id_seq"))).scalar_one())
    version = write_version(session, offer_id, 1, terms, by)
    offer = Offer(
        id=offer_id,
        slug=slug,
        state=OfferState.DRAFT,
        terms_id=version.id,
        created_at=clock.now(),
        created_by=by,
    )
    session.add(offer)
    session.flush()
    audit.record(session, audit.Tag.OFFER_DRAFTED, f"offer:{offer.id}", by=by)
    return offer


def change_draft(session: Session, slug: str, terms: Terms, *, by: int | None) -> Offer:
    """Write the next version of a draft's terms."""
    offer = locked_offer(session, slug)
    if offer.state != OfferState.DRAFT:
        raise TermsFrozen
    version = write_version(session, offer.id, offer.terms.version + 1, terms, by)
    carry_uploads(session, offer.terms.documents_subject, version.documents_subject)
    replace_terms(session, offer, version)
    audit.record(session, audit.Tag.OFFER_CHANGED, f"offer:{offer.id}", by=by, version=offer.terms.version)
    return offer


def open_offer(session: Session, slug: str, *, by: int | None, reason: str, seen_to: bool = True) -> Offer:
    """Open a draft for pledges, freezing its terms. Raises `ImpossibleTerms` with every reason at once.

    `seen_to` is what the organizer says of the duties that the law has beside the terms; `NotSeenTo` without it.
    """
    offer = locked_offer(session, slug)
    if offer.state != OfferState.DRAFT:
        raise StateChanged(state=OfferState(offer.state))
    lock_class(session, offer.terms.share_class)  # two that open at once need its shares together
    problems = obstacles(session, offer.terms)
    if problems:
        raise ImpossibleTerms(reasons=problems)
    refuse_unless_seen_to(session, offer.terms, seen_to)
    move_offer(session, offer, OfferState.OPEN, by=by, reason=reason)
    make_room(session, offer)
    if offer.terms.follows_offer_id is not None:
        jobs.defer(session, INVITE_JOB, offer_id=offer.id)
    audit.record(session, audit.Tag.OFFER_OPENED, f"offer:{offer.id}", by=by, reason=reason, law_seen_to=seen_to)
    return offer


def obstacles(session: Session, terms: OfferTerms) -> list[Refusal]:
    """Everything for which an offer may not open with these terms: what contradicts itself, and what the law bars."""
    return [*impossible(session, terms), *said_by_law(session, terms).bars]


def find_offer(session: Session, slug: str) -> Offer:
    """The offer at an address; `NotFound` when there is none."""
    offer = session.scalars(select(Offer).where(Offer.slug == slug)).first()
    if offer is None:
        raise NotFound
    return offer


def locked_offer(session: Session, slug: str) -> Offer:
    """The offer at an address, locked against every other move of it and its pledges."""
    find_offer(session, slug)
    return session.scalars(
        select(Offer).where(Offer.slug == slug).with_for_update().execution_options(populate_existing=True)
    ).one()


def move_offer(session: Session, offer: Offer, to: OfferState, *, by: int | None, reason: str) -> None:
    """Note a change of state; take `locked_offer` first."""
    session.add(OfferMove(offer_id=offer.id, to_state=to, at=clock.now(), by=by, reason=reason))
    offer.state = to
    session.flush()


def write_version(
    session: Session,
    offer_id: int,
    version: int,
    terms: Terms,
    by: int | None,
    *,
    reconfirm_by: datetime | None = None,
    reason: str = "",
) -> OfferTerms:
    """Keep a version of an offer's terms; of an open offer's, why it changes and until when pledges are confirmed."""
    assert terms.deadline_at.tzinfo is not None and ZoneInfo(terms.zone), "a deadline is a moment in a zone"
    assert session.get(ShareClass, terms.share_class_id) is not None, "the class was chosen from ours"
    row = OfferTerms(
        offer_id=offer_id,
        version=version,
        written_at=clock.now(),
        written_by=by,
        reconfirm_by=reconfirm_by,
        change_reason=reason,
        **terms.columns(),
    )
    session.add(row)
    session.flush()
    return row


def replace_terms(session: Session, offer: Offer, version: OfferTerms) -> None:
    """Let a new version be the terms of an offer; take `locked_offer` first."""
    offer.terms_id = version.id
    session.flush()
    session.refresh(offer, ["terms"])


def target_of_everyone(terms: OfferTerms) -> Money | None:
    """The target model's sum: the wanted participants, each at the maximum."""
    if terms.participants_target is None:
        return None
    return terms.price * (terms.participants_target * terms.person_shares_max)
