"""Questions and answers: whoever is signed in asks, organizers answer; with a reason a question is hidden, not lost."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal
from app.members.models import Person
from app.offers.models import Offer
from app.offers.public.models import Answer, Question, QuestionMove

OPEN_MAX = 5


class TooManyOpen(Refusal):
    """The person waits for several answers already."""

    message = N_("{most} of your questions wait for an answer. Ask again when one is answered.")
    status = 429
    field = "question"


class HiddenAlready(Refusal):
    """The question stands as it is asked to stand."""

    message = N_("Somebody has done this already. Nothing was changed.")
    status = 409


@dataclass(frozen=True)
class ShownQuestion:
    """A question with its last answer, whether that was changed, and the last move that hid it or showed it again."""

    question: Question
    answer: Answer | None
    answers: int
    move: QuestionMove | None

    @property
    def hidden(self) -> bool:
        """Whether the public page leaves it out."""
        return self.move is not None and self.move.hidden


def ask(session: Session, offer: Offer, person: Person, text: str, form_key: str) -> Question:
    """Ask a question; the same form again is the same question."""
    one_at_a_time(session, f"questions of person {person.id}")
    key = f"{person.id}:{form_key}"
    earlier = session.scalars(select(Question).where(Question.form_key == key)).first()
    if earlier is not None:
        return earlier
    waiting = (
        select(func.count(Question.id))
        .outerjoin(Answer, Answer.question_id == Question.id)
        .where(Question.offer_id == offer.id, Question.person_id == person.id, Answer.id.is_(None))
    )
    if session.execute(waiting).scalar_one() >= OPEN_MAX:
        raise TooManyOpen(most=OPEN_MAX)
    row = Question(form_key=key, offer_id=offer.id, person_id=person.id, text=text, asked_at=clock.now())
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.QUESTION_ASKED, f"question:{row.id}", by=person.id)
    return row


def answer(session: Session, offer: Offer, question_id: int, text: str, *, by: int | None) -> Answer:
    """Answer a question, or replace its answer; the earlier one stays on record."""
    question = _locked(session, offer, question_id)
    last = _last_answer(session, question)
    if last is not None and last.text == text:
        return last
    row = Answer(question_id=question.id, text=text, answered_at=clock.now(), answered_by=by)
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.QUESTION_ANSWERED, f"question:{question.id}", by=by)
    return row


def hide(
    session: Session, offer: Offer, question_id: int, *, hidden: bool, reason: str, by: int | None
) -> QuestionMove:
    """Hide a question from the public page, or show it again."""
    question = _locked(session, offer, question_id)
    last = _last_move(session, question)
    if (last is not None and last.hidden) == hidden:
        raise HiddenAlready
    row = QuestionMove(question_id=question.id, hidden=hidden, reason=reason, at=clock.now(), by=by)
    session.add(row)
    session.flush()
    tag = audit.Tag.QUESTION_HIDDEN if hidden else audit.Tag.QUESTION_SHOWN
    audit.record(session, tag, f"question:{question.id}", by=by, reason=reason)
    return row


def questions_of(session: Session, offer: Offer, *, limit: int = 100) -> list[ShownQuestion]:
    """The questions of an offer for its desk, the newest first."""
    rows = session.scalars(
        select(Question).where(Question.offer_id == offer.id).order_by(Question.id.desc()).limit(limit)
    ).all()
    ids = [row.id for row in rows]
    answers: dict[int, list[Answer]] = {}
    for each in session.scalars(select(Answer).where(Answer.question_id.in_(ids)).order_by(Answer.id)):
        answers.setdefault(each.question_id, []).append(each)
    moves = session.scalars(select(QuestionMove).where(QuestionMove.question_id.in_(ids)).order_by(QuestionMove.id))
    last = {move.question_id: move for move in moves}
    return [
        ShownQuestion(row, answers.get(row.id, [None])[-1], len(answers.get(row.id, [])), last.get(row.id))
        for row in rows
    ]


def questions_shown(session: Session, offer: Offer) -> list[ShownQuestion]:
    """What everyone sees: questions that are answered, not hidden, and not erased."""
    return [each for each in questions_of(session, offer) if each.answer and not each.hidden and each.question.text]


def _locked(session: Session, offer: Offer, question_id: int) -> Question:
    one_at_a_time(session, f"question {question_id}")
    found = session.get(Question, question_id)
    if found is None or found.offer_id != offer.id:
        raise NotFound
    return found


def _last_answer(session: Session, question: Question) -> Answer | None:
    return session.scalars(
        select(Answer).where(Answer.question_id == question.id).order_by(Answer.id.desc()).limit(1)
    ).first()


def _last_move(session: Session, question: Question) -> QuestionMove | None:
    return session.scalars(
        select(QuestionMove).where(QuestionMove.question_id == question.id).order_by(QuestionMove.id.desc()).limit(1)
    ).first()
