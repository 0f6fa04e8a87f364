"""Lines as they stand: what the bank said with each, whether it is matched, parked or open."""

import json
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.reconciliation.matching.judging import Facts
from app.reconciliation.matching.keys import Keys, keys_of
from app.reconciliation.models import BankImport, BankLine, BankLineNote, BankMatch, BankMatchEnd


@dataclass(frozen=True, slots=True)
class Said:
    """What the bank said with a line."""

    name: str
    account: str
    text: str
    references: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, line: BankLine) -> "Said":
        """What was kept of it."""
        kept = json.loads(line.words.said)
        references = tuple((kind, value) for kind, value in kept["references"])
        return cls(kept["name"], kept["account"], kept["text"], references)

    def keys(self) -> Keys:
        """The payment references that it may mean."""
        return keys_of([*(value for _, value in self.references), self.text])


def facts_of(line: BankLine, said: Said) -> Facts:
    """A line as it is judged."""
    text = " ".join([said.text, said.name, *(value for _, value in said.references)]).upper()
    return Facts(line.amount_cents, said.keys(), line.code, line.returned, text)


def standing_match() -> ColumnElement[bool]:
    """The condition that a match was not undone."""
    return ~exists().where(BankMatchEnd.bank_match_id == BankMatch.id)


def is_matched() -> ColumnElement[bool]:
    """The condition that a line is matched; its parts then sum to it."""
    return exists().where(BankMatch.bank_line_id == BankLine.id, standing_match())


def is_parked() -> ColumnElement[bool]:
    """The condition that a line was set aside with a note."""
    later = aliased(BankLineNote)
    last = ~exists().where(later.bank_line_id == BankLineNote.bank_line_id, later.id > BankLineNote.id)
    return exists().where(BankLineNote.bank_line_id == BankLine.id, BankLineNote.parked, last)


def open_lines() -> Select[BankLine]:
    """Lines that wait for somebody, the oldest first."""
    return select(BankLine).where(~is_matched(), ~is_parked()).order_by(BankLine.id)


def count_open(session: Session) -> int:
    """How many lines are neither matched nor parked."""
    return session.scalar(select(func.count()).select_from(BankLine).where(~is_matched(), ~is_parked())) or 0


def matches_of(session: Session, line: BankLine) -> list[BankMatch]:
    """What a line was found to be and still is, part by part."""
    wanted = select(BankMatch).where(BankMatch.bank_line_id == line.id, standing_match()).order_by(BankMatch.id)
    return list(session.scalars(wanted))


def last_import(session: Session) -> BankImport | None:
    """The file that was taken last."""
    return session.scalars(select(BankImport).order_by(BankImport.id.desc()).limit(1)).first()
