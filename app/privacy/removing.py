"""Removing: what is deleted or emptied of a person, table by table; what the law keeps is not touched here."""

from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.ballots.motions.discussion.models import Appeal, MotionCommentText
from app.core import clock
from app.core.database import Base
from app.documents.emptying import empty_documents
from app.documents.models import Document
from app.letters.models import Letter
from app.members.apitokens.models import ApiAnswer, ApiToken
from app.members.models import Person, SignedIn, SignInLink
from app.members.people.models import (
    Application,
    Contact,
    PersonBankAccount,
    PersonDeclaration,
    PersonKey,
    PersonPrivate,
)
from app.members.people.resolving import same_person
from app.members.restricting import Restriction
from app.members.signin.models import (
    Authenticator,
    CodeTries,
    KnownDevice,
    OutsideAccount,
    Passkey,
    RecoveryCode,
)
from app.offers.desk.models import PledgeNote
from app.offers.models import Pledge, PledgeState
from app.offers.pledging.models import PledgePrivate
from app.offers.pledging.solidarity.models import SolidarityGift, SolidarityRequest
from app.offers.public.models import Question as OfferQuestion
from app.payments.cards.evidence.models import DisputeEvidence
from app.privacy.models import ErasureDecision, ErasureRequest, PersonalFile

TOLD = timedelta(days=30)
"""How long the letter that tells the decision keeps its address: until it has surely been sent, also again."""

_OWN: tuple[Any, ...] = (
    SignInLink,
    SignedIn,
    KnownDevice,
    Passkey,
    Authenticator,
    RecoveryCode,
    CodeTries,
    OutsideAccount,
    PersonalFile,
    PersonBankAccount,
    PersonKey,
)
_TYPED = {
    "legal_name": "",
    "telephone": "",
    "holder": {},
    "street_lines": [],
    "postal_code": "",
    "locality": "",
    "region": "",
    "country": "",
}


def erase_typed(session: Session, person_id: int, *, keep_identity: bool) -> dict[str, int]:
    """Remove everything that no law keeps; the person must be restricted. How many rows of each table."""
    people = list(session.scalars(same_person(person_id)).all())
    emails = [email.lower() for email in session.scalars(select(Person.email).where(Person.id.in_(people))) if email]
    mine = or_(Letter.person_id.in_(people), func.lower(Letter.to_address).in_(emails))
    gone = {
        "letter": _empty(session, Letter, mine, to_address="", facts={}),
        "contact": _empty(session, Contact, Contact.person_id.in_(people), value=""),
        "membership_application": _empty(session, Application, Application.person_id.in_(people), statement=""),
        "pledge_note": _empty_notes(session, people, emails),  # while it can be told whose pledges they are on
        "dispute_evidence": _empty(session, DisputeEvidence, DisputeEvidence.person_id.in_(people), texts={}),
        "motion_comment_text": _empty(session, MotionCommentText, MotionCommentText.person_id.in_(people), text=""),
        "motion_appeal": _empty(session, Appeal, Appeal.person_id.in_(people), text=""),
        "offer_question": _empty(session, OfferQuestion, OfferQuestion.person_id.in_(people), text=""),
        "solidarity_request": _delete(session, SolidarityRequest, SolidarityRequest.person_id.in_(people)),
        "solidarity_gift": _empty_gifts(session, people, emails),
        "pledge": _empty_pledges(session, people, emails, all_of_them=not keep_identity),
    }
    tokens = select(ApiToken.id).where(ApiToken.person_id.in_(people))
    gone["api_answer"] = _delete(session, ApiAnswer, ApiAnswer.token_id.in_(tokens))
    gone["api_token"] = _delete(session, ApiToken, ApiToken.person_id.in_(people))
    for table in _OWN:
        gone[table.__tablename__] = _delete(session, table, table.person_id.in_(people))
    if not keep_identity:
        gone["person_private"] = _delete(session, PersonPrivate, PersonPrivate.person_id.in_(people))
        gone["person_declaration"] = _delete(session, PersonDeclaration, PersonDeclaration.person_id.in_(people))
    for each in people:
        session.execute(update(Person).where(Person.id == each).values(email=f"erased-{each}@erased.invalid"))
    session.expire_all()
    return {name: count for name, count in gone.items() if count}


