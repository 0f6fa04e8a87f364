"""Consenting: each purpose in the words that were shown, given and taken back by the person, each act a row."""

from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.origin import origin
from app.members.models import Person
from app.offers.desk.reminders.judging import register_objectors
from app.privacy.models import Consent


class Purpose(StrEnum):
    """What consent is asked for; everything else done here rests on a contract or the law, not on consent."""

    NEWS = "news"
    PUBLIC_NAME = "public-name"
    RESEARCH = "research"


class Text(NamedTuple):
    """What a person reads and agrees to."""

    title: str
    words: str


# Versions are only ever added: a row names the version that its person read.
TEXTS: dict[Purpose, tuple[Text, ...]] = {
    Purpose.NEWS: (
        Text(
            N_("News"),
            N_("You may send me news of the campaign by e-mail. I can take this back here at any time."),
        ),
    ),
    Purpose.PUBLIC_NAME: (
        Text(
            N_("My name in public"),
            N_("You may show my name, without my address and amounts, in public lists of supporters."),
        ),
    ),
    Purpose.RESEARCH: (
        Text(
            N_("Research"),
            N_("You may use what I did here, without my name and address, for statistics and research on ownership."),
        ),
    ),
}


class NothingToChange(Refusal):
    """The purpose is agreed to already, or was not."""

    message = N_("This is how it stands already. Nothing was changed.")
    status = 409


class UnknownPurpose(Refusal):
    """There is no such purpose."""

    message = N_("There is no consent of this name.")
    status = 404


def current_text(purpose: Purpose) -> tuple[int, Text]:
    """The version shown now, counted from 1, and its words."""
    return len(TEXTS[purpose]), TEXTS[purpose][-1]


def read_purpose(name: str) -> Purpose:
    """A purpose by its name in an address."""
    try:
        return Purpose(name)
    except ValueError:
        raise UnknownPurpose from None


def give_consent(session: Session, person: Person, purpose: Purpose, language: str) -> Consent:
    """Agree to a purpose in its present words, read in a language."""
    return _note(session, person, purpose, True, language)


def withdraw_consent(session: Session, person: Person, purpose: Purpose, language: str) -> Consent:
    """Take consent to a purpose back: as easy as giving it."""
    return _note(session, person, purpose, False, language)


def consent_now(session: Session, person_id: int, purpose: Purpose) -> Consent | None:
    """The row that counts now; its `given` says whether consent stands. None: never asked or answered."""
    return session.scalars(
        select(Consent)
        .where(Consent.person_id == person_id, Consent.purpose == purpose)
        .order_by(Consent.id.desc())
        .limit(1)
    ).first()


def consents(session: Session, person_id: int, purpose: Purpose) -> bool:
    """Whether a person agrees to a purpose now."""
    now = consent_now(session, person_id, purpose)
    return now is not None and now.given


def history(session: Session, person_id: int) -> list[Consent]:
    """Every consent given and taken back, the latest first."""
    return list(session.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.id.desc())))


def _note(session: Session, person: Person, purpose: Purpose, given: bool, language: str) -> Consent:
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    if consents(session, person.id, purpose) == given:
        raise NothingToChange
    version, _ = current_text(purpose)
    where = origin()
    row = Consent(
        person_id=person.id,
        purpose=purpose,
        text_version=version,
        language=language,
        given=given,
        at=clock.now(),
        door=where.door if where else None,
    )
    session.add(row)
    tag = audit.Tag.CONSENT_GIVEN if given else audit.Tag.CONSENT_WITHDRAWN
    audit.record(session, tag, f"person:{person.id}", by=person.id, purpose=purpose.value, version=version)
    session.flush()
    return row


def _objectors() -> Select[int]:
    """Persons who have taken back that they agree to news: they do not want to be urged either."""
    news = select(func.max(Consent.id)).where(Consent.purpose == Purpose.NEWS).group_by(Consent.person_id)
    return select(Consent.person_id).where(Consent.id.in_(news), ~Consent.given)


register_objectors(_objectors)
