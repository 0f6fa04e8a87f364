"""Freezing: facts become a document's record with number, code and hash, before and without any page."""

from typing import Any

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.language import LANGUAGES
from app.documents.checking import check_facts, check_shown, unsure
from app.documents.codes import address_of_code, new_code
from app.documents.kinds import Kind
from app.documents.models import Document
from app.documents.rendering import digest_of, render_by
from app.documents.seals.keys import SealKey, seal_key
from app.documents.seals.sealing import seal
from app.law.profiles import Profile
from app.members.models import Person


class SealGone(Refusal):
    """The record says that the organization seals it, and its key is not configured."""

    message = N_(
        "Document no. {number} says that the organization's seal is on it, and no key of the organization is "
        "configured. Set COSTAKE_SEAL_PKCS12 or COSTAKE_SEAL_PKCS11, then ask again."
    )
    status = 503


def freeze(
    kind: Kind,
    source: str,
    person: Person | None,
    facts: dict[str, Any],
    *,
    number: int,
    language: str | None = None,
    law: Profile | None = None,
    key: SealKey | None = None,
    replaces: Document | None = None,
) -> Document:
    """A document's record, without a file yet; `key` is the one that will seal its file.

    The language is the person's, unless said. What the law profile is not sure of is named in it (`unsure`).

    Raises `FactsMissing` and `NotShown`.
    """
    check_facts(kind, facts, law.id if law else None)
    check_shown(facts)
    language = language or (person.language if person else LANGUAGES[0])
    issued_at, code = clock.now().replace(microsecond=0), new_code()
    frozen = {
        **facts,
        "document_kind": kind.name,
        "document_schema": kind.version,
        "document_number": number,
        "document_version": replaces.version + 1 if replaces else 1,
        "replaces_number": replaces.number if replaces else None,
        "document_language": language,
        "profile": {"id": law.id, "version": law.version} if law else None,
        "verify_code": code,
        "verify_at": address_of_code(code),
        "seal": "none" if key is None else "test" if key.is_test else "organization",
        "issued_at": issued_at.isoformat(),
    }
    if law is not None and (doubts := unsure(kind, law)):
        frozen["unsure"] = {"law": law.title, "titles": doubts}
    return Document(
        number=number,
        kind=kind.name,
        source=f"{kind.name}:{source}",
        person_id=person.id if person else None,
        language=language,
        template_version=kind.template_version,
        facts=frozen,
        facts_sha256=digest_of(frozen),
        filed_at=issued_at,
        version=frozen["document_version"],
        schema_version=kind.version,
        profile_id=law.id if law else None,
        profile_version=law.version if law else None,
        verify_code=code,
        replaces_id=replaces.id if replaces else None,
        engine="",
    )


def pdf_of(document: Document, key: SealKey | None) -> tuple[bytes, str]:
    """The file of a record, sealed where there is a key, and by which engine it was made."""
    content, engine = render_by(
        document.kind,
        document.facts,
        document.language,
        issued_at=document.filed_at,
        digest=document.facts_sha256,
    )
    return (seal(content, key) if key else content), engine


def key_for(document: Document) -> SealKey | None:
    """The key that seals the file of a record, as the record itself says it is sealed. Raises `SealGone`."""
    if document.facts["seal"] == "none":
        return None
    key = seal_key()
    if key.is_test and document.facts["seal"] == "organization":
        raise SealGone(number=document.number)
    return key
