"""Finding documents at the desk: each role sees the kinds that its work needs, and nothing of restricted persons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import N_, NotFound, Refusal
from app.documents.codes import read_code
from app.documents.filing import content_of
from app.documents.kinds import all_kinds
from app.documents.models import Document
from app.members.models import Person
from app.members.restricting import Restriction
from app.members.roles import Role

AT_ONCE = 50
MONEY = frozenset(
    {
        "allocation-redemption",
        "certificate",
        "loan",
        "patronage-notice",
        "receipt",
        "redemption",
        "refund",
        "share-act",
        "share-interest-statement",
        "subscription-agreement",
        "transaction-confirmation",
        "transfer-instrument",
    }
)
"""What a treasurer needs: documents that money moved by, or will."""


class DaysReversed(Refusal):
    """The first day lies after the last."""

    message = N_("The first day lies after the last. Exchange them.")
    field = "since"


@dataclass(frozen=True)
class Wanted:
    """Which documents: of these kinds, filed from one day to another (each may be open), with a number or code."""

    kinds: frozenset[str]
    since: date | None = None
    until: date | None = None
    text: str = ""


def kinds_for(roles: Iterable[str]) -> frozenset[str]:
    """The kinds that somebody with these roles may read of everybody."""
    held = set(roles)
    if held & {Role.AUDITOR, Role.SECRETARY}:
        return frozenset(all_kinds())
    return MONEY if Role.TREASURER in held else frozenset()


def documents_wanted(session: Session, wanted: Wanted, *, before: int | None = None, most: int) -> list[Document]:
    """The documents that a search finds, the newest first; those of restricted persons are left out."""
    found = select(Document).where(_fits(wanted), _open()).order_by(Document.id.desc()).limit(most)
    return list(session.scalars(found.where(Document.id < before) if before is not None else found))


def document_for(session: Session, number: int, kinds: frozenset[str]) -> Document:
    """A document of these kinds; else `NotFound`, as for one of a restricted person."""
    wanted = select(Document).where(Document.number == number, Document.kind.in_(kinds), _open())
    document = session.scalars(wanted).first()
    if document is None:
        raise NotFound
    return document


def versions_of(session: Session, document: Document) -> list[Document]:
    """Every version of a document, the first one first."""
    cause = document.source.partition("#")[0]
    same = or_(Document.source == cause, Document.source.startswith(f"{cause}#", autoescape=True))
    return list(
        session.scalars(select(Document).where(Document.kind == document.kind, same).order_by(Document.version))
    )


def read_for_role(session: Session, number: int, kinds: frozenset[str], *, by: Person) -> tuple[Document, bytes]:
    """A document and its bytes for somebody whose role lets them; noted in the audit trail. Else `NotFound`."""
    document = document_for(session, number, kinds)
    content = content_of(session, document)
    audit.record(session, audit.Tag.DOCUMENT_READ, f"document:{document.id}", by=by.id)
    return document, content


def _fits(wanted: Wanted) -> ColumnElement[bool]:
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise DaysReversed
    fits: list[ColumnElement[bool]] = [Document.kind.in_(wanted.kinds)]
    if wanted.since:
        fits.append(Document.filed_at >= _begin(wanted.since))
    if wanted.until:
        fits.append(Document.filed_at < _begin(wanted.until + timedelta(days=1)))
    if wanted.text:
        number = int(wanted.text) if wanted.text.isdecimal() and len(wanted.text) < 18 else -1
        fits.append(or_(Document.number == number, Document.verify_code == (read_code(wanted.text) or "")))
    return and_(*fits)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo("UTC"))


def _open() -> ColumnElement[bool]:
    return ~exists().where(Restriction.person_id == Document.person_id)
