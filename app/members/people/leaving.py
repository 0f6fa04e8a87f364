"""Leaving: a member resigns, or is expelled by two people after a hearing; the number is never given again."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.settings import settings
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Value, day
from app.members.entering import current_membership, locked_holder
from app.members.models import Membership, MembershipEnd, Person
from app.members.people.models import Expulsion
from app.members.people.representing import may_act_for
from app.members.roles import Role

ACT = "member:expel"


class NotAMember(Refusal):
    """Only a member can leave."""

    message = N_("This person is not a member.")
    status = 409


class EndsAlready(Refusal):
    """The end of the membership is on record."""

    message = N_("This membership ends on {day} already.")
    status = 409


class TooEarly(Refusal):
    """Nobody resigns with effect in the past."""

    message = N_("The day must be today or later.")
    field = "ceases_on"


class NotSoLong(Refusal):
    """A day so far ahead is a slip of the pen."""

    message = N_("The day must be within five years.")
    field = "ceases_on"


class NoHearing(Refusal):
    """Nobody is expelled unheard."""

    message = N_("Give the day of the hearing: nobody is expelled without having been heard.")
    field = "heard_on"


class HearingTooSoon(Refusal):
    """The member had less time to prepare than the notice period."""

    message = N_("The hearing must be at least {days} days after the notice, so on {day} or later.")
    field = "heard_on"


class HearingAhead(Refusal):
    """A hearing that has not been held cannot be decided upon."""

    message = N_("The hearing has not been held yet. Propose the expulsion afterwards.")
    field = "heard_on"


class DecidedBeforeHearing(Refusal):
    """The decision follows the hearing."""

    message = N_("The decision must be on the day of the hearing or later, and not in the future.")
    field = "decided_on"


class OwnExpulsion(Refusal):
    """Nobody decides on their own expulsion."""

    message = N_("Nobody decides on their own expulsion.")
    status = 403


@dataclass(frozen=True)
class Hearing:
    """How a member was heard: when the notice was sent, when the hearing was held, when and why it was decided."""

    noticed_on: date
    heard_on: date | None
    decided_on: date
    grounds: str


def resign(session: Session, person: Person, ceases_on: date, *, by: int | None, reason: str = "") -> MembershipEnd:
    """End one's own membership with a day, today or later; on that day one is no member any more."""
    holder = locked_holder(session, person.id)
    member = leaving_member(session, holder.id)
    if ceases_on < clock.today():
        raise TooEarly
    if ceases_on > clock.today() + timedelta(days=5 * 366):
        raise NotSoLong
    end = end_membership(session, member, ceases_on, "resignation", by=by, reason=reason)
    subject = f"member:{member.number}"
    audit.record(session, audit.Tag.MEMBER_RESIGNED, subject, by=by, reason=reason or None, on=ceases_on.isoformat())
    return end


def propose_expulsion(session: Session, person: Person, hearing: Hearing, *, by: Person) -> Proposal:
    """Propose to expel a member after the hearing; another person decides. The grounds are the proposal's reason."""
    member = leaving_member(session, locked_holder(session, person.id).id)
    _refuse_hearing(hearing)
    _refuse_oneself(session, by.id, member)
    days = {name: day.isoformat() for name, day in asdict(hearing).items() if isinstance(day, date)}
    payload = {"membership_id": member.id, "proposed_by": by.id, "grounds": hearing.grounds, **days}
    return propose(session, ACT, subject=f"member:{member.number}", payload=payload, by=by, reason=hearing.grounds)


def _expel(session: Session, payload: dict[str, Any], by: int) -> None:
    member = session.get_one(Membership, payload["membership_id"])
    locked_holder(session, member.person_id)
    if leaving_member(session, member.person_id).id != member.id:
        raise NotAMember
    _refuse_oneself(session, by, member)
    noticed, heard, decided = (date.fromisoformat(payload[f"{day}_on"]) for day in ("noticed", "heard", "decided"))
    end_membership(session, member, clock.today(), "expulsion", by=by, reason=payload["grounds"])
    session.add(
        Expulsion(
            membership_id=member.id,
            grounds=payload["grounds"],
            noticed_on=noticed,
            heard_on=heard,
            decided_on=decided,
            recorded_at=clock.now(),
            proposed_by=payload["proposed_by"],
            approved_by=by,
        )
    )
    session.flush()
    audit.record(session, audit.Tag.MEMBER_EXPELLED, f"member:{member.number}", by=by, reason=payload["grounds"])


_DAYS = (
    Value("noticed_on", N_("Notice sent on"), day),
    Value("heard_on", N_("Hearing on"), day),
    Value("decided_on", N_("Decided on"), day),
)
register(
    TwoPersonAct(
        ACT,
        N_("Expel a member"),
        (Role.ORGANIZER, Role.SECRETARY),
        _expel,
        values=_DAYS,
        unsaid=("membership_id", "grounds"),
    )
)


def leaving_member(session: Session, person_id: int) -> Membership:
    """The membership that can be ended now: it stands, and no end is on record. The person is locked by the caller."""
    member = current_membership(session, person_id)
    if member is None:
        raise NotAMember
    end = session.get(MembershipEnd, member.id, populate_existing=True)
    if end is not None:
        raise EndsAlready(day=end.ceased_on)
    return member


def end_membership(
    session: Session, member: Membership, on: date, basis: str, *, by: int | None, reason: str
) -> MembershipEnd:
    """Write the end of a membership that stands, under the lock of its person."""
    end = MembershipEnd(
        membership_id=member.id,
        ceased_on=on,
        basis=basis,
        recorded_at=clock.now(),
        recorded_by=by,
        reason=reason.strip(),
    )
    session.add(end)
    session.flush()
    return end


def _refuse_hearing(hearing: Hearing) -> None:
    days = settings().hearing_notice_days
    if hearing.heard_on is None:
        raise NoHearing
    earliest = hearing.noticed_on + timedelta(days=days)
    if hearing.heard_on < earliest:
        raise HearingTooSoon(days=days, day=earliest)
    if hearing.heard_on > clock.today():
        raise HearingAhead
    if not hearing.heard_on <= hearing.decided_on <= clock.today():
        raise DecidedBeforeHearing


def _refuse_oneself(session: Session, by: int, member: Membership) -> None:
    if may_act_for(session, by, member.person_id, clock.today()):
        raise OwnExpulsion
