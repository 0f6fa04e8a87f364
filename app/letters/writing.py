"""Writing a letter: its row and the job that sends it are committed with the act it tells of."""

from typing import Any

from sqlalchemy.orm import Session

from app.core import clock, jobs
from app.letters.models import Letter

SEND_JOB = "letters.send"


def write(session: Session, name: str, to: str, lang: str, person_id: int | None = None, **facts: Any) -> Letter:
    """Write the letter `templates/letters/<name>` to an address; the worker sends it after the commit.

    Facts are JSON values: money in minor units with its currency, ids in place of links' tokens.
    """
    letter = Letter(to_address=to, language=lang, name=name, facts=facts, person_id=person_id, written_at=clock.now())
    session.add(letter)
    session.flush()
    jobs.defer(session, SEND_JOB, letter_id=letter.id)
    return letter
