"""Conversions over the API: listed and followed by everyone; the dry run and its proposal are the desk's."""

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, Once, ReadsConversions, WatchesConversions, WritesConversions
from app.api.approvals.shapes import ProposalGiven, proposal_given
from app.api.conversions.shapes import (
    ConversionGiven,
    DryRunGiven,
    ExchangeProposalTaken,
    ObstacleGiven,
    total_given,
)
from app.conversion.exchange.approving import StillReckoned, propose_exchange
from app.conversion.exchange.judging import obstacles
from app.conversion.exchange.models import Exchange
from app.conversion.exchange.reckoning import is_executed, latest_reckoning
from app.conversion.plan.models import Conversion
from app.conversion.plan.relying import exchange_of
from app.conversion.plan.starting import find_conversion
from app.conversion.plan.telling import summary
from app.core.errors import N_, NotFound
from app.web.database import Snapshot
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/conversions", route_class=ApiRoute, tags=["Conversions"])


@router.get("", operation_id="listConversions", summary=N_("List conversions"))
def list_conversions(caller: ReadsConversions, session: Snapshot, paging: Pages) -> Listed[ConversionGiven]:
    """Every conversion with its plan, the newest first."""
    wanted = select(Conversion).order_by(Conversion.id.desc()).limit(paging.limit + 1)
    if (after := paging.after()) is not None:
        wanted = wanted.where(Conversion.id < after[0])
    rows = session.scalars(wanted).all()
    return paging.listed(rows, lambda row: [row.id], lambda row: _given(session, row))


@router.get("/{slug}", operation_id="getConversion", summary=N_("Get a conversion"))
def get_conversion(caller: ReadsConversions, session: Snapshot, slug: str) -> ConversionGiven:
    """A conversion with its plan: what met each step, and why the next ones wait."""
    return _given(session, find_conversion(session, slug))


@router.get("/{slug}/dry-run", operation_id="getDryRun", summary=N_("What the exchange of a conversion would do"))
def get_dry_run(caller: WatchesConversions, session: Snapshot, slug: str) -> DryRunGiven:
    """The sums of the list as last reckoned, and what stands against it; `costake conversion dry-run` has the list."""
    exchange = _exchange(session, slug)
    reckoning = latest_reckoning(session, exchange.id)
    if reckoning is None:
        raise StillReckoned
    against = [
        ObstacleGiven(name=each.name, blocks=each.blocks, message=str(each)) for each in obstacles(session, exchange)
    ]
    return DryRunGiven(
        exchange=exchange.id,
        title=exchange.title,
        effective_on=exchange.effective_on,
        executed=is_executed(session, exchange.id),
        holders=reckoning.holders,
        totals=[total_given(total) for total in reckoning.totals],
        obstacles=against,
        sha256=reckoning.sha256,
    )


@router.post(
    "/{slug}/exchange-proposals",
    operation_id="proposeExchange",
    summary=N_("Propose the exchange of a conversion"),
    status_code=201,
)
def propose(caller: WritesConversions, session: Once, slug: str, wanted: ExchangeProposalTaken) -> ProposalGiven:
    """Propose the list, named by its hash; another person approves it, and it is carried out on its day."""
    exchange = _exchange(session, slug)
    proposal = propose_exchange(session, exchange.id, wanted.sha256, by=caller.person(session), reason=wanted.reason)
    return proposal_given(proposal, may_decide=False)


def _given(session: Session, row: Conversion) -> ConversionGiven:
    return ConversionGiven.model_validate(summary(session, row))


def _exchange(session: Session, slug: str) -> Exchange:
    exchange = exchange_of(session, find_conversion(session, slug))
    if exchange is None:
        raise NotFound
    return exchange
