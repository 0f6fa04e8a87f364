"""The result of an offer before it is approved: what every pledge would get, as a list with one hash."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.money import Money
from app.offers.models import Offer, Oversubscription, Pledge, PledgeMove, PledgeState
from app.offers.result.allocating import Wanted, allocate

STREAMED = 10_000  # rows held at once


class SeedNeeded(Refusal):
    """Lots are drawn from a seed that was published."""

    message = N_("More is pledged than the cap allows, so lots are drawn. Enter the seed as it was published.")
    field = "seed"


@dataclass(frozen=True)
class Result:
    """What closing an offer would do.

    `shares` is what each pledge gets, by its id, or None when everyone gets all. `sha256` is that of `result_lines`.
    """

    people: int
    pledged: Money
    allotted: Money
    target: Money
    cap: Money | None
    seed: str
    shares: dict[int, int] | None
    sha256: str

    @property
    def reached(self) -> bool:
        """Whether the target is pledged: the first gate."""
        return self.target <= self.pledged

    @property
    def oversubscribed(self) -> bool:
        """Whether somebody gets less than they pledged."""
        return self.shares is not None

    def shares_of(self, pledge: Pledge) -> int:
        """What a pledge would get."""
        return pledge.shares if self.shares is None else self.shares[pledge.id]


def needs_seed(session: Session, offer: Offer) -> bool:
    """Whether lots must be drawn: the terms say so, and more is pledged than the cap allows."""
    terms = offer.terms
    if terms.oversubscription != Oversubscription.LOTTERY or terms.cap_cents is None:
        return False
    return _pledged(session, offer)[1] > terms.cap_cents


def result_of(session: Session, offer: Offer, seed: str = "") -> Result:
    """The result as the pledges stand; refuses a draw without a seed. Of the same pledges it is always the same."""
    terms = offer.terms
    people, pledged = _pledged(session, offer)
    shares: dict[int, int] | None = None
    allotted = pledged
    if terms.cap_cents is not None and pledged > terms.cap_cents:
        if terms.oversubscription == Oversubscription.LOTTERY and not seed.strip():
            raise SeedNeeded
        rows = session.execute(_standing(offer)).all()
        wanted = [Wanted(row.public_id, row.shares, row.price_cents) for row in rows]
        parts = allocate(terms.oversubscription, wanted, terms.cap_cents, seed.strip())
        shares = {row.id: part for row, part in zip(rows, parts, strict=True)}
        allotted = sum(part * one.price_cents for part, one in zip(parts, wanted, strict=True))
    found = Result(
        people=people,
        pledged=Money(pledged, terms.currency),
        allotted=Money(allotted, terms.currency),
        target=terms.target,
        cap=terms.cap,
        seed=seed.strip() if shares is not None and terms.oversubscription == Oversubscription.LOTTERY else "",
        shares=shares,
        sha256="",
    )
    digest = hashlib.sha256()
    for line in result_lines(session, offer, found):
        digest.update(line.encode())
    return Result(**{**vars(found), "sha256": digest.hexdigest()})


def result_lines(session: Session, offer: Offer, result: Result) -> Iterator[str]:
    """The list that is hashed: what decides, then each pledge in the order of confirmation with what it gets."""
    terms = offer.terms
    yield f"offer {offer.slug}, terms {terms.version}\n"
    yield f"target {terms.target}; cap {terms.cap or 'none'}; pledged {result.pledged}; to allot {result.allotted}\n"
    yield f"more than the cap is {terms.oversubscription}; seed {result.seed or 'none'}\n"
    yield "pledge shares price_minor allotted\n"
    rows = session.execute(_standing(offer).execution_options(yield_per=STREAMED))
    for row in rows:
        part = row.shares if result.shares is None else result.shares[row.id]
        yield f"{row.public_id} {row.shares} {row.price_cents} {part}\n"


def listed(session: Session, offer: Offer, number: int, size: int) -> list[Pledge]:
    """A page (from 1) of the pledges of a result, in its order."""
    rows = session.execute(_standing(offer).offset((number - 1) * size).limit(size)).all()
    found = {pledge.id: pledge for pledge in session.scalars(select(Pledge).where(Pledge.id.in_([r.id for r in rows])))}
    return [found[row.id] for row in rows]


def _pledged(session: Session, offer: Offer) -> tuple[int, int]:
    count, cents = session.execute(
        select(func.count(Pledge.id), func.coalesce(func.sum(Pledge.amount_cents), 0)).where(
            Pledge.offer_id == offer.id, Pledge.state == PledgeState.CONFIRMED
        )
    ).one()
    return int(count), int(cents)


def _standing(offer: Offer) -> Select[int, str, int, int]:
    """The confirmed pledges in the order in which they were confirmed."""
    confirmed = (
        select(func.max(PledgeMove.id))
        .where(PledgeMove.pledge_id == Pledge.id, PledgeMove.to_state == PledgeState.CONFIRMED)
        .scalar_subquery()
    )
    return (
        select(Pledge.id, Pledge.public_id, Pledge.shares, Pledge.price_cents)
        .where(Pledge.offer_id == offer.id, Pledge.state == PledgeState.CONFIRMED)
        .order_by(confirmed, Pledge.id)
    )
