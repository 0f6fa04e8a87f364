"""Proposing and deciding: an approved act is done in the decision's own transaction, or nothing is decided."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, NotAllowed, Refusal
from app.members.approvals.models import Decision, Proposal
from app.members.approvals.saying import SHOWN_ANYWAY, Value
from app.members.models import Person
from app.members.people.resolving import same_person
from app.members.roles import ReasonMissing, Role, roles_of

LASTS = timedelta(days=14)

Perform = Callable[[Session, dict[str, Any], int], None]


class ProposedAlready(Refusal):
    """The same act on the same subject waits for its decision."""

    message = N_("This was proposed already and waits for the decision of another person.")
    status = 409


class NoSuchProposal(Refusal):
    """The proposal does not exist."""

    message = N_("There is no such proposal.")
    status = 404


class OwnProposal(Refusal):
    """Whoever proposes does not decide."""

    message = N_("You proposed this yourself. Another person decides it.")
    status = 403


class DecidedAlready(Refusal):
    """The proposal was decided before."""

    message = N_("This was decided already. Nothing was changed.")
    status = 409


class ProposalExpired(Refusal):
    """Nobody decided in time."""

    message = N_("This proposal has expired. Propose it again.")
    status = 410


@dataclass(frozen=True)
class TwoPersonAct:
    """An act that needs two people: its stable name, its title, the roles that propose and decide, what is done.

    With `several`, proposals with different values may wait for one subject at the same time. `values` says what
    whoever decides reads of a proposal; what is `unsaid` is told by its subject, or is a number for the act alone.
    """

    name: str
    title: str
    roles: tuple[Role, ...]
    perform: Perform
    several: bool = False
    values: tuple[Value, ...] = ()
    unsaid: tuple[str, ...] = ()


_ACTS: dict[str, TwoPersonAct] = {}


def register(act: TwoPersonAct) -> None:
    """Make an act known; each room registers its own where it declares them."""
    assert _ACTS.setdefault(act.name, act) == act, f"{act.name} is registered twice"


def known_acts() -> dict[str, TwoPersonAct]:
    """Every registered act by its name."""
    return dict(_ACTS)


def propose(session: Session, act: str, *, subject: str, payload: dict[str, Any], by: Person, reason: str) -> Proposal:
    """Propose a registered act; another person with one of its roles decides within `LASTS`."""
    _refuse_stranger(session, _ACTS[act], by, subject)
    known = SHOWN_ANYWAY.union(_ACTS[act].unsaid, (value.name for value in _ACTS[act].values))
    assert payload.keys() <= known, f"{act} does not say {payload.keys() - known}"
    if not reason.strip():
        raise ReasonMissing
    session.execute(select(Person.id).where(Person.id == by.id).with_for_update())
    if _waits(session, _ACTS[act], subject, payload):
        raise ProposedAlready
    now = clock.now()
    proposal = Proposal(
        act=act,
        subject=subject,
        payload=payload,
        reason=reason.strip(),
        proposed_by=by.id,
        proposed_at=now,
        expires_at=now + LASTS,
    )
    session.add(proposal)
    session.flush()
    audit.record(session, audit.Tag.PROPOSED, subject, by=by.id, reason=proposal.reason, act=act, proposal=proposal.id)
    return proposal


def decide(session: Session, proposal_id: int, *, approve: bool, by: Person, reason: str) -> Decision:
    """Approve (and do) or refuse a proposal of someone else; if the act is refused, nothing is decided."""
    proposal = session.scalars(select(Proposal).where(Proposal.id == proposal_id).with_for_update()).first()
    if proposal is None:
        raise NoSuchProposal
    act = _ACTS[proposal.act]
    _refuse_stranger(session, act, by, proposal.subject)
    if _is_own(session, proposal, by.id):
        raise OwnProposal
    if session.get(Decision, proposal_id) is not None:
        raise DecidedAlready
    if proposal.expires_at <= clock.now():
        raise ProposalExpired
    if not reason.strip():
        raise ReasonMissing
    decision = Decision(
        proposal_id=proposal_id, approved=approve, reason=reason.strip(), decided_by=by.id, decided_at=clock.now()
    )
    session.add(decision)
    session.flush()
    tag = audit.Tag.APPROVED if approve else audit.Tag.DECLINED
    audit.record(session, tag, proposal.subject, by=by.id, reason=decision.reason, act=act.name, proposal=proposal_id)
    if approve:
        act.perform(session, proposal.payload, by.id)
    return decision


def undecided(session: Session) -> list[Proposal]:
    """The proposals that can still be decided, the oldest first."""
    return list(
        session.scalars(
            select(Proposal)
            .outerjoin(Decision, Decision.proposal_id == Proposal.id)
            .where(Decision.proposal_id.is_(None), Proposal.expires_at > clock.now())
            .order_by(Proposal.id)
        )
    )


def _waits(session: Session, act: TwoPersonAct, subject: str, payload: dict[str, Any]) -> bool:
    alike = [each for each in undecided(session) if each.act == act.name and each.subject == subject]
    return any(not act.several or each.payload == payload for each in alike)


def latest_decisions(session: Session, count: int = 20) -> list[Decision]:
    """The latest decisions, the newest first."""
    return list(session.scalars(select(Decision).order_by(Decision.decided_at.desc()).limit(count)))


def may_decide(session: Session, proposal: Proposal, person_id: int) -> bool:
    """Whether a person may decide a proposal: another one, with one of the act's roles."""
    roles = roles_of(session, person_id, proposal.subject)
    return not _is_own(session, proposal, person_id) and bool(roles & set(_ACTS[proposal.act].roles))


def has_lost_role(session: Session, proposal: Proposal) -> bool:
    """Whether whoever made a proposal has none of the act's roles any more: whoever decides should know."""
    held = roles_of(session, proposal.proposed_by, proposal.subject)
    return not held & set(_ACTS[proposal.act].roles)


def _is_own(session: Session, proposal: Proposal, person_id: int) -> bool:
    """Whether a person made a proposal, in this record or in one that is merged with it."""
    return proposal.proposed_by in session.scalars(same_person(person_id)).all()


def _refuse_stranger(session: Session, act: TwoPersonAct, person: Person, subject: str) -> None:
    if not roles_of(session, person.id, subject) & set(act.roles):
        raise NotAllowed
