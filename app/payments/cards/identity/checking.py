"""Checking who somebody is at the processor: a visit, what came of it, and the record of it with the members."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import N_
from app.core.identifiers import uuid7
from app.core.settings import settings
from app.members.models import Person
from app.members.people.identifying import OnlineCheck, identity_checked, judge_online, offer_online, record_online
from app.payments.cards import stripe
from app.payments.cards.answers import Identity
from app.payments.cards.hearing.handling import DONE, IGNORED, PARKED, handles, uuid_of
from app.payments.cards.hearing.models import StripeEvent
from app.payments.cards.hearing.parking import is_parked, park
from app.payments.cards.identity.models import IdentityVisit, IdentityVisitOpened

PATH, PROVIDER, KIND = "/me/identity", "stripe", "identity"


class Standing(StrEnum):
    """How the check of somebody stands: nothing yet, not believed, being looked at there, or by our staff; done."""

    NONE = "none"
    AGAIN = "again"
    LOOKED_AT = "looked at"
    STAFF = "staff"
    CHECKED = "checked"


def visit_to_identify(person_id: int) -> str:
    """Where a person shows a document to the processor; a check that is open there is gone on with."""
    with reading() as session:
        judge_online(session, session.get_one(Person, person_id))
    known = _latest(person_id)
    if known is not None and known.url:
        return known.url
    with transaction() as session:
        visit = IdentityVisit(id=uuid7(), person_id=person_id, begun_at=clock.now())
        session.add(visit)
    back = settings().base_url.rstrip("/") + PATH
    params = {"type": "document", "metadata": {"identity_visit": str(visit.id)}, "return_url": back}
    made = stripe.open_identity(visit.id, params)
    with transaction() as session:
        values = {"visit_id": visit.id, "session": made.id}
        session.execute(insert(IdentityVisitOpened).values(**values).on_conflict_do_nothing())
    return made.url


def standing_of_check(person_id: int) -> Standing:
    """How the check of a person stands; an open visit is asked for at the processor."""
    with reading() as session:
        if identity_checked(session, person_id):
            return Standing.CHECKED
    known = _latest(person_id)
    if known is None:
        return Standing.NONE
    identity_seen(known)
    with reading() as session:
        if identity_checked(session, person_id):
            return Standing.CHECKED
        if is_parked(session, KIND, known.id):
            return Standing.STAFF
    return Standing.LOOKED_AT if known.status == "processing" else Standing.AGAIN if known.refused else Standing.NONE


def identity_seen(seen: Identity) -> str:
    """Record a document that the processor believed; one with another name waits for a person. What it came to."""
    visit_id = uuid_of(seen.visit)
    if visit_id is None or seen.status != "verified":
        return IGNORED
    with transaction() as session:
        visit = session.get(IdentityVisit, visit_id)
        if visit is None:
            return IGNORED
        if seen.livemode != settings().stripe_live:
            park(session, KIND, seen.id, N_("the check belongs to another account"), person=visit.person_id)
            return PARKED
        if record_online(session, visit.person_id, provider=PROVIDER, check=seen.id, names=seen.names):
            return DONE
        park(session, KIND, seen.id, N_("the document shows another name than our record"), person=visit.person_id)
        return PARKED


def _latest(person_id: int) -> Identity | None:
    """The last check of a person as it stands at the processor."""
    with reading() as session:
        opened = session.scalars(
            select(IdentityVisitOpened.session)
            .join(IdentityVisit, IdentityVisit.id == IdentityVisitOpened.visit_id)
            .where(IdentityVisit.person_id == person_id)
            .order_by(IdentityVisit.id.desc())
        ).first()
    return stripe.find_identity(opened) if opened else None


def _event(event: StripeEvent) -> str:
    return identity_seen(stripe.find_identity(event.object_id))


handles("identity.verification_session.", _event)
offer_online(OnlineCheck(PATH, stripe.is_configured))
