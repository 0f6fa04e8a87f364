"""The rights of each class of shares in words: votes, what it may earn, how it is redeemed and passed on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.money import Money
from app.distributions.models import Distribution, DistributionEnd, Kind
from app.distributions.terms import Terms
from app.shares.acts.judging import terms_on
from app.shares.acts.models import RedemptionRule
from app.shares.acts.pricing import issue_price, prices
from app.shares.acts.redeeming import rule_on
from app.shares.models import RedemptionRight, ShareClass, ShareClassTerms, Transferable, VotesRule

PRICE, VOTES, EARNS, REDEEMED, PASSED, HELD = (
    N_("Price"),
    N_("Votes"),
    N_("Interest and refunds"),
    N_("Getting the money back"),
    N_("Passing it on"),
    N_("How many"),
)
_VOTES = {
    VotesRule.PER_MEMBER: N_("Each member has one vote, however many shares they hold."),
    VotesRule.PER_SHARE: N_("Each share has one vote."),
    VotesRule.CAPPED: N_("Each share has one vote, but no member has more than {cap}."),
    VotesRule.NONE: N_("These shares have no vote."),
}
_REDEEMED = {
    RedemptionRight.NONE: N_("They are not redeemed: nobody can ask the co-operative for the money back."),
    RedemptionRight.REFUSABLE: N_("They are redeemed when a member asks, but the co-operative may refuse."),
    RedemptionRight.LIMITED: N_("They are redeemed when a member asks, within limits."),
    RedemptionRight.DEMAND: N_("They are redeemed whenever a member asks."),
}
_PASSED = {
    Transferable.FREELY: N_("They may be sold or given to anyone who may be a member."),
    Transferable.WITH_APPROVAL: N_("They may be sold or given to somebody else if the board agrees."),
    Transferable.NOT: N_("They cannot be sold or given to somebody else."),
}
_NOTICE = N_("Who withdraws gives {days} days of notice.")
_FLOOR = N_("Nothing is redeemed that would bring the paid capital of the class below {least}.")
_SUSPENDED, _VALUE = N_("Redemptions are suspended now."), N_("They are worth {part} per cent of what was paid.")
_LOCKED = N_("No share moves before {day}.")
_LEAST, _MOST = N_("A member holds at least {count}."), N_("A member holds at most {count}.")
_ISSUED, _NOT_ISSUED = N_("A share is issued at {amount} now."), N_("No share of this class is issued now.")
_NOMINAL = N_("The nominal of a share is {amount}.")
_LAST = N_("Interest was last declared for {first} to {last}: {rate} per cent a year.")
_NEVER = N_("No interest has been declared on them so far. It is decided for each year, and never promised.")
_PATRONAGE = N_("Patronage refunds follow the business that a member does, not the shares.")


@dataclass(frozen=True)
class Right:
    """A sentence on a class: under which heading it stands, its message, and what fills its places."""

    heading: str
    message: str
    facts: dict[str, Any]


def rights_of_all(session: Session, on: date) -> list[tuple[ShareClass, ShareClassTerms | None, list[Right]]]:
    """Each class in the order of its code, with its terms of a day and what they give in words."""
    found = []
    for share_class in session.scalars(select(ShareClass).order_by(ShareClass.code)):
        terms = terms_on(session, share_class, on)
        said = rights(terms, rule_on(session, share_class, on)) if terms else []
        said = [*_priced(session, share_class, on), *said, *_earns(session, share_class)]
        found.append((share_class, terms, said if terms else []))
    return found


def rights(terms: ShareClassTerms, rule: RedemptionRule | None) -> list[Right]:
    """What the terms of a class and its rule of redemption give, sentence by sentence."""
    return [Right(heading, message, facts) for heading, message, facts in _sentences(terms, rule)]


def _sentences(terms: ShareClassTerms, rule: RedemptionRule | None) -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield VOTES, _VOTES[VotesRule(terms.votes_rule)], {"cap": terms.votes_cap}
    right = RedemptionRight(terms.redemption_right)
    yield REDEEMED, _REDEEMED[right], {}
    if right is not RedemptionRight.NONE:
        if terms.withdrawable and terms.notice_days:
            yield REDEEMED, _NOTICE, {"days": terms.notice_days}
        if terms.capital_min_cents is not None:
            yield REDEEMED, _FLOOR, {"least": Money(terms.capital_min_cents, terms.currency)}
        if rule is not None and rule.suspended:
            yield REDEEMED, _SUSPENDED, {}
        elif rule is not None and rule.value_ppm < 1_000_000:
            yield REDEEMED, _VALUE, {"part": f"{rule.value_ppm / 10_000:g}"}
    yield PASSED, _PASSED[Transferable(terms.transferable)], {}
    if terms.locked_until:
        yield PASSED, _LOCKED, {"day": terms.locked_until}
    if terms.nominal_cents is not None:
        yield HELD, _NOMINAL, {"amount": Money(terms.nominal_cents, terms.currency)}
    if terms.holder_shares_min > 1:
        yield HELD, _LEAST, {"count": terms.holder_shares_min}
    if terms.holder_shares_max is not None:
        yield HELD, _MOST, {"count": terms.holder_shares_max}


def _priced(session: Session, share_class: ShareClass, on: date) -> Iterator[Right]:
    """What a share is issued at on a day, where prices were ever written."""
    price = issue_price(session, share_class, on)
    if price is not None:
        yield Right(PRICE, _ISSUED, {"amount": price})
    elif prices(session, share_class):
        yield Right(PRICE, _NOT_ISSUED, {})


def _earns(session: Session, share_class: ShareClass) -> Iterator[Right]:
    """The interest that was last declared on a class and not reversed, and what refunds follow."""
    ended = select(DistributionEnd.distribution_id)
    rows = select(Distribution).where(Distribution.kind == Kind.INTEREST.value, Distribution.id.not_in(ended))
    rows = rows.where(Distribution.terms["class_code"].astext == share_class.code)
    last = session.scalars(rows.order_by(Distribution.id.desc()).limit(1)).first()
    if last is None:
        yield Right(EARNS, _NEVER, {})
    else:
        terms = Terms.of_data(last.terms)
        rate = f"{terms.rate_ppm / 10_000:g}"
        yield Right(EARNS, _LAST, {"first": terms.period_from, "last": terms.period_to, "rate": rate})
    yield Right(EARNS, _PATRONAGE, {})
