"""The demonstration: the #WeAreTwitter campaign with the figures of the 2016 proposal and invented supporters.

Everything is done by the same acts that people use, at moments in the recent past.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, tokens
from app.core.database import transaction
from app.core.money import Money
from app.core.settings import settings
from app.demo.ballots import hold_ballots
from app.demo.campaign import joined_hours_ago, present
from app.demo.holders import pledge_for_others
from app.demo.motions import move_motions
from app.demo.organizations import enter_organizations
from app.demo.people import Supporter, supporters
from app.members.models import Person
from app.members.persons import known_person, record_particulars
from app.members.roles import grant_role, roles_of
from app.members.signing_in import link_path, new_link
from app.offers.closing import close_offer
from app.offers.desk.models import FunnelCount, Stage
from app.offers.desk.pledges.noting import write_note
from app.offers.drafting import draft_offer, open_offer
from app.offers.models import Offer, OfferState, Oversubscription, Pledge
from app.offers.pledging import PURPOSE, Wish, confirm_pledge, make_pledge, withdraw_pledge
from app.offers.result.settling import settle_next
from app.offers.terms.countries import sanctioned
from app.offers.terms.stating import Terms
from app.payments.receiving import BankLine, record_receipt
from app.payments.refunding import pay_refund, unpaid_refunds
from app.shares.acts.pricing import write_price
from app.shares.classes import share_class

USERS = 350_000_000  # the user base of the 2016 proposal
PARTICIPANTS = 3_500_000  # one per cent of it
PRICE_CENTS = 23_00
SHARES_EACH = 100  # $2,300
TARGET_CENTS = PARTICIPANTS * SHARES_EACH * PRICE_CENTS  # $8.05 billion
MINIMUM_CENTS = TARGET_CENTS // 10 * 9  # what the purchase itself costs; the rest pays for the way there
CAP_CENTS = TARGET_CENTS // 10 * 11
ZONE = "America/Los_Angeles"
ACCOUNT = (
    "WeAreTwitter Purchase Cooperative",
    "Cooperative Bank of Oakland, account 4471 0092 16, routing 121 042 882",
)

SUMMARY = """In 2016 Twitter was for sale, and the people whose words make it valuable asked: why should we not own it?

If one per cent of its 350 million users buy shares for $2,300 each, they raise $8.05 billion: enough, at the price of that October, to buy the company. Each share carries its vote. Together the new owners can turn Twitter into a co-operative of those who use it.

Your money is held in trust until the target is paid. If it is missed, every cent goes back."""

SECOND_TELLER = "second.teller@example.org"
SECOND_ORGANIZER = "second.organizer@example.org"
NOTES = (
    "Asked on the telephone whether a trade union can buy too. Answered: yes, as an association.",
    "Will pay at the beginning of next month, when the salary arrives.",
)
STAFF = [
    ("organizer", "Danielle Farrell", "organizer@example.org"),
    ("treasurer", "Tomasz Kowalczyk", "treasurer@example.org"),
    ("teller", "Imogen Hargreaves", "teller@example.org"),
    ("auditor", "Noémie Lambert", "auditor@example.org"),
    ("organizer", "Samuel Adeyemi", SECOND_ORGANIZER),
    ("teller", "Yuki Tanaka", SECOND_TELLER),
]


def fill(echo: Callable[[str], None]) -> None:
    """Fill an empty database with the demonstration, and print a sign-in link for one person of each role."""
    with transaction() as session:
        is_new = session.scalars(select(Offer.id).where(Offer.slug == "we-are-twitter")).first() is None
    if is_new:
        echo("Filling the demonstration …")
        everyone = list(supporters())
        with transaction() as session:  # all of it or nothing, so that it can be filled again after a crash
            staff = _hire(session)
            _price_shares(session, staff)
            _founding_circle(session, staff, everyone[:24])
            _missed_round(session, staff, everyone[24:34])
            _scaled_round(session, staff, everyone[30:46])
            hold_ballots(session, staff, known_person(session, SECOND_TELLER, "en"))
            circle = [known_person(session, each.email, "en") for each in everyone[:11]]
            circle += [known_person(session, each.email, "en") for each in everyone[12:23]]  # two never paid
            second = known_person(session, SECOND_ORGANIZER, "en")
            move_motions(session, staff, second, known_person(session, SECOND_TELLER, "en"), circle)
            _campaign(session, staff, everyone[10:])
            _desk_work(session, staff)
            present(session, staff, everyone[10:])
            with clock.at(_ago(days=6)):
                enter_organizations(session, staff, everyone)
                pledge_for_others(session, "we-are-twitter", everyone[:5])
    _print_links(echo)


def _hire(session: Session) -> dict[str, Person]:
    hired: dict[str, Person] = {}
    address = next(supporters()).address
    with clock.at(_ago(days=90)):
        for role, name, email in STAFF:
            person = known_person(session, email, "en")
            record_particulars(session, person, name, address, valid_from=clock.today(), by=None)
            if role not in roles_of(session, person.id):
                grant_role(session, person, role, by=None, reason="elected by the founding circle")
            hired.setdefault(role, person)
    return hired


def _price_shares(session: Session, staff: dict[str, Person]) -> None:
    """What a share of the campaign's class is issued at, to which every offer below is held."""
    people = {"by": staff["treasurer"].id, "proposed_by": staff["organizer"].id}
    with clock.at(_ago(days=85)):
        found, price = share_class(session, "A", "User-owner share"), Money(PRICE_CENTS, "USD")
        reason = "resolution of the founding circle"
        write_price(session, found, price, valid_from=clock.today(), currency="USD", reason=reason, **people)


