"""Posting to the journal: the only way money and shares move."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.ledger.chart import KINDS
from app.ledger.closing import PeriodClosed
from app.ledger.models import Account, Balance, Entry, Posting


class KeyReused(Refusal):
    """The key was used for an entry with other content."""

    message = N_("“{key}” is already in the books with other content. Use a new key, or correct by a reversal.")
    status = 409


class Overdrawn(Refusal):
    """A holding would go below zero."""

    message = N_("This takes more than there is. Nothing was booked.")
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


Hearer = Callable[[Session, Mapping[tuple[str, str], int]], None]
_HEARERS: dict[str, Hearer] = {}


def hear(kind: str, hearer: Hearer) -> None:
    """Have `hearer(session, changes)` called in the transaction of every entry on accounts of a kind, once booked.

    `changes` are sums by (subject, unit), positive on the accounts' normal side. A room above keeps its own sums by it.
    """
    assert kind in KINDS and _HEARERS.get(kind, hearer) is hearer, "each kind of account has one hearer"
    _HEARERS[kind] = hearer


def post(session: Session, draft: Draft, *, by: int | None) -> int:
    """Book one entry and return its id; booking the same draft again returns the same id.

    Raises `KeyReused` when the key holds other content, `Overdrawn` when a guarded account would leave its side, and
    `PeriodClosed` when the day lies in a period whose books are closed.
    """
    return post_all(session, [draft], by=by)[0]


def post_all(session: Session, drafts: Sequence[Draft], *, by: int | None) -> list[int]:
    """Book many entries at once, in order; their ids. All or none, as `post` does one."""
    assert len({draft.key for draft in drafts}) == len(drafts), "a key stands once in a batch"
    if not drafts:
        return []
    values = _values(drafts, by)
    written = _write(session, values)
    if written is None:
        _open_accounts(session, drafts)
        written = _write(session, values)
        assert written is not None, "every account is open now"
    _tell(session, [draft for draft in drafts if draft.key in written])
    absent = [draft for draft in drafts if draft.key not in written]
    if absent:
        written |= _booked_before(session, absent)
    return [written[draft.key] for draft in drafts]


def _tell(session: Session, booked: Sequence[Draft]) -> None:
    for kind, hearer in _HEARERS.items():
        changes: dict[tuple[str, str], int] = defaultdict(int)
        for draft in booked:
            for leg in draft.legs:
                if leg.kind == kind:
                    changes[leg.subject, leg.unit] += KINDS[kind].side.value * leg.amount
        if changes:
            hearer(session, changes)


FEW = 200  # legs for which the statement's general plan is good enough

# One statement for any number of entries: nothing is written while an account is missing.
_WRITE = text("""
    WITH leg AS (
        SELECT * FROM unnest(
            CAST(:leg_keys AS text[]), CAST(:kinds AS text[]), CAST(:subjects AS text[]), CAST(:units AS text[]),
            CAST(:amounts AS bigint[])
        ) WITH ORDINALITY AS leg (key, kind, subject, unit, amount, number)
    ), missing AS (
        SELECT FROM leg LEFT JOIN account USING (kind, subject) WHERE account.id IS NULL LIMIT 1
    ), written AS (
        INSERT INTO entry (key, nature, effective_on, booked_at, booked_by, reverses_id, content_sha256)
        SELECT key, nature, day, :moment, CAST(:by AS bigint), reverses_id, sha256
        FROM unnest(
            CAST(:keys AS text[]), CAST(:natures AS text[]), CAST(:days AS date[]), CAST(:reverses AS bigint[]),
            CAST(:hashes AS bytea[])
        ) AS draft (key, nature, day, reverses_id, sha256)
        WHERE NOT EXISTS (SELECT FROM missing)
        ON CONFLICT (key) DO NOTHING RETURNING id, key
    ), posted AS (
        INSERT INTO posting (entry_id, account_id, unit, amount)
        SELECT written.id, account.id, unit, amount
        FROM leg JOIN written USING (key) JOIN account USING (kind, subject) ORDER BY number
    )
    SELECT key, id FROM written UNION ALL SELECT NULL, NULL WHERE EXISTS (SELECT FROM missing)
""")
_OPEN = text("""
    INSERT INTO account (kind, subject, side, guarded)
    SELECT * FROM unnest(
        CAST(:kinds AS text[]), CAST(:subjects AS text[]), CAST(:sides AS smallint[]), CAST(:guarded AS boolean[])
    ) ON CONFLICT DO NOTHING
