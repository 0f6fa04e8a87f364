"""The desk of a campaign's page: organizers write who is behind it, post updates, and answer questions."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.money import Money
from app.members.access import OfferDesk, OfferOrganizer
from app.offers.drafting import find_offer
from app.offers.models import Offer
from app.offers.public.asking import answer, hide, questions_of
from app.offers.public.models import OfferWords
from app.offers.public.updating import correct_update, post_update, update_of, updates_of
from app.offers.public.wording import read_words, say_words, words_of
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, FormFields, shown_again
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/offers/{slug}/campaign")
PAGE, CORRECTION = "offers/public/desk.html", "offers/public/correction.html"


@router.get("")
def show(request: Request, session: Snapshot, viewer: OfferDesk, slug: str) -> Response:
    """What the offer's public page says beside its terms, and the questions that were asked."""
    return page(request, PAGE, **_facts(session, find_offer(session, slug)))


@router.post("/words")
def say(request: Request, session: Tx, viewer: OfferOrganizer, slug: str, fields: Fields) -> Response:
    """Write who is behind the offer, and the words with which it is shared."""
    offer = find_offer(session, slug)
    with shown_again(request, PAGE, fields, **_facts(session, offer)):
        say_words(session, offer, read_words(fields, offer.terms.currency), by=viewer.person_id)
    return redirect(request, f"/desk/offers/{slug}/campaign", N_("The public page says so from now on."))


@router.post("/updates")
def post(request: Request, session: Tx, viewer: OfferOrganizer, slug: str, fields: Fields) -> Response:
    """Post an update."""
    offer = find_offer(session, slug)
    with shown_again(request, PAGE, fields, **_facts(session, offer)):
        title, text, _ = _read_update(fields)
        post_update(session, offer, title, text, by=viewer.person_id)
    return redirect(request, f"/desk/offers/{slug}/campaign", N_("The update is posted. Everyone can read it."))


@router.get("/updates/{number}")
def show_correction(request: Request, session: Snapshot, viewer: OfferOrganizer, slug: str, number: Id) -> Response:
    """The form that corrects an update."""
    offer = find_offer(session, slug)
    return page(request, CORRECTION, offer=offer, terms=offer.terms, update=update_of(session, offer, number))


@router.post("/updates/{number}")
def correct(request: Request, session: Tx, viewer: OfferOrganizer, slug: str, number: Id, fields: Fields) -> Response:
    """Correct an update; its earlier words stay on record and can be read."""
    offer = find_offer(session, slug)
    facts = {"offer": offer, "terms": offer.terms, "update": update_of(session, offer, number)}
    with shown_again(request, CORRECTION, fields, **facts):
        title, text, reason = _read_update(fields, corrected=True)
        correct_update(session, offer, number, title, text, reason=reason, by=viewer.person_id)
    return redirect(request, f"/desk/offers/{slug}/campaign", N_("The update is corrected."))


@router.post("/questions/{question_id}/answer")
def answer_question(
    request: Request, session: Tx, viewer: OfferOrganizer, slug: str, question_id: Id, fields: Fields
) -> Response:
    """Answer a question, for everyone to read."""
    offer = find_offer(session, slug)
    with shown_again(request, PAGE, fields, **_facts(session, offer)):
        form = Form(fields)
        text = form.text("answer", 5_000, lines=True)
        form.done()
        answer(session, offer, question_id, text, by=viewer.person_id)
    return redirect(request, f"/desk/offers/{slug}/campaign", N_("The answer is on the public page."))


@router.post("/questions/{question_id}/visibility")
def move_question(
    request: Request, session: Tx, viewer: OfferOrganizer, slug: str, question_id: Id, fields: Fields
) -> Response:
    """Hide a question from the public page, or show it again, with a reason."""
    offer = find_offer(session, slug)
    with shown_again(request, PAGE, fields, **_facts(session, offer)):
        form = Form(fields)
        hidden, reason = form.choice("hidden", ["yes", "no"]) == "yes", form.text("reason", 500)
        form.done()
        hide(session, offer, question_id, hidden=hidden, reason=reason, by=viewer.person_id)
    notice = N_("The question is hidden.") if hidden else N_("The question is shown again.")
    return redirect(request, f"/desk/offers/{slug}/campaign", notice)


def _read_update(fields: FormFields, *, corrected: bool = False) -> tuple[str, str, str]:
    form = Form(fields)
    title, text = form.text("title", 120), form.text("text", 10_000, lines=True)
    reason = form.text("reason", 500) if corrected else ""
    form.done()
    return title, text, reason


def _facts(session: Session, offer: Offer) -> dict[str, Any]:
    words = words_of(session, offer)
    return {
        "offer": offer,
        "terms": offer.terms,
        "words": words,
        "company": _company(words, offer.terms.currency),
        "updates": updates_of(session, offer),
        "questions": questions_of(session, offer),
    }


def _company(words: OfferWords | None, currency: str) -> str:
    if words is None or words.company_cents is None:
        return ""
    return str(Money(words.company_cents, currency).decimal())
