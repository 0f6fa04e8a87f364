"""Answering: what changed is kept as new rows; the last of each question counts."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversion.answers.models import ConversionAnswer
from app.conversion.answers.questions import CURRENCIES, Shape, questions_for
from app.conversion.plan.models import Conversion
from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal


class UnknownQuestion(Refusal):
    """The law asks no such thing."""

    message = N_("“{key}” is no question of this conversion.")
    field = "answers"


class NotInShape(Refusal):
    """The answer is not of its kind."""

    message = N_("“{key}” is answered by {shape}.")
    field = "answers"


SHAPES = {
    Shape.DAY: N_("a day such as 2026-12-31"),
    Shape.MONEY: N_("whole minor units such as 4600000"),
    Shape.CURRENCY: N_("a currency such as USD"),
}


def read_answers(law: str, said: Mapping[str, str]) -> dict[str, str]:
    """Answers as programs give them, judged by the shapes of their questions; empty ones take back."""
    asked = {each.key: each for group in questions_for(law).values() for each in group}
    for key, text in said.items():
        if key not in asked:
            raise UnknownQuestion(key=key[:60])
        if text.strip() and not _fits(asked[key].shape, text.strip()):
            raise NotInShape(key=key, shape=SHAPES[asked[key].shape])
    return dict(said)


def _fits(shape: Shape, text: str) -> bool:
    if shape is Shape.DAY:
        try:
            return date.fromisoformat(text).isoformat() == text
        except ValueError:
            return False
    if shape is Shape.MONEY:
        return text.isascii() and text.isdigit() and len(text) <= 15
    return shape is not Shape.CURRENCY or text in CURRENCIES


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
