"""Timestamps: a trusted authority (RFC 3161) says since when a seal stands, put into the room that the seal kept.

The seal is made when the document is filed, without any network. The authority is asked by a job afterwards, so that
one that is down delays nothing: the document is filed, and its page says that the timestamp comes later.
"""

import asyncio
import hashlib
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs, vault
from app.core.settings import settings
from app.documents.kinds import kind_of
from app.documents.models import Document, DocumentFile
from app.documents.seals.keys import is_issued
from app.documents.seals.revocation import JOB as PROOF_JOB

JOB = "documents.timestamp"
SECONDS = 20


class NoRoom(Exception):
    """The authority's token is larger than the room that the seal kept: an alarm for the operator."""


def levels_of(session: Session, document_id: int) -> set[str]:
    """The levels of the seals in a document's later files."""
    return set(session.scalars(select(DocumentFile.level).where(DocumentFile.document_id == document_id)))


def is_timestamped(session: Session, document_id: int) -> bool:
    """Whether a document has a file with a timestamp."""
    return bool(levels_of(session, document_id) & {"B-T", "B-LT"})


def timestamp(session: Session, document_id: int) -> None:
    """Add the timestamp to a document's seal (PAdES B-T) as a later file; harmless when repeated."""
    document = session.scalars(select(Document).where(Document.id == document_id).with_for_update(key_share=True)).one()
    latest = select(DocumentFile.pdf_sha256).where(DocumentFile.document_id == document_id)
    sha256 = session.scalars(latest.order_by(DocumentFile.id.desc())).first() or document.pdf_sha256
    if is_timestamped(session, document_id) or not settings().tsa_url or sha256 is None or not document.facts:
        return
    content = timestamped(vault.get(sha256), settings().tsa_url)
    session.add(
        DocumentFile(
            document_id=document.id,
            pdf_sha256=vault.put(content),
            level="B-T",
            engine=document.engine,
            made_at=clock.now(),
        )
    )
    audit.record(session, audit.Tag.DOCUMENT_TIMESTAMPED, f"document:{document.id}", by=None)
    if kind_of(document.kind).level == "B-LT" and is_issued():
        jobs.defer(session, PROOF_JOB, document_id=document.id)


def timestamped(content: bytes, url: str) -> bytes:
    """A sealed PDF with an authority's timestamp of its seal; no byte that the seal covers changes."""
    from asn1crypto.cms import CMSAttribute, CMSAttributes, ContentInfo
    from pyhanko.pdf_utils.reader import PdfFileReader

    [found] = PdfFileReader(BytesIO(content)).embedded_regular_signatures
    _, start, end, _ = (int(each) for each in found.byte_range)
    signature = ContentInfo.load(bytes(found.pkcs7_content))
    [signer] = signature["content"]["signer_infos"]
    token = token_for(url, hashlib.sha256(signer["signature"].native).digest())
    signer["unsigned_attrs"] = CMSAttributes([CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})])
    room = end - start - 2  # within the signs < and >
    digits: bytes = signature.dump(force=True).hex().encode()
    if len(digits) > room:
        raise NoRoom(f"{len(digits)} digits in a room for {room}")
    return content[: start + 1] + digits.ljust(room, b"0") + content[end - 1 :]


def token_for(url: str, digest: bytes) -> Any:
    """An authority's token for a SHA-256 digest."""
    from pyhanko.sign.timestamps import HTTPTimeStamper

    return asyncio.run(HTTPTimeStamper(url, timeout=SECONDS).async_timestamp(digest, "sha256"))