""")


def _values(drafts: Sequence[Draft], by: int | None) -> dict[str, object]:
    legs = [(draft.key, leg) for draft in drafts for leg in draft.legs]
    return {
        "keys": [draft.key for draft in drafts],
        "natures": [draft.nature for draft in drafts],
        "days": [draft.effective_on for draft in drafts],
        "reverses": [draft.reverses_id for draft in drafts],
        "hashes": [draft.content_sha256() for draft in drafts],
        "moment": clock.now(),
        "by": by,
        "leg_keys": [key for key, _ in legs],
        "kinds": [leg.kind for _, leg in legs],
        "subjects": [leg.subject for _, leg in legs],
        "units": [leg.unit for _, leg in legs],
        "amounts": [leg.amount for _, leg in legs],
    }


def _write(session: Session, values: dict[str, object]) -> dict[str, int] | None:
    """Write what is new; ids by key, or None (and nothing written) when an account is missing."""
    many = isinstance(values["leg_keys"], list) and len(values["leg_keys"]) > FEW
    try:
        if many:  # a plan made once and for all expects ten rows, and joins thousands one by one
            session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
        rows = session.execute(_WRITE, values).all()
        if many:
            session.execute(text("SET LOCAL plan_cache_mode = auto"))
    except IntegrityError as error:
        refusal = _refusal(error)
        if refusal is None:
            raise
        raise refusal from None
    return None if any(key is None for key, _ in rows) else dict(rows)


def _refusal(error: IntegrityError) -> Refusal | None:
    """What the database's guards refuse, as a refusal; None for anything else."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is None:
        return None
    if diagnosis.constraint_name == "never_overdrawn":
        return Overdrawn(detail=diagnosis.message_primary)
    if diagnosis.constraint_name == "period_is_open":
        until, on = (date.fromisoformat(day) for day in re.findall(r"\d{4}-\d\d-\d\d", diagnosis.message_primary))
        return PeriodClosed(until=until, on=on)
    return None


def _open_accounts(session: Session, drafts: Sequence[Draft]) -> None:
    """Open the accounts of the drafts that are not open yet; two at once open them once."""
    wanted = sorted({(leg.kind, leg.subject) for draft in drafts for leg in draft.legs})
    kinds = [KINDS[kind] for kind, _ in wanted]
    values = {
        "kinds": [kind.name for kind in kinds],
        "subjects": [subject for _, subject in wanted],
        "sides": [kind.side.value for kind in kinds],
        "guarded": [kind.guarded for kind in kinds],
    }
    session.execute(_OPEN, values)


def _booked_before(session: Session, drafts: Sequence[Draft]) -> dict[str, int]:
    """The ids of drafts that are in the books already; refused when one says something else."""
    statement = select(Entry.key, Entry.id, Entry.content_sha256).where(Entry.key.in_([draft.key for draft in drafts]))
    found = {row.key: row for row in session.execute(statement)}
    for draft in drafts:
        if bytes(found[draft.key].content_sha256) != draft.content_sha256():
            raise KeyReused(key=draft.key)
    return {key: row.id for key, row in found.items()}


def reverse(session: Session, entry_id: int, *, key: str, on: date, by: int | None) -> int:
    """Book the opposite of an entry, naming it; an entry is reversed at most once (a second key is `KeyReused`)."""
    entry = session.get_one(Entry, entry_id)
    booked = select(Account.kind, Account.subject, Posting.unit, Posting.amount).join(Account)
    rows = session.execute(booked.where(Posting.entry_id == entry_id).order_by(Posting.id))
    legs = tuple(Leg(kind, subject, unit, -amount) for kind, subject, unit, amount in rows)
    earlier = session.execute(select(Entry.key).where(Entry.reverses_id == entry_id)).scalar()
    if earlier is not None and earlier != key:
        raise KeyReused(key=earlier)
    return post(session, Draft(key, f"reversal of {entry.nature}", on, legs, reverses_id=entry_id), by=by)


def balances(session: Session, kind: str, unit: str) -> dict[str, int]:
    """The balance of every account of a guarded kind in a unit, by subject, positive on its normal side."""
    assert KINDS[kind].guarded, "only guarded accounts keep their balances"
    rows = session.execute(
        select(Account.subject, Balance.amount)
        .join(Balance, Balance.account_id == Account.id)
        .where(Account.kind == kind, Balance.unit == unit)
    )
    return {subject: KINDS[kind].side.value * amount for subject, amount in rows}


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
