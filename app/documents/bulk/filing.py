"""Filing in bulk: certificates and confirmations of a whole issue as records, in parts, then sealed by one root."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session, joinedload

from app.core import audit, clock, jobs, series
from app.core.bulk import new_ids, write_rows
from app.core.database import one_at_a_time
from app.core.settings import settings
from app.documents.bulk.holders import particulars_of
from app.documents.bulk.models import DocumentIssue, DocumentIssueSeal, DocumentLeaf
from app.documents.bulk.sealing import seal_issue
from app.documents.confirming.facts import CONFIRMATION, confirmation_facts, sold_in, terms_behind
from app.documents.confirming.filing import JOB as CONFIRMATION_JOB
from app.documents.filing import CERTIFICATE, facts_of_lot
from app.documents.freezing import freeze
from app.documents.kinds import kind_of
from app.documents.models import Document
from app.documents.seals.keys import seal_key
from app.law.adapting import law_for
from app.law.profiles import Profile
from app.members.models import Membership, Particulars
from app.shares.acts.judging import terms_on
from app.shares.models import Lot, ShareClassTerms
from app.shares.numbering import numbers_of

JOB, PART_JOB = "documents.certify", "documents.file_issue"
_ONE_JOBS = {CERTIFICATE: "documents.file_certificate", CONFIRMATION: CONFIRMATION_JOB}
_Told = tuple[Lot, dict[str, Any], Profile | None]
LOTS_AT_ONCE = 1_000
_BOUGHT = r"p.id = CAST(substring(l.source FROM '^pledge:(\d+)$') AS bigint)"

_CAUSES = {
    "offer": f"EXISTS (SELECT FROM pledge p WHERE p.offer_id = :number AND {_BOUGHT})",
    "exchange": "EXISTS (SELECT FROM share_act a WHERE a.id = l.act_id "
    "AND a.source LIKE 'exchange:' || :number || ':%')",
    "import": "EXISTS (SELECT FROM imported_holding h WHERE h.lot_id = l.id AND h.import_id = :number) "
    "AND NOT EXISTS (SELECT FROM lot_end WHERE lot_id = l.id)",
}
"""Of each kind of cause, which lots (`l`) came of the one with a number."""
_WANTED = {
    CERTIFICATE: "true",
    CONFIRMATION: "EXISTS (SELECT FROM pledge p JOIN offer_terms t ON t.id = p.terms_id "
    f"WHERE {_BOUGHT} AND t.intermediaries IS NOT NULL)",
}
"""Of each kind of document, for which lots it is filed."""
_KINDS = {"offer": (CERTIFICATE, CONFIRMATION), "exchange": (CERTIFICATE,), "import": (CERTIFICATE,)}


def certify(session: Session, cause: str) -> None:
    """Have a certificate filed for every lot that came of a cause (`offer:12`, `exchange:3`); harmless when repeated.

    Of an offer whose terms say what intermediaries earn, a confirmation too. Fewer than the setting
    `certificates_bulk_from` are filed one by one; more as one issue, and so is always what was imported (`import:1`):
    its holders have papers of old, and seldom ask for ours.
    """
    one_at_a_time(session, f"certify {cause}")
    of = cause.partition(":")[0]
    few = 1 if of == "import" else settings().certificates_bulk_from
    for kind in _KINDS[of]:
        lots = _waiting(session, cause, kind, after=0, most=few)
        if not lots:
            continue
        told = {} if kind == CERTIFICATE else {"sold": sold_in(session, int(cause.partition(":")[2]))}
        if len(lots) < few:
            jobs.defer_many(session, _ONE_JOBS[kind], [{"lot_id": lot_id, **told} for lot_id in lots])
        elif not session.scalars(_unsealed(cause, kind)).first():
            jobs.defer(session, PART_JOB, issue_id=open_issue(session, cause, kind).id, after=0, **told)


def file_part(session: Session, issue_id: int, after: int, sold: dict[str, Any] | None = None) -> None:
    """File the next records of an issue, then put itself in the queue again; after the last one, seal it.

    `sold` is what confirmations say of the whole offer.
    """
    one_at_a_time(session, f"issue {issue_id}")
    issue = session.get_one(DocumentIssue, issue_id)
    lots = _waiting(session, issue.cause, issue.kind, after, LOTS_AT_ONCE)
    file_records(session, issue, lots, sold)
    if len(lots) == LOTS_AT_ONCE:
        told = {} if sold is None else {"sold": sold}
        jobs.defer(session, PART_JOB, issue_id=issue_id, after=lots[-1], **told)
    else:
        seal_issue(session, issue)


def file_records(
    session: Session, issue: DocumentIssue, lot_ids: Sequence[int], sold: dict[str, Any] | None = None
) -> None:
    """File a record for each of these lots without files, in this order at the end of the issue.

    A holder whose data was erased and restricted meanwhile gets none.
    """
    known = _known(session, lot_ids)
    lots = [lot for lot in _lots(session, lot_ids) if lot.id in known]
    if not lots:
        return
    kind, key = kind_of(issue.kind), seal_key()
    number = series.draw(session, "document", len(lots))
    said = _certificates(session, lots, known) if sold is None else _confirmations(session, lots, known, sold)
    records = [
        freeze(kind, f"lot:{lot.id}", lot.membership.person, facts, number=number + at, law=law, key=key)
        for at, (lot, facts, law) in enumerate(said)
    ]
    write_records(session, issue, records)


def _certificates(session: Session, lots: Sequence[Lot], known: dict[int, Particulars]) -> Iterator[_Told]:
    terms: dict[tuple[int, date], ShareClassTerms | None] = {}
    numbers = numbers_of(session, [lot.id for lot in lots])
    for lot in lots:
        of_class = (lot.share_class_id, lot.allotted_on)
        if of_class not in terms:
            terms[of_class] = terms_on(session, lot.share_class, lot.allotted_on)
        yield lot, facts_of_lot(lot, known[lot.id], terms[of_class], numbers.get(lot.id, "")), None


def _confirmations(
    session: Session, lots: Sequence[Lot], known: dict[int, Particulars], sold: dict[str, Any]
) -> Iterator[_Told]:
    terms, laws = terms_behind(session, lots), dict[str, Profile]()
    for lot in lots:
        name = terms[lot.id].law
        if name and name not in laws:
            laws[name] = law_for(session, name)
        yield lot, confirmation_facts(lot, known[lot.id], terms[lot.id], sold), laws.get(name)


def open_issue(session: Session, cause: str, kind: str) -> DocumentIssue:
    """The issue of a cause and kind that is not sealed yet, begun where there is none."""
    found = session.scalars(select(DocumentIssue).where(DocumentIssue.id.in_(_unsealed(cause, kind)))).first()
    if found is None:
        found = DocumentIssue(cause=cause, kind=kind, begun_at=clock.now())
        session.add(found)
        session.flush()
    return found


def write_records(session: Session, issue: DocumentIssue, records: Sequence[Document]) -> None:
    """Write frozen records without files at the end of an issue, in their order."""
    place = session.scalar(select(func.count()).where(DocumentLeaf.issue_id == issue.id)) or 0
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


def _waiting(session: Session, cause: str, kind: str, after: int, most: int) -> list[int]:
    of, _, number = cause.partition(":")
    statement = text(
        "SELECT l.id FROM lot l WHERE l.id > :after "  # noqa: S608  (a condition of our own)
        "AND NOT EXISTS (SELECT FROM document d WHERE d.source = :kind || ':lot:' || l.id) "
        f"AND {_CAUSES[of]} AND {_WANTED[kind]} ORDER BY l.id LIMIT :most"
    )
    return list(session.scalars(statement, {"after": after, "most": most, "number": int(number), "kind": kind}))


def _unsealed(cause: str, kind: str) -> Select[int]:
    sealed, of = select(DocumentIssueSeal.issue_id), (DocumentIssue.cause == cause, DocumentIssue.kind == kind)
    return select(DocumentIssue.id).where(*of, DocumentIssue.id.not_in(sealed))


def _lots(session: Session, lot_ids: Sequence[int]) -> Sequence[Lot]:
    whole = (
        joinedload(Lot.membership).joinedload(Membership.person),
        joinedload(Lot.share_class),
        joinedload(Lot.entry),
    )
    return session.scalars(select(Lot).where(Lot.id.in_(lot_ids)).options(*whole).order_by(Lot.id)).all()


def _known(session: Session, lot_ids: Sequence[int]) -> dict[int, Particulars]:
    """Of each lot its holder's particulars on the day of allotment."""
    asked = select(Lot.id, Membership.person_id, Lot.allotted_on.label("day")).join(Lot.membership)
    return particulars_of(session, asked.where(Lot.id.in_(lot_ids)))
