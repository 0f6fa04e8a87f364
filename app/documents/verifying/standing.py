"""Verifying: anyone who holds a document learns whether it is ours, unaltered and the latest, and nothing else.

What is told is on the paper already: kind, number, version, day. Names and amounts are never shown; whoever wants to
know whether they were altered brings the file, whose hash tells.
"""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.settings import settings
from app.documents.bulk.proving import Issued, issued
from app.documents.codes import read_code
from app.documents.emptying import Emptied, emptied
from app.documents.kinds import all_kinds
from app.documents.models import Document, DocumentFile
from app.documents.renderer.pool import pool
from app.documents.rendering import digest_of
from app.documents.seals.keys import is_issued, known_roots
from app.documents.seals.timestamping import levels_of
from app.documents.verifying.ending import has_ended, was_undone

SECONDS = 20
Outcome = Literal["genuine", "altered", "unknown"]


class UnknownCode(Refusal):
    """No document has the code; the same answer for one that cannot be a code."""

    message = N_(
        "No document of ours has this code. Compare it with the paper, sign by sign; if it is right, the paper is "
        "not ours."
    )
    status = 404
    field = "code"


@dataclass(frozen=True)
class Standing:
    """What may be told of a document.

    `ended` says of a certificate that its shares are no longer held, `undone` of a paper that what it tells of was
    reversed.
    `proof_waits`: what proves the seal after its certificate has ended is not in the file yet. `record_holds`: the
    facts that we keep have the hash that was noted when they were filed.
    `issued` is how a record is proved that was filed among many; `emptied` by which decision its contents were erased.
    """

    code: str
    title: str
    number: int
    version: int
    issued_at: datetime
    organization: str
    facts_sha256: str
    seal: str
    timestamp_waits: bool
    proof_waits: bool
    record_holds: bool
    replaced_at: datetime | None
    replaced_by_version: int | None
    ended: bool
    undone: bool = False
    issued: Issued | None = None
    emptied: Emptied | None = None

    @property
    def is_latest(self) -> bool:
        """Whether nothing took its place, what it says still stands, and it is as it was issued."""
        stands = self.record_holds and (self.issued is None or self.issued.leads)
        return stands and self.replaced_at is None and not self.ended and not self.undone


@dataclass(frozen=True)
class Verified:
    """What a file is: `genuine` (byte for byte as we made it), `altered` (it names a document of ours), or unknown."""

    outcome: Outcome
    standing: Standing | None
    seal: dict[str, Any]

    @property
    def facts_hold(self) -> bool | None:
        """Whether the facts in the file are those on record; None where either is not there."""
        found = self.seal["facts_sha256"]
        return found == self.standing.facts_sha256 if found and self.standing else None

    @property
    def holds(self) -> bool:
        """Whether the file may be relied on as the latest word."""
        return self.outcome == "genuine" and self.standing is not None and self.standing.is_latest


def standing_of_code(session: Session, typed: str) -> Standing:
    """What may be told of the document with a code, as somebody typed it. Raises `UnknownCode`."""
    return standing_of(session, document_coded(session, typed))


def document_coded(session: Session, typed: str) -> Document:
    """The document with a code, as somebody typed it. Raises `UnknownCode`."""
    code = read_code(typed)
    document = session.scalars(select(Document).where(Document.verify_code == code)).first() if code else None
    if document is None:
        raise UnknownCode
    return document


def verify_file(session: Session, content: bytes) -> Verified:
    """Compare a PDF with our records, and examine its seal in a process apart."""
    sha256 = hashlib.sha256(content).hexdigest()
    roots = [b64encode(each).decode() for each in known_roots()]
    seal, _ = pool().ask({"act": "examine", "roots": roots}, content, seconds=SECONDS)
    later = select(DocumentFile.document_id).where(DocumentFile.pdf_sha256 == sha256)
    ours = session.scalars(select(Document).where(or_(Document.pdf_sha256 == sha256, Document.id.in_(later)))).first()
    if ours is not None:
        return Verified("genuine", standing_of(session, ours), seal)
    code = read_code(seal["code"] or "")
    named = session.scalars(select(Document).where(Document.verify_code == code)).first() if code else None
    return Verified("altered", standing_of(session, named), seal) if named else Verified("unknown", None, seal)


def standing_of(session: Session, document: Document) -> Standing:
    """What may be told of a document of ours."""
    later = session.scalars(select(Document).where(Document.replaces_id == document.id)).first()
    sealed = str(document.facts.get("seal", "none"))
    kind = all_kinds().get(document.kind)
    among = issued(session, document)
    level = kind.level if kind and sealed == "organization" and settings().tsa_url else "B-B"
    reached = levels_of(session, document.id)
    timestamped = among.timestamp if among else reached & {"B-T", "B-LT"}
    return Standing(
        code=document.verify_code or "",
        title=kind.title if kind else document.kind,
        number=document.number,
        version=document.version,
        issued_at=document.filed_at,
        organization=str(document.facts.get("organization", settings().organization)),
        facts_sha256=document.facts_sha256,
        seal=sealed,
        timestamp_waits=level != "B-B" and not timestamped,
        proof_waits=level == "B-LT" and "B-LT" not in reached and is_issued(),
        record_holds=not document.facts or digest_of(document.facts) == document.facts_sha256,
        replaced_at=later.filed_at if later else None,
        replaced_by_version=later.version if later else None,
        ended=has_ended(session, document),
        undone=was_undone(session, document),
        issued=among,
        emptied=emptied(session, document.id),
    )
