"""What the public page of an offer shows, read together in one snapshot and kept for about a second."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.core import clock
from app.core.database import reading
from app.core.money import Money
from app.core.uploads import Upload
from app.law.profiles import Profile
from app.offers.documents import documents_offered
from app.offers.drafting import target_of_everyone
from app.offers.models import Offer, OfferState, OfferTerms
from app.offers.pledging.solidarity.telling import FundTold, fund_told
from app.offers.public.asking import ShownQuestion, questions_shown
from app.offers.public.buying import buy_by
from app.offers.public.keeping import Kept
from app.offers.public.milestones import LawMark, Milestone, law_marks, milestones
from app.offers.public.models import OfferWords
from app.offers.public.pictures import History, history
from app.offers.public.projecting import Projection, project
from app.offers.public.totals import CountryTotal, Total, by_country, by_day, read_total
from app.offers.public.updating import ShownUpdate, updates_of
from app.offers.public.wording import words_of
from app.offers.reading import moves_of, offer_seen, offers_shown
from app.offers.terms.lawful import law_of


@dataclass(frozen=True)
class BuyBy:
    """The last day to buy so that the purchase settles by the record date; `days` left until it, below zero if over."""

    day: date
    record_date: date
    settlement_days: int
    days: int


@dataclass(frozen=True)
class Shown:
    """One offer for a list: its total and where the target comes from."""

    offer: Offer
    terms: OfferTerms
    total: Total
    model: Money | None


@dataclass(frozen=True)
class Page:
    """Everything that the page of one offer shows; rows are loaded, and belong to no session any more."""

    shown: Shown
    law: Profile | None
    history: History | None
    ahead: Projection | None
    countries: tuple[CountryTotal, ...]
    milestones: tuple[Milestone, ...]
    law_marks: tuple[LawMark, ...]
    updates: tuple[ShownUpdate, ...]
    questions: tuple[ShownQuestion, ...]
    words: OfferWords | None
    documents: tuple[Upload, ...]
    buy_by: BuyBy | None
    solidarity: FundTold | None


_pages: Kept[Page] = Kept()
_first: Kept[list[Shown]] = Kept()


def page_of(slug: str) -> Page:
    """The page of an offer that the public may see."""

    def make() -> Page:
        with reading() as session:
            return _read(session, offer_seen(session, slug))

    return _pages.get(slug, make)


def first_page() -> list[Shown]:
    """Every offer that the public may see, open ones first."""

    def make() -> list[Shown]:
        with reading() as session:
            return [_shown(session, offer) for offer in offers_shown(session)]

    return _first.get("", make)


def _shown(session: Session, offer: Offer) -> Shown:
    terms = offer.terms
    assert terms.share_class, "read now: no session is at hand when the page is made"
    return Shown(offer, terms, read_total(session, offer), target_of_everyone(terms))


def _read(session: Session, offer: Offer) -> Page:
    shown = _shown(session, offer)
    days, terms, today = by_day(session, offer), offer.terms, clock.today()
    opened = next((move.at.date() for move in moves_of(session, offer) if move.to_state == OfferState.OPEN), today)
    deadline = terms.deadline_at.date()
    is_open = shown.total.is_open
    ahead = project(days, opened, today, deadline, terms.target_cents) if is_open else None
    words = words_of(session, offer)
    company = words.company_cents if words else None
    return Page(
        shown=shown,
        law=law_of(session, terms),
        history=history(days, opened, today if is_open else min(today, deadline), deadline, terms.target, ahead),
        ahead=ahead,
        countries=tuple(by_country(session, offer)),
        milestones=tuple(milestones(days, terms.target_cents, is_open=is_open)),
        law_marks=tuple(law_marks(shown.total.pledged.minor, company)) if company else (),
        updates=tuple(updates_of(session, offer)),
        questions=tuple(questions_shown(session, offer)),
        words=words,
        documents=tuple(documents_offered(session, terms)),
        buy_by=_buy_by(terms),
        solidarity=fund_told(session, offer) if terms.solidarity else None,
    )


def _buy_by(terms: OfferTerms) -> BuyBy | None:
    if terms.record_date is None:
        return None
    day = buy_by(terms.record_date, terms.settlement_days)
    return BuyBy(day, terms.record_date, terms.settlement_days, (day - clock.today(terms.zone)).days)
