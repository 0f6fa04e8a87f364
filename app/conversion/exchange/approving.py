"""Approving an exchange: two people agree to one list by its hash; it is carried out when its day comes."""

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.conversion.exchange.drafting import find_exchange
from app.conversion.exchange.executing import EXECUTE_JOB
from app.conversion.exchange.judging import refuse_obstructed
from app.conversion.exchange.models import Exchange, ExchangeApproval, ExchangeHalt, ExchangeReckoning
from app.conversion.exchange.reckoning import is_executed, latest_reckoning
from app.core import audit, clock, jobs
from app.core.errors import N_, Refusal
from app.core.language import fill
from app.members.approvals.about import About, row_of, tell_of
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words
from app.members.models import Person
from app.members.roles import Role

ACT = "exchange-of-shares"


class StillReckoned(Refusal):
    """The list is not complete."""

    message = N_("The list is still being reckoned. Look again in a moment.")
    status = 409


class NothingToExchange(Refusal):
    """Nobody holds the old classes."""

    message = N_("Nobody holds shares of the old classes.")
    status = 409


class ListChanged(Refusal):
    """Another list was reckoned meanwhile."""

    message = N_("This list was reckoned again meanwhile. Look at the new one, and propose that.")
    status = 409


class ExchangedAlready(Refusal):
    """The exchange took effect."""

    message = N_("This exchange has taken effect. Nothing was changed.")
    status = 409


class ApprovedAlready(Refusal):
    """Two people approved the list before."""

    message = N_("This list is approved already, and is carried out on its day.")
    status = 409


def propose_exchange(session: Session, exchange_id: int, sha256: str, *, by: Person, reason: str) -> Proposal:
    """Propose the list of an exchange, named by its hash, to a second person."""
    reckoning = _proposable(session, find_exchange(session, exchange_id), sha256)
    payload = {"reckoning": reckoning.id, "proposed_by": by.id}
    return propose(session, ACT, subject=f"exchange:{exchange_id}", payload=payload, by=by, reason=reason)


def standing_approval(session: Session, exchange_id: int) -> ExchangeApproval | None:
    """The approval that is, or will be, carried out; None before it, or when it was halted."""
    return session.scalars(
        select(ExchangeApproval)
        .join(ExchangeReckoning)
        .where(
            ExchangeReckoning.exchange_id == exchange_id,
            ~exists().where(ExchangeHalt.approval_id == ExchangeApproval.id),
        )
        .order_by(ExchangeApproval.id.desc())
        .limit(1)
    ).first()


def _proposable(session: Session, exchange: Exchange, sha256: str) -> ExchangeReckoning:
    reckoning = latest_reckoning(session, exchange.id)
    if is_executed(session, exchange.id):
        raise ExchangedAlready
    if standing_approval(session, exchange.id) is not None:
        raise ApprovedAlready
    if reckoning is None:
        raise StillReckoned
    if not reckoning.lots:
        raise NothingToExchange
    if reckoning.sha256 != sha256:
        raise ListChanged
    refuse_obstructed(session, exchange)
    return reckoning


def _approve(session: Session, payload: dict[str, Any], by: int) -> None:
    """Keep the approval; what is due already is executed at once by the worker."""
    reckoning = session.get_one(ExchangeReckoning, payload["reckoning"])
    exchange = find_exchange(session, reckoning.exchange_id)
    _proposable(session, exchange, reckoning.sha256)
    row = ExchangeApproval(
        reckoning_id=reckoning.id, approved_at=clock.now(), approved_by=by, proposed_by=payload["proposed_by"]
    )
    session.add(row)
    session.flush()
    audit.record(
        session, audit.Tag.EXCHANGE_APPROVED, f"exchange:{exchange.id}", by=by, reason=exchange.reason,
        sha256=reckoning.sha256,
    )  # fmt: skip
    if exchange.effective_on <= clock.today(exchange.zone):
        jobs.defer(session, EXECUTE_JOB, approval_id=row.id)


def _about(session: Session, number: str, _lang: str) -> About | None:
    found = session.get(Exchange, row_of(number))
    return About(found.title, f"/desk/exchanges/{found.id}") if found else None


tell_of("exchange", _about)


def _list(told: Told) -> Words:
    found = told.session.get_one(ExchangeReckoning, told.value)
    return [fill(N_("holders: {count}"), {"count": found.holders}, told.lang), f"SHA-256 {found.sha256}"]


register(
    TwoPersonAct(
        ACT,
        N_("Exchange of all shares of a class"),
        (Role.ORGANIZER, Role.SECRETARY),
        _approve,
        values=(Value("reckoning", N_("The list"), _list),),
    )
)
