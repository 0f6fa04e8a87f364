"""Reading the audit trail: what concerns one person, and for auditors everything by filters, the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.core.audit import AuditLine, Tag
from app.documents.subjects import subjects_of
from app.members.people.resolving import same_person
from app.members.persons import find_person
from app.web.typed import Form

AT_ONCE = 100


@dataclass(frozen=True)
class Wanted:
    """Which lines are wanted: everything that is None or empty lets all pass. Days are days in UTC, both included."""

    tag: str = ""
    subject: str = ""
    actor_id: int | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as conditions on `AuditLine`."""
        found: list[ColumnElement[bool]] = []
        if self.tag:
            found.append(AuditLine.tag == self.tag)
        if self.subject:
            kind = self.subject.endswith(":")
            found.append(
                AuditLine.subject.startswith(self.subject, autoescape=True)
                if kind
                else AuditLine.subject == self.subject
            )
        if self.actor_id is not None:
            found.append(AuditLine.actor_id == self.actor_id)
        if self.since is not None:
            found.append(AuditLine.at >= _midnight(self.since))
        if self.until is not None:
            found.append(AuditLine.at < _midnight(self.until + timedelta(days=1)))
        if self.text:
            found.append(AuditLine.reason.icontains(self.text, autoescape=True))
        return found


def read_wanted(session: Session, fields: Mapping[str, str]) -> Wanted:
    """The filters as they are typed: tag, subject, actor (number or e-mail), since, until, text; refused when wrong."""
    form = Form(fields)
    tag = form.choice("tag", [each.value for each in Tag]) if fields.get("tag") else ""
    subject = form.text("subject", max=80, required=False)
    since = form.day("since") if fields.get("since") else None
    until = form.day("until") if fields.get("until") else None
    text = form.text("text", max=200, required=False)
    actor = form.text("actor", max=254, required=False)
    form.done()
    return Wanted(tag, subject, actor_of(session, actor) if actor else None, since, until, text)


def actor_of(session: Session, typed: str) -> int:
    """The number of the person that an auditor names by number or e-mail address; 0, who does nothing, if unknown."""
    if typed.isascii() and typed.isdigit() and len(typed) < 19:
        return int(typed)
    person = find_person(session, typed.lower())
    return person.id if person else 0


def lines(session: Session, wanted: Wanted, before: int | None = None, most: int = AT_ONCE) -> Sequence[AuditLine]:
    """The newest lines that are wanted, of those with ids below `before`."""
    return session.scalars(_newest(before, most).where(*wanted.conditions())).all()


def lines_concerning(
    session: Session, person_id: int, before: int | None = None, most: int = AT_ONCE
) -> Sequence[AuditLine]:
    """The newest lines whose actor or subject is a person: they themselves, or something that is theirs."""
    ids = same_person(person_id)
    mine = or_(AuditLine.actor_id.in_(ids), AuditLine.subject.in_(subjects_of(ids)))
    return session.scalars(_newest(before, most).where(mine)).all()


def _newest(before: int | None, most: int) -> Select[AuditLine]:
    found = select(AuditLine).order_by(AuditLine.id.desc()).limit(most)
    return found if before is None else found.where(AuditLine.id < before)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
