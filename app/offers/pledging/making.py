"""Making a pledge: the form's answers are judged and kept, and a letter asks to confirm them."""

import secrets
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.core.uploads import Upload
from app.law.profiles import Profile
from app.letters.writing import write
from app.members.persons import find_person
from app.offers.documents import documents_offered
from app.offers.models import Offer, OfferKind, Pledge, PledgeState
from app.offers.pledging.consenting import record_answers, record_consents
from app.offers.pledging.dating import parts_possible
from app.offers.pledging.holders import holding_typed, kind_of, refuse_of_age
from app.offers.pledging.judging import (
    TermsChanged,
    TooManyParts,
    WayNotOffered,
    beyond_law,
    beyond_limits,
    closed_to,
    law_of,
    open_offer,
    refuse_price_of_now,
    warns_above,
)
from app.offers.pledging.questions import QUESTIONS, asks_questions, knows_enough
from app.offers.pledging.secrets import keep_secrets
from app.offers.pledging.solidarity.asking import GivesAndAsks, note_request
from app.offers.pledging.solidarity.giving import give_beside, refuse_gift
from app.offers.pledging.standing import standing_pledge
from app.offers.pledging.statements import (
    ABOVE,
    DOCUMENTS,
    UNSUITABLE,
    Statement,
    above_threshold,
    documents_read,
    statements,
    unsuitable,
)
from app.offers.pledging.wishes import Wish

PURPOSE = "confirm-pledge"


class RisksNotAnswered(Refusal):
    """The law wants to know what the investor knows."""

    message = N_("The law of this offer asks questions on its risks first. Answer all of them.")
    status = 409


class DocumentsNotRead(Refusal):
    """The offer has documents to read before."""

    message = N_("This offer has documents to read first. Read them, and say that you did.")
    status = 409


class WarningNotAccepted(Refusal):
    """The law wants a warning to be accepted before so much is bought, or with such answers."""

    message = N_("The law of this offer wants you to accept a warning first. Read it in the form.")
    status = 409


def make_pledge(session: Session, slug: str, wish: Wish) -> Pledge:
    """Keep an unconfirmed pledge and send the letter that confirms it; the same form again gives the same pledge."""
    one_at_a_time(session, f"pledge form {wish.form_key}")
    earlier = session.scalars(select(Pledge).where(Pledge.form_key == wish.key())).first()
    if earlier is not None:
        return earlier
    offer = open_offer(session, slug)
    law = law_of(session, offer.terms)
    documents = documents_offered(session, offer.terms)
    _refuse(offer, law, wish, documents)
    refuse_price_of_now(session, offer.terms)
    pledge = _new_pledge(offer, wish)
    session.add(pledge)
    session.flush()
    record_consents(session, pledge, agreed_texts(offer, law, wish, documents))
    if wish.answers:
        record_answers(session, pledge, wish.answers)
    keep_secrets(session, pledge, wish)
    if wish.solidarity_shares:
        give_beside(session, pledge, wish.solidarity_shares)
    if wish.asks_fund:
        note_request(session, pledge)
    audit.record(session, audit.Tag.PLEDGE_MADE, f"pledge:{pledge.id}", by=None, shares=wish.shares)
    _write_letter(session, offer, pledge, wish)
    return pledge


def agreed_texts(offer: Offer, law: Profile | None, wish: Wish, documents: Sequence[Upload]) -> list[Statement]:
    """The texts that a wish says were agreed to."""
    known = statements(offer.terms, law, wish.language)
    if documents:
        known.append(documents_read(documents, wish.language))
    threshold = warns_above(law, wish.declared)
    if threshold is not None:
        known.append(above_threshold(threshold, wish.language))
    known.append(unsuitable(wish.language))
    return [statement for statement in known if statement.what in wish.agreed]


