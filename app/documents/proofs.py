"""Proofs of documents: every certificate says what the lot says, and the vault holds it unaltered."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import vault
from app.core.errors import N_
from app.core.uploads import Upload
from app.documents.models import Document, DocumentEmptied, DocumentFile
from app.documents.rendering import digest_of
from app.ledger.proofs import Finding, Proof, count, rows_wrong

_OF_THE_RECORD = (
    "'issued_at', 'document_kind', 'document_schema', 'document_version', 'replaces_number', 'document_language', "
    "'profile', 'verify_code', 'verify_at', 'seal'"
)
"""Facts that filing adds: compared with the document's own columns by the proof of records."""


def _vault_is_whole(session: Session) -> Finding:
    """What a decision on erasure has emptied keeps its hash only: neither facts nor files are there to compare."""
    wrong, seen, emptied = [], 0, set(session.scalars(select(DocumentEmptied.document_id)))
    for document in session.scalars(select(Document).order_by(Document.id).execution_options(yield_per=1_000)):
        seen += 1
        if not document.facts and document.id in emptied:
            continue
        if digest_of(document.facts) != document.facts_sha256:
            wrong.append(f"document {document.number}: its facts were altered")
        if document.pdf_sha256 is not None:
            wrong += _damages(document.number, document.pdf_sha256)
    later = select(DocumentFile.pdf_sha256, Document.number).join(Document, Document.id == DocumentFile.document_id)
    kept = later.where(Document.id.not_in(select(DocumentEmptied.document_id)))
    for sha256, number in session.execute(kept.execution_options(yield_per=1_000)):
        wrong += _damages(number, sha256)
    return Finding(f"{seen} documents", wrong[:20])


