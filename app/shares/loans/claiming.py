"""Claims that become loans: what an act on shares leaves owing to many holders, lent without a payment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.bulk import batched, new_ids, write_rows
from app.core.money import Money
from app.shares.loans.lending import LOAN_JOB
from app.shares.loans.models import DayCount, Loan, LoanInstalment
from app.shares.loans.scheduling import schedule

AT_ONCE = 5_000
KIND, DAYS = "loan", DayCount.ACT_365


@dataclass(frozen=True)
class Claim:
    """What is lent: `source` names its cause for good; repaid in one sum after so many years, interest each year."""

    source: str
    person_id: int
    principal: Money
    rate_ppm: int
    years: int


@dataclass(frozen=True)
class Booked:
    """What all claims of an act share: from which day, by which entry, why, and which two people approved."""

    on: date
    entry_id: int
    reason: str
    by: int
    proposed_by: int | None


def owed_account(source: str) -> tuple[str, str]:
    """The account that carries what is owed of a loan: kind and subject."""
    return "loans_payable", source


def take_up_claims(session: Session, claims: Sequence[Claim], booked: Booked) -> None:
    """Note loans that one entry has made owing by crediting `owed_account`, each with its frozen schedule."""
    now = clock.now()
    for few in batched(claims, AT_ONCE):
        ids = new_ids(session, Loan, len(few))
        loans, instalments = [], []
        for id_, claim in zip(ids, few, strict=True):
            loans.append(
                {
                    "id": id_,
                    "source": claim.source,
                    "kind": KIND,
                    "person_id": claim.person_id,
                    "principal_cents": claim.principal.minor,
                    "currency": claim.principal.currency,
                    "rate_ppm": claim.rate_ppm,
                    "day_count": DAYS.name,
                    "starts_on": booked.on,
                    "entry_id": booked.entry_id,
                    "reason": booked.reason,
                    "recorded_at": now,
                    "recorded_by": booked.by,
                    "proposed_by": booked.proposed_by or booked.by,
                }
            )
            instalments += _instalments(id_, claim, booked.on)
        write_rows(session, Loan, loans)
        write_rows(session, LoanInstalment, instalments)
        jobs.defer_many(session, LOAN_JOB, [{"loan_id": id_} for id_ in ids])
        audit.record_many(
            session, [(audit.Tag.LOAN_TAKEN, f"loan:{id_}", {"entry": booked.entry_id}) for id_ in ids], by=booked.by
        )


def _instalments(loan_id: int, claim: Claim, on: date) -> list[dict[str, object]]:
    months, count = (12, claim.years) if claim.rate_ppm else (12 * claim.years, 1)
    plan = schedule(claim.principal, claim.rate_ppm, DAYS, on, months=months, count=count, bullet=True)
    return [
        {
            "loan_id": loan_id,
            "number": number,
            "due_on": each.due_on,
            "principal_cents": each.principal_cents,
            "interest_cents": each.interest_cents,
        }
        for number, each in enumerate(plan, 1)
    ]
