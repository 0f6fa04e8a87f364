"""Matching: the fund pays for requests in the order of asking; previewed, and approved by two people.

The rule in words: each request in turn is paid in full; the first that no longer fits waits, and so do all after it.
What is used is taken first from what lies in the fund, then from all gifts that are paid, in proportion to what is
held of each, by largest remainder.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.language import money
from app.core.money import Money, read_amount
from app.ledger import journal
from app.letters.writing import write
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words
from app.members.models import Person
from app.members.roles import Role
from app.offers.drafting import find_offer, locked_offer
from app.offers.models import Offer, Pledge
from app.offers.pledging.confirming import confirm_for
from app.offers.pledging.judging import refuse_unless_open
from app.offers.pledging.solidarity.holding import fund_account, gifts_held, in_fund
from app.offers.pledging.solidarity.models import (
    SolidarityGift,
    SolidarityGrant,
    SolidarityMatching,
    SolidarityPart,
    SolidarityRequest,
)
from app.offers.pledging.solidarity.waiting import waiting_requests
from app.offers.scoping import KIND
from app.payments.requesting import asked, end_request, held_account, locked_request, lower_request

MATCHING = "offer:solidarity"
GRANTED = N_("paid by the solidarity fund")
USED = N_("used by the solidarity fund")
PAYS, EARLIER_TERMS, NOT_ENOUGH = (
    N_("the fund pays"),
    N_("asked under earlier terms"),
    N_("waits: the fund does not suffice"),
)


class NothingToMatch(Refusal):
    """No request can be paid."""

    message = N_("The fund can pay for no request now.")
    status = 409


class MatchingChanged(Refusal):
    """What was approved is not what would be done."""

    message = N_("The fund or its requests have changed since this was proposed. Propose it again.")
    status = 409


class RequestNotPossible(Refusal):
    """A pledge cannot be confirmed, for a reason of its own."""

    message = N_("The request {pledge} cannot be paid: {why} Set it aside first.")
    status = 409


@dataclass(frozen=True)
class Line:
    """One request in the order of asking, and what happens to it."""

    request: SolidarityRequest
    verdict: str

    @property
    def pays(self) -> bool:
        """Whether the fund pays for it."""
        return self.verdict == PAYS


@dataclass(frozen=True)
class Plan:
    """What a matching would do: the money there is, each request, and what is taken of the fund and of each gift."""

    available: Money
    needed: Money
    from_fund: Money
    lines: list[Line]
    parts: list[tuple[SolidarityGift, Money]]
    sha256: str

    @property
    def granted(self) -> list[Pledge]:
        """The pledges that the fund pays for."""
        return [line.request.pledge for line in self.lines if line.pays]


def plan_matching(session: Session, offer: Offer) -> Plan:
    """What the fund can pay for now; of the same money and requests it is always the same."""
    currency, held = offer.terms.currency, gifts_held(session, offer)
    fund = in_fund(session, offer)
    available = fund + Money(sum(minor for _, minor in held), currency)
    lines = _judged(offer, _waiting(session, offer), available)
    needed = Money(sum(line.request.pledge.amount_cents for line in lines if line.pays), currency)
    from_fund = min(fund, needed, key=lambda money: money.minor)
    rest = needed - from_fund
    shares = rest.split([minor for _, minor in held]) if rest.minor else []
    parts = [(gift, part) for (gift, _), part in zip(held, shares, strict=False) if part.minor]
    digest = hashlib.sha256(f"{offer.slug} {from_fund}\n".encode())
    for line in lines:
        digest.update(f"{line.request.pledge.public_id} {line.request.pledge.amount} {line.verdict}\n".encode())
    for gift, part in parts:
        digest.update(f"{gift.public_id} {part}\n".encode())
    return Plan(available, needed, from_fund, lines, parts, digest.hexdigest())


def propose_matching(session: Session, slug: str, *, by: Person, reason: str) -> Proposal:
    """Propose to let the fund pay as the preview shows; approved, it must still be the same to the last cent."""
    offer = find_offer(session, slug)
    refuse_unless_open(offer)
    plan = plan_matching(session, offer)
    if not plan.granted:
        raise NothingToMatch
    payload = {"offer": slug, "sha256": plan.sha256, "amount": str(plan.needed), "reason": reason}
    return propose(session, MATCHING, subject=f"{KIND}:{slug}", payload=payload, by=by, reason=reason)


def match_fund(
    session: Session, slug: str, *, by: int | None, reason: str, sha256: str | None = None
) -> SolidarityMatching:
    """Let the fund pay for the requests that it can; None as `sha256` takes the plan as it is."""
    offer = locked_offer(session, slug)
    refuse_unless_open(offer)
    for gift, _ in gifts_held(session, offer):
        assert gift.payment_request_id is not None, "money is held for a request"
        locked_request(session, gift.payment_request_id)
    plan = plan_matching(session, offer)
    if sha256 is not None and sha256 != plan.sha256:
        raise MatchingChanged
    if not plan.granted:
        raise NothingToMatch
    row = SolidarityMatching(
        offer_id=offer.id,
        sha256=plan.sha256,
        amount_cents=plan.needed.minor,
        currency=plan.needed.currency,
        reason=reason,
        matched_at=clock.now(),
        matched_by=by,
    )
    session.add(row)
    session.flush()
    for gift, part in plan.parts:
        _into_fund(session, offer, row, gift, part, by)
    for pledge in plan.granted:
        _pay(session, offer, row, pledge, by)
    audit.record(
        session, audit.Tag.FUND_MATCHED, f"offer:{offer.id}", by=by, reason=reason,
        pledges=len(plan.granted), amount_cents=plan.needed.minor,
    )  # fmt: skip
    return row


def _waiting(session: Session, offer: Offer) -> list[SolidarityRequest]:
    return list(
        session.scalars(
            waiting_requests()
            .where(SolidarityRequest.offer_id == offer.id)
            .order_by(SolidarityRequest.asked_at, SolidarityRequest.pledge_id)
            .execution_options(populate_existing=True)
        )
    )


def _judged(offer: Offer, waiting: list[SolidarityRequest], available: Money) -> list[Line]:
    left, used_up, lines = available, False, []
    for request in waiting:
        if request.pledge.terms_id != offer.terms_id:
            lines.append(Line(request, EARLIER_TERMS))
            continue
        used_up = used_up or left < request.pledge.amount
        lines.append(Line(request, NOT_ENOUGH if used_up else PAYS))
        left = left if used_up else left - request.pledge.amount
    return lines


def _into_fund(
    session: Session, offer: Offer, row: SolidarityMatching, gift: SolidarityGift, part: Money, by: int | None
) -> None:
    assert gift.request is not None, "money is held for a request"
    left = asked(gift.request) - part
    if left.minor:
        lower_request(session, gift.request, left, USED)  # so that nobody gives the same again under the reference
    else:
        end_request(session, gift.request, USED)
    legs = (
        journal.Leg(*held_account(gift.request), part.currency, part.minor),
        journal.Leg(*fund_account(offer.id), part.currency, -part.minor),
    )
    draft = journal.Draft(f"fund-in:{row.id}:{gift.id}", "given to the fund", clock.today(), legs)
    session.add(
        SolidarityPart(
            matching_id=row.id,
            gift_id=gift.id,
            amount_cents=part.minor,
            currency=part.currency,
            entry_id=journal.post(session, draft, by=by),
        )
    )


def _pay(session: Session, offer: Offer, row: SolidarityMatching, pledge: Pledge, by: int | None) -> None:
    request = session.get_one(SolidarityRequest, pledge.id)
    session.refresh(pledge, with_for_update=True)
    assert request.person is not None, "whoever followed the link is known"
    try:
        confirm_for(session, pledge, request.person, by=by, reason=GRANTED, tell=False)
    except Refusal as why:
        raise RequestNotPossible(pledge=pledge.public_id, why=why) from why
    assert pledge.request is not None, "a confirmed pledge asks for money"
    amount = pledge.amount
    legs = (
        journal.Leg(*fund_account(offer.id), amount.currency, amount.minor),
        journal.Leg(*held_account(pledge.request), amount.currency, -amount.minor),
    )
    draft = journal.Draft(f"fund-out:{pledge.id}", "paid by the fund", clock.today(), legs)
    session.add(
        SolidarityGrant(
            pledge_id=pledge.id,
            matching_id=row.id,
            shares=pledge.shares,
            amount_cents=amount.minor,
            currency=amount.currency,
            entry_id=journal.post(session, draft, by=by),
        )
    )
    session.flush()
    write(
        session, "fund-pays", request.person.email, request.person.language, person_id=request.person.id,
        offer_title=offer.terms.title, shares=pledge.shares, path=f"/pledges/{pledge.public_id}",
    )  # fmt: skip


def _perform(session: Session, payload: dict[str, Any], by: int) -> None:
    match_fund(session, payload["offer"], by=by, reason=payload["reason"], sha256=payload["sha256"])


def _amount(told: Told) -> Words:
    currency, _, figures = told.value.partition(" ")
    return money(read_amount(figures, currency), told.lang)


register(
    TwoPersonAct(
        MATCHING,
        N_("Let the solidarity fund pay for requests"),
        (Role.ORGANIZER, Role.TREASURER),
        _perform,
        values=(Value("amount", N_("In all"), _amount), Value("sha256", N_("Hash of the list"))),
        unsaid=("offer",),
    )
)
