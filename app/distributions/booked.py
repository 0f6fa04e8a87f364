"""What a distribution booked: its entries by their keys, one for so many members; and how they are turned round."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.distributions.drafting import SUBJECT
from app.distributions.models import Distribution
from app.ledger import journal
from app.ledger.models import Account, Entry, Posting
from app.payments.payouts.owing import end_payouts, refuse_paid

NATURE = "distribution"


def entry_key(draft_id: int, place: int) -> str:
    """The key of an entry: the first has the draft's name, later ones their place as well."""
    return f"{SUBJECT}:{draft_id}:entry:{place}" if place else f"{SUBJECT}:{draft_id}"


def entries_of(session: Session, row: Distribution) -> Sequence[int]:
    """The entries of a distribution in order."""
    return session.scalars(_entries(row, Entry.id).order_by(Entry.id)).all()


def entry_of_part(session: Session, row: Distribution, number: int) -> Entry:
    """The entry that booked the part of a member's number; the first one where all of a part was withheld."""
    subjects = (f"{SUBJECT}:{row.draft_id}:{number}", f"member:{number}")
    wanted = _entries(row, Entry).join(Posting, Posting.entry_id == Entry.id)
    found: Entry | None = session.scalars(
        wanted.join(Account, Account.id == Posting.account_id).where(Account.subject.in_(subjects))
    ).first()
    return found or session.get_one(Entry, row.entry_id)


def refuse_any_paid(session: Session, entries: Sequence[int]) -> None:
    """Refuse when anything that entries made payable was paid or ordered: `PaidOutAlready`, `OrderedAlready`."""
    for entry_id in entries:
        refuse_paid(session, entry_id)


def undo_entries(session: Session, source: str, entries: Sequence[int], *, on: date, by: int, reason: str) -> list[int]:
    """Turn the entries of a source round, and end what they made payable; the reversals in the same order.

    Take `refuse_any_paid` first.
    """
    undone = []
    for place, entry_id in enumerate(entries):
        key = f"reversal:{source}:entry:{place}" if place else f"reversal:{source}"
        undone.append(journal.reverse(session, entry_id, key=key, on=on, by=by))
        end_payouts(session, entry_id, by_entry=undone[-1], reason=reason)
    return undone


def _entries(row: Distribution, what: type[Entry] | InstrumentedAttribute[int]) -> Select[Any]:
    later = Entry.key.startswith(f"{SUBJECT}:{row.draft_id}:entry:", autoescape=True)
    return select(what).where(Entry.nature == NATURE, or_(Entry.id == row.entry_id, later))
