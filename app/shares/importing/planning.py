"""Planning an import: the lines of a file held against each other and against the register, with nothing written."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.series import NumberSeries
from app.core.sheets import Sheet
from app.members.models import Membership, MembershipEnd, Particulars, Person
from app.members.people.likeness import words
from app.shares.classes import issued_shares
from app.shares.importing.models import ImportedHolding
from app.shares.importing.numbers import taken_numbers
from app.shares.importing.reading import Holding, read_holding
from app.shares.models import Lot, ShareClass

AT_ONCE = 5_000


class SameLine(Refusal):
    """Two lines cannot be told apart, now or when the file comes again."""

    message = N_("Nothing tells this line from line {line}. Give each a holding_id, or a certificate number.")


class OtherThanBefore(Refusal):
    """Two lines of one holder contradict each other."""

    message = N_("This differs from line {line}, which is about the same holder.")


class AddressOfAnother(Refusal):
    """Two holders have one e-mail address, by which only one can be known."""

    message = N_("Another holder has this e-mail address ({who}). Leave it empty for one of them.")


class NumberTaken(Refusal):
    """A number was given to somebody or something else."""

    message = N_("Number {number} is taken: {who}.")


class OtherNumber(Refusal):
    """The person is a member under another number."""

    message = N_("The person with this e-mail address is member no. {number}.")


class OtherName(Refusal):
    """The person known by the address has another name."""

    message = N_("The person with this e-mail address is called {name} here.")


class EndedHere(Refusal):
    """The end of a membership that is kept here is recorded here."""

    message = N_("Member no. {number} is in the register already. Record the end of the membership at the desk.")


class NoSuchClass(Refusal):
    """The class does not exist, and it is not said what it is called."""

    message = N_("There is no share class {code}. Fill in class_name, to have it made.")


class BeyondLimit(Refusal):
    """The class may not have so many shares."""

    message = N_("Class {code} may have {most} shares in all; {issued} are issued and the file has {more} more.")


class Changed(Refusal):
    """The line was imported with other content."""

    message = N_("This line was imported before, and these columns differ now: {columns}. Correct it at the desk.")


@dataclass
class Holder:
    """The lines of one holder that are new, and who it is here: a person, and a membership, where there are any."""

    lines: list[Holding]
    person_id: int | None = None
    membership_id: int | None = None
    number: int | None = None

    @property
    def first(self) -> Holding:
        """The line that says who it is."""
        return self.lines[0]

    @property
    def entered_on(self) -> date:
        """The day of entry: as given, else that of the first lot."""
        given = [line.entered_on for line in self.lines if line.entered_on]
        return min(given or [line.allotted_on for line in self.lines if line.allotted_on])


@dataclass
class Plan:
    """What an import would do, and everything that keeps it from being done, by line and column."""

    lines: int = 0
    unchanged: int = 0
    holders: list[Holder] = field(default_factory=list)
    classes: dict[str, str] = field(default_factory=dict)
    problems: list[tuple[int, str, Refusal | str]] = field(default_factory=list)
    warnings: list[tuple[int, str, Refusal | str]] = field(default_factory=list)

    @property
    def lots(self) -> list[Holding]:
        """The lines that become lots."""
        return [line for holder in self.holders for line in holder.lines if line.shares]


def plan_import(session: Session, sheet: Sheet) -> Plan:
    """Check every line of a file; the plan can be carried out while it has no problem."""
    plan = Plan(lines=len(sheet.lines), problems=[(1, name, problem) for name, problem in sheet.problems.items()])
    readable: list[Holding] = []
    for line in sheet.lines:
        holding, problems = read_holding(line)
        plan.problems += [(line.number, name, problem) for name, problem in problems.items()]
        plan.warnings += [(line.number, name, doubt) for name, doubt in holding.warnings.items()]
        if not problems:
            readable.append(holding)
    groups = _grouped(plan, readable)
    new = _without_known(session, plan, groups)
    plan.holders = [Holder(lines) for lines in new]
    _find_imported(session, plan)
    _find_people(session, plan)
    _find_members(session, plan)
    _judge_certificates(session, plan)
    _judge_classes(session, plan)
    plan.problems += [(line.number, "share_numbers", taken) for line, taken in taken_numbers(session, plan.lots)]
    plan.problems.sort(key=lambda problem: problem[0])
    return plan


def next_numbers(session: Session, plan: Plan) -> dict[str, int]:
    """The next number of members and certificates after an import."""
    kept = {
        "member": [holder.number or 0 for holder in plan.holders if not holder.membership_id],
        "certificate": [line.certificate_number or 0 for line in plan.lots],
    }
    found = {}
    for name, numbers in kept.items():
        row = session.get(NumberSeries, name)
        found[name] = max(row.next if row else 1, max(numbers, default=0) + 1) + numbers.count(0)
    return found


def _grouped(plan: Plan, readable: Sequence[Holding]) -> list[list[Holding]]:
    """The lines by holder, checked against each other."""
    groups: dict[str, list[Holding]] = defaultdict(list)
    keys: dict[str, int] = {}
    emails: dict[str, Holding] = {}
    for line in readable:
        if (other := keys.setdefault(line.key(), line.number)) != line.number:
            plan.problems.append((line.number, "holding_id", SameLine(line=other)))
        if line.email and (same := emails.setdefault(line.email, line)).holder() != line.holder():
            plan.problems.append((line.number, "email", AddressOfAnother(who=same.legal_name)))
        group = groups[line.holder()]
        group.append(line)
        plan.problems += [
            (line.number, name, OtherThanBefore(line=group[0].number)) for name in _contradictions(group[0], line)
        ]
    return list(groups.values())


def _contradictions(first: Holding, line: Holding) -> list[str]:
    said = [(each.legal_name, each.kind, each.registration_number, each.email, each.address) for each in (first, line)]
    names = ("legal_name", "holder_kind", "registration_number", "email", "street")
    wrong = [name for name, one, other in zip(names, *said, strict=True) if one != other]
    if first.entered_on and line.entered_on and first.entered_on != line.entered_on:
        wrong.append("entered_on")
    if first.ended_on != line.ended_on:
        wrong.append("ended_on")
    return wrong


def _without_known(session: Session, plan: Plan, groups: list[list[Holding]]) -> list[list[Holding]]:
    """The groups without what was imported before; a line that has changed since is a problem."""
    keys = [line.key() for group in groups for line in group]
    known: dict[str, ImportedHolding] = {}
    for part in _parts(keys):
        rows = session.scalars(select(ImportedHolding).where(ImportedHolding.key.in_(part)))
        known |= {row.key: row for row in rows}
    new = []
    for group in groups:
        fresh = [line for line in group if line.key() not in known]
        for line in group:
            if (row := known.get(line.key())) is not None:
                now = line.digests()
                differing = [name for name in now.keys() | row.digests.keys() if now.get(name) != row.digests.get(name)]
                plan.unchanged += not differing
                if differing:
                    plan.problems.append(
                        (line.number, sorted(differing)[0], Changed(columns=", ".join(sorted(differing))))
                    )
        if fresh:
            new.append(fresh)
    return new


def _find_imported(session: Session, plan: Plan) -> None:
    """Who of the holders was brought in by an earlier file, or an earlier line of this one, and has new lots now."""
    by_key = {holder.first.holder_key(): holder for holder in plan.holders}
    for part in _parts(list(by_key)):
        rows = session.execute(
            select(ImportedHolding.holder_key, Membership)
            .join(Membership, Membership.id == ImportedHolding.membership_id)
            .where(ImportedHolding.holder_key.in_(part))
        )
        for key, member in rows:
            holder = by_key[key]
            holder.membership_id, holder.number, holder.person_id = member.id, member.number, member.person_id


def _find_people(session: Session, plan: Plan) -> None:
    """Who of the holders is known here by the e-mail address, and then by the same name."""
    by_email = {
        holder.first.email: holder for holder in plan.holders if holder.first.email and not holder.membership_id
    }
    for part in _parts(list(by_email)):
        rows = session.execute(
            select(Person.id, func.lower(Person.email), Person.restricted).where(func.lower(Person.email).in_(part))
        ).all()
        names = _names(session, [row[0] for row in rows])
        for person_id, email, restricted in rows:
            holder = by_email[email]
            holder.person_id = person_id
            name = names.get(person_id)
            if restricted or (name and words(name) != words(holder.first.legal_name)):
                plan.problems.append((holder.first.number, "email", OtherName(name=name or "?")))


def _find_members(session: Session, plan: Plan) -> None:
    """Which memberships exist already, by number or by person."""
    unknown = [holder for holder in plan.holders if not holder.membership_id]
    by_number = {holder.first.member_number: holder for holder in unknown if holder.first.member_number}
    by_person = {holder.person_id: holder for holder in unknown if holder.person_id}
    for holder in by_number.values():
        holder.number = holder.first.member_number
    ended = set(session.scalars(select(MembershipEnd.membership_id))) if by_person else set()
    for part in _parts(list(by_person)):
        for member in session.scalars(select(Membership).where(Membership.person_id.in_(part))):
            holder = by_person[member.person_id]
            if holder.number not in (None, member.number):
                plan.problems.append((holder.first.number, "member_number", OtherNumber(number=str(member.number))))
            elif member.id not in ended or holder.number == member.number:
                _is_member(plan, holder, member)
    for numbers in _parts(list(by_number)):
        rows = session.scalars(select(Membership).where(Membership.number.in_(numbers))).all()
        names = _names(session, [member.person_id for member in rows])
        for member in rows:
            holder = by_number[member.number]
            if holder.membership_id is None:
                if words(names.get(member.person_id, "")) != words(holder.first.legal_name):
                    who = names.get(member.person_id, "?")
                    plan.problems.append(
                        (holder.first.number, "member_number", NumberTaken(number=str(member.number), who=who))
                    )
                _is_member(plan, holder, member)


def _is_member(plan: Plan, holder: Holder, member: Membership) -> None:
    holder.membership_id, holder.number, holder.person_id = member.id, member.number, member.person_id
    if holder.first.ended_on:
        plan.problems.append((holder.first.number, "ended_on", EndedHere(number=str(member.number))))


def _judge_certificates(session: Session, plan: Plan) -> None:
    wanted: dict[int, Holding] = {}
    for line in plan.lots:
        if line.certificate_number is None:
            continue
        other = wanted.setdefault(line.certificate_number, line)
        if other is not line:
            taken = NumberTaken(number=str(line.certificate_number), who=other.legal_name)
            plan.problems.append((line.number, "certificate_number", taken))
    for part in _parts(list(wanted)):
        rows = session.execute(
            select(Lot.certificate_number, Membership.number).join(Membership).where(Lot.certificate_number.in_(part))
        )
        for number, member in rows:
            taken = NumberTaken(number=str(number), who=f"№ {member}")
            plan.problems.append((wanted[number].number, "certificate_number", taken))


def _judge_classes(session: Session, plan: Plan) -> None:
    lots: dict[str, list[Holding]] = defaultdict(list)
    for line in plan.lots:
        lots[line.class_code].append(line)
    for code, lines in lots.items():
        found = session.scalars(select(ShareClass).where(ShareClass.code == code)).first()
        more = sum(line.shares for line in lines)
        name = next((line.class_name for line in lines if line.class_name), "")
        if found is None and not name:
            plan.problems.append((lines[0].number, "class_code", NoSuchClass(code=code)))
        elif found is None:
            plan.classes[code] = name
        elif found.authorized_shares is not None and issued_shares(session, found) + more > found.authorized_shares:
            limit = {"code": code, "most": found.authorized_shares, "issued": issued_shares(session, found)}
            plan.problems.append((lines[0].number, "shares", BeyondLimit(**limit, more=more)))


def _names(session: Session, people: Sequence[int]) -> dict[int, str]:
    """The latest names on record of some people."""
    rows = session.execute(
        select(Particulars.person_id, Particulars.legal_name)
        .where(Particulars.person_id.in_(people))
        .order_by(Particulars.valid_from, Particulars.id)
    )
    return {row.person_id: row.legal_name for row in rows}


def _parts(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