def _emptied_by_decisions(session: Session) -> Finding:
    """Documents are emptied by a granted decision about their own person, never otherwise, and certificates never."""
    wrong = rows_wrong(
        session,
        """
        WITH RECURSIVE pair AS (
            SELECT survivor_id AS one, absorbed_id AS other FROM person_merge
            UNION SELECT absorbed_id, survivor_id FROM person_merge
        ), same AS (
            SELECT one, other FROM pair UNION SELECT same.one, pair.other FROM same JOIN pair ON pair.one = same.other
        )
        SELECT 'document', d.number, 'is emptied, and no decision says so' FROM document d
        LEFT JOIN document_emptied e ON e.document_id = d.id
        WHERE d.facts = '{}' AND (e.document_id IS NULL OR d.kind IN ('certificate', 'erasure-decision')
            OR NOT EXISTS (
                SELECT FROM erasure_decision c JOIN erasure_request r ON r.id = c.request_id
                WHERE c.granted AND r.id = e.erasure_request_id AND (r.person_id = d.person_id
                    OR EXISTS (SELECT FROM same WHERE one = r.person_id AND other = d.person_id))))
        UNION ALL
        SELECT 'document', d.number, 'says what a decision has emptied' FROM document d
        JOIN document_emptied e ON e.document_id = d.id WHERE d.facts <> '{}'
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM document_emptied')} documents emptied by decisions", wrong)


def _damages(number: int, sha256: str) -> list[str]:
    try:
        vault.get(sha256)
    except vault.Damaged as damage:
        return [f"document {number}: {damage}"]
    return []


def _records_say_what_rows_say(session: Session) -> Finding:
    """Of documents with a code: the row and its frozen facts say the same, and each version follows the one before."""
    wrong = rows_wrong(
        session,
        """
        SELECT 'document', d.number, 'is not what its own facts say' FROM document d
        LEFT JOIN document o ON o.id = d.replaces_id
        WHERE d.verify_code IS NOT NULL AND NOT (d.facts = '{}' AND EXISTS (
            SELECT FROM document_emptied WHERE document_id = d.id)) AND (jsonb_build_object(
            'document_kind', d.kind, 'document_schema', d.schema_version, 'document_number', d.number,
            'document_version', d.version, 'replaces_number', o.number, 'document_language', d.language,
            'verify_code', d.verify_code, 'profile', CASE WHEN d.profile_id IS NOT NULL
                THEN jsonb_build_object('id', d.profile_id, 'version', d.profile_version) END
        ) <> (SELECT jsonb_object_agg(key, value) FROM jsonb_each(d.facts) WHERE key IN (
            'document_kind', 'document_schema', 'document_number', 'document_version', 'replaces_number',
            'document_language', 'verify_code', 'profile'))
            OR (d.facts->>'issued_at')::timestamptz <> d.filed_at
            OR d.version <> coalesce(o.version, 0) + 1 OR o.kind <> d.kind)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM document')} documents", wrong)


def _vault_holds_uploads(session: Session) -> Finding:
    wrong, seen = [], 0
    for upload in session.scalars(select(Upload).order_by(Upload.id).execution_options(yield_per=1_000)):
        seen += 1
        try:
            vault.get(upload.sha256)
        except vault.Damaged as damage:
            wrong.append(f"upload {upload.id}: {damage}")
    return Finding(f"{seen} uploads", wrong[:20])


def _certificates_match_lots(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        f"""
        SELECT 'document', d.number, 'does not say what', d.source, 'says' FROM document d
        LEFT JOIN lot l ON split_part(d.source, '#', 1) = 'certificate:lot:' || l.id
        LEFT JOIN membership m ON m.id = l.membership_id LEFT JOIN share_class c ON c.id = l.share_class_id
        LEFT JOIN entry e ON e.id = l.entry_id
        WHERE d.kind = 'certificate' AND (l.id IS NULL OR jsonb_build_object(
            'certificate_number', l.certificate_number, 'member_number', m.number, 'share_class', c.name,
            'share_class_code', c.code, 'shares', l.shares, 'price_minor', l.price_cents, 'paid_minor', l.paid_cents,
            'currency', l.currency, 'allotted_on', l.allotted_on, 'basis', l.basis,
            'entry_sha256', coalesce(encode(e.content_sha256, 'hex'), ''), 'document_number', d.number
        ) <> d.facts - ARRAY['organization', 'organization_seat', 'organization_form', 'organization_register',
                'legal_name', 'address', 'votes', 'restriction', 'legends', 'called', 'share_numbers', {_OF_THE_RECORD}]
            OR d.facts->>'share_numbers' <> coalesce((
                SELECT string_agg(concat_ws('–', first_number, nullif(last_number, first_number)), ', '
                    ORDER BY first_number) FROM share_numbers WHERE lot_id = l.id), '')
            OR (d.facts->>'issued_at')::timestamptz <> d.filed_at)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM document')} documents", wrong)


def _certificates_name_holders(session: Session) -> Finding:
    """Name and address as on record when the certificate was filed; what was recorded within its second may be either.

    They are those of the day of allotment, or the first ones when nothing was on record for that day. After a merge
    they may come from any record of the person.
    """
    wrong = rows_wrong(
        session,
        """
        WITH RECURSIVE pair AS (
            SELECT survivor_id AS one, absorbed_id AS other FROM person_merge
            UNION SELECT absorbed_id, survivor_id FROM person_merge
        ), same AS (
            SELECT one, other FROM pair UNION SELECT same.one, pair.other FROM same JOIN pair ON pair.one = same.other
        ), written AS (
            SELECT *, concat_ws(', ', nullif(array_to_string(array_remove(street_lines, ''), ', '), ''),
                nullif(concat_ws(' ', nullif(postal_code, ''), nullif(locality, '')), ''),
                nullif(region, ''), nullif(country, '')) AS address FROM particulars
        )
        SELECT 'document', d.number, 'does not name member', m.number, 'as on record'
        FROM document d JOIN lot l ON split_part(d.source, '#', 1) = 'certificate:lot:' || l.id
        JOIN membership m ON m.id = l.membership_id
        WHERE d.person_id <> m.person_id OR NOT EXISTS (
            SELECT FROM written w
            CROSS JOIN LATERAL (SELECT greatest(l.allotted_on, min(valid_from)) AS day FROM particulars
                WHERE person_id = w.person_id AND xact <= d.xact) AS about
            WHERE w.person_id IN (SELECT m.person_id UNION ALL SELECT other FROM same WHERE one = m.person_id)
            AND w.legal_name = d.facts->>'legal_name' AND w.address = d.facts->>'address'
            AND w.valid_from <= about.day AND w.xact <= d.xact
            AND NOT EXISTS (
                SELECT FROM particulars later WHERE later.person_id = w.person_id AND later.valid_from <= about.day
                AND (later.valid_from, later.id) > (w.valid_from, w.id)
                AND later.recorded_at < d.filed_at AND later.xact <= d.xact
            )
        )
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM document')} documents", wrong)


def _signatures_made_their_versions(session: Session) -> Finding:
    """Each signature's version follows the one that was signed, and its last evidence names that one by its hash."""
    wrong = rows_wrong(
        session,
        """
        SELECT 'signature', s.signatory_id, 'is not in the version that it made' FROM document_signature s
        JOIN document_signatory y ON y.id = s.signatory_id JOIN document d ON d.id = s.signed_id
        JOIN document m ON m.id = s.made_id
        WHERE m.replaces_id IS DISTINCT FROM d.id OR m.facts->'evidence'->-1->>'signed_sha256' IS DISTINCT FROM
            d.facts_sha256 OR (m.facts->'evidence'->-1->>'signed_at')::timestamptz IS DISTINCT FROM s.signed_at
            OR m.facts->'signatories'->(y.place::int)->>'signed_at' IS NULL
        UNION ALL SELECT 'document', d.number, 'has evidence of signatures that nobody gave' FROM document d
        WHERE jsonb_array_length(d.facts->'evidence') > 0
            AND NOT EXISTS (SELECT FROM document_signature WHERE made_id = d.id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM document_signature')} signatures", wrong)


PROOFS = [
    Proof(N_("The vault holds every document unaltered"), _vault_is_whole),
    Proof(N_("Every document that is empty was emptied by a decision"), _emptied_by_decisions),
    Proof(N_("Every document's row says what its facts say"), _records_say_what_rows_say),
    Proof(N_("Every signature is in the version that it made"), _signatures_made_their_versions),
    Proof(N_("The vault holds every upload unaltered"), _vault_holds_uploads),
    Proof(N_("Every certificate says what its lot says"), _certificates_match_lots),
    Proof(N_("Every certificate names its holder as on record"), _certificates_name_holders),
]
