"""The receipt of a secret vote (D14): made and sealed for whoever holds the tracker, filed and noted nowhere.

A filed document would have a time and a number in an order, and so lead from the tracker to who took part then.
"""

import hashlib

from sqlalchemy.orm import Session

from app.ballots.models import Ballot
from app.ballots.secret.trackers import tracker_proved
from app.core import clock
from app.core.errors import NotFound
from app.core.settings import settings
from app.documents.balloting.receipt import RECEIPT, poll_facts
from app.documents.checking import check_facts
from app.documents.kinds import kind_of
from app.documents.rendering import canonical, render
from app.documents.seals.keys import seal_key
from app.documents.seals.sealing import seal

TEMPLATE = "tracker-receipt"


def tracked_receipt(session: Session, ballot: Ballot, proof: str, lang: str) -> bytes:
    """The sealed PDF for the holder of a tracker, which the receipt's page proved; else `NotFound`."""
    tracker = tracker_proved(ballot.id, proof)
    if tracker is None:
        raise NotFound
    issued_at, key = clock.now().replace(microsecond=0), seal_key()
    facts = poll_facts(session, ballot, lang) | {
        "weight": None,
        "tracking_code": tracker,
        "cast_at": issued_at.isoformat(),
        "check_at": f"{settings().base_url.rstrip('/')}/ballots/secret/{ballot.slug}",
    }
    check_facts(kind_of(RECEIPT), facts, None)
    marks = {"seal": "test" if key.is_test else "organization", "profile": None, "replaces_number": None}
    shown = facts | marks | {"issued_at": issued_at.isoformat()}
    digest = hashlib.sha256(canonical(shown)).hexdigest()
    return seal(render(TEMPLATE, shown, lang, issued_at=issued_at, digest=digest), key)
