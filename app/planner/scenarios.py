"""The four ways that the campaign of 2016 saw, side by side: buy-out, seats on the board, consortium, fee and loan."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any, Literal

from app.core.errors import N_
from app.core.money import Money
from app.law.sums import instalment
from app.planner.planning import BreakEven, Outcome, Plan
from app.planner.questions import Question, ScenarioFigures
from app.planner.said import Said, said

Works = Literal["yes", "only-if", "no"]
PAYMENTS_A_YEAR = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled figure: money, a whole number, a part of one, or text."""

    key: str
    label: Said
    figure: Any


@dataclass(frozen=True, slots=True)
class Scenario:
    """A way to the goal: its own figures, what comes of them, whether it works, what it needs and what it risks."""

    key: str
    title: Said
    figures: tuple[Line, ...]
    outcome: tuple[Line, ...]
    works: Works
    needs: tuple[Said, ...]
    risk: Said


def scenarios(question: Question, outcome: Outcome, even: BreakEven | None) -> tuple[Scenario, ...]:
    """All four, on the question's figures."""
    plan, own = question.plan, question.scenario
    return (
        buy_out(plan),
        board_seats(plan, outcome, own),
        consortium(plan, outcome, even, own),
        fee_and_loan(plan, own),
    )


def buy_out(plan: Plan) -> Scenario:
    """Every share is bought."""
    cost, raised = plan.whole_price, plan.raised
    short = max(cost.minor - raised.minor, 0)
    people = ceil(Fraction(cost.minor, plan.each.minor))
    dearer = Money(ceil(plan.shares * plan.price * (1 + plan.premium + Fraction(1, 5))), plan.currency)
    needs = [said(N_("Every holder sells, or a merger that pays off the rest is voted through."))]
    if short:
        needs.insert(
            0,
            said(
                N_("{people} people at {each}, {more} more than planned."),
                people=people,
                each=plan.each,
                more=people - plan.people,
            ),
        )
    return Scenario(
        "buy-out",
        said(N_("Full buy-out")),
        (_line("raised", N_("Raised"), raised), _line("cost", N_("Price of all shares"), cost)),
        (
            _line("missing", N_("Missing"), Money(short, plan.currency)),
            _line("left_over", N_("Left over"), Money(max(raised.minor - cost.minor, 0), plan.currency)),
        ),
        "only-if" if not short else "no",
        tuple(needs),
        said(
            N_("Owners ask more when the whole is bid for: 20 points of premium more make it {dearer}."), dearer=dearer
        ),
    )


def board_seats(plan: Plan, outcome: Outcome, own: ScenarioFigures) -> Scenario:
    """A stake that elects directors: by cumulative voting in proportion, by straight voting all or none."""
    tally, seats = outcome.tally, own.seats
    cast = tally.in_favour + tally.against
    cumulative = min(max(ceil(Fraction(tally.in_favour * (seats + 1), cast)) - 1, 0), seats) if cast else 0
    straight = seats if tally.in_favour > tally.against else 0
    one_seat = cast // (seats + 1) + 1
    people = ceil(max(one_seat - tally.others_for, 0) * plan.price_paid / plan.each.minor)
    return Scenario(
        "board-seats",
        said(N_("Partial stake with seats on the board")),
        (_line("stake", N_("Stake"), outcome.stake), _line("seats", N_("Seats on the board"), seats)),
        (
            _line("cumulative", N_("Seats won by cumulative voting"), cumulative),
            _line("straight", N_("Seats won by straight voting"), straight),
        ),
        "yes" if straight else "only-if" if cumulative else "no",
        (
            said(
                N_(
                    "Cumulative voting must stand in the company’s charter; "
                    "by straight voting more than half of the votes cast takes every seat."
                )
            ),
            said(
                N_("One seat by cumulative voting: {shares} votes, about {people} people at {each}."),
                shares=one_seat,
                people=people,
                each=plan.each,
            ),
        ),
        said(
            N_(
                "A seat is a voice, not a conversion: directors owe their duty to all holders, "
                "and the majority can outvote them."
            )
        ),
    )


