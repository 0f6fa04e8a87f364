"""What is kept for the public page: counters in slots, versions of words and updates, questions and answers."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base


class OfferTotal(Base):
    """What counts in an offer, summed over its slots: each transaction adds to one of them, so that few ever wait.

    `people`, `shares` and `amount_cents` are of pledges that count (see `app.offers.tallying.COUNTED`); `paid_cents` is
    what is held for the offer's pledges or became shares; `paid_people` those who paid all of it.
    """

    __tablename__ = "offer_total"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    people: Mapped[int]
    shares: Mapped[int]
    amount_cents: Mapped[int]
    paid_cents: Mapped[int]
    paid_people: Mapped[int]


class OfferDay(Base):
    """The same for what changed on one day (UTC)."""

    __tablename__ = "offer_day"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    people: Mapped[int]
    shares: Mapped[int]
    amount_cents: Mapped[int]
    paid_cents: Mapped[int]
    paid_people: Mapped[int]


class OfferCountry(Base):
    """The same for pledges with an address in one country."""

    __tablename__ = "offer_country"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), primary_key=True, autoincrement=False)
    country: Mapped[str] = mapped_column(String, primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    people: Mapped[int]
    shares: Mapped[int]
    amount_cents: Mapped[int]
    paid_cents: Mapped[int]
    paid_people: Mapped[int]


class OfferWords(Base):
    """One version of what organizers say beside the terms: who is behind the offer, and how it is shared.

    `company_cents` is what all of the company costs, in the currency of the offer: by it the page knows which marks of
    the law the pledged money would pass; null where the offer does not buy a company.
    """

    __tablename__ = "offer_words"
    __table_args__ = (UniqueConstraint("offer_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"))
    version: Mapped[int]
    organization: Mapped[str] = mapped_column(String)
    people: Mapped[str] = mapped_column(String)
    share_text: Mapped[str] = mapped_column(String)
    hashtag: Mapped[str] = mapped_column(String)
    company_cents: Mapped[int | None]
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class OfferUpdate(Base):
    """One version of an update: a correction is the next version of the same number, with its reason."""

    __tablename__ = "offer_update"
    __table_args__ = (UniqueConstraint("offer_id", "number", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"))
    number: Mapped[int]
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String)
    text: Mapped[str] = mapped_column(String)
    reason: Mapped[str] = mapped_column(String)
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Question(Base):
    """What a signed-in supporter asked on the public page; shown without a name."""

    __tablename__ = "offer_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String, unique=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(String)
    asked_at: Mapped[datetime]


class Answer(Base):
    """An organizer's answer; a later one replaces it and leaves it on record."""

    __tablename__ = "offer_answer"
    __table_args__ = (Index(None, "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("offer_question.id"))
    text: Mapped[str] = mapped_column(String)
    answered_at: Mapped[datetime]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    question: Mapped[Question] = relationship()


class QuestionMove(Base):
    """A question was hidden from the page, or shown again: who, when, why. The last one counts."""

    __tablename__ = "offer_question_move"
    __table_args__ = (Index(None, "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("offer_question.id"))
    hidden: Mapped[bool]
    reason: Mapped[str] = mapped_column(String)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


append_only(Question.__table__, redactable=("text",))  # type: ignore[arg-type]  # a mapped class's table is a Table
for _table in (OfferWords, OfferUpdate, Answer, QuestionMove):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
