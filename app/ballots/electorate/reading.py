"""Reading a roll: whoever stands on it now, totals with corrections, and whose electors somebody may vote for."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from app.ballots.electorate.models import Elector, Electorate, RollCorrection
from app.ballots.models import Ballot
from app.core import clock
from app.core.errors import NotFound
from app.members.people.representing import represented_by
from app.members.people.resolving import same_people, same_person


@dataclass(frozen=True, slots=True)
class Totals:
    """How many electors there are, with which weight, and how many shares they hold."""

    electors: int
    weight: int
    shares: int


def standing() -> ColumnElement[bool]:
    """The condition that an elector was not struck off."""
    return ~exists().where(RollCorrection.struck_id == Elector.id)


def electorate_of(session: Session, ballot: Ballot) -> Electorate | None:
    """The frozen electorate of a ballot, None before it is frozen."""
    return session.get(Electorate, ballot.id)


def roll_of(ballot: Ballot) -> Select[Elector]:
    """The electors who stand on a ballot's roll, in order: those of the register by number, then the others."""
    return select(Elector).where(Elector.ballot_id == ballot.id, standing()).order_by(Elector.number, Elector.id)


def lines_of(session: Session, ballot: Ballot, person_ids: Collection[int]) -> dict[int, Elector]:
    """The first lines of some people on a ballot's roll, by the id that was asked for; merged records are one."""
    asked: dict[int, list[int]] = defaultdict(list)
    for person_id, ids in same_people(session, person_ids).items():
        for each in ids:
            asked[each].append(person_id)
    found: dict[int, Elector] = {}
    for line in session.scalars(roll_of(ballot).where(Elector.person_id.in_(asked))):
        for person_id in asked[line.person_id]:
            found.setdefault(person_id, line)
    return found


def totals_now(session: Session, ballot: Ballot) -> Totals:
    """The totals of the roll as corrected."""
    sums = func.coalesce(func.sum(Elector.weight), 0), func.coalesce(func.sum(Elector.shares), 0)
    found = select(func.count(), *sums).select_from(Elector).where(Elector.ballot_id == ballot.id, standing())
    return Totals(*(int(each) for each in session.execute(found).one()))


def corrections_of(session: Session, ballot: Ballot) -> list[RollCorrection]:
    """Every correction of a roll, in order."""
    rows = select(RollCorrection).where(RollCorrection.ballot_id == ballot.id).order_by(RollCorrection.id)
    return list(session.scalars(rows))


def elector_of(session: Session, ballot: Ballot, elector_id: int) -> Elector:
    """An elector who stands on a ballot's roll; `NotFound` for anybody else."""
    found = session.scalars(roll_of(ballot).where(Elector.id == elector_id)).first()
    if found is None:
        raise NotFound
    return found


def electors_for(session: Session, ballot: Ballot, person_id: int) -> list[Elector]:
    """The electors for whom somebody votes: themself, and holders whom they represent today."""
    holders = [row.holder_id for row in represented_by(session, person_id, clock.today(ballot.terms.zone))]
    mine = Elector.person_id.in_(same_person(person_id))
    theirs = [Elector.person_id.in_(same_person(holder)) for holder in holders]
    found: dict[int, Elector] = {}
    for condition in (mine, *theirs):
        found |= {each.id: each for each in session.scalars(roll_of(ballot).where(condition))}
    return list(found.values())
