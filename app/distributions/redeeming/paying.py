"""Paying out allocations: two people approve the list by its hash; it is booked, owed, and told to each member."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.bulk import batched, write_rows
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.core.jobs import defer_many
from app.core.money import Money
from app.distributions.declaring import ListChanged
from app.distributions.models import AllocationRedemption, AllocationRedemptionPart, Distribution
from app.distributions.redeeming.resting import Due, Redeeming, reckon_redemption
from app.distributions.reversing import distribution_numbered
from app.ledger import journal
from app.ledger.closing import refuse_closed
from app.ledger.models import Account, Entry, Posting
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Value, day, member, millionths
from app.members.models import Person
from app.members.roles import Role
from app.payments.payouts.owing import AT_ONCE, Debt, owe_many, payable
from app.shares.acts.judging import lock_holders, member_numbered
from app.shares.allotting import holder_subject

ACT, NATURE = "allocation-redemption", "allocation redemption"
STATEMENT_JOB = "documents.file_allocation_redemption"
REASON = N_("patronage that was retained")


class NothingAllocated(Refusal):
    """Nothing is retained any more, or the percentage leaves less than a cent."""

    message = N_("Nothing of this distribution is allocated any more that could be paid out.")
    status = 409


class PaidBeforeToday(Refusal):
    """What is redeemed today is paid from today on."""

    message = N_("What is paid out falls due on {today} at the earliest.")
    field = "payable_on"


def propose_redemption(
    session: Session,
    distribution_id: int,
    *,
    percent_ppm: int,
    payable_on: date,
    member: int | None,
    form_key: str,
    by: Person,
    reason: str,
) -> Proposal:
    """Propose to pay out so much of what is still allocated, to all or to one member number; tried and undone first."""
    row = distribution_numbered(session, distribution_id)
    if member is not None:
        member_numbered(session, member)
    if payable_on < clock.today():
        raise PaidBeforeToday(today=clock.today())
    found = reckon_redemption(session, row, percent_ppm, payable_on, member=member)
    payload = {
        "distribution": row.id,
        "percent_ppm": percent_ppm,
        "payable_on": payable_on.isoformat(),
        "member": member,
        "list_sha256": found.list_sha256,
        "source": f"{ACT}:{form_key}",
        "reason": reason.strip(),
        "proposed_by": by.id,
    }
    trial = session.begin_nested()
    _redeem(session, payload, by.id)
    trial.rollback()
    return propose(session, ACT, subject=row.source, payload=payload, by=by, reason=reason)


def payout_source(source: str, number: int) -> str:
    """The name of what is owed to a member number out of a redemption, for good."""
    return f"{source}:{number}"


def entry_key(source: str, place: int) -> str:
    """The key of an entry: the first has the redemption's name, later ones their place as well."""
    return f"{source}:entry:{place}" if place else source


def entry_of_redemption(session: Session, row: AllocationRedemption, number: int) -> Entry:
    """The entry that booked the part of a member number."""
    later = Entry.key.startswith(f"{row.source}:entry:", autoescape=True)
    wanted = select(Entry).where(Entry.nature == NATURE, or_(Entry.id == row.entry_id, later))
    wanted = wanted.join(Posting, Posting.entry_id == Entry.id).join(Account, Account.id == Posting.account_id)
    of_member = (Account.kind == "allocations") & (Account.subject == f"member:{number}")
    return session.scalars(wanted.where(of_member)).one()


def _redeem(session: Session, payload: dict[str, Any], by: int) -> None:
    row = distribution_numbered(session, payload["distribution"])
    one_at_a_time(session, row.source)
    found = _judged(session, row, payload)
    on = clock.today()
    refuse_closed(session, on)
    few = list(batched(found.dues, AT_ONCE))
    drafts = [_entry(row, payload["source"], dues, place, on) for place, dues in enumerate(few)]
    entries = journal.post_all(session, drafts, by=by)
    redemption = AllocationRedemption(
        source=payload["source"],
        distribution_id=row.id,
        percent_ppm=found.percent_ppm,
        list_sha256=found.list_sha256,
        paid_cents=found.paid.minor,
        withheld_cents=found.withheld.minor,
        redeemed_on=on,
        payable_on=found.payable_on,
        reason=payload["reason"],
        entry_id=entries[0],
        recorded_at=clock.now(),
        proposed_by=payload["proposed_by"],
        approved_by=by,
    )
    session.add(redemption)
    session.flush()
    for entry_id, dues in zip(entries, few, strict=True):
        _write(session, redemption, dues, entry_id)
    audit.record(
        session, audit.Tag.ALLOCATIONS_REDEEMED, row.source, by=by, reason=payload["reason"],
        paid_cents=found.paid.minor, list_sha256=found.list_sha256,
    )  # fmt: skip


def _judged(session: Session, row: Distribution, payload: dict[str, Any]) -> Redeeming:
    """The list as it stands with its holders locked; another one than was looked at is refused."""
    terms = (payload["percent_ppm"], date.fromisoformat(payload["payable_on"]))
    found = reckon_redemption(session, row, *terms, member=payload["member"])
    lock_holders(session, *(due.member for due in found.dues))
    found = reckon_redemption(session, row, *terms, member=payload["member"])
    if not found.dues:
        raise NothingAllocated
    if found.list_sha256 != payload["list_sha256"]:
        raise ListChanged
    return found


def _entry(row: Distribution, source: str, dues: Sequence[Due], place: int, on: date) -> journal.Draft:
    unit, legs = row.currency, []
    withheld = sum(due.withheld for due in dues)
    if withheld:
        legs.append(journal.Leg("withholding_payable", source, unit, -withheld))
    for due in dues:
        legs.append(journal.Leg("allocations", holder_subject(due.member), unit, due.amount))
        if due.paid:
            legs.append(journal.Leg(*payable(payout_source(source, due.member.number)), unit, -due.paid))
    return journal.Draft(entry_key(source, place), NATURE, on, tuple(legs))


def _write(session: Session, redemption: AllocationRedemption, dues: Sequence[Due], entry_id: int) -> None:
    source, currency = redemption.source, redemption.distribution.currency
    debts = [
        Debt(
            payout_source(source, due.member.number),
            due.member.person_id,
            Money(due.paid, currency),
            redemption.payable_on,
        )
        for due in dues
        if due.paid
    ]
    owe_many(session, debts, REASON, entry_id=entry_id)
    parts = [
        {
            "redemption_id": redemption.id,
            "membership_id": due.member.id,
            "amount_cents": due.amount,
            "withheld_cents": due.withheld,
            "prior_cents": due.prior,
        }
        for due in dues
    ]
    write_rows(session, AllocationRedemptionPart, parts)
    jobs = [{"redemption_id": redemption.id, "membership_id": due.member.id} for due in dues]
    defer_many(session, STATEMENT_JOB, jobs)


_VALUES = (
    Value("percent_ppm", N_("How much of it"), millionths),
    Value("payable_on", N_("Payable on"), day),
    Value("member", N_("Only for one member"), member),
    Value("list_sha256", N_("Hash of the list")),
)
register(
    TwoPersonAct(
        ACT,
        N_("Pay out allocations"),
        (Role.ORGANIZER, Role.TREASURER),
        _redeem,
        values=_VALUES,
        unsaid=("distribution",),
    )
)
