"""Telling each member what became of their shares (D21), some members at a time, once an exchange took effect."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.conversion.answers.answering import answers_of
from app.conversion.exchange.models import Exchange, ExchangeExecution
from app.conversion.plan.models import Conversion
from app.conversion.plan.relying import exchange_of
from app.core import audit, jobs
from app.core.errors import N_, Refusal
from app.documents.filing import file_document
from app.documents.issuing import issuer
from app.law.plans import plan_of
from app.law.profiles import profile
from app.members.models import Membership
from app.members.persons import address_of, particulars_on

KIND = "post-conversion-statement"
JOB = "documents.file_conversion_statements"
AT_ONCE = 100

_NEXT = text("""
    SELECT DISTINCT membership_id FROM exchange_line WHERE exchange_id = :exchange AND membership_id > :after
    ORDER BY membership_id LIMIT :many
""")
_BEFORE = text("""
    SELECT s.name AS share_class, sum(x.shares)::bigint AS shares, l.price_cents AS value_minor,
        sum(x.paid_cents)::bigint AS amount_minor
    FROM exchange_line x JOIN lot l ON l.id = x.lot_id JOIN share_class s ON s.id = l.share_class_id
    WHERE x.exchange_id = :exchange AND x.membership_id = :member GROUP BY s.name, l.price_cents ORDER BY 1, 3
""")
_AFTER = text("""
    SELECT coalesce(sum(new_shares), 0)::bigint AS shares, coalesce(sum(new_paid_cents), 0)::bigint AS paid,
        coalesce(sum(cash_cents), 0)::bigint AS cash, min(currency) AS currency
    FROM exchange_line WHERE exchange_id = :exchange AND membership_id = :member
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
    jobs.defer(session, JOB, conversion_id=conversion.id, after=0)


def file_statements(session: Session, conversion_id: int, after: int) -> None:
    """File the statements of the next members (by the id of their membership), then queue those after them."""
    conversion = session.get_one(Conversion, conversion_id)
    exchange = exchange_of(session, conversion)
    assert exchange is not None, "it took effect when this was started"
    found = list(session.scalars(_NEXT, {"exchange": exchange.id, "after": after, "many": AT_ONCE}))
    for membership_id in found:
        member = session.get_one(Membership, membership_id)
        facts = member_facts(session, conversion, exchange, member)
        source = f"conversion:{conversion.slug}:{member.number}"
        file_document(session, KIND, source, member.person, facts, profile=conversion.law)
    if len(found) == AT_ONCE:
        jobs.defer(session, JOB, conversion_id=conversion_id, after=found[-1])


def member_facts(session: Session, conversion: Conversion, exchange: Exchange, member: Membership) -> dict[str, Any]:
    """What a statement says; a share's amount is its nominal, or else what is paid on one."""
    places, answers = {"exchange": exchange.id, "member": member.id}, answers_of(session, conversion)
    known = particulars_on(session, member.person_id, exchange.effective_on)
    assert known is not None, "a holder's name and address are on record"
    now = session.execute(_AFTER, places).one()
    nominal = next((each.nominal_cents for each in exchange.terms if each.nominal_cents is not None), None)
    share = nominal if nominal is not None else now.paid // now.shares if now.shares else 0
    voting = profile(plan_of(conversion.law).target or conversion.law).voting
    by_member = voting is None or voting.basis == "member"
    return issuer() | {
        "organization": conversion.resulting_name,
        "legal_name": known.legal_name,
        "address": address_of(known).one_line(),
        "member_number": member.number,
        "entity_name": conversion.entity_name,
        "converted_on": exchange.effective_on.isoformat(),
        "before": [dict(row._mapping) for row in session.execute(_BEFORE, places)],
        "shares": now.shares,
        "share_minor": share,
        "balance_minor": now.paid,
        "owed_minor": max(0, now.shares * nominal - now.paid) if nominal is not None else 0,
        "cash_minor": now.cash,
        "cash_on": exchange.cash_due_on.isoformat() if now.cash else None,
        "liability_minor": None,
        "votes_held": str(min(now.shares, 1) if by_member else now.shares),
        "object_how": answers["object_how"],
        "object_until": answers["object_until"],
        "currency": now.currency,
    }
