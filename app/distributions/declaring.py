"""Declaring a distribution: what two people approved by its hash is booked in one entry, owed, allocated and told."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.bulk import batched, write_rows
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.core.jobs import defer
from app.core.money import Money
from app.distributions.booked import NATURE, entry_key
from app.distributions.drafting import SUBJECT, draft_numbered, preview
from app.distributions.models import Distribution, DistributionDraft, DistributionLine, DistributionPart, Kind
from app.distributions.reckoning import Part, Reckoned
from app.distributions.telling import JOB as TELL_JOB
from app.distributions.terms import Terms
from app.ledger import journal
from app.ledger.closing import refuse_closed
from app.members.approvals.about import About, row_of, tell_of
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Value
from app.members.models import Person
from app.members.roles import Role
from app.payments.payouts.owing import AT_ONCE, Debt, owe_many, payable
from app.shares.acts.judging import class_coded, lock_holders, refuse_many_beyond_limits
from app.shares.acts.pricing import refuse_wrong_price
from app.shares.allotting import BeyondAuthorized, can_allot, holder_subject
from app.shares.classes import issued_shares
from app.shares.granting import grant
from app.shares.moving import Act, Given, InTheFuture

ACT = "distribution"
REASONS = {Kind.INTEREST: N_("interest on shares"), Kind.PATRONAGE: N_("patronage refund")}


class DeclaredAlready(Refusal):
    """The draft was declared before."""

    message = N_("This draft was declared already.")
    status = 409


class ListChanged(Refusal):
    """Shares moved, or tax numbers were recorded, since the list was looked at."""

    message = N_("The list has changed since it was proposed. Look at the preview again, and propose it anew.")
    status = 409


def propose_distribution(session: Session, draft_id: int, *, list_sha256: str, by: Person) -> Proposal:
    """Propose to declare a draft whose list has this hash; refused as its approval would be."""
    draft = draft_numbered(session, draft_id)
    payload = {"draft": draft.id, "list_sha256": list_sha256, "proposed_by": by.id}
    _judged(session, draft, list_sha256)
    return propose(session, ACT, subject=f"{SUBJECT}:{draft.id}", payload=payload, by=by, reason=draft.terms["reason"])


def _declare(session: Session, payload: dict[str, Any], by: int) -> None:
    draft = draft_numbered(session, payload["draft"])
    found = _judged(session, draft, payload["list_sha256"])
    row = _book(session, draft, found, by=by, proposed_by=payload["proposed_by"])
    acts = _turn_into_shares(session, row, found, by=by)
    _write_parts(session, row, found, acts)
    defer(session, TELL_JOB, distribution_id=row.id, after=0)
    audit.record(
        session, audit.Tag.DISTRIBUTION_DECLARED, row.source, by=by, reason=found.terms.reason,
        declared_cents=row.declared_cents, list_sha256=row.list_sha256,
    )  # fmt: skip


def _judged(session: Session, draft: DistributionDraft, list_sha256: str) -> Reckoned:
    """The list as it stands, with every holder locked; refused when it is another one, or may not be declared."""
    one_at_a_time(session, f"{SUBJECT} {draft.id}")
    if session.scalars(select(Distribution.id).where(Distribution.draft_id == draft.id)).first() is not None:
        raise DeclaredAlready
    found = preview(session, draft)
    lock_holders(session, *(part.member for part in found.parts))
    found = preview(session, draft)
    if found.list_sha256 != list_sha256:
        raise ListChanged
    terms = found.terms
    if terms.declared_on > clock.latest_today():
        raise InTheFuture(on=terms.declared_on)
    refuse_closed(session, terms.declared_on)
    if terms.into_class:
        share_class = class_coded(session, terms.into_class)
        price = Money(terms.share_price_cents, terms.currency)
        refuse_wrong_price(session, share_class, price, terms.declared_on)
        growth = [(part.member, part.shares) for part in found.parts if part.shares]
        refuse_many_beyond_limits(session, share_class, growth, terms.declared_on)
        shares = sum(count for _, count in growth)
        if not can_allot(session, share_class, shares):
            left = (share_class.authorized_shares or 0) - issued_shares(session, share_class)
            raise BeyondAuthorized(left=left, code=share_class.code, wanted=shares)
    return found


def _book(session: Session, draft: DistributionDraft, found: Reckoned, *, by: int, proposed_by: int) -> Distribution:
    terms = found.terms
    booked = list(batched(found.parts, AT_ONCE))
    drafts = [_entry(draft, terms, parts, place) for place, parts in enumerate(booked)]
    entries = journal.post_all(session, drafts, by=by)
    row = Distribution(
        draft_id=draft.id,
        kind=terms.kind.value,
        title=terms.title,
        terms=draft.terms,
        list_sha256=found.list_sha256,
        currency=terms.currency,
        declared_cents=found.total("amount").minor,
        cash_cents=found.total("cash").minor,
        retained_cents=found.total("retained").minor,
        withheld_cents=found.total("withheld").minor,
        declared_on=terms.declared_on,
        payable_on=terms.payable_on,
        entry_id=entries[0],
        recorded_at=clock.now(),
        proposed_by=proposed_by,
        approved_by=by,
    )
    session.add(row)
    session.flush()
    for entry_id, parts in zip(entries, booked, strict=True):
        _owe(session, row, parts, entry_id)
    return row


def payout_source(draft_id: int, part: Part) -> str:
    """The name of what is owed to a member out of a draft, for good."""
    return f"{SUBJECT}:{draft_id}:{part.member.number}"


def _entry(draft: DistributionDraft, terms: Terms, parts: Sequence[Part], place: int) -> journal.Draft:
    """The entry of so many parts: the surplus shared out, what is owed in cash, withheld, and allocated.

    There is one for each `AT_ONCE` members, so that each stays small enough to be hashed, proved and reversed.
    """
    unit, kind = terms.currency, terms.kind.value
    legs = [journal.Leg("surplus_distributed", kind, unit, sum(part.amount for part in parts))]
    withheld = sum(part.withheld for part in parts)
    if withheld:
        legs.append(journal.Leg("withholding_payable", f"{SUBJECT}:{draft.id}", unit, -withheld))
    for part in parts:
        if part.paid:
            legs.append(journal.Leg(*payable(payout_source(draft.id, part)), unit, -part.paid))
        if part.retained:
            legs.append(journal.Leg("allocations", holder_subject(part.member), unit, -part.retained))
    return journal.Draft(entry_key(draft.id, place), NATURE, terms.declared_on, tuple(legs))


def _owe(session: Session, row: Distribution, parts: Sequence[Part], entry_id: int) -> None:
    debts = [
        Debt(payout_source(row.draft_id, part), part.member.person_id, Money(part.paid, row.currency), row.payable_on)
        for part in parts
        if part.paid
    ]
    owe_many(session, debts, REASONS[Kind(row.kind)], entry_id=entry_id)


def _turn_into_shares(session: Session, row: Distribution, found: Reckoned, *, by: int) -> dict[int, int]:
    """Retained parts become whole shares where the terms say so; the acts by membership."""
    terms = found.terms
    if not terms.into_class:
        return {}
    share_class = class_coded(session, terms.into_class)
    price = Money(terms.share_price_cents, terms.currency)
    buying = [part for part in found.parts if part.shares]
    acts = [
        Act(
            kind="patronage shares",
            source=f"{row.source}:{part.member.number}",
            effective_on=terms.declared_on,
            reason=terms.reason,
            gives=[Given(part.member, share_class, part.shares, price, price * part.shares, N_("retained patronage"))],
            money=[journal.Leg("allocations", holder_subject(part.member), terms.currency, part.share_cents)],
            details={"distribution": row.id, "shares": part.shares, "paid_cents": part.share_cents},
        )
        for part in buying
    ]
    ids = grant(session, acts, by=by, proposed_by=row.proposed_by)
    return {part.member.id: id_ for part, id_ in zip(buying, ids, strict=True)}


def _write_parts(session: Session, row: Distribution, found: Reckoned, acts: dict[int, int]) -> None:
    parts: list[dict[str, Any]] = [
        {
            "distribution_id": row.id,
            "membership_id": part.member.id,
            "amount_cents": part.amount,
            "cash_cents": part.cash,
            "retained_cents": part.retained,
            "withheld_cents": part.withheld,
            "prior_cents": part.prior,
            "shares": part.shares,
            "share_cents": part.share_cents,
            "share_act_id": acts.get(part.member.id),
        }
        for part in found.parts
    ]
    lines: list[dict[str, Any]] = [
        {
            "distribution_id": row.id,
            "membership_id": part.member.id,
            "business": line.business,
            "basis": line.basis,
            "amount_cents": line.amount,
        }
        for part in found.parts
        for line in part.lines
    ]
    for some_parts in batched(parts, AT_ONCE):
        write_rows(session, DistributionPart, some_parts)
    for some_lines in batched(lines, AT_ONCE):
        write_rows(session, DistributionLine, some_lines)


def _about(session: Session, number: str, _lang: str) -> About | None:
    found = session.get(DistributionDraft, row_of(number))
    return About(found.terms["title"], f"/desk/distributions/drafts/{found.id}") if found else None


tell_of(SUBJECT, _about)

register(
    TwoPersonAct(
        ACT,
        N_("Declare a distribution"),
        (Role.ORGANIZER, Role.TREASURER),
        _declare,
        values=(Value("list_sha256", N_("Hash of the list")),),
        unsaid=("draft",),
    )
)