def _founding_circle(session: Session, staff: dict[str, Person], people: list[Supporter]) -> None:
    """A small first round that reached its target: its buyers are members with certificates."""
    by = staff["organizer"].id
    with clock.at(_ago(days=80)):
        terms = _terms(session, "Founding circle", target_cents=20 * SHARES_EACH * PRICE_CENTS, days=30)
        draft_offer(session, "founding-circle", terms, by=by)
        open_offer(session, "founding-circle", by=by, reason="approved by the steering group")
    for number, person in enumerate(people):
        with clock.at(_ago(days=78 - number)):
            pledge = _pledge(session, "founding-circle", person, SHARES_EACH)
        if number % 12 != 11:
            with clock.at(_ago(days=75 - number)):
                _pay(session, pledge, pledge.amount, staff["treasurer"])
    with clock.at(_ago(days=49)):
        offer = close_offer(session, "founding-circle", by=by, reason="the deadline passed and the target is paid")
        settle_next(session, offer.id, OfferState.SUCCEEDED.value)


def _missed_round(session: Session, staff: dict[str, Person], people: list[Supporter]) -> None:
    """A round that missed its target: what was paid goes back."""
    by = staff["organizer"].id
    with clock.at(_ago(days=70)):
        terms = _terms(
            session, "A shareholder resolution, paid for together", target_cents=20_000 * PRICE_CENTS, days=40
        )
        draft_offer(session, "resolution-2026", terms, by=by)
        open_offer(session, "resolution-2026", by=by, reason="approved by the steering group")
    for number, person in enumerate(people):
        with clock.at(_ago(days=68 - number)):
            pledge = _pledge(session, "resolution-2026", person, 20 + number)
            if number % 3 != 2:
                _pay(session, pledge, pledge.amount, staff["treasurer"])
    with clock.at(_ago(days=29)):
        offer = close_offer(session, "resolution-2026", by=by, reason="the deadline passed")
        settle_next(session, offer.id, OfferState.FAILED.value)
        for refund in unpaid_refunds(session)[:4]:
            pay_refund(
                session,
                refund.id,
                paid_on=clock.today(),
                bank_reference=f"OUT-{refund.id:05}",
                by=staff["treasurer"].id,
            )


def _scaled_round(session: Session, staff: dict[str, Person], people: list[Supporter]) -> None:
    """A round that more people joined than its cap allowed: everyone got their part, and the rest of their money."""
    by, slug = staff["organizer"].id, "workshop-round"
    with clock.at(_ago(days=40)):
        terms = _terms(session, "The workshop round", target_cents=800 * PRICE_CENTS, days=12)
        terms = replace(terms, cap_cents=1_100 * PRICE_CENTS, oversubscription=Oversubscription.SCALE_BACK.value)
        draft_offer(session, slug, terms, by=by)
        open_offer(session, slug, by=by, reason="approved by the steering group")
    for number, person in enumerate(people):
        with clock.at(_ago(days=39) + timedelta(hours=6 * number)):
            pledge = _pledge(session, slug, person, (100, 60, 100, 85)[number % 4])
            _pay(session, pledge, pledge.amount, staff["treasurer"])
    with clock.at(_ago(days=27)):
        offer = close_offer(session, slug, by=by, reason="the deadline passed and more than the cap is pledged")
        settle_next(session, offer.id, OfferState.SUCCEEDED.value)


def _campaign(session: Session, staff: dict[str, Person], people: list[Supporter]) -> None:
    """The campaign itself, open, with supporters at every point of the story."""
    by = staff["organizer"].id
    with clock.at(_ago(days=45)):
        terms = _terms(session, "#WeAreTwitter: buy Twitter, together", TARGET_CENTS, days=220, model=True)
        terms = replace(terms, minimum_cents=MINIMUM_CENTS, cap_cents=CAP_CENTS, closed_countries=tuple(sanctioned()))
        draft_offer(session, "we-are-twitter", terms, by=by)
        open_offer(session, "we-are-twitter", by=by, reason="approved by the founding circle")
    for number, person in enumerate(people):
        with clock.at(_ago(hours=joined_hours_ago(number, len(people)))):
            _join(session, staff, person, number)