def empty_papers(session: Session, person_id: int, request_id: int, *, all_of_them: bool) -> list[dict[str, Any]]:
    """Empty the documents of pledges that never became shares, before these are; `all_of_them`: of all pledges."""
    people = list(session.scalars(same_person(person_id)).all())
    mine = Pledge.person_id.in_(people)
    pledges = select(Pledge.id).where(mine if all_of_them else mine & (Pledge.state != PledgeState.ALLOTTED))
    pledge_id = cast(func.substring(Document.source, "^[a-z-]+:pledge:([0-9]+)"), BigInteger)
    found = select(Document).where(Document.person_id.in_(people), pledge_id.in_(pledges)).order_by(Document.id)
    return empty_documents(session, session.scalars(found).all(), request_id)


def finish_erasures(session: Session) -> None:
    """What had to wait: letters that told of a decision, and identity data whose time of keeping is over."""
    told = select(Restriction.person_id).where(Restriction.restricted_at <= clock.now() - TOLD)
    _empty(
        session,
        Letter,
        Letter.person_id.in_(told) & or_(Letter.to_address != "", Letter.facts != {}),
        to_address="",
        facts={},
    )
    over = (
        select(ErasureRequest.person_id, ErasureRequest.id)
        .join(ErasureDecision, ErasureDecision.request_id == ErasureRequest.id)
        .where(ErasureDecision.granted, ErasureDecision.delete_after < clock.today())
    )
    for person_id, request_id in session.execute(over).all():
        empty_papers(session, person_id, request_id, all_of_them=True)
        people = list(session.scalars(same_person(person_id)).all())
        _delete(session, PersonPrivate, PersonPrivate.person_id.in_(people))
        _delete(session, PersonDeclaration, PersonDeclaration.person_id.in_(people))
        _empty_pledges(session, people, [], all_of_them=True)


def _empty_pledges(session: Session, people: list[int], emails: list[str], *, all_of_them: bool) -> int:
    """Empty what was typed into pledges; one that became shares is a contract, and stays while papers are kept."""
    mine = or_(Pledge.person_id.in_(people), func.lower(Pledge.email).in_(emails))
    _delete(session, PledgePrivate, PledgePrivate.pledge_id.in_(select(Pledge.id).where(mine)))
    emptied = mine if all_of_them else mine & (Pledge.state != PledgeState.ALLOTTED)
    count = _empty(session, Pledge, emptied & (Pledge.legal_name != ""), **_TYPED)
    _empty(session, Pledge, mine, email="")
    return count


def _empty_gifts(session: Session, people: list[int], emails: list[str]) -> int:
    """Empty what was typed into gifts to a fund; the payments say what was given."""
    mine = or_(SolidarityGift.person_id.in_(people), func.lower(SolidarityGift.email).in_(emails))
    return _empty(session, SolidarityGift, mine & (SolidarityGift.email != ""), legal_name="", email="")


def _empty_notes(session: Session, people: list[int], emails: list[str]) -> int:
    mine = select(Pledge.id).where(or_(Pledge.person_id.in_(people), func.lower(Pledge.email).in_(emails)))
    return _empty(session, PledgeNote, PledgeNote.pledge_id.in_(mine) & (PledgeNote.text != ""), text="")


def _empty(session: Session, table: type[Base], rows: ColumnElement[bool], **empty: Any) -> int:
    found: Any = session.execute(update(table).where(rows).values(**empty).execution_options(synchronize_session=False))
    return int(found.rowcount)


def _delete(session: Session, table: type[Base], rows: ColumnElement[bool]) -> int:
    found: Any = session.execute(delete(table).where(rows).execution_options(synchronize_session=False))
    return int(found.rowcount)
