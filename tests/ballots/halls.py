"""What tests of ballots start from: members with shares, and a ballot at any of its stages, at fixed moments."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from app.ballots.calling import call_ballot
from app.ballots.casting.models import Vote
from app.ballots.casting.recording import Part, Way, cast_vote, standing_vote
from app.ballots.drafting import ItemPlan, add_item, draft_ballot, find_ballot, items_of
from app.ballots.electorate.freezing import freeze_electorate
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import roll_of
from app.ballots.models import Ballot
from app.ballots.opening import close_ballot, open_ballot
from app.ballots.questions import motion
from app.ballots.rules import CallRule, Need, Rule
from app.ballots.stating import BallotPlan
from app.core import clock
from app.core.database import transaction
from app.law.thresholds import Threshold
from app.members.models import Person
from app.members.roles import grant_role
from tests import make

SLUG = "convert"
START = datetime(2027, 1, 10, 12, tzinfo=UTC)
CALLED, FROZEN = START + timedelta(days=1), START + timedelta(days=21)
OPENS, CLOSES = START + timedelta(days=30), START + timedelta(days=40)
WHILE_OPEN = OPENS + timedelta(days=1)
RECORD = date(2027, 1, 28)
HOLDERS = {"maya": 100, "wei": 60, "ana": 40}
MAJORITY = Rule(CallRule((Need(Threshold("for", "cast_for_against", ">", Fraction(1, 2))),)))


def plan(**changed: Any) -> BallotPlan:
    facts: dict[str, Any] = {
        "title": {"en": "Become a co-operative", "fr": "Devenir une coopérative"},
        "record_date": RECORD,
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "zone": "UTC",
        "basis": "one vote per share",
    }
    return BallotPlan(**(facts | changed))


def resolution(rule: Rule = MAJORITY, **changed: Any) -> ItemPlan:
    said = ItemPlan({"en": "Conversion"}, {"en": "The company becomes a co-operative."}, motion(), rule)
    return replace(said, **changed)


def quorum(part: str, rule: Rule = MAJORITY, second: str | None = None) -> Rule:
    def need(text: str) -> Need:
        return Need(Threshold("present", "shares_with_votes", ">=", Fraction(text)))

    levels = rule.first.levels
    return Rule(CallRule(levels, need(part)), CallRule(levels, need(second)) if second else None)


def members(session: Session, holders: Mapping[str, int] = HOLDERS) -> None:
    """People of these names with so many shares."""
    with clock.at(START - timedelta(days=5)):
        for name, shares in holders.items():
            make.lot(session, make.member(session, f"{name}@example.org", name.title()), shares)


def staff(session: Session, name: str, role: str = "teller") -> Person:
    found = make.person(session, f"{name}@example.org", name.title())
    grant_role(session, found, role, by=None, reason="elected")
    return found


def drafted(session: Session, *items: ItemPlan, slug: str = SLUG, **changed: Any) -> Ballot:
    with clock.at(START):
        ballot = draft_ballot(session, slug, plan(**changed), by=None)
        for item in items or (resolution(),):
            add_item(session, slug, item, by=None)
    return ballot


def called(session: Session, *items: ItemPlan, slug: str = SLUG, **changed: Any) -> Ballot:
    ballot = drafted(session, *items, slug=slug, **changed)
    with clock.at(CALLED):
        call_ballot(session, slug, by=None)
    return ballot


def opened(session: Session, *items: ItemPlan, slug: str = SLUG, **changed: Any) -> Ballot:
    ballot = called(session, *items, slug=slug, **changed)
    with clock.at(FROZEN):
        freeze_electorate(session, slug, by=None)
    with clock.at(OPENS):
        open_ballot(session, slug, by=None)
    return ballot


def closed(session: Session, slug: str = SLUG) -> Ballot:
    with clock.at(CLOSES):
        return close_ballot(session, slug, by=None)


def elector(session: Session, name: str, slug: str = SLUG) -> Elector:
    rows = session.scalars(roll_of(find_ballot(session, slug)))
    return next(row for row in rows if row.name == name.title())


def vote(session: Session, name: str, *answers: str, slug: str = SLUG, **way: Any) -> Vote:
    """The vote of somebody, an answer for each item in order."""
    who = elector(session, name, slug)
    items = items_of(session, find_ballot(session, slug), withdrawn=False)
    said = {item.id: [Part(answer)] for item, answer in zip(items, answers, strict=True)}
    before = standing_vote(session, who.id)
    seen = before.id if before else None
    facts = {"by": who.person_id, "form_key": str(uuid4()), "seen": seen} | way
    return cast_vote(session, slug, who.id, said, Way(**facts))


@contextmanager
def open_hall(*items: ItemPlan, holders: Mapping[str, int] = HOLDERS, **changed: Any) -> Iterator[Session]:
    """A session in which a ballot is open, a day after its opening."""
    with transaction() as session:
        members(session, holders)
        opened(session, *items, **changed)
        with clock.at(WHILE_OPEN):
            yield session