def consortium(plan: Plan, outcome: Outcome, even: BreakEven | None, own: ScenarioFigures) -> Scenario:
    """The users together with partners who bring money; by default as much as the vote still asks for."""
    wanted = max(even.money.minor - plan.raised.minor, 0) if even else 0
    partners = own.partners or Money(wanted, plan.currency)
    together = plan.raised + partners
    part = Fraction(plan.raised.minor, together.minor) if together.minor else Fraction(0)
    carries = even is not None and together.minor >= even.shares * plan.price_paid
    needs = [said(N_("A contract on who votes how: partners with half of the pool or more decide in it."))]
    if outcome.passes:
        needs.insert(0, said(N_("No partner is needed for the vote.")))
    elif not carries:
        needs.insert(0, said(N_("{more} more from partners."), more=Money(wanted - partners.minor, plan.currency)))
    else:
        needs.insert(0, said(N_("{partners} from partners who want the same."), partners=partners))
    return Scenario(
        "consortium",
        said(N_("Consortium with partners")),
        (_line("raised", N_("From the users"), plan.raised), _line("partners", N_("From partners"), partners)),
        (
            _line("together", N_("Together"), together),
            _line("users_part", N_("The users’ part of the pool"), part),
            _line("carries", N_("Carries the vote"), carries),
        ),
        "no" if not carries else "yes" if outcome.passes else "only-if",
        tuple(needs),
        said(PARTNERS_DECIDE if part <= Fraction(1, 2) else PARTNERS_ACT),
    )


def fee_and_loan(plan: Plan, own: ScenarioFigures) -> Scenario:
    """A fee from a part of the users, and a loan for the rest of the price, paid back in equal instalments."""
    members = int(plan.users * own.joining)
    income, cost = own.fee * members, plan.whole_price
    loan = Money(max(cost.minor - income.minor, 0), plan.currency)
    count = PAYMENTS_A_YEAR * own.years
    answers = instalment(Fraction(loan.minor), own.rate, PAYMENTS_A_YEAR, count).answers
    payment = Money(answers["payment"], plan.currency)
    yearly = payment * PAYMENTS_A_YEAR
    each = Money(ceil(Fraction(yearly.minor, members)), plan.currency) if members else None
    return Scenario(
        "fee-and-loan",
        said(N_("Fee and loan")),
        (
            _line("price", N_("Price of all shares"), cost),
            _line("fee", N_("Fee each"), own.fee),
            _line("joining", N_("Users who join"), own.joining),
            _line("rate", N_("Interest a year"), own.rate),
            _line("years", N_("Years"), own.years),
        ),
        (
            _line("members", N_("Members"), members),
            _line("fee_income", N_("Fees together"), income),
            _line("loan", N_("Loan"), loan),
            _line("instalment", N_("Instalment a quarter"), payment),
            _line("yearly", N_("Instalments a year"), yearly),
            *([_line("yearly_each", N_("A year for each member"), each)] if each else []),
            _line("interest", N_("Interest in all"), payment * count - loan),
        ),
        "only-if" if loan.minor or not members else "yes",
        tuple(_loan_needs(loan, yearly, each, own)),
        said(
            N_("Who lends takes the company when instalments fail: {part} of the price is borrowed."),
            part=Fraction(loan.minor, cost.minor),
        ),
    )


def _loan_needs(loan: Money, yearly: Money, each: Money | None, own: ScenarioFigures) -> Iterator[Said]:
    if not loan.minor:
        yield said(N_("No loan is needed: the fees pay the price."))
        return
    yield said(
        N_("A lender for {loan}, and {yearly} a year above all costs, for {quarters} quarters."),
        loan=loan,
        yearly=yearly,
        quarters=PAYMENTS_A_YEAR * own.years,
    )
    if each:
        yield said(N_("Where the company earns none of it, each member pays {each} a year besides the fee."), each=each)


def _line(key: str, label: str, figure: Any) -> Line:
    return Line(key, said(label), figure)


PARTNERS_DECIDE = N_("The users are not the majority of the pool: the partners decide what becomes of the company.")
PARTNERS_ACT = N_("Partners and users act together, so all holdings count as one: every alarm sounds for the sum.")
