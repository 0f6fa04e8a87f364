"""Signing: a person's intent, consent and name become a new version of the document, with a page of evidence."""

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal
from app.core.origin import origin
from app.documents.filing import file_version, is_concerned
from app.documents.models import Document
from app.documents.signing.asking import NothingToSign, next_signatory, signatories_of, tell_next
from app.documents.signing.models import DocumentSignatory, DocumentSignature
from app.members.models import Person, SignedIn
from app.members.people.identifying import identity_checked
from app.members.people.resolving import same_person

INTENT = N_("I have read this document, and I sign it.")
CONSENT = N_("I agree to sign electronically: this signature shall count as one by my hand.")
SIGNED_HERE = N_("signed electronically; see the page of evidence")
WAYS = {
    "link": N_("signed in by a link sent to their address"),
    "passkey": N_("signed in by a passkey"),
    "account": N_("signed in by an account elsewhere"),
}
FACTOR = N_("and confirmed by a second factor")
CHECKED, UNCHECKED = N_("identity document seen"), N_("no identity document seen")
_STROKES = re.compile(r"(M\d{1,3} \d{1,3}(L\d{1,3} \d{1,3}){0,2000}){1,60}")
DRAWN_MAX = 20_000


class NotYourTurn(Refusal):
    """Somebody signs before."""

    message = N_("Somebody else signs before you. You get a letter when it is your turn.")
    status = 409


class SignedAlready(Refusal):
    """The signature is there."""

    message = N_("You have signed this document. Its latest version is among your documents.")
    status = 409


class OtherVersion(Refusal):
    """Another version took the place of the one that was to be signed."""

    message = N_("Another version took the place of this one. What is yours to sign is among your documents.")
    status = 409


class NoName(Refusal):
    """Neither typed nor drawn."""

    message = N_("Type your name, or draw your signature.")
    field = "typed"


class NotDrawn(Refusal):
    """What was sent is no drawing of the page's."""

    message = N_("The drawn signature cannot be read. Clear it and draw it again, or type your name.")
    field = "drawn"


def turn_of(session: Session, number: int, person_id: int) -> DocumentSignatory:
    """The place at which a person signs a version now.

    Raises `NotYourTurn`, `SignedAlready`, `OtherVersion`, `NothingToSign`, and `NotFound` where it is not theirs.
    """
    document = session.scalars(select(Document).where(Document.number == number)).first()
    own = set(session.scalars(same_person(person_id)))
    mine = [row for row in signatories_of(session, document) if row.person_id in own] if document else []
    if document is None or not is_concerned(session, document, person_id):
        raise NotFound
    if not mine:
        raise NothingToSign
    row = next_signatory(session, document)
    if row is not None and row.person_id in own:
        return row
    if all(session.get(DocumentSignature, each.id) for each in mine):
        raise SignedAlready
    raise OtherVersion if row is None else NotYourTurn


def sign(session: Session, number: int, person: Person, *, typed: str, drawn: str, session_id: int) -> Document:
    """Sign a version; the next one, which has the signature and its evidence."""
    document = session.scalars(
        select(Document).where(Document.number == number).with_for_update(key_share=True)
    ).first()
    row = turn_of(session, number, person.id)
    assert document is not None, "a turn is of a document"
    if drawn and (len(drawn) > DRAWN_MAX or "L" not in drawn or not _STROKES.fullmatch(drawn)):
        raise NotDrawn
    if not typed and not drawn:
        raise NoName
    signed_at = clock.now().replace(microsecond=0)
    named = [dict(one) for one in document.facts["signatories"]]
    named[row.place] |= {"signed_at": signed_at.isoformat(), "how": SIGNED_HERE, "place": ""}  # it is not known
    evidence = {
        "name": named[row.place]["name"],
        "capacity": named[row.place]["capacity"],
        "typed": typed,
        "drawn": drawn,
        "signed_at": signed_at.isoformat(),
        "how": _how(session, session_id),
        "identity": CHECKED if identity_checked(session, person.id) else UNCHECKED,
        "intent": INTENT,
        "consent": CONSENT,
        "signed_number": document.number,
        "signed_sha256": document.facts_sha256,
    }
    known: list[dict[str, Any]] = document.facts.get("evidence") or []
    later = file_version(session, document, {"signatories": named, "evidence": [*known, evidence]})
    session.add(DocumentSignature(signatory_id=row.id, signed_id=document.id, made_id=later.id, signed_at=signed_at))
    session.flush()
    audit.record(session, audit.Tag.DOCUMENT_SIGNED, f"document:{later.id}", by=person.id, signed=document.id)
    tell_next(session, later)
    return later


def _how(session: Session, session_id: int) -> list[str]:
    """How the signatory was known, in words; of the network only what the audit trail keeps."""
    row, where = session.get(SignedIn, session_id), origin()
    said = [WAYS.get(row.how, WAYS["link"])] if row else []
    if row and row.second_factor_at is not None and row.how != "passkey":
        said.append(FACTOR)
    return [*said, *([where[1]] if where and where[1] else [])]
