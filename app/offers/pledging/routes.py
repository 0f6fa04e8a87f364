"""The pledge form in three steps, its confirmation, and a supporter's own pledges: how to pay, change and withdraw."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.language import figures, translator
from app.core.money import Money
from app.members.access import Someone, here, open_here
from app.members.people.addresses import read_address
from app.offers.desk.funnel.counting import count
from app.offers.desk.models import Stage
from app.offers.documents import documents_offered
from app.offers.ending import closes_at
from app.offers.models import Offer, Pledge
from app.offers.paying.ways import ways_of
from app.offers.pledging.agreeing import wish_of
from app.offers.pledging.changing import Change, change_pledge
from app.offers.pledging.confirming import confirm_pledge, pledge_of_link
from app.offers.pledging.consenting import consents_of
from app.offers.pledging.dating import may_withdraw, parts_of, parts_paid, parts_possible, windows_by, windows_of
from app.offers.pledging.form import (
    ALWAYS,
    FIELDS,
    HOLDERS,
    STEPS,
    Amounts,
    Asking,
    People,
    asking,
    read_amounts,
    read_people,
    refuse_beyond_law,
)
from app.offers.pledging.holders import holder_name
from app.offers.pledging.inviting import followed, typed_before
from app.offers.pledging.judging import law_of, personal_limit, refuse_unless_open, takes_pledges
from app.offers.pledging.making import make_pledge
from app.offers.pledging.paper import documents_of, read_ticks, texts_to_agree, ticks_for
from app.offers.pledging.questions import QUESTIONS
from app.offers.pledging.solidarity.asking import request_for, requests_of
from app.offers.pledging.solidarity.giving import CONSENT, gift_beside, gifts_of
from app.offers.pledging.solidarity.holding import paid_by_fund
from app.offers.pledging.standing import own_pledge
from app.offers.pledging.withdrawing import withdraw_pledge
from app.offers.reading import offer_seen, pledges_of
from app.offers.tallying import paid_on
from app.offers.terms.waiting import asked_again, awaits_reconfirmation
from app.payments.fees import fee_of
from app.payments.references import spaced
from app.payments.refunding import refunds_of
from app.web.countries import country_names
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, Form, FormFields, shown_again
from app.web.headers import KEPT_FOR_BACK
from app.web.language import language_of
from app.web.limiting import LINK, PLEDGE
from app.web.pages import page, redirect

router = APIRouter()
FORM, CONFIRM = "offers/pledge.html", "offers/confirm.html"


@router.get("/offers/{slug}/pledge")
def show_form(request: Request, session: Snapshot, slug: str, follows: str = "") -> Response:
    """The first step of the pledge form; `follows` is the sealed number of an indication, whose answers it shows."""
    offer = offer_seen(session, slug)
    asks = _asking(request, session, offer)
    before = followed(session, offer, follows)
    first = {**typed_before(before), "follows": follows} if before is not None else {}
    return _form_page(request, _step(asks, offer, 1, FormFields(list(first.items()))))


def _form_page(request: Request, facts: dict[str, Any]) -> Response:
    """A step of the form, kept by the browser alone, so that its Back button finds what was typed."""
    response = page(request, FORM, **facts)
    response.headers["Cache-Control"] = KEPT_FOR_BACK
    return response


@router.post("/offers/{slug}/pledge", dependencies=PLEDGE)
def pledge(request: Request, session: Tx, slug: str, fields: Fields) -> Response:
    """Go from step to step; the last makes a pledge, which the link in the letter confirms. Twice sent makes one."""
    offer = offer_seen(session, slug)
    asks = _asking(request, session, offer)
    at = int(fields["step"]) if fields.get("step") in ("1", "2") else STEPS
    if fields.get("to") in ("1", "2") and int(fields["to"]) < at:
        return _form_page(request, _step(asks, offer, int(fields["to"]), fields, _amounts_typed(fields, asks)))
    with shown_again(request, FORM, fields, **_step(asks, offer, 1, fields)):
        amounts = read_amounts(fields, asks)
    if at == 1:
        count(offer.id, Stage.STARTED)
        return _form_page(request, _step(asks, offer, 2, fields, amounts))
    with shown_again(request, FORM, fields, **_step(asks, offer, 2, fields, amounts)):
        people = read_people(fields, asks)
    with shown_again(request, FORM, fields, **_step(asks, offer, 1, fields, amounts)):
        refuse_beyond_law(asks, amounts, people)
    if at == 2:
        return _form_page(request, _step(asks, offer, STEPS, fields, amounts, people))
    with shown_again(request, FORM, fields, **_step(asks, offer, STEPS, fields, amounts, people)):
        before = followed(session, offer, fields.get("follows", ""))
        wish = wish_of(fields, asks, amounts, people, follows=before.id if before else None)
        made = make_pledge(session, slug, wish)
    return page(request, "offers/letter_sent.html", offer=offer, email=made.email)


@router.get("/confirm/{token}", dependencies=LINK)
def show_confirmation(request: Request, session: Tx, token: str) -> Response:
    """The page behind the letter's link: its button confirms."""
    found = pledge_of_link(session, token)
    refuse_unless_open(found.offer)
    return page(request, CONFIRM, **_confirmation(session, found, token))