def _refuse(offer: Offer, law: Profile | None, wish: Wish, documents: Sequence[Upload]) -> None:
    terms = offer.terms
    if wish.terms_id != terms.id:
        raise TermsChanged
    if wish.asks_fund and wish.solidarity_shares:
        raise GivesAndAsks
    if (wish.asks_fund or wish.solidarity_shares) and (gives := refuse_gift(terms, wish.solidarity_shares)):
        raise gives
    refusal = beyond_limits(terms, wish.shares) or closed_to(terms, wish.address.country)
    if refusal is None and wish.holding.address is not None:
        refusal = closed_to(terms, wish.holding.address.country)
    if refusal is not None:
        raise refusal
    if wish.pay_by not in terms.ways_to_pay and terms.kind != OfferKind.INDICATION:
        raise WayNotOffered
    price = terms.price_at(clock.now())
    most = parts_possible(terms, clock.today(terms.zone), price * wish.shares)
    if not 1 <= wish.instalments <= most:
        raise TooManyParts(most=most)
    if wish.holding.born_on is not None:
        refuse_of_age(wish.holding.born_on, clock.today(terms.zone))
    if refusal := beyond_law(law, wish.declared, price * wish.shares, price):
        raise refusal
    if documents and DOCUMENTS not in wish.agreed and not wish.asks_later:
        raise DocumentsNotRead
    if terms.kind != OfferKind.INDICATION:
        _refuse_unwarned(law, wish, price * wish.shares)


def _refuse_unwarned(law: Profile | None, wish: Wish, amount: Money) -> None:
    """Refuse a pledge without the answers and warnings that the law asks for, whichever way it came."""
    if asks_questions(law, wish.declared):
        if set(wish.answers) != set(QUESTIONS):
            raise RisksNotAnswered
        if not knows_enough(wish.answers) and UNSUITABLE not in wish.agreed:
            raise WarningNotAccepted
    threshold = warns_above(law, wish.declared)
    above = threshold is not None and threshold.currency == amount.currency and threshold < amount
    if above and ABOVE not in wish.agreed:
        raise WarningNotAccepted


def _write_letter(session: Session, offer: Offer, pledge: Pledge, wish: Wish) -> None:
    """Ask to confirm the pledge; whoever has one already is told so, by letter only."""
    person = find_person(session, wish.email)
    again = person is not None and wish.holding.is_oneself and standing_pledge(session, offer.id, person.id) is not None
    if again and person is not None:
        write(
            session,
            "already-pledged",
            wish.email,
            wish.language,
            person_id=person.id,
            offer_title=offer.terms.title,
        )
        return
    write(
        session,
        "confirm-pledge",
        wish.email,
        wish.language,
        offer_title=offer.terms.title,
        shares=pledge.shares,
        amount_minor=pledge.amount_cents,
        currency=pledge.currency,
        link_id=pledge.id,
        indicates=offer.terms.kind == OfferKind.INDICATION,
    )


def _new_pledge(offer: Offer, wish: Wish) -> Pledge:
    price = offer.terms.price_at(clock.now())
    typed = holding_typed(wish.holding)
    if wish.follows is not None:
        typed["follows"] = wish.follows
    return Pledge(
        public_id=secrets.token_urlsafe(12),
        form_key=wish.key(),
        offer_id=offer.id,
        terms_id=offer.terms_id,
        state=PledgeState.UNCONFIRMED,
        kind=kind_of(wish.holding),
        shares=wish.shares,
        price_cents=price.minor,
        amount_cents=(price * wish.shares).minor,
        currency=offer.terms.currency,
        pay_by=wish.pay_by,
        instalments=wish.instalments,
        email=wish.email,
        telephone=wish.telephone,
        language=wish.language,
        legal_name=wish.legal_name,
        street_lines=list(wish.address.street_lines),
        postal_code=wish.address.postal_code,
        locality=wish.address.locality,
        region=wish.address.region,
        country=wish.address.country,
        holder_kind=wish.holding.kind,
        holder=typed,
        made_at=clock.now(),
    )
