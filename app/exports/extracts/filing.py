"""Filing an extract of the register (D09): a member's own, or one that the desk gives to whom the law lets have it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.settings import settings
from app.documents.filing import file_document
from app.documents.models import Document
from app.exports.extracts.facts import entry_facts
from app.exports.registers.profiles import STANDARD, profile
from app.members.models import Membership, Person
from app.members.persons import name_of, particulars_on

KIND = "register-extract"
OWN_RECORD = N_("the member’s own record")
_LAWS = {
    "de": "de-eg",
    "fr": "fr-sa-scic",
    "sce": "eu-sce",
    "uk": "uk-company-to-society",
    "us-co": "us-co-lca",
    "us-de": "us-de-266",
}
"""Of each profile of registers the law profile whose value `register` says what the register must show."""
_USUAL = {"de": "de", "fr": "fr", "uk": "uk", "us": "us-co"}


class NotOnRecord(Refusal):
    """Nothing may be told of the holder on that day."""

    message = N_("The register has no name and address of this holder for {day}, so nothing can be extracted.")
    status = 404


class DaysReversed(Refusal):
    """Movements cannot be told backwards, or from days to come."""

    message = N_("Choose a day that is not ahead, and a first day that is not after it.")
    field = "since"


class InterestMissing(Refusal):
    """Under German law others get an extract only for an interest that the register serves."""

    message = N_(
        "Section 31 of the Genossenschaftsgesetz: say what legitimate interest the other has; it binds the use."
    )
    field = "interest"


class AddressMissing(Refusal):
    """Under the law of the United Kingdom a request gives name, address and purpose."""

    message = N_("A request for the register gives name, address and purpose: add the address.")
    field = "requested_address"


@dataclass(frozen=True)
class Request:
    """What was asked for: movements since a day, the entry at the end of a day, in the columns of a profile.

    `name`, `address` and `interest` are those of somebody else who asked; empty for the member's own extract.
    """

    since: date
    as_of: date
    purpose: str
    profile: str = STANDARD
    name: str = ""
    address: str = ""
    interest: str = ""
    place: str = ""


def usual_profile() -> str:
    """The profile of the law under which this register is kept."""
    return _USUAL.get(settings().register_law, STANDARD)


def file_extract(
    session: Session, member: Membership, asked: Request, *, by: Person, form_key: str, officer: str = ""
) -> Document:
    """File the extract that was asked for; the same key again gives the same document. `officer` is who gives it.

    Raises what is at the head of this file, and `UnknownProfile`.
    """
    law = profile(asked.profile)
    if asked.as_of > clock.today() or asked.since > asked.as_of:
        raise DaysReversed
    if asked.name and law.name == "de" and not asked.interest:
        raise InterestMissing
    if asked.name and law.name == "uk" and not asked.address:
        raise AddressMissing
    source = f"extract:{form_key}"
    filed = session.scalars(select(Document).where(Document.source == f"{KIND}:{source}")).first()
    if filed is not None:
        return filed
    known = particulars_on(session, member.person_id, asked.as_of)
    if known is None:
        raise NotOnRecord(day=asked.as_of)
    facts = entry_facts(session, member, known, asked.since, asked.as_of, law) | {
        "requested_by": asked.name or known.legal_name,
        "requested_address": asked.address,
        "interest": asked.interest,
        "purpose": asked.purpose or OWN_RECORD,
        "signatories": [{"name": name_of(session, by), "capacity": officer}] if officer else [],
        "place": asked.place,
    }
    of = _LAWS.get(law.name)
    document = file_document(session, KIND, source, member.person, facts, profile=of)
    subject, said = f"member:{member.number}", {"document": document.number, "for": asked.name or "member"}
    audit.record(session, audit.Tag.REGISTER_EXTRACTED, subject, by=by.id, reason=facts["purpose"], **said)
    return document
