"""Updates: organizers post them; a correction is a new version with its reason, and the earlier text stays."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal
from app.offers.models import Offer
from app.offers.public.models import OfferUpdate


class NothingChanged(Refusal):
    """The correction says what stands already."""

    message = N_("This is what the update says already. Nothing was changed.")
    status = 409
    field = "text"


@dataclass(frozen=True)
class ShownUpdate:
    """An update as the page shows it: its last version, when it was first posted, and its earlier versions."""

    latest: OfferUpdate
    first: OfferUpdate
    earlier: tuple[OfferUpdate, ...]


def post_update(session: Session, offer: Offer, title: str, text: str, *, by: int | None) -> OfferUpdate:
    """Post an update, which everyone can read at once; the same words again are the same update."""
    one_at_a_time(session, f"updates of offer {offer.id}")
    known = updates_of(session, offer)
    if known and (known[0].latest.title, known[0].latest.text) == (title, text):
        return known[0].latest
    row = _version(offer, len(known) + 1, 1, title, text, "", by)
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.UPDATE_POSTED, f"offer:{offer.id}", by=by, number=row.number)
    return row


def correct_update(
    session: Session, offer: Offer, number: int, title: str, text: str, *, reason: str, by: int | None
) -> OfferUpdate:
    """Write the next version of an update."""
    one_at_a_time(session, f"updates of offer {offer.id}")
    latest = update_of(session, offer, number).latest
    if (latest.title, latest.text) == (title, text):
        raise NothingChanged
    row = _version(offer, number, latest.version + 1, title, text, reason, by)
    session.add(row)
    session.flush()
    audit.record(
        session, audit.Tag.UPDATE_CORRECTED, f"offer:{offer.id}", by=by, reason=reason, number=number,
        version=row.version,
    )  # fmt: skip
    return row


def updates_of(session: Session, offer: Offer) -> list[ShownUpdate]:
    """The updates of an offer, the newest first."""
    rows = session.scalars(
        select(OfferUpdate)
        .where(OfferUpdate.offer_id == offer.id)
        .order_by(OfferUpdate.number.desc(), OfferUpdate.version.desc())
    ).all()
    by_number: dict[int, list[OfferUpdate]] = {}
    for row in rows:
        by_number.setdefault(row.number, []).append(row)
    return [ShownUpdate(versions[0], versions[-1], tuple(versions[1:])) for versions in by_number.values()]


def update_of(session: Session, offer: Offer, number: int) -> ShownUpdate:
    """One update of an offer by its number."""
    for shown in updates_of(session, offer):
        if shown.latest.number == number:
            return shown
    raise NotFound


def _version(
    offer: Offer, number: int, version: int, title: str, text: str, reason: str, by: int | None
) -> OfferUpdate:
    return OfferUpdate(
        offer_id=offer.id,
        number=number,
        version=version,
        title=title,
        text=text,
        reason=reason,
        written_at=clock.now(),
        written_by=by,
    )
