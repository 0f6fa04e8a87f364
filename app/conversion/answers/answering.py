"""Answering: what changed is kept as new rows; the last of each question counts."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversion.answers.models import ConversionAnswer
from app.conversion.answers.questions import questions_for
from app.conversion.plan.models import Conversion
from app.core import audit, clock
from app.core.database import one_at_a_time


def answer(session: Session, conversion: Conversion, said: Mapping[str, str], *, by: int) -> list[str]:
    """Keep the answers that differ from those known; the keys of the questions that changed.

    Answers come in their shape: a day as ISO 8601, money as whole minor units, text as it is.
    """
    one_at_a_time(session, f"conversion {conversion.slug}")
    asked = {each.key for group in questions_for(conversion.law).values() for each in group}
    assert said.keys() <= asked, "only what the law asks is answered"
    known = answers_of(session, conversion)
    changed = {key: text.strip() for key, text in said.items() if text.strip() != known.get(key, "")}
    now = clock.now()
    session.add_all(
        ConversionAnswer(conversion_id=conversion.id, key=key, said=text, answered_at=now, answered_by=by)
        for key, text in changed.items()
    )
    session.flush()
    if changed:
        audit.record(
            session, audit.Tag.CONVERSION_ANSWERED, f"conversion:{conversion.slug}", by=by, questions=sorted(changed)
        )
    return sorted(changed)


def answers_of(session: Session, conversion: Conversion) -> dict[str, str]:
    """The answers that count, by the key of their question."""
    rows = select(ConversionAnswer.key, ConversionAnswer.said).where(ConversionAnswer.conversion_id == conversion.id)
    latest = {row.key: row.said for row in session.execute(rows.order_by(ConversionAnswer.id))}
    return {key: said for key, said in latest.items() if said}
