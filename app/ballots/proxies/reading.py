"""Reading proxies: which hold for a ballot, where each stands, and for whom somebody votes by them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import roll_of
from app.ballots.models import Ballot
from app.ballots.proxies.models import Proxy, ProxyAnswer, ProxyEnd, ProxyInstruction
from app.core import clock
from app.core.errors import N_, NotFound
from app.members.people.resolving import same_person


class ProxyState(StrEnum):
    """Where a proxy stands."""

    ASKED = N_("waits for the holder")
    ACCEPTED = N_("accepted")
    DECLINED = N_("declined")
    ENDED = N_("ended")
    EXPIRED = N_("expired")


LIVE = (ProxyState.ASKED, ProxyState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Standing:
    """A proxy with where it stands on a day of a ballot's zone, and why it ended where it did."""

    proxy: Proxy
    state: ProxyState
    answer: ProxyAnswer | None
    end: ProxyEnd | None

    @property
    def is_live(self) -> bool:
        """Whether it holds, or will once it is accepted."""
        return self.state in LIVE


def standing_of(session: Session, ballot: Ballot, proxy: Proxy) -> Standing:
    """Where a proxy stands today."""
    return _standing(ballot, proxy, session.get(ProxyAnswer, proxy.id), session.get(ProxyEnd, proxy.id))


def state_on(day: date, valid_until: date | None, *, accepted: bool | None, ended: bool) -> ProxyState:
    """Where a proxy, or a delegation, stands on a day; `accepted` is None before the holder has answered."""
    if ended:
        return ProxyState.ENDED
    if accepted is False:
        return ProxyState.DECLINED
    if valid_until is not None and day > valid_until:
        return ProxyState.EXPIRED
    return ProxyState.ACCEPTED if accepted else ProxyState.ASKED


def proxies_of(
    session: Session, ballot: Ballot, *, principal: int | None = None, holder: int | None = None
) -> list[Standing]:
    """The proxies that were given for a ballot, in order; of one principal or one holder where asked."""
    rows = (
        select(Proxy, ProxyAnswer, ProxyEnd)
        .outerjoin(ProxyAnswer, ProxyAnswer.proxy_id == Proxy.id)
        .outerjoin(ProxyEnd, ProxyEnd.proxy_id == Proxy.id)
        .where(covers(session, ballot))
    )
    if principal is not None:
        rows = rows.where(Proxy.principal_id.in_(same_person(principal)))
    if holder is not None:
        rows = rows.where(Proxy.holder_id.in_(same_person(holder)))
    return [_standing(ballot, *row) for row in session.execute(rows.order_by(Proxy.id))]


def covers(session: Session, ballot: Ballot) -> ColumnElement[bool]:
    """Which proxies hold for a ballot: those for it or its meeting, and for what these follow."""
    ballots: list[int] = []
    meetings: list[int] = []
    each: Ballot | None = ballot
    while each is not None:
        ballots.append(each.id)
        meetings += [each.meeting_id] if each.meeting_id is not None else []
        each = session.get(Ballot, each.follows_id) if each.follows_id is not None else None
    return or_(Proxy.ballot_id.in_(ballots), Proxy.meeting_id.in_(meetings))


def elector_behind(session: Session, ballot: Ballot, proxy: Proxy) -> Elector:
    """The line of a ballot's roll for which a proxy votes; `NotFound` where the principal has none."""
    found = session.scalars(roll_of(ballot).where(Elector.person_id.in_(same_person(proxy.principal_id)))).first()
    if found is None:
        raise NotFound
    return found


def find_proxy(session: Session, proxy_id: int, person_id: int) -> Proxy:
    """A proxy for one of its two parties; `NotFound` for anybody else."""
    mine = same_person(person_id)
    either = or_(Proxy.principal_id.in_(mine), Proxy.holder_id.in_(mine))
    proxy = session.scalars(select(Proxy).where(Proxy.id == proxy_id, either)).first()
    if proxy is None:
        raise NotFound
    return proxy


def is_holder(session: Session, proxy: Proxy, person_id: int) -> bool:
    """Whether somebody holds a proxy."""
    return proxy.holder_id in set(session.scalars(same_person(person_id)))


def instructions_of(session: Session, proxy: Proxy) -> dict[int, str]:
    """How the holder is to vote, by item."""
    rows = select(ProxyInstruction).where(ProxyInstruction.proxy_id == proxy.id)
    return {row.item_id: row.answer for row in session.scalars(rows)}


def _standing(ballot: Ballot, proxy: Proxy, answer: ProxyAnswer | None, end: ProxyEnd | None) -> Standing:
    today, accepted = clock.today(ballot.terms.zone), answer.accepted if answer is not None else None
    return Standing(proxy, state_on(today, proxy.valid_until, accepted=accepted, ended=end is not None), answer, end)
