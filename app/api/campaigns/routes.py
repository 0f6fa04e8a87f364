"""A campaign over the API: organizers say who is behind it, post updates, answer questions; supporters ask."""

from uuid import uuid4

from fastapi import APIRouter
from sqlalchemy.orm import Session

from app.api.access import LongRoute, Once, ReadsOffers, WatchesOffer, WritesOffer, WritesPledges
from app.api.ballotdrafts.shapes import DocumentKept, DocumentTaken, document_kept
from app.api.campaigns.shapes import (
    AnswerTaken,
    HidingTaken,
    QuestionAsked,
    QuestionGiven,
    QuestionTaken,
    UpdateCorrected,
    UpdateGiven,
    UpdateTaken,
    WordsGiven,
    WordsTaken,
    question_given,
    update_given,
    words_given,
)
from app.core.errors import N_
from app.core.money import Money
from app.core.uploads import Upload
from app.offers.documents import add_document, documents_offered, remove_document
from app.offers.drafting import find_offer
from app.offers.models import Offer
from app.offers.public.asking import answer, ask, hide, questions_of
from app.offers.public.updating import correct_update, post_update, update_of, updates_of
from app.offers.public.wording import read_words, say_words
from app.offers.reading import offer_seen
from app.web.database import Id, Snapshot
from app.web.limiting import QUESTION
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/offers/{slug}", route_class=LongRoute, tags=["Offers"])
LISTED_MAX = 10_000
"""Of how many questions, the newest, the desk is told."""


@router.post("/words", operation_id="sayOfferWords", summary=N_("Say who is behind an offer"))
def say(caller: WritesOffer, session: Once, slug: str, wanted: WordsTaken) -> WordsGiven:
    """Write who is behind the offer, and the words with which it is shared; the public page says so from now on."""
    offer = find_offer(session, slug)
    said = {name: getattr(wanted, name) for name in ("organization", "people", "share_text", "hashtag")}
    if wanted.company_cents is not None:
        said["company"] = str(Money(wanted.company_cents, offer.terms.currency).decimal())
    return words_given(say_words(session, offer, read_words(said, offer.terms.currency), by=caller.person_id))


@router.get("/updates", operation_id="listOfferUpdates", summary=N_("List the updates of an offer"))
def list_updates(caller: ReadsOffers, session: Snapshot, paging: Pages, slug: str) -> Listed[UpdateGiven]:
    """Updates as they read now, the newest first."""
    after = paging.after()
    found = updates_of(session, offer_seen(session, slug))
    rows = [each for each in found if after is None or each.latest.number < after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda each: [each.latest.number], update_given)


@router.post("/updates", operation_id="postOfferUpdate", summary=N_("Post an update"), status_code=201)
def post(caller: WritesOffer, session: Once, slug: str, wanted: UpdateTaken) -> UpdateGiven:
    """Post an update, which everyone can read at once."""
    offer = find_offer(session, slug)
    row = post_update(session, offer, wanted.title, wanted.text, by=caller.person_id)
    return update_given(update_of(session, offer, row.number))


@router.post("/updates/{number}", operation_id="correctOfferUpdate", summary=N_("Correct an update"))
def correct(caller: WritesOffer, session: Once, slug: str, number: Id, wanted: UpdateCorrected) -> UpdateGiven:
    """Correct an update, with the reason; its earlier words stay on record and can be read."""
    offer, by = find_offer(session, slug), caller.person_id
    correct_update(session, offer, number, wanted.title, wanted.text, reason=wanted.reason, by=by)
    return update_given(update_of(session, offer, number))


@router.get("/questions", operation_id="listOfferQuestions", summary=N_("List the questions to an offer"))
def list_questions(caller: WatchesOffer, session: Snapshot, paging: Pages, slug: str) -> Listed[QuestionGiven]:
    """What was asked lately, the newest first; those that are answered and not hidden are public."""
    after = paging.after()
    rows = sorted(
        questions_of(session, find_offer(session, slug), limit=LISTED_MAX), key=lambda each: -each.question.id
    )
    rows = [each for each in rows if after is None or each.question.id < after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda each: [each.question.id], question_given)


@router.post(
    "/questions", operation_id="askOfferQuestion", summary=N_("Ask a question"), status_code=201, dependencies=QUESTION
)
def ask_(caller: WritesPledges, session: Once, slug: str, wanted: QuestionTaken) -> QuestionAsked:
    """Ask the organizers a question, which is shown without a name once it is answered."""
    row = ask(session, offer_seen(session, slug), caller.person(session), wanted.question, str(uuid4()))
    return QuestionAsked(id=row.id, question=row.text, asked_at=row.asked_at)


@router.post("/questions/{question_id}/answer", operation_id="answerOfferQuestion", summary=N_("Answer a question"))
def answer_(caller: WritesOffer, session: Once, slug: str, question_id: Id, wanted: AnswerTaken) -> QuestionGiven:
    """Answer a question, for everyone to read."""
    offer = find_offer(session, slug)
    answer(session, offer, question_id, wanted.answer, by=caller.person_id)
    return _asked(session, offer, question_id)


@router.post(
    "/questions/{question_id}/visibility", operation_id="hideOfferQuestion", summary=N_("Hide or show a question")
)
def hide_(caller: WritesOffer, session: Once, slug: str, question_id: Id, wanted: HidingTaken) -> QuestionGiven:
    """Hide a question from the public page, or show it again, with a reason; it is never lost."""
    offer = find_offer(session, slug)
    hide(session, offer, question_id, hidden=wanted.hidden, reason=wanted.reason, by=caller.person_id)
    return _asked(session, offer, question_id)


@router.get("/documents", operation_id="listOfferDocuments", summary=N_("List the documents of an offer"))
def list_documents(caller: WatchesOffer, session: Snapshot, paging: Pages, slug: str) -> Listed[DocumentKept]:
    """The documents that the offer’s present terms lay before supporters."""
    after = paging.after()
    found = documents_offered(session, find_offer(session, slug).terms)
    rows = sorted((row for row in found if after is None or row.id > after[0]), key=lambda row: row.id)
    return paging.listed(rows[: paging.limit + 1], lambda row: [row.id], document_kept)


@router.post("/documents", operation_id="addOfferDocument", summary=N_("Add a document to a draft"), status_code=201)
def add(caller: WritesOffer, session: Once, slug: str, wanted: DocumentTaken) -> DocumentKept:
    """Lay a document before supporters; opening the offer freezes it with its hash."""
    return document_kept(add_document(session, slug, wanted.sent_as(wanted.file_name), by=caller.person(session)))


@router.post(
    "/documents/{upload_id}/removal",
    operation_id="removeOfferDocument",
    summary=N_("Take a document out of a draft"),
)
def remove(caller: WritesOffer, session: Once, slug: str, upload_id: Id) -> DocumentKept:
    """Take a document out of a draft; earlier versions of the draft keep it."""
    row = session.get(Upload, upload_id)
    remove_document(session, slug, upload_id, by=caller.person_id)
    assert row is not None, "it was among the documents of the draft"
    return document_kept(row)


def _asked(session: Session, offer: Offer, question_id: int) -> QuestionGiven:
    return question_given(
        next(each for each in questions_of(session, offer, limit=LISTED_MAX) if each.question.id == question_id)
    )
