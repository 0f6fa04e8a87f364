"""Telling each member what became of their shares (D21), once an exchange took effect: records, sealed as one issue.

A part of the members is a job that commits and queues the next, so that millions are told and a crash loses one part.
Nobody is told twice; each member's PDF is made when somebody asks for it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, literal, select, text
from sqlalchemy.orm import Session, joinedload

from app.conversion.answers.answering import answers_of
from app.conversion.exchange.models import Exchange, ExchangeExecution
from app.conversion.plan.gating import why_not
from app.conversion.plan.meeting import Offered, meet, standings
from app.conversion.plan.models import Conversion
from app.conversion.plan.relying import exchange_of
from app.core import audit, clock, jobs, series
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.documents.bulk.filing import open_issue, write_records
from app.documents.bulk.holders import particulars_of
from app.documents.bulk.models import DocumentIssueSeal
from app.documents.bulk.sealing import seal_issue
from app.documents.freezing import freeze
from app.documents.issuing import issuer
from app.documents.kinds import kind_of
from app.documents.seals.keys import seal_key
from app.law.adapting import law_for
from app.law.plans import plan_of
from app.law.plans.steps import Evidence
from app.law.profiles import profile
from app.members.models import Membership, Particulars, Person
from app.members.persons import address_of

KIND = "post-conversion-statement"
JOB = "documents.file_conversion_statements"
STEP = "member_notices"
AT_ONCE = 1_000

_NEXT = text("""
    SELECT DISTINCT x.membership_id FROM exchange_line x JOIN membership m ON m.id = x.membership_id
    WHERE x.exchange_id = :exchange AND x.membership_id > :after
    AND NOT EXISTS (SELECT FROM document d WHERE d.source = :source || m.number)
    ORDER BY x.membership_id LIMIT :many
""")
_BEFORE = text("""
    SELECT x.membership_id, s.name AS share_class, sum(x.shares)::bigint AS shares, l.price_cents AS value_minor,
        sum(x.paid_cents)::bigint AS amount_minor
    FROM exchange_line x JOIN lot l ON l.id = x.lot_id JOIN share_class s ON s.id = l.share_class_id
    WHERE x.exchange_id = :exchange AND x.membership_id = ANY(:members)
    GROUP BY x.membership_id, s.name, l.price_cents ORDER BY 1, 2, 4
""")
_AFTER = text("""
    SELECT membership_id, sum(new_shares)::bigint AS shares, sum(new_paid_cents)::bigint AS paid,
        sum(cash_cents)::bigint AS cash, sum(loan_cents)::bigint AS loan, min(currency) AS currency
    FROM exchange_line WHERE exchange_id = :exchange AND membership_id = ANY(:members) GROUP BY membership_id
""")


class NotExchanged(Refusal):
    """There is nothing to tell yet."""

    message = N_("The members are told once their shares are exchanged. That has not happened yet.")
    status = 409


class RightsUnsaid(Refusal):
    """A statement says how to disagree, and until when."""

    message = N_("First answer how a member who disagrees may object or leave, and until which day.")
    status = 409


def start_statements(session: Session, conversion: Conversion, *, by: int) -> None:
    """Have every member's statement drawn up by the worker; each is filed once."""
    exchange, answers = exchange_of(session, conversion), answers_of(session, conversion)
    if exchange is None or session.get(ExchangeExecution, exchange.id) is None:
        raise NotExchanged
    if not answers.get("object_how") or not answers.get("object_until"):
        raise RightsUnsaid
    audit.record(session, audit.Tag.CONVERSION_STATEMENTS_STARTED, f"conversion:{conversion.slug}", by=by)
    jobs.defer(session, JOB, conversion_id=conversion.id, after=0, by=by)


