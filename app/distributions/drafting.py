"""Drafting a distribution: terms and the file of its basis are kept, reckoned at once, and looked at as a preview."""

from collections.abc import Sequence
from typing import NoReturn

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.core import audit, clock, vault
from app.core.contents import Kind as FileKind
from app.core.errors import NotFound
from app.core.uploads import Reader, SentFile, register_subject, take_upload, uploads_of
from app.distributions.models import Distribution, DistributionDraft, Kind
from app.distributions.reckoning import Reckoned, reckon
from app.distributions.terms import Terms
from app.members.models import Person
from app.members.roles import Role

SUBJECT = "distribution-draft"
BASIS_KINDS = (FileKind.CSV, FileKind.XLSX)
DESK = {Role.ORGANIZER.value, Role.TREASURER.value, Role.SECRETARY.value, Role.AUDITOR.value}
LATEST = 20


def draft_distribution(
    session: Session, terms: Terms, basis: SentFile | None, *, form_key: str, by: Person
) -> DistributionDraft:
    """Keep terms and basis as a draft; refused when they cannot be reckoned. The same form gives the same draft."""
    known = session.scalars(select(DistributionDraft).where(DistributionDraft.form_key == form_key)).first()
    if known is not None:
        return known
    assert (basis is None) == (terms.kind is Kind.INTEREST), "patronage has a file of its basis"
    reckon(session, terms, basis.content if basis else None)
    row = DistributionDraft(form_key=form_key, terms=terms.as_data(), drafted_at=clock.now(), drafted_by=by.id)
    session.add(row)
    session.flush()
    if basis is not None:
        take_upload(session, basis, kinds=BASIS_KINDS, subject=f"{SUBJECT}:{row.id}", by=by.id)
    audit.record(session, audit.Tag.DISTRIBUTION_DRAFTED, f"{SUBJECT}:{row.id}", by=by.id, reason=terms.reason)
    return row


def draft_numbered(session: Session, draft_id: int) -> DistributionDraft:
    """The draft of an id; else `NotFound`."""
    return session.get(DistributionDraft, draft_id) or _not_found()


def preview(session: Session, draft: DistributionDraft) -> Reckoned:
    """A draft as it stands now: every member's part. Shares that moved meanwhile change it."""
    terms = Terms.of_data(draft.terms)
    files = uploads_of(session, f"{SUBJECT}:{draft.id}")
    return reckon(session, terms, vault.get(files[0].sha256) if files else None)


def open_drafts(session: Session) -> Sequence[DistributionDraft]:
    """The latest drafts of which nothing was declared, the newest first."""
    declared = exists().where(Distribution.draft_id == DistributionDraft.id)
    wanted = select(DistributionDraft).where(~declared).order_by(DistributionDraft.id.desc()).limit(LATEST)
    return session.scalars(wanted).all()


def _not_found() -> NoReturn:
    raise NotFound


def _may_read(session: Session, draft_id: str, reader: Reader) -> bool:
    return bool(reader.roles & DESK)


register_subject(SUBJECT, _may_read)
