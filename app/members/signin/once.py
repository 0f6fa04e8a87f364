"""What may be used once: a challenge, a state, a claim; the first use wins, also when two come at once."""

import hashlib
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import clock
from app.members.signin.models import Spent


def spend(session: Session, purpose: str, token: str, expires_at: datetime) -> bool:
    """Whether this is the token's first use; `expires_at` is the moment from which its own check refuses it."""
    session.execute(delete(Spent).where(Spent.expires_at < clock.now()))
    digest = hashlib.sha256(f"{purpose}\0{token}".encode()).digest()
    row = insert(Spent).values(token_sha256=digest, expires_at=expires_at).on_conflict_do_nothing()
    return session.execute(row.returning(Spent.token_sha256)).first() is not None