def file_statements(session: Session, conversion_id: int, after: int, by: int = 0) -> None:
    """File the statements of the next members (by the id of their membership), then queue those after them.

    After the last they are sealed by one root, which meets the step of the statements where the plan has it open.
    """
    conversion = session.get_one(Conversion, conversion_id)
    exchange, cause = exchange_of(session, conversion), f"conversion:{conversion_id}"
    assert exchange is not None, "it took effect when this was started"
    one_at_a_time(session, f"statements of {cause}")
    issue = open_issue(session, cause, KIND)
    source = f"conversion:{conversion.slug}:"
    places = {"exchange": exchange.id, "after": after, "many": AT_ONCE, "source": f"{KIND}:{source}"}
    found = list(session.scalars(_NEXT, places))
    told = facts_of_members(session, conversion, exchange, found)
    number = series.draw(session, "document", len(told)) if told else 0
    kind, key, law = kind_of(KIND), seal_key(), law_for(session, conversion.law)
    write_records(
        session,
        issue,
        [
            freeze(kind, f"{source}{member.number}", member.person, facts, number=number + at, law=law, key=key)
            for at, (member, facts) in enumerate(told)
        ],
    )
    if len(found) == AT_ONCE:
        jobs.defer(session, JOB, conversion_id=conversion_id, after=found[-1], by=by)
    else:
        _conclude(session, conversion, seal_issue(session, issue), by)


def facts_of_members(
    session: Session, conversion: Conversion, exchange: Exchange, membership_ids: Sequence[int]
) -> list[tuple[Membership, dict[str, Any]]]:
    """What each member's statement says; who was erased meanwhile gets none."""
    places = {"exchange": exchange.id, "members": list(membership_ids)}
    before: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in session.execute(_BEFORE, places):
        said = dict(row._mapping)
        before[said.pop("membership_id")].append(said)
    after = {row.membership_id: row for row in session.execute(_AFTER, places)}
    day = literal(exchange.effective_on).label("day")
    asked = select(Membership.id, Membership.person_id, day).where(Membership.id.in_(membership_ids))
    common, known = _Common.of(session, conversion, exchange), particulars_of(session, asked)
    whole = select(Membership).where(Membership.id.in_(membership_ids)).options(joinedload(Membership.person))
    return [
        (each, common.facts(each, known[each.id], before[each.id], after[each.id]))
        for each in session.scalars(whole.order_by(Membership.id))
        if each.id in known
    ]


@dataclass(frozen=True)
class _Common:
    """What all statements of a conversion share; a share's amount is its nominal, or else what is paid on one."""

    said: dict[str, Any]
    nominal: int | None
    cash_on: str
    by_member: bool

    @classmethod
    def of(cls, session: Session, conversion: Conversion, exchange: Exchange) -> "_Common":
        answers, plan = answers_of(session, conversion), plan_of(conversion.law)
        law = profile(plan.target or conversion.law)
        said = issuer() | {
            "organization": conversion.resulting_name,
            "entity_name": conversion.entity_name,
            "converted_on": exchange.effective_on.isoformat(),
            "liability_minor": None,
            "object_how": answers["object_how"],
            "object_until": answers["object_until"],
        }
        nominal = next((each.nominal_cents for each in exchange.terms if each.nominal_cents is not None), None)
        by_member = (law.voting is None or law.voting.basis == "member") and not plan.goes_back
        return cls(said, nominal, exchange.cash_due_on.isoformat(), by_member)

    def facts(
        self, member: Membership, known: Particulars, before: list[dict[str, Any]], now: Row[Any]
    ) -> dict[str, Any]:
        """Of one member: `before` are rows of the old holding, `now` the sums of the new."""
        paid_each = now.paid // now.shares if now.shares else 0
        return self.said | {
            "legal_name": known.legal_name,
            "address": address_of(known).one_line(),
            "member_number": member.number,
            "before": before,
            "shares": now.shares,
            "share_minor": paid_each if self.nominal is None else self.nominal,
            "balance_minor": now.paid,
            "owed_minor": 0 if self.nominal is None else max(0, now.shares * self.nominal - now.paid),
            "cash_minor": now.cash,
            "cash_on": self.cash_on if now.cash else None,
            "lent_minor": now.loan,
            "votes_held": str(min(now.shares, 1) if self.by_member else now.shares),
            "currency": now.currency,
        }


def _conclude(session: Session, conversion: Conversion, seal: DocumentIssueSeal | None, by: int) -> None:
    """Meet the step of the statements by the root of the issue, where the plan has it open."""
    all_, today = standings(session, conversion), clock.today(conversion.zone)
    who = session.get(Person, by)
    if seal is None or who is None or STEP not in all_ or all_[STEP].met_on is not None:
        return
    if why_not(all_[STEP].step, all_, today) is None:
        what = Offered(Evidence.ISSUED, today, document=f"issue:{seal.issue_id}", sha256=seal.root_sha256)
        meet(session, conversion.slug, STEP, what, by=who)
