"""Carrying out a planned import: people, memberships and lots with their entries, in bulk and in one transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs, series
from app.core.audit import Tag
from app.core.bulk import new_ids, write_rows
from app.core.errors import N_
from app.ledger import journal
from app.ledger.chart import share_unit
from app.members.models import Membership, MembershipEnd, Particulars, Person
from app.members.people.likeness import Traits, keys_of
from app.members.people.models import PersonKey
from app.shares.classes import share_class
from app.shares.importing.models import HolderImport, ImportedHolding
from app.shares.importing.numbers import begin_numbers, keep_numbers
from app.shares.importing.planning import Holder, Plan
from app.shares.importing.reading import Holding
from app.shares.models import Lot, ShareClass
from app.shares.numbering import draw_certificates

AT_ONCE = 2_000
REASON = N_("in the register before the books were opened here")
LEFT_BEFORE = "left before"

Progress = Callable[[int, int], None]


def carry_out(session: Session, plan: Plan, file_sha256: str, *, by: int | None, progress: Progress) -> HolderImport:
    """Write everything that a plan without problems says; the caller holds the lock under which it was made."""
    assert not plan.problems, "a plan with problems is not carried out"
    at = clock.now()
    row = HolderImport(file_sha256=file_sha256, lines=plan.lines, imported_at=at, imported_by=by)
    session.add(row)
    session.flush()
    classes = _classes(session, plan)
    _number(session, plan)
    begin_numbers(session, plan.lots, classes, by=by, reason=REASON)
    done = 0
    for start in range(0, len(plan.holders), AT_ONCE):
        part = plan.holders[start : start + AT_ONCE]
        _enter_people(session, part, at, by)
        _enter_members(session, part, at, by)
        _allot(session, row, part, classes, at, by)
        done += sum(len(holder.lines) for holder in part)
        progress(done, plan.lines)
    lots = len(plan.lots)
    audit.record(session, Tag.HOLDERS_IMPORTED, f"holder-import:{row.id}", by=by, holders=len(plan.holders), lots=lots)
    jobs.defer(session, "documents.certify", cause=f"import:{row.id}")
    session.flush()
    return row


def _classes(session: Session, plan: Plan) -> dict[str, ShareClass]:
    """The classes by code, locked so that nothing else is issued meanwhile."""
    for code, name in plan.classes.items():
        share_class(session, code, name)
    codes = sorted({line.class_code for line in plan.lots})
    rows = session.scalars(
        select(ShareClass).where(ShareClass.code.in_(codes)).order_by(ShareClass.id).with_for_update(key_share=True)
    )
    return {row.code: row for row in rows}


def _number(session: Session, plan: Plan) -> None:
    """Give numbers to whoever has none, beyond every number that is kept."""
    new = [holder for holder in plan.holders if holder.membership_id is None]
    series.keep_clear(session, "member", max((holder.number or 0 for holder in new), default=0))
    unnumbered = [holder for holder in new if holder.number is None]
    if unnumbered:
        first = series.draw(session, "member", len(unnumbered))
        for number, holder in enumerate(unnumbered, start=first):
            holder.number = number
    series.keep_clear(session, "certificate", max((line.certificate_number or 0 for line in plan.lots), default=0))


def _enter_people(session: Session, holders: Sequence[Holder], at: datetime, by: int | None) -> None:
    known = [holder.person_id for holder in holders if holder.person_id and not holder.membership_id]
    named = _already_named(session, known)
    new = [holder for holder in holders if holder.person_id is None]
    for holder, person_id in zip(new, new_ids(session, Person, len(new)), strict=True):
        holder.person_id = person_id
    people = [
        {"id": each.person_id, "email": each.first.email or None, "language": each.first.language, "created_at": at}
        for each in new
    ]
    write_rows(session, Person, people)
    nameless = [each for each in holders if each.membership_id is None and each.person_id not in named]
    write_rows(session, Particulars, [_particulars(holder, at, by) for holder in nameless])
    keys = [{"key": key, "person_id": each.person_id} for each in nameless for key in sorted(_keys(each.first))]
    write_rows(session, PersonKey, keys, skip_known=True)


def _already_named(session: Session, people: Sequence[int | None]) -> set[int]:
    return (
        set(session.scalars(select(Particulars.person_id).where(Particulars.person_id.in_(people))))
        if people
        else set()
    )


def _particulars(holder: Holder, at: datetime, by: int | None) -> dict[str, Any]:
    line = holder.first
    return {
        "person_id": holder.person_id,
        "valid_from": holder.entered_on,
        "legal_name": line.legal_name,
        "street_lines": list(line.address.street_lines),
        "postal_code": line.address.postal_code,
        "locality": line.address.locality,
        "region": line.address.region,
        "country": line.address.country,
        "holder_kind": line.kind.value,
        "registration_number": line.registration_number,
        "reason": REASON,
        "recorded_at": at,
        "recorded_by": by,
    }


def _keys(line: Holding) -> frozenset[str]:
    street, code = " ".join(line.address.street_lines), line.address.postal_code
    return keys_of(
        Traits(
            line.legal_name,
            street=street,
            postal_code=code,
            country=line.address.country,
            registration_number=line.registration_number,
            email=line.email,
        )
    )


def _enter_members(session: Session, holders: Sequence[Holder], at: datetime, by: int | None) -> None:
    new = [holder for holder in holders if holder.membership_id is None]
    if not new:
        return
    for holder, membership_id in zip(new, new_ids(session, Membership, len(new)), strict=True):
        holder.membership_id = membership_id
    members = [
        {
            "id": each.membership_id,
            "person_id": each.person_id,
            "number": each.number,
            "entered_on": each.entered_on,
            "basis": REASON,
            "recorded_at": at,
        }
        for each in new
    ]
    write_rows(session, Membership, members)
    ended = [holder for holder in new if holder.first.ended_on]
    ends = [
        {
            "membership_id": each.membership_id,
            "ceased_on": each.first.ended_on,
            "basis": LEFT_BEFORE,
            "recorded_at": at,
            "recorded_by": by,
            "reason": REASON,
        }
        for each in ended
    ]
    write_rows(session, MembershipEnd, ends)
    lines = [(Tag.MEMBER_ENTERED, f"member:{holder.number}", dict[str, Any]()) for holder in new]
    lines += [(Tag.MEMBER_LEFT_BEFORE, f"member:{holder.number}", dict[str, Any]()) for holder in ended]
    audit.record_many(session, lines, by=by, reason=REASON)


def _allot(
    session: Session,
    row: HolderImport,
    holders: Sequence[Holder],
    classes: dict[str, ShareClass],
    at: datetime,
    by: int | None,
) -> None:
    lots = [(holder, line) for holder in holders for line in holder.lines if line.shares]
    ids: dict[str, int] = {}
    if lots:
        numbers = _certificates(session, [line for _, line in lots])
        entries = journal.post_all(session, [_draft(holder, line) for holder, line in lots], by=by)
        made = new_ids(session, Lot, len(lots))
        rows = [
            {
                "id": lot_id,
                "certificate_number": number,
                "membership_id": holder.membership_id,
                "share_class_id": classes[line.class_code].id,
                "shares": line.shares,
                "price_cents": line.price.minor,
                "paid_cents": line.paid.minor,
                "currency": line.price.currency,
                "allotted_on": line.allotted_on,
                "basis": line.basis,
                "source": f"import:{line.key()}",
                "entry_id": entry_id,
                "recorded_at": at,
                "acquired_on": line.acquired_on,
            }
            for (holder, line), lot_id, number, entry_id in zip(lots, made, numbers, entries, strict=True)
        ]
        write_rows(session, Lot, rows)
        keep_numbers(session, [(lot_id, line) for lot_id, (_, line) in zip(made, lots, strict=True)], classes, at)
        ids = {line.key(): lot_id for (_, line), lot_id in zip(lots, made, strict=True)}
        noted = [(Tag.SHARES_ALLOTTED, f"lot:{ids[line.key()]}", {"shares": line.shares}) for _, line in lots]
        audit.record_many(session, noted, by=by, reason=REASON)
    kept = [
        {
            "key": line.key(),
            "holder_key": line.holder_key(),
            "import_id": row.id,
            "membership_id": holder.membership_id,
            "lot_id": ids.get(line.key()),
            "digests": line.digests(),
        }
        for holder in holders
        for line in holder.lines
    ]
    write_rows(session, ImportedHolding, kept)


def _certificates(session: Session, lines: Sequence[Holding]) -> list[int]:
    """The certificate number of each line: the one it had, or the next."""
    without = sum(line.certificate_number is None for line in lines)
    following = draw_certificates(session, without)
    numbers = []
    for line in lines:
        numbers.append(line.certificate_number or following)
        following += line.certificate_number is None
    return numbers


def _draft(holder: Holder, line: Holding) -> journal.Draft:
    """The entry that opens a lot: shares to the holder, and what was paid, long ago and elsewhere, as capital."""
    assert line.allotted_on is not None, "a line with shares has the day of their allotment"
    unit, paid = share_unit(line.class_code), line.paid
    money = (
        journal.Leg("opening", line.class_code, paid.currency, paid.minor),
        journal.Leg("share_capital", line.class_code, paid.currency, -paid.minor),
    )
    return journal.Draft(
        key=f"allotment:import:{line.key()}",
        nature="allotment",
        effective_on=line.allotted_on,
        legs=(
            *(money if paid.minor else ()),
            journal.Leg("unissued", line.class_code, unit, -line.shares),
            journal.Leg("holder", f"member:{holder.number}", unit, line.shares),
        ),
    )
