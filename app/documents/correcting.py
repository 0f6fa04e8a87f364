"""Correcting: a document that says something wrong is replaced by a new version; the old one stays, and says so."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import N_, Refusal
from app.documents.filing import CERTIFICATE, certificate_facts, file_version
from app.documents.kinds import Field, kind_of
from app.documents.models import Document
from app.shares.models import Lot


class ReplacedAlready(Refusal):
    """Only the latest version can be replaced."""

    message = N_("This document was replaced already. Correct its latest version.")
    status = 409


class NothingChanged(Refusal):
    """The correction says what the document says."""

    message = N_("Nothing differs from the document, so there is nothing to correct.")


class Signed(Refusal):
    """What people have signed stays as they signed it."""

    message = N_("People have signed this document, so nothing in it can be changed. File another one instead.")
    status = 409


class OfTheRegister(Refusal):
    """A certificate is no text of its own."""

    message = N_(
        "A certificate says what the register says. "
        "Correct the register first, then issue the certificate anew from it."
    )
    status = 409


class NoCertificate(Refusal):
    """Other documents come of acts, not of the register."""

    message = N_("Only a certificate is issued anew from the register. Correct the words of this document instead.")
    status = 409


def correct_document(
    session: Session, document: Document, facts: dict[str, Any], *, reason: str, by: int | None
) -> Document:
    """File the next version of a document, with the facts that differ; it has a number and a code of its own.

    It concerns whom the old one concerns, in the same language and under the same law; the old one is kept as it is,
    and whoever verifies it learns that it was replaced. The reason goes into the audit trail.
    """
    session.execute(select(Document.id).where(Document.id == document.id).with_for_update(key_share=True))
    if session.scalars(select(Document.id).where(Document.replaces_id == document.id)).first() is not None:
        raise ReplacedAlready
    if document.facts.get("evidence"):
        raise Signed
    if all(document.facts.get(name) == value for name, value in facts.items()):
        raise NothingChanged
    later = file_version(session, document, facts)
    subject, said = f"document:{later.id}", {"replaces": document.id}
    audit.record(session, audit.Tag.DOCUMENT_CORRECTED, subject, by=by, reason=reason.strip() or None, **said)
    return later


def reissue_certificate(session: Session, document: Document, *, reason: str, by: int) -> Document:
    """File a certificate anew as the register has it for the day of allotment, where what was wrong is right now."""
    if document.kind != CERTIFICATE:
        raise NoCertificate
    lot = session.get_one(Lot, int(document.source.partition("#")[0].rpartition(":")[2]))
    return correct_document(session, document, certificate_facts(session, lot), reason=reason, by=by)


def correctable(document: Document) -> list[Field]:
    """The facts of a document that people may correct: words and days. What the books say is corrected in the books."""
    if document.kind == CERTIFICATE:
        return []
    own = ("currency", "counsel", "organization")
    fields = kind_of(document.kind).fields_in(document.profile_id)
    open_ = [each for each in fields if each.type in ("text", "day") and not each.name.startswith(own)]
    return [each for each in open_ if not each.name.endswith(("_sha256", "reference"))]
