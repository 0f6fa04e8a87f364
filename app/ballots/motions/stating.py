"""Stating: a motion as plain values before it is kept, checked as a ballot would check it."""

from dataclasses import dataclass, field

from app.ballots.drafting import NoText
from app.ballots.questions import Question, check_question, motion
from app.ballots.rules import CallRule, NoMajority, Rule, own_need


@dataclass(frozen=True, slots=True)
class MotionPlan:
    """A motion as it is written: title, full text and grounds by language, the question and the rule proposed."""

    title: dict[str, str]
    text: dict[str, str]
    grounds: dict[str, str]
    question: Question = field(default_factory=motion)
    rule: Rule | None = None


def majority(part: str = "1/2", *, operator: str = ">") -> Rule:
    """The rule that a motion passes with more (or at least) than a part of the votes for and against."""
    return Rule(CallRule((own_need("for", "cast_for_against", operator, part),)))


def check_motion(plan: MotionPlan) -> None:
    """Refuse what no ballot could be made of."""
    if not any(text.strip() for text in plan.title.values()) or not any(text.strip() for text in plan.text.values()):
        raise NoText
    if check_question(plan.question).is_motion and plan.rule is None:
        raise NoMajority