def _join(session: Session, staff: dict[str, Person], person: Supporter, number: int) -> None:
    shares = (100, 100, 50, 100, 25, 10, 100)[number % 7]
    if number % 13 == 12:
        make_pledge(session, "we-are-twitter", _wish(session, "we-are-twitter", person, shares))
        return
    pledge = _pledge(session, "we-are-twitter", person, shares)
    paid = {0: 1, 1: 1, 2: 0, 3: 1, 4: 0}[number % 5]
    if number % 17 == 3:
        _pay(session, pledge, pledge.amount.split([2, 3])[0], staff["treasurer"])
    elif number % 29 == 5:
        _pay(session, pledge, pledge.amount + Money(50_00, "USD"), staff["treasurer"])
    elif paid:
        _pay(session, pledge, pledge.amount, staff["treasurer"])
    if number % 23 == 7 and pledge.person is not None:
        withdraw_pledge(session, pledge.public_id, by=pledge.person, reason="I need the money for a move")


def _desk_work(session: Session, staff: dict[str, Person]) -> None:
    """What the desk knows of the campaign: notes on pledges, and how many looked and began each day."""
    offer = session.scalars(select(Offer).where(Offer.slug == "we-are-twitter")).one()
    pledges = session.scalars(select(Pledge).where(Pledge.offer_id == offer.id).order_by(Pledge.id).limit(2)).all()
    for pledge, note in zip(pledges, NOTES, strict=True):
        write_note(session, pledge, note, by=staff["organizer"].id)
    for day in range(42):
        seen = 900 - 17 * day + 61 * (day % 7)
        for stage, many in ((Stage.SEEN, seen), (Stage.STARTED, seen // 9)):
            on = _ago(days=day).date()
            session.add(FunnelCount(offer_id=offer.id, day=on, stage=stage, shard=0, count=many))


def _terms(session: Session, title: str, target_cents: int, days: int, *, model: bool = False) -> Terms:
    local = clock.now().astimezone(ZoneInfo(ZONE)) + timedelta(days=days)
    return Terms(
        title=title,
        summary=SUMMARY if model else "A first round among those who prepare the campaign.",
        share_class_id=share_class(session, "A", "User-owner share").id,
        price_cents=PRICE_CENTS,
        currency="USD",
        target_cents=target_cents,
        person_shares_min=10,
        person_shares_max=SHARES_EACH,
        deadline_at=local.replace(hour=17, minute=0, second=0, microsecond=0),
        zone=ZONE,
        users_count=USERS if model else None,
        participants_target=PARTICIPANTS if model else None,
        instalments_max=6 if model else 1,
        ways_to_pay=("bank transfer", "card", "US bank debit") if model else ("bank transfer",),
        account_holder=ACCOUNT[0],
        account_number=ACCOUNT[1],
    )


def _wish(session: Session, slug: str, person: Supporter, shares: int) -> Wish:
    terms_id = session.scalars(select(Offer.terms_id).where(Offer.slug == slug)).one()
    key = f"demo:{slug}:{person.email}"
    return Wish(key, terms_id, person.email, person.language, person.legal_name, person.address, shares)


def _pledge(session: Session, slug: str, person: Supporter, shares: int) -> Pledge:
    pledge = make_pledge(session, slug, _wish(session, slug, person, shares))
    return confirm_pledge(session, tokens.seal(PURPOSE, pledge.id))


def _pay(session: Session, pledge: Pledge, amount: Money, treasurer: Person) -> None:
    assert pledge.request is not None, "a confirmed pledge has a request"
    line = BankLine(pledge.request.reference, amount, clock.today(), pledge.legal_name, f"IN-{pledge.id:05}")
    record_receipt(session, line, by=treasurer.id)


def _print_links(echo: Callable[[str], None]) -> None:
    emails = [(role.capitalize(), email) for role, _, email in STAFF]
    people = list(supporters())
    emails += [("Member", people[0].email), ("Supporter", people[40].email)]
    echo("Sign-in links, each for one use within 20 minutes:")
    with transaction() as session:
        for role, email in emails:
            path = link_path(new_link(session, known_person(session, email, "en")))
            echo(f"  {role:<10} {settings().base_url}{path}")
    echo(f"Letters that were sent: {settings().base_url}/demo/letters")


def _ago(**span: int) -> datetime:
    return clock.now() - timedelta(**span)
