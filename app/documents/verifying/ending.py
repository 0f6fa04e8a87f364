"""What no longer stands: a certificate whose shares have gone, and the paper of an act that was reversed since."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.distributions.models import AllocationRedemption, AllocationRedemptionEnd, DistributionEnd
from app.documents.models import Document
from app.shares.holding import stands
from app.shares.models import Lot, ShareAct

_OF_DISTRIBUTIONS = ("patronage-notice", "share-interest-statement")


def has_ended(session: Session, document: Document) -> bool:
    """Whether a certificate's shares have passed on, been paid out or been cancelled."""
    cause, _, number = _cause(document).partition(":")
    if document.kind != "certificate" or cause != "lot":
        return False
    return session.scalars(select(Lot.id).where(Lot.id == int(number.partition(":")[0]), stands())).first() is None


def was_undone(session: Session, document: Document) -> bool:
    """Whether what a paper tells of was reversed: an act on shares, a distribution, a payment of allocations."""
    cause = _cause(document)
    parts = cause.split(":")
    if parts[0] == "act":
        return session.scalar(select(ShareAct.id).where(ShareAct.reverses_id == int(parts[1]))) is not None
    if document.kind in _OF_DISTRIBUTIONS:
        return session.get(DistributionEnd, int(parts[1])) is not None
    if document.kind == "allocation-redemption":
        ended = select(AllocationRedemptionEnd.redemption_id).join(AllocationRedemption)
        return session.scalar(ended.where(AllocationRedemption.source == cause.rpartition(":")[0])) is not None
    return False


def _cause(document: Document) -> str:
    return document.source.removeprefix(f"{document.kind}:").partition("#")[0]
