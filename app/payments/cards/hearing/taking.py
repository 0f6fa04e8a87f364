"""Taking events in: each is kept once, and a job to handle it is committed with it, whoever brings it."""

import hashlib
import json
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import clock, jobs
from app.core.errors import N_, Refusal
from app.core.settings import settings
from app.payments.cards.answers import Heard
from app.payments.cards.hearing.models import StripeEvent, StripeEventPayload

HANDLE_JOB = "cards.handle_event"
PAYLOADS_KEPT = timedelta(days=30)


class OtherMode(Refusal):
    """A test event reached a live installation, or the other way round."""

    message = N_("This event is of the other mode, live or test.")
    status = 400


def take_event(session: Session, heard: Heard) -> bool:
    """Keep an event and have it handled; whether it was new."""
    if heard.livemode != settings().stripe_live:
        raise OtherMode
    now = clock.now()
    said = json.dumps(heard.payload, sort_keys=True, separators=(",", ":")).encode()
    values = {
        "id": heard.id,
        "type": heard.type,
        "object_id": heard.object_id,
        "created": heard.created,
        "livemode": heard.livemode,
        "account": heard.account,
        "payload_sha256": hashlib.sha256(said).digest(),
        "received_at": now,
    }
    statement = insert(StripeEvent).values(**values).on_conflict_do_nothing().returning(StripeEvent.id)
    if session.scalars(statement).first() is None:
        return False
    session.add(StripeEventPayload(event_id=heard.id, payload=heard.payload, received_at=now))
    session.flush()
    jobs.defer(session, HANDLE_JOB, event_id=heard.id)
    return True


def forget_payloads(session: Session) -> None:
    """Remove what events said in full after thirty days; that they came, and what followed, stays."""
    old = StripeEventPayload.received_at < clock.now() - PAYLOADS_KEPT
    session.execute(delete(StripeEventPayload).where(old))
