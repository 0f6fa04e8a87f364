"""Consenting: the texts that were agreed to with a pledge are kept word for word, and the answers on risks."""

import hashlib

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import clock
from app.offers.models import Pledge
from app.offers.pledging.models import EntryTest, PledgeConsent, ShownText
from app.offers.pledging.questions import QUESTIONS, right_answers
from app.offers.pledging.statements import Statement


def record_consents(session: Session, pledge: Pledge, agreed: list[Statement]) -> None:
    """Keep that these texts were agreed to now, in every language in which they were shown."""
    for statement in agreed:
        for language in statement.bodies:
            row = PledgeConsent(
                pledge_id=pledge.id,
                what=statement.what,
                text_sha256=keep_text(session, language, statement.body(language)),
                language=language,
                terms_version=pledge.terms.version,
                given_at=clock.now(),
            )
            session.add(row)
    session.flush()


def record_answers(session: Session, pledge: Pledge, answers: dict[str, str]) -> None:
    """Keep the answers to the questions on risks, and how many were right."""
    row = EntryTest(
        pledge_id=pledge.id,
        answers={name: answers[name] for name in QUESTIONS},
        right_count=right_answers(answers),
        asked_count=len(QUESTIONS),
        taken_at=clock.now(),
    )
    session.add(row)
    session.flush()


def consents_of(session: Session, pledge: Pledge) -> list[tuple[PledgeConsent, ShownText]]:
    """What was agreed to with a pledge, in order, each with the text."""
    rows = session.execute(
        select(PledgeConsent, ShownText)
        .join(ShownText, ShownText.sha256 == PledgeConsent.text_sha256)
        .where(PledgeConsent.pledge_id == pledge.id)
        .order_by(PledgeConsent.id)
    )
    return [(consent, shown) for consent, shown in rows]


def keep_text(session: Session, language: str, body: str) -> str:
    """The hash of a text (SHA-256 of its UTF-8 bytes), which is kept from now on."""
    digest = hashlib.sha256(body.encode()).hexdigest()
    row = insert(ShownText).values(sha256=digest, language=language, body=body, first_shown_at=clock.now())
    session.execute(row.on_conflict_do_nothing())
    return digest
