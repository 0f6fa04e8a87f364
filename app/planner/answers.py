"""A planner's answer: everything worked out once, for the page to show and as one JSON object for machines."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from app.core.money import Money
from app.law.decisions import Decision
from app.law.sources import source
from app.law.values import Value
from app.planner.alarms import Alarm, alarms
from app.planner.exemptions import Condition, Exemption, conditions, exemptions
from app.planner.persons import Finding, persons
from app.planner.planning import BreakEven, Outcome, Plan, break_even, work_out
from app.planner.questions import Question, ask
from app.planner.scenarios import Line, Scenario, scenarios
from app.planner.triggers import Trigger
from app.planner.verdicts import Verdict, verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """What the planner says to a question."""

    question: Question
    outcome: Outcome
    even: BreakEven | None
    decision: Decision
    alarms: tuple[Alarm, ...]
    exemptions: tuple[Exemption, ...]
    conditions: tuple[Condition, ...]
    persons: tuple[Finding, ...]
    scenarios: tuple[Scenario, ...]
    verdict: Verdict


def answer(given: Mapping[str, str]) -> Answer:
    """Read the figures and work everything out; refuses as `ask` does."""
    question = ask(given)
    plan, vote = question.plan, question.vote
    outcome = work_out(plan, vote.bar)
    even = break_even(plan, vote.bar)
    return Answer(
        question=question,
        outcome=outcome,
        even=even,
        decision=vote.threshold.decide(votes_counted(plan, outcome, vote.threshold.denominator)),
        alarms=alarms(plan, outcome.stake),
        exemptions=exemptions(plan),
        conditions=conditions(),
        persons=persons(plan),
        scenarios=scenarios(question, outcome, even),
        verdict=verdict(plan, vote, outcome, even),
    )


def votes_counted(plan: Plan, outcome: Outcome, denominator: str) -> dict[str, int]:
    """The expected votes under the names that the law room knows them by."""
    tally = outcome.tally
    if denominator == "capital_represented_at_resolution":
        return {"capital_for": tally.in_favour, "capital_represented": tally.in_favour + tally.against}
    return {"for": tally.in_favour, "against": tally.against, "outstanding": plan.shares}


def as_data(found: Answer, with_scenarios: bool = True, lang: str = "en") -> dict[str, Any]:
    """The answer for machines: fractions as `a/b`, money in whole minor units, sentences in a language."""
    plan, outcome, vote = found.question.plan, found.outcome, found.question.vote
    tally = outcome.tally
    data: dict[str, Any] = {
        "stake": three_places(outcome.stake),
        "stake_exact": exact(outcome.stake),
        "passes": outcome.passes,
        "people": plan.people,
        "raised": money(plan.raised),
        "price_paid": exact(plan.price_paid),
        "shares_outstanding": plan.shares if plan.counted else None,
        "shares_bought": outcome.bought if plan.counted else None,
        "full_buy_out": outcome.capped,
        "left_over": money(outcome.left_over),
        "threshold": vote.threshold.as_data() | {"profile": vote.profile.id},
        "votes": {
            "ours": tally.ours,
            "others_for": tally.others_for,
            "against": tally.against,
            "for": tally.in_favour,
            "present": tally.present,
            "base": tally.base,
            "needed": tally.needed,
            "margin": tally.margin,
            "quorum_at_call": tally.call,
        },
        "margin": exact(Fraction(tally.margin, tally.base)) if tally.base else None,
        "missing": _missing(found),
        "break_even": _break_even(found.even),
        "alarms": [_alarm(alarm, outcome.stake, vote.country, lang) for alarm in found.alarms],
        "exemptions": [_exemption(exemption, lang) for exemption in found.exemptions],
        "offer_conditions": [_condition(condition, lang) for condition in found.conditions],
        "per_person": [_finding(finding, lang) for finding in found.persons],
        "verdict": _verdict(found.verdict, lang),
        "decision": _numbers(found.decision.as_data(lang)),
        "inputs": dict(found.question.given),
    }
    if with_scenarios:
        data["scenarios"] = [_scenario(scenario, lang) for scenario in found.scenarios]
    return data


def three_places(part: Fraction) -> float:
    """A part of one as a JSON number of three decimals: for reading only, the exact value stands beside it."""
    scaled = Decimal(part.numerator) / Decimal(part.denominator)
    return float(scaled.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP))


def exact(number: Fraction) -> str:
    """A fraction as `a/b`, whole numbers too."""
    return f"{number.numerator}/{number.denominator}"


def money(amount: Money) -> dict[str, Any]:
    """Money for machines: whole minor units, and major units as text."""
    return {"minor": amount.minor, "amount": f"{amount.decimal():f}", "currency": amount.currency}


def _missing(found: Answer) -> dict[str, Any] | None:
    """What is missing to carry the vote, each alone being enough; None when nothing is."""
    plan, even = found.question.plan, found.even
    if found.outcome.passes or even is None:
        return None
    return {
        "people": even.people - plan.people,
        "money": money(even.money - plan.raised),
        "each": money(even.each - plan.each) if even.each else None,
        "allied_votes": even.allies,
    }


def _break_even(even: BreakEven | None) -> dict[str, Any] | None:
    if even is None:
        return None
    return {
        "shares": even.shares,
        "money": money(even.money),
        "people": even.people,
        "fraction": exact(even.fraction),
        "possible": even.fraction <= 1,
        "each": None if even.each is None else money(even.each),
        "price": None if even.price is None else exact(even.price),
        "turnout_of_others": None if even.turnout is None else exact(even.turnout),
        "allied_votes": even.allies,
    }


def _alarm(alarm: Alarm, stake: Fraction, country: str, lang: str) -> dict[str, Any]:
    return {
        "mark": exact(alarm.mark),
        "reached": alarm.reached,
        "people": alarm.people,
        "triggers": [_trigger(trigger, stake, country, lang) for trigger in alarm.triggers],
    }


def _trigger(trigger: Trigger, stake: Fraction, country: str, lang: str) -> dict[str, Any]:
    return {
        "country": trigger.country,
        "applies": trigger.country == country,
        "operator": trigger.operator,
        "reached": trigger.reached(stake),
        "text": trigger.sentence.text(lang),
        "sources": references(trigger.sources),
        "read": trigger.read,
        "confidence": str(trigger.confidence),
    }


def _exemption(exemption: Exemption, lang: str) -> dict[str, Any]:
    return {
        "exemption": exemption.title.text(lang),
        "cap": money(exemption.most),
        "months": exemption.months,
        "exceeded": exemption.exceeded,
        "times": exact(exemption.times),
        "equal_at_rate": None if exemption.rate is None else exact(exemption.rate),
        **_ground(exemption.value),
    }


def _condition(condition: Condition, lang: str) -> dict[str, Any]:
    return {
        "rule": condition.title.text(lang),
        "text": condition.sentence.text(lang),
        **_ground(condition.value),
    }


def _finding(finding: Finding, lang: str) -> dict[str, Any]:
    return {
        "rule": finding.title.text(lang),
        "fits": finding.fits,
        "text": finding.sentence.text(lang),
        **_ground(finding.value),
    }


def _ground(value: Value) -> dict[str, Any]:
    return {"sources": references(value.sources), "read": value.read, "confidence": str(value.confidence)}


def _verdict(judged: Verdict, lang: str) -> dict[str, Any]:
    return {
        "answer": judged.answer,
        "word": judged.word.text(lang),
        "text": judged.sentence.text(lang),
        "reasons": [
            {
                "code": reason.code,
                "bearing": reason.bearing,
                "text": reason.sentence.text(lang),
                "sources": references(reason.sources),
            }
            for reason in judged.reasons
        ],
    }


def _scenario(scenario: Scenario, lang: str) -> dict[str, Any]:
    return {
        "key": scenario.key,
        "title": scenario.title.text(lang),
        "figures": {line.key: _figure(line) for line in scenario.figures},
        "outcome": {line.key: _figure(line) for line in scenario.outcome},
        "works": scenario.works,
        "needs": [need.text(lang) for need in scenario.needs],
        "risk": scenario.risk.text(lang),
    }


def _figure(line: Line) -> Any:
    if isinstance(line.figure, Money):
        return money(line.figure)
    return exact(line.figure) if isinstance(line.figure, Fraction) else line.figure


def references(ids: tuple[str, ...]) -> list[dict[str, str]]:
    """Sources by id, each with what it is."""
    return [{"id": id_, "ref": source(id_).ref} for id_ in ids]


def _numbers(data: Any) -> Any:
    """The same data with exact decimals as text, so that any JSON writer takes it."""
    if isinstance(data, Mapping):
        return {key: _numbers(inner) for key, inner in data.items()}
    if isinstance(data, list | tuple):
        return [_numbers(inner) for inner in data]
    return str(data) if isinstance(data, Decimal) else data
