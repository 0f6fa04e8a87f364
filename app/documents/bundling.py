"""Bundling: several documents as one ZIP with an index, sent piece by piece, so that memory holds one at a time."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, vault
from app.core.database import transaction
from app.core.errors import N_, Refusal
from app.core.language import translator
from app.documents.filing import file_name, file_of, make_file
from app.documents.kinds import kind_of
from app.documents.models import Document
from app.members.models import Person

MOST = 1_000
INDEX = "index.csv"
COLUMNS = ("file", "document", "number", "version", "filed_at", "code", "facts_sha256", "pdf_sha256", "replaced_by")


class TooManyDocuments(Refusal):
    """More than one bundle holds."""

    message = N_("A bundle holds {most} documents at most. Choose a kind, or fewer days.")


class NothingToBundle(Refusal):
    """No document fits."""

    message = N_("No document fits, so there is nothing to bundle.")
    status = 404


def bundle_name() -> str:
    """What a bundle of today is called."""
    return f"documents-{clock.today().isoformat()}.zip"


def start_bundle(session: Session, documents: Sequence[Document], *, by: Person) -> list[int]:
    """Note in the audit trail that somebody takes these documents, each on a line; their ids, for `bundle_pieces`.

    Raises `TooManyDocuments` and `NothingToBundle`.
    """
    if not documents:
        raise NothingToBundle
    if len(documents) > MOST:
        raise TooManyDocuments(most=MOST)
    lines = [(audit.Tag.DOCUMENT_READ, f"document:{each.id}", {"bundle": True}) for each in documents]
    audit.record_many(session, lines, by=by.id)
    return [each.id for each in documents]


def bundle_pieces(ids: Sequence[int], language: str) -> Iterator[bytes]:
    """The bytes of the ZIP: each PDF as it is in the vault, then the index as CSV."""
    sink, rows = _Sink(), []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as package:  # type: ignore[call-overload]  # it only writes
        for each in ids:
            row, content = _one(each, language)
            rows.append(row)
            if content is not None:
                package.writestr(_entry(row["file"]), content)
                yield sink.taken()
        package.writestr(_entry(INDEX), _index(rows))
    yield sink.taken()


def _one(document_id: int, language: str) -> tuple[dict[str, Any], bytes | None]:
    """A line of the index with its file; a record's file is made now, in a transaction of its own.

    What a decision on erasure has emptied keeps its line, without a file.
    """
    with transaction() as session:
        document = session.get_one(Document, document_id)
        sha256 = (file_of(session, document) or make_file(session, document)) if document.facts else None
        later = session.scalars(select(Document.number).where(Document.replaces_id == document.id)).first()
    row = {
        "file": file_name(document) if sha256 else "",
        "document": translator(language)(kind_of(document.kind).title),
        "number": document.number,
        "version": document.version,
        "filed_at": document.filed_at.isoformat(),
        "code": document.verify_code or "",
        "facts_sha256": document.facts_sha256,
        "pdf_sha256": sha256 or "",
        "replaced_by": later or "",
    }
    return row, vault.get(sha256) if sha256 else None


def _index(rows: Sequence[dict[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # the same documents give the same bytes
    info.external_attr = 0o600 << 16
    return info


class _Sink:
    """What the ZIP writes, until it is taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
