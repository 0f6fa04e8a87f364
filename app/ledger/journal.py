"""Posting to the journal: the only way money and shares move."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.ledger.chart import KINDS
from app.ledger.models import Account, Balance, Entry, Posting


class KeyReused(Refusal):
    """The key was used for an entry with other content."""

    message = N_("“{key}” is already in the books with other content. Use a new key, or correct by a reversal.")
    status = 409


class Overdrawn(Refusal):
    """A holding would go below zero."""

    message = N_("This takes more than there is: {detail}.")
    status = 409


@dataclass(frozen=True, order=True)
class Leg:
    """One posting to be: an account by kind and subject, a unit, and a signed amount (debit positive)."""

    kind: str
    subject: str
    unit: str
    amount: int


@dataclass(frozen=True)
class Draft:
    """One entry to be. `key` names its cause once and for all, for example `allotment:pledge:12`."""

    key: str
    nature: str
    effective_on: date
    legs: tuple[Leg, ...]
    reverses_id: int | None = None

    def __post_init__(self) -> None:
        """Refuse what can only be a programmer's error: an empty, unbalanced or zero posting."""
        assert self.key and len(self.legs) >= 2, "an entry has a key and at least two legs"
        rest: dict[str, int] = defaultdict(int)
        for leg in self.legs:
            assert leg.kind in KINDS, f"{leg.kind} is not in the chart of accounts"
            assert isinstance(leg.amount, int) and leg.amount != 0, "amounts are whole and not zero"
            rest[leg.unit] += leg.amount
        assert not any(rest.values()), f"the entry does not balance: {dict(rest)}"

    def content_sha256(self) -> bytes:
        """Hash of what the entry says (not of when or by whom it was booked), from canonical JSON."""
        return content_sha256(self.nature, self.effective_on, self.reverses_id, self.legs)


def content_sha256(nature: str, effective_on: date, reverses_id: int | None, legs: Iterable[Leg]) -> bytes:
    """SHA-256 over canonical JSON of an entry's nature, effective date, reversed entry, and sorted legs."""
    lines = [[leg.kind, leg.subject, leg.unit, leg.amount] for leg in sorted(legs)]
    text = json.dumps([nature, effective_on.isoformat(), reverses_id, lines], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def post(session: Session, draft: Draft, *, by: int | None) -> int:
    """Book one entry and return its id; booking the same draft again returns the same id.

    Raises `KeyReused` when the key holds other content, `Overdrawn` when a guarded account would leave its side.
    """
    return post_all(session, [draft], by=by)[0]


def post_all(session: Session, drafts: Sequence[Draft], *, by: int | None) -> list[int]:
    """Book many entries at once, in order; their ids. All or none, as `post` does one."""
    if not drafts:
        return []
    accounts = _accounts(session, {(leg.kind, leg.subject) for draft in drafts for leg in draft.legs})
    written = _write_entries(session, drafts, by)
    postings = [
        {
            "entry_id": written[draft.key].id,
            "account_id": accounts[leg.kind, leg.subject],
            "unit": leg.unit,
            "amount": leg.amount,
        }
        for draft in drafts
        if written[draft.key].is_new
        for leg in draft.legs
    ]
    if postings:
        _write_postings(session, postings)
    return [written[draft.key].id for draft in drafts]


@dataclass(frozen=True)
class _Written:
    id: int
    is_new: bool


def _write_entries(session: Session, drafts: Sequence[Draft], by: int | None) -> dict[str, _Written]:
    moment = clock.now()
    rows = [
        {
            "key": draft.key,
            "nature": draft.nature,
            "effective_on": draft.effective_on,
            "booked_at": moment,
            "booked_by": by,
            "reverses_id": draft.reverses_id,
            "content_sha256": draft.content_sha256(),
        }
        for draft in drafts
    ]
    statement = upsert(Entry).on_conflict_do_nothing(index_elements=["key"]).returning(Entry.id, Entry.key)
    written = {key: _Written(entry_id, True) for entry_id, key in session.execute(statement, rows)}
    assert len({draft.key for draft in drafts}) == len(drafts), "a key stands once in a batch"
    missing = [draft for draft in drafts if draft.key not in written]
    if missing:
        found = _entries(session, [draft.key for draft in missing])
        for draft in missing:
            row = found[draft.key]
            if row.content_sha256 != draft.content_sha256():
                raise KeyReused(key=draft.key)
            written[draft.key] = _Written(row.id, False)
    return written


def _entries(session: Session, keys: list[str]) -> dict[str, Row[int, str, bytes]]:
    rows = session.execute(select(Entry.id, Entry.key, Entry.content_sha256).where(Entry.key.in_(keys)))
    return {row.key: row for row in rows}


def _write_postings(session: Session, postings: list[dict[str, object]]) -> None:
    try:
        session.execute(insert(Posting), postings)
    except IntegrityError as error:
        diagnosis = getattr(error.orig, "diag", None)
        if diagnosis is not None and diagnosis.constraint_name == "never_overdrawn":
            raise Overdrawn(detail=diagnosis.message_primary) from None
        raise


def _accounts(session: Session, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Ids of accounts, opened where they do not exist yet."""
    found = _find_accounts(session, wanted)
    absent = sorted(wanted - found.keys())
    if absent:
        rows = [
            {"kind": kind, "subject": subject, "side": KINDS[kind].side.value, "guarded": KINDS[kind].guarded}
            for kind, subject in absent
        ]
        session.execute(upsert(Account).on_conflict_do_nothing(), rows)
        found = _find_accounts(session, wanted)
    return found


def _find_accounts(session: Session, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    rows = session.execute(
        text(
            "SELECT kind, subject, id FROM account "
            "JOIN unnest(CAST(:kinds AS text[]), CAST(:subjects AS text[])) AS wanted (kind, subject) "
            "USING (kind, subject)"
        ),
        {"kinds": [kind for kind, _ in wanted], "subjects": [subject for _, subject in wanted]},
    )
    return {(kind, subject): account_id for kind, subject, account_id in rows}


def reverse(session: Session, entry_id: int, *, key: str, on: date, by: int | None) -> int:
    """Book the opposite of an entry, naming it; an entry is reversed at most once (a second key is `KeyReused`)."""
    entry = session.get_one(Entry, entry_id)
    legs = tuple(Leg(p.account.kind, p.account.subject, p.unit, -p.amount) for p in entry.postings)
    earlier = session.execute(select(Entry.key).where(Entry.reverses_id == entry_id)).scalar()
    if earlier is not None and earlier != key:
        raise KeyReused(key=earlier)
    return post(session, Draft(key, f"reversal of {entry.nature}", on, legs, reverses_id=entry_id), by=by)


def balance(session: Session, kind: str, subject: str, unit: str, *, as_of: date | None = None) -> int:
    """The balance of an account in a unit, positive on its normal side: in all, or at the end of a day."""
    side = KINDS[kind].side.value
    if KINDS[kind].guarded and as_of is None:
        statement = (
            select(Balance.amount)
            .join(Account, Account.id == Balance.account_id)
            .where(Account.kind == kind, Account.subject == subject, Balance.unit == unit)
        )
        return side * (session.execute(statement).scalar() or 0)
    total = (
        select(func.coalesce(func.sum(Posting.amount), 0))
        .join(Account, Account.id == Posting.account_id)
        .where(Account.kind == kind, Account.subject == subject, Posting.unit == unit)
    )
    if as_of is not None:
        total = total.join(Entry, Entry.id == Posting.entry_id).where(Entry.effective_on <= as_of)
    return side * int(session.execute(total).scalar_one())
