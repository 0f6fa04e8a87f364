"""The list of an offer's pledges, page by page, each page as fast as the first: it goes on after the last row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.core.errors import N_, Refusal
from app.core.money import Money
from app.ledger.models import Account, Balance
from app.offers.desk.pledges.finding import Asked, beyond, conditions, is_paid, order
from app.offers.models import Offer, Pledge, PledgeState

PAGE_SIZE = 50
COUNT_MAX = 1_000
LOOKED_MAX = 20_000
"""How many pledges one page looks through for what only the books know: how much is paid."""
BATCH = 2_000

Row = tuple[Pledge, Money]


class NotAPlace(Refusal):
    """The place where a list goes on is not one of this list."""

    message = N_("This page of the list does not exist. Begin again at the first one.")
    field = "after"


@dataclass(frozen=True)
class Page:
    """Rows of a list with what is paid on each, and where it goes on (None: nowhere).

    `looked` is how many pledges were looked through when that was the bound, and not the length of the page.
    """

    rows: list[Row]
    next: str | None
    looked: int | None


def pledges_page(session: Session, offer: Offer, asked: Asked, after: str = "", size: int = PAGE_SIZE) -> Page:
    """A page of the pledges that are asked for, from the start or after the last row of another page."""
    key, sorted_by = order(asked.sort)
    wanted = conditions(session, offer, asked)
    if after:
        wanted.append(beyond(asked.sort, _place(after, len(key))))
    if not asked.paid:
        ids = list(session.scalars(select(Pledge.id).where(*wanted).order_by(*sorted_by).limit(size + 1)))
        more, looked = len(ids) > size, None
        last = ids[:size][-1:]
    else:
        window = (
            select(Pledge.id).where(*wanted).order_by(*sorted_by).limit(LOOKED_MAX).cte().prefix_with("MATERIALIZED")
        )
        paid = select(Pledge.id).where(Pledge.id.in_(select(window.c.id)), is_paid(asked.paid)).order_by(*sorted_by)
        ids = list(session.scalars(paid.limit(size + 1)))
        seen = list(
            session.scalars(select(Pledge.id).where(*wanted).order_by(*sorted_by).limit(1).offset(LOOKED_MAX - 1))
        )
        more = len(ids) > size or bool(seen)
        looked = LOOKED_MAX if seen and len(ids) <= size else None
        last = ids[:size][-1:] if len(ids) > size else seen
    rows = _rows(session, ids[:size])
    return Page(rows, _key_of(session, last[0], len(key)) if more else None, looked)


def count_found(session: Session, offer: Offer, asked: Asked) -> int | None:
    """How many pledges are found, up to `COUNT_MAX`; None when only looking through the books would tell."""
    if asked.paid:
        return None
    some = select(Pledge.id).where(*conditions(session, offer, asked)).limit(COUNT_MAX + 1).subquery()
    return int(session.execute(select(func.count()).select_from(some)).scalar_one())


def every_row(session: Session, offer: Offer, asked: Asked) -> Iterator[Row]:
    """All the pledges that are asked for, in their order, read in batches that are forgotten again."""
    after: str | None = ""
    while after is not None:
        found = pledges_page(session, offer, asked, after, BATCH)
        yield from found.rows
        after = found.next
        session.expunge_all()
        offer = session.get_one(Offer, offer.id)


def paid_on_each(session: Session, pledges: Sequence[Pledge]) -> dict[int, Money]:
    """What was paid on each of some pledges and is held, or became shares."""
    requests = {f"request:{pledge.payment_request_id}": pledge for pledge in pledges if pledge.payment_request_id}
    rows = session.execute(
        select(Account.subject, Balance.unit, Balance.amount)
        .join(Balance, Balance.account_id == Account.id)
        .where(Account.kind == "subscriptions_held", Account.subject.in_(list(requests)))
    )
    held = {(subject, unit): -amount for subject, unit, amount in rows}
    return {
        pledge.id: pledge.amount
        if pledge.state == PledgeState.ALLOTTED
        else Money(held.get((f"request:{pledge.payment_request_id}", pledge.currency), 0), pledge.currency)
        for pledge in pledges
    }


def _rows(session: Session, ids: list[int]) -> list[Row]:
    found = session.scalars(
        select(Pledge)
        .where(Pledge.id.in_(ids))
        .options(selectinload(Pledge.person), selectinload(Pledge.request), selectinload(Pledge.holding_person))
    )
    by_id = {pledge.id: pledge for pledge in found}
    paid = paid_on_each(session, list(by_id.values()))
    return [(by_id[each], paid[each]) for each in ids]


def _key_of(session: Session, pledge_id: int, parts: int) -> str:
    if parts == 1:
        return str(pledge_id)
    amount = session.execute(select(Pledge.amount_cents).where(Pledge.id == pledge_id)).scalar_one()
    return f"{amount}-{pledge_id}"


def _place(after: str, parts: int) -> list[int]:
    numbers = after.split("-")
    if len(numbers) != parts or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in numbers):
        raise NotAPlace
    return [int(part) for part in numbers]
