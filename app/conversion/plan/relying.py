"""What a conversion relies on: the ballot that carried it, its exchange of shares, and every file that met a step."""

from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.ballots.models import Ballot
from app.conversion.exchange.models import Exchange
from app.conversion.plan.models import Conversion, ConversionContest, ConversionEvidence, ConversionStep
from app.law.plans.steps import Evidence


def standing_rows(session: Session, conversion: Conversion) -> list[tuple[ConversionStep, ConversionEvidence]]:
    """The evidence that meets each step now, in the order of the plan."""
    latest: dict[int, tuple[ConversionStep, ConversionEvidence]] = {}
    rows = session.execute(
        select(ConversionStep, ConversionEvidence)
        .join(ConversionEvidence, ConversionEvidence.step_id == ConversionStep.id)
        .where(
            ConversionStep.conversion_id == conversion.id,
            ~exists().where(ConversionContest.evidence_id == ConversionEvidence.id),
        )
        .order_by(ConversionStep.position, ConversionEvidence.id)
    )
    for step, evidence in rows:
        latest[step.id] = (step, evidence)
    return list(latest.values())


def exchange_of(session: Session, conversion: Conversion) -> Exchange | None:
    """The exchange that the conversion relies on: the one in effect, else the one that was tried."""
    found = [evidence.exchange for _, evidence in standing_rows(session, conversion) if evidence.exchange]
    return found[-1] if found else None


def ballot_of(session: Session, conversion: Conversion) -> Ballot | None:
    """The ballot that carried the conversion, as the step of the vote names it."""
    met = standing_rows(session, conversion)
    slugs = [evidence.ballot for _, evidence in met if evidence.kind == Evidence.BALLOT.name]
    return session.scalars(select(Ballot).where(Ballot.slug == slugs[-1])).first() if slugs else None


def record_date(session: Session, conversion: Conversion) -> date | None:
    """The day on which holders were counted for the vote."""
    ballot = ballot_of(session, conversion)
    return ballot.terms.record_date if ballot else None
