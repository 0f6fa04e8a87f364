"""Filing in bulk: the certificates of a whole issue as records, part by part, then sealed by one root."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, joinedload

from app.core import audit, clock, jobs, series
from app.core.bulk import new_ids, write_rows
from app.core.database import one_at_a_time
from app.core.settings import settings
from app.documents.bulk.models import DocumentIssue, DocumentIssueSeal, DocumentLeaf
from app.documents.bulk.sealing import seal_issue
from app.documents.filing import CERTIFICATE, facts_of_lot
from app.documents.freezing import freeze
from app.documents.kinds import kind_of
from app.documents.models import Document
from app.documents.seals.keys import seal_key
from app.members.models import Membership, Particulars
from app.members.people.models import PersonMerge
from app.members.persons import particulars_about
from app.members.restricting import Restriction
from app.shares.acts.judging import terms_on
from app.shares.models import Lot, ShareClassTerms

JOB, PART_JOB, ONE_JOB = "documents.certify", "documents.file_issue", "documents.file_certificate"
LOTS_AT_ONCE = 1_000

_CAUSES = {
    "offer": "EXISTS (SELECT FROM pledge p WHERE p.offer_id = :number "
    r"AND p.id = CAST(substring(l.source FROM '^pledge:(\d+)$') AS bigint))",
    "exchange": "EXISTS (SELECT FROM share_act a WHERE a.id = l.act_id "
    "AND a.source LIKE 'exchange:' || :number || ':%')",
}
"""Of each kind of cause, which lots (`l`) came of the one with a number."""


def certify(session: Session, cause: str) -> None:
    """Have a certificate filed for every lot that came of a cause (`offer:12`, `exchange:3`); harmless when repeated.

    Fewer than the setting `certificates_bulk_from` are filed one by one, each with its file; more as one issue.
    """
    one_at_a_time(session, f"certify {cause}")
    few = settings().certificates_bulk_from
    lots = _waiting(session, cause, after=0, most=few)
    if len(lots) < few:
        jobs.defer_many(session, ONE_JOB, [{"lot_id": lot_id} for lot_id in lots])
    elif not session.scalars(_unsealed(cause)).first():
        issue = DocumentIssue(cause=cause, kind=CERTIFICATE, begun_at=clock.now())
        session.add(issue)
        session.flush()
        jobs.defer(session, PART_JOB, issue_id=issue.id, after=0)


def file_part(session: Session, issue_id: int, after: int) -> None:
    """File the next certificates of an issue, then put itself in the queue again; after the last one, seal it."""
    one_at_a_time(session, f"issue {issue_id}")
    issue = session.get_one(DocumentIssue, issue_id)
    lots = _waiting(session, issue.cause, after, LOTS_AT_ONCE)
    file_records(session, issue, lots)
    if len(lots) == LOTS_AT_ONCE:
        jobs.defer(session, PART_JOB, issue_id=issue_id, after=lots[-1])
    else:
        seal_issue(session, issue)


def file_records(session: Session, issue: DocumentIssue, lot_ids: Sequence[int]) -> None:
    """File the certificates of lots as records without files, in this order at the end of the issue.

    A holder whose data was erased and restricted meanwhile gets none.
    """
    known = _known(session, lot_ids)
    lots = [lot for lot in _lots(session, lot_ids) if lot.id in known]
    if not lots:
        return
    terms: dict[tuple[int, date], ShareClassTerms | None] = {}
    kind, key = kind_of(CERTIFICATE), seal_key()
    number = series.draw(session, "document", len(lots))
    place = session.scalar(select(func.count()).where(DocumentLeaf.issue_id == issue.id)) or 0
    records = []
    for at, lot in enumerate(lots):
        of_class = (lot.share_class_id, lot.allotted_on)
        if of_class not in terms:
            terms[of_class] = terms_on(session, lot.share_class, lot.allotted_on)
        facts = facts_of_lot(lot, known[lot.id], terms[of_class])
        records.append(freeze(kind, f"lot:{lot.id}", lot.membership.person, facts, number=number + at, key=key))
    _write(session, issue, records, place)


def _write(session: Session, issue: DocumentIssue, records: list[Document], place: int) -> None:
    names = [column.name for column in Document.__table__.columns if column.name not in ("id", "xact", "pdf_sha256")]
    ids = new_ids(session, Document, len(records))
    rows = [
        {"id": each, **{name: getattr(record, name) for name in names}}
        for each, record in zip(ids, records, strict=True)
    ]
    write_rows(session, Document, rows)
    leaves = [{"document_id": each, "issue_id": issue.id, "place": place + at} for at, each in enumerate(ids)]
    write_rows(session, DocumentLeaf, leaves)
    audit.record_many(session, [(audit.Tag.DOCUMENT_FILED, f"document:{each}", {}) for each in ids], by=None)


def _waiting(session: Session, cause: str, after: int, most: int) -> list[int]:
    kind, _, number = cause.partition(":")
    statement = text(
        "SELECT l.id FROM lot l WHERE l.id > :after "  # noqa: S608  (a condition of our own)
        f"AND NOT EXISTS (SELECT FROM document d WHERE d.source = 'certificate:lot:' || l.id) AND {_CAUSES[kind]} "
        "ORDER BY l.id LIMIT :most"
    )
    return list(session.scalars(statement, {"after": after, "most": most, "number": int(number)}))


def _unsealed(cause: str) -> Select[int]:
    sealed = select(DocumentIssueSeal.issue_id)
    return select(DocumentIssue.id).where(DocumentIssue.cause == cause, DocumentIssue.id.not_in(sealed))


def _lots(session: Session, lot_ids: Sequence[int]) -> Sequence[Lot]:
    whole = (
        joinedload(Lot.membership).joinedload(Membership.person),
        joinedload(Lot.share_class),
        joinedload(Lot.entry),
    )
    return session.scalars(select(Lot).where(Lot.id.in_(lot_ids)).options(*whole).order_by(Lot.id)).all()


def _known(session: Session, lot_ids: Sequence[int]) -> dict[int, Particulars]:
    """Of each lot its holder's particulars on the day of allotment, as `particulars_about` finds them one by one."""
    of_holder = (
        select(Lot.id, Particulars)
        .join(Membership, Membership.id == Lot.membership_id)
        .join(Particulars, Particulars.person_id == Membership.person_id)
        .where(Lot.id.in_(lot_ids), Particulars.person_id.not_in(select(Restriction.person_id)))
        .ext(distinct_on(Lot.id))
        .order_by(
            Lot.id,
            (Particulars.valid_from <= Lot.allotted_on).desc(),
            func.abs(Particulars.valid_from - Lot.allotted_on),
            Particulars.id.desc(),
        )
    )
    found = {row.id: row.Particulars for row in session.execute(of_holder)}
    ever = select(PersonMerge.survivor_id).union(select(PersonMerge.absorbed_id))
    merged = select(Lot).join(Membership).where(Lot.id.in_(lot_ids), Membership.person_id.in_(ever))
    for lot in session.scalars(merged):
        particulars = particulars_about(session, lot.membership.person_id, lot.allotted_on)
        if particulars is not None:
            found[lot.id] = particulars
    return found