@router.post("/confirm/{token}", dependencies=LINK)
def confirm(request: Request, session: Tx, token: str, fields: Fields) -> Response:
    """Confirm the pledge; whoever holds the letter is signed in as its addressee."""
    found = pledge_of_link(session, token)
    texts = texts_to_agree(session, found)
    with shown_again(request, CONFIRM, fields, **_confirmation(session, found, token)):
        agreed = read_ticks(fields, texts)
    confirmed = confirm_pledge(session, token, agreed)
    if (asks := request_for(session, confirmed)) is not None:
        assert asks.person is not None, "following the link makes the person known"
        response = redirect(request, "/pledges", N_("The solidarity fund has your request. We write to you."))
        open_here(response, session, asks.person, here(request), how="pledge")
        return response
    assert confirmed.person is not None, "confirming makes the person known"
    response = redirect(request, f"/pledges/{confirmed.public_id}", N_("Thank you. Your pledge is confirmed."))
    open_here(response, session, confirmed.person, here(request), how="pledge")
    return response


@router.get("/pledges")
def show_pledges(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """The viewer's own pledges."""
    rows = [(each, paid_on(session, each)) for each in pledges_of(session, viewer.person_id)]
    asked, gifts = requests_of(session, viewer.person_id), gifts_of(session, viewer.person_id)
    return page(request, "offers/pledges.html", rows=rows, asked=asked, gifts=gifts)


@router.get("/pledges/{public_id}")
def show_pledge(request: Request, session: Snapshot, viewer: Someone, public_id: str) -> Response:
    """One pledge of the viewer: how to pay, what was paid, and how to change or withdraw it."""
    return page(request, "offers/mine.html", **_own(request, session, viewer, public_id))


@router.post("/pledges/{public_id}/change")
def change(request: Request, session: Tx, viewer: Someone, public_id: str, fields: Fields) -> Response:
    """Change one's own pledge; what was paid is kept for it."""
    with shown_again(request, "offers/mine.html", fields, **_own(request, session, viewer, public_id)):
        form = Form(fields)
        shares, parts = form.whole("shares", min=1), form.whole("instalments", min=1)
        address = read_address(form)
        form.done()
        new = change_pledge(session, public_id, Change(shares, parts, address), by=viewer.person(session))
    return redirect(request, f"/pledges/{new.public_id}", N_("Your pledge is changed."))


@router.post("/pledges/{public_id}/withdrawal")
def withdraw(request: Request, session: Tx, viewer: Someone, public_id: str, fields: Fields) -> Response:
    """Withdraw one's own pledge."""
    with shown_again(request, "offers/mine.html", fields, **_own(request, session, viewer, public_id)):
        withdraw_pledge(session, public_id, by=viewer.person(session), reason=fields.get("reason", "")[:500])
    return redirect(request, f"/pledges/{public_id}", N_("Your pledge is withdrawn."))


def _confirmation(session: Session, found: Pledge, token: str) -> dict[str, Any]:
    texts = texts_to_agree(session, found)
    return {
        "pledge": found,
        "token": token,
        "owner": holder_name(found),
        "texts": texts,
        "ticks": ticks_for(texts),
        "documents": documents_of(session, found) if texts else [],
        **_beside(session, found),
    }


def _asking(request: Request, session: Session, offer: Offer) -> Asking:
    documents = documents_offered(session, offer.terms)
    law, closes = law_of(session, offer.terms), closes_at(session, offer)
    return asking(offer.terms, law, language_of(request), closes, documents)


def _step(
    asks: Asking,
    offer: Offer,
    step: int,
    fields: FormFields,
    amounts: Amounts | None = None,
    people: People | None = None,
) -> dict[str, Any]:
    """What a step shows: its fields, and all others as they were typed, to be sent along."""
    terms = asks.terms
    carried = [name for other, names in FIELDS.items() if other != step for name in names]
    shown = amounts.shares if amounts else _shares_shown(fields, terms.person_shares_max)
    cost = asks.price * shown
    return {
        "offer": offer,
        "terms": terms,
        "asks": asks,
        "step": step,
        "is_open": takes_pledges(offer),
        "values": _normal(fields, amounts, cost, asks.lang) if step == 1 and amounts else fields,
        "carried": {name: fields[name] for name in (*carried, *ALWAYS) if name in fields and name != "terms_id"},
        "terms_id": fields.get("terms_id", terms.id),
        "countries": country_names(asks.lang),
        "holders": HOLDERS,
        "questions": QUESTIONS,
        "cost": cost,
        "shares_shown": shown,
        "fees": {way: fee_of(way, cost) for way in terms.ways_to_pay},
        "amounts": amounts,
        "people": people,
        "parts": parts_of(terms, cost, amounts.instalments, asks.today) if amounts and amounts.shares else [],
        "limit": personal_limit(asks.law, people.declared) if people and not asks.is_indication else None,
        "warning": asks.warning(people.declared, cost) if people else None,
        "windows": windows_by(asks.law, terms, clock.now(), asks.closes),
        "gift_consent": translator(asks.lang)(CONSENT),
    }


def _amounts_typed(fields: FormFields, asks: Asking) -> Amounts | None:
    """The first step's answers while one goes back to it, if they can be read."""
    try:
        return read_amounts(fields, asks)
    except Refusal:
        return None


def _normal(fields: FormFields, amounts: Amounts, cost: Money, lang: str) -> FormFields:
    """The fields with shares and their cost written as one, of which either can then be changed."""
    told = {"shares": str(amounts.shares or ""), "amount": figures(cost, lang) if amounts.shares else ""}
    return FormFields([*(fields | told).items()])


def _shares_shown(fields: FormFields, otherwise: int) -> int:
    """The shares for which the first step writes costs: those that are typed, if they can be read."""
    typed = fields.get("shares", "").strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else otherwise


def _own(request: Request, session: Session, viewer: Someone, public_id: str) -> dict[str, Any]:
    found = own_pledge(session, public_id, viewer.person(session))
    return {
        "pledge": found,
        "terms": found.terms,
        "paid": paid_on(session, found),
        "reference": spaced(found.request.reference) if found.request else "",
        "refunds": refunds_of(session, found.request) if found.request else [],
        "owner": holder_name(found),
        "ways": ways_of(found),
        "parts": parts_paid(session, found),
        "parts_max": parts_possible(found.terms, clock.today(found.terms.zone)),
        "windows": windows_of(session, found),
        "withdrawable": may_withdraw(session, found),
        "changeable": _changeable(session, found),
        "waits": asked_again(session, found) if awaits_reconfirmation(session, found) else None,
        "countries": country_names(language_of(request)),
        "consents": consents_of(session, found),
        "now": clock.now(),
        "gift": gift_beside(session, found),
        "by_fund": paid_by_fund(session, found),
    }


def _beside(session: Session, found: Pledge) -> dict[str, Any]:
    return {"gift": gift_beside(session, found), "asks_fund": request_for(session, found) is not None}


def _changeable(session: Session, found: Pledge) -> bool:
    if paid_by_fund(session, found) is not None:
        return False
    return may_withdraw(session, found) and takes_pledges(found.offer) and found.terms_id == found.offer.terms_id
