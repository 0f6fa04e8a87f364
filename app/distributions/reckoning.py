"""Reckoning: from terms and basis to every member's part, exact to the cent, with a hash of the whole list."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.money import Money
from app.distributions.basis import Basis, held, imported
from app.distributions.models import Kind
from app.distributions.sharing import DAYS_UNIT, PPM, entitle, share_out, split
from app.distributions.terms import NothingToShare, Terms, decisions_on, refuse_terms
from app.law.decisions import Decision
from app.ledger import journal
from app.members.models import Membership
from app.members.people.sealing import with_tax_number
from app.shares.allotting import holder_subject


@dataclass(frozen=True)
class Line:
    """What a member gets for business of one kind (of interest: for shares of the class)."""

    business: str
    basis: int
    amount: int


@dataclass(frozen=True)
class Part:
    """What a member gets; `prior` is what was allocated to them before, `shares` what retained money buys now."""

    member: Membership
    lines: tuple[Line, ...]
    amount: int
    cash: int
    retained: int
    withheld: int
    prior: int
    shares: int
    share_cents: int

    @property
    def paid(self) -> int:
        """What is sent to the member."""
        return self.cash - self.withheld


@dataclass(frozen=True)
class Reckoned:
    """A whole distribution: every part in the order of member numbers, what the law says, and the list's hash."""

    terms: Terms
    parts: Sequence[Part]
    decisions: Sequence[Decision]
    list_sha256: str

    def total(self, name: str) -> Money:
        """The sum of an amount over all parts: `amount`, `cash`, `retained`, `withheld`, `paid`, `share_cents`."""
        return Money(sum(getattr(part, name) for part in self.parts), self.terms.currency)

    @property
    def by_business(self) -> list[tuple[str, int]]:
        """What goes to each kind of business."""
        sums: dict[str, int] = defaultdict(int)
        for part in self.parts:
            for line in part.lines:
                sums[line.business] += line.amount
        return sorted(sums.items())


def reckon(session: Session, terms: Terms, data: bytes | None) -> Reckoned:
    """Reckon a distribution of terms; `data` is the file of its basis, None of interest. Changes nothing."""
    refuse_terms(terms)
    if terms.kind is Kind.INTEREST:
        basis = held(session, terms)
    else:
        assert data is not None, "patronage has a file of its basis"
        basis = imported(session, data, terms)
    members = _members(session, basis)
    lines = _lines(terms, basis, {id_: member.number for id_, member in members.items()})
    declared = sum(line.amount for found in lines.values() for line in found)
    if not declared:
        raise NothingToShare
    assert terms.kind is Kind.INTEREST or declared == terms.declared_cents, "every cent has gone to somebody"
    decisions = decisions_on(session, terms, declared)
    parts = _parts(session, terms, lines, members)
    return Reckoned(terms, parts, decisions, _list_sha256(terms, parts))


def _members(session: Session, basis: Basis) -> dict[int, Membership]:
    ids = list({member for _, member in basis})
    return {row.id: row for row in session.scalars(select(Membership).where(Membership.id == func.any(ids)))}


def _lines(terms: Terms, basis: Basis, numbers: dict[int, int]) -> dict[int, list[Line]]:
    """Each kind of business shares out its own part, by member numbers where remainders are equal."""
    found: dict[int, list[Line]] = defaultdict(list)
    ids = {number: id_ for id_, number in numbers.items()}
    weights: dict[str, dict[int, int]] = defaultdict(dict)
    for (business, member), weight in basis.items():
        weights[business][numbers[member]] = weight
    pools = share_out(terms.declared_cents, dict(terms.pools)) if terms.pools else {}
    for business, weighed in sorted(weights.items()):
        if terms.kind is Kind.INTEREST:
            parts = entitle(weighed, terms.rate_ppm, DAYS_UNIT * PPM)
        else:
            parts = share_out(pools[business], weighed)
        for number, part in parts.items():
            found[ids[number]].append(Line(business, weighed[number], part))
    return found


def _parts(session: Session, terms: Terms, lines: dict[int, list[Line]], members: dict[int, Membership]) -> list[Part]:
    withhold = withholding(session, terms, members)
    prior = journal.balances(session, "allocations", terms.currency)
    parts = []
    for id_ in sorted(lines, key=lambda each: members[each].number):
        member, amount = members[id_], sum(line.amount for line in lines[id_])
        if not amount:
            continue
        divided = split(amount, terms.cash_ppm, withhold(member))
        shares = divided.retained // terms.share_price_cents if terms.into_class else 0
        part = Part(
            member=member,
            lines=tuple(lines[id_]),
            amount=amount,
            cash=divided.cash,
            retained=divided.retained,
            withheld=divided.withheld,
            prior=prior.get(holder_subject(member), 0),
            shares=shares,
            share_cents=shares * terms.share_price_cents,
        )
        parts.append(part)
    return parts


def withholding(session: Session, terms: Terms, members: dict[int, Membership]) -> Callable[[Membership], int]:
    """What of each member's money is withheld, in millionths; `members` by id: tax numbers are looked up at once."""
    if terms.withhold_from == "nobody":
        return lambda member: 0
    untaxed_only = terms.withhold_from == "untaxed"
    taxed = with_tax_number(session, {row.person_id for row in members.values()}) if untaxed_only else set()
    return lambda member: 0 if member.person_id in taxed else terms.withhold_ppm


def _list_sha256(terms: Terms, parts: Sequence[Part]) -> str:
    """SHA-256 over canonical JSON of the terms and of every part, so that what is approved is what was looked at."""
    said = [[part.member.number, part.amount, part.cash, part.retained, part.withheld, part.shares] for part in parts]
    text = json.dumps([terms.as_data(), said], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
