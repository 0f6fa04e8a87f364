"""Trackers: by them voters find their paper in the published list; one part is chosen by them, one is drawn.

The voter's own part keeps the server from giving one tracker to two who vote alike; the part that is drawn keeps
others from guessing it. The form carries the drawn part, proved to be drawn for that elector.
"""

import hashlib
import re
import secrets

from app.ballots.secret.papers import TRACKER_MOST
from app.core import tokens
from app.core.errors import N_, Refusal

OWN_LEAST, OWN_MOST = 3, 20
_DRAWN_BYTES = 10
_PURPOSE, _RECEIPT = "tracker", "tracker's receipt"


class OwnPartBad(Refusal):
    """The part of the tracker that the voter chooses is too short, too long, or has other characters."""

    message = N_("Choose a word of {least} to {most} letters (a to z) or digits.")
    field = "own"


class DrawnElsewhere(Refusal):
    """The drawn part of the tracker was not drawn for this elector."""

    message = N_("This form was made for somebody else. Open the ballot again.")
    status = 409


def draw(elector_id: int) -> str:
    """A proved random part, for the form of an elector; nothing keeps it."""
    return tokens.seal(_PURPOSE, f"{elector_id}-{secrets.token_hex(_DRAWN_BYTES)}")


def drawn_part(elector_id: int, proved: str) -> str:
    """The random part that was drawn for an elector."""
    elector, _, drawn = (tokens.unseal(_PURPOSE, proved) or "").partition("-")
    if not drawn or elector != str(elector_id):
        raise DrawnElsewhere
    return drawn


def make_tracker(own: str, elector_id: int, proved: str) -> str:
    """The tracker of an elector's own word and the part drawn for them."""
    word = own.strip().lower()
    if not re.fullmatch(rf"[a-z0-9]{{{OWN_LEAST},{OWN_MOST}}}", word):
        raise OwnPartBad(least=OWN_LEAST, most=OWN_MOST)
    tracker = f"{word}-{drawn_part(elector_id, proved)}"
    assert len(tracker) <= TRACKER_MOST
    return tracker


def box_tracker() -> str:
    """The tracker of a sheet from the box, which nobody was told: it shows only that the vote came on paper."""
    return f"paper-{secrets.token_hex(_DRAWN_BYTES)}"


def prove_tracker(ballot_id: int, tracker: str) -> str:
    """A proof that a tracker was given out here, for the form on the page of the receipt; nothing keeps it."""
    return tokens.seal(_RECEIPT, f"{ballot_id} {tracker}")


def tracker_proved(ballot_id: int, proof: str) -> str | None:
    """The tracker of a ballot that a proof is of, None for anything else."""
    ballot, _, tracker = (tokens.unseal(_RECEIPT, proof) or "").partition(" ")
    return tracker if ballot == str(ballot_id) else None


def place_of(ballot_id: int, tracker: str, kind: str, college: str, urns: int) -> tuple[int, bytes]:
    """In which urn the paper of a tracker and group lies, and by which mark it is found there."""
    digest = hashlib.sha256(f"costake urn/1\n{ballot_id}\n{kind}\n{college}\n{tracker}".encode()).digest()
    return int.from_bytes(digest[16:]) % urns, digest[:16]
