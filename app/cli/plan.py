"""`costake plan`: can the users buy it, and what then? As text for people, or as JSON."""

import json
import shutil
from collections.abc import Callable, Iterator
from fractions import Fraction
from textwrap import wrap
from typing import Any

import click

from app.core import language
from app.core.errors import InvalidInput
from app.core.money import Money
from app.planner.answers import Answer, answer, as_data
from app.planner.bars import votes
from app.planner.questions import OTHERWISE
from app.planner.said import percent
from app.planner.scenarios import Line, Scenario

NARROWEST, WIDEST = 56, 100
SIGNS = {"decides": "•", "bars": "!", "costs": "$", "warns": "·"}
WORKS = {"yes": "works", "only-if": "works, on conditions", "no": "does not work"}

OPTIONS = (
    ("users", "Users of the platform."),
    ("fraction", "Part of them that takes part: 0.01, 1% or 1/100."),
    ("each", "What each brings, in the currency."),
    ("shares-outstanding", "Shares outstanding."),
    ("price", "Price of a share."),
    ("valuation", "Price of all shares, in place of price or shares."),
    ("premium", "Premium on the price: 0.2 or 20%."),
    ("turnout", "Part of the other holders’ shares that vote."),
    ("support", "Part of those that vote for."),
    ("currency", "ISO 4217 code."),
    ("fee", "Scenario fee and loan: fee of each member."),
    ("joining", "Scenario fee and loan: part of the users that joins."),
    ("loan-rate", "Scenario fee and loan: interest a year."),
    ("loan-years", "Scenario fee and loan: years to pay it back."),
    ("seats", "Scenario board: seats on the board."),
    ("partners", "Scenario consortium: what partners bring."),
)


def figures(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command an option for each figure, as text: the planner reads them exactly."""
    for name, purpose in reversed(OPTIONS):
        default = OTHERWISE.get(name.replace("-", "_"))
        shown = f" Default: {default.replace(' ', '')}." if default else ""
        command = click.option(f"--{name}", metavar="FIGURE", help=purpose + shown)(command)
    return command


@click.command()
@figures
@click.option("--profile", metavar="PROFILE", help="Whose vote it must carry: " + ", ".join(votes()) + ".")
@click.option("--scenarios", is_flag=True, help="Add the four scenarios of the campaign.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def plan(scenarios: bool, as_json: bool, **given: str | None) -> None:
    """Work out whether the users of a platform can buy it: the stake, the vote, what is missing, what the law adds.

    Example: costake plan --users 350000000 --fraction 0.01 --each 2300
    --shares-outstanding 707754630 --price 17.28 --profile us-de-266
    """
    try:
        found = answer({name: text for name, text in given.items() if text is not None})
    except InvalidInput as refusal:
        _refuse(refusal, as_json)
        return
    if as_json:
        click.echo(json.dumps(as_data(found, with_scenarios=scenarios), ensure_ascii=False, indent=2))
    else:
        width = max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST))
        click.echo("\n".join(text_of(found, width, scenarios)))


def _refuse(refusal: InvalidInput, as_json: bool) -> None:
    """Name each refused figure by its option, on standard error; the same as JSON where that was asked for."""
    problems = {}
    for field, problem in refusal.problems.items():
        name, text = ("Refusal", problem) if isinstance(problem, str) else (problem.name, language.say(problem, "en"))
        click.echo(f"--{field.replace('_', '-')}: {text} [{name}]", err=True)
        problems[field] = {"refusal": name, "message": text}
    if as_json:
        said = {"refusal": refusal.name, "message": refusal.text(), "problems": problems}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    click.get_current_context().exit(2)


def text_of(found: Answer, width: int, with_scenarios: bool) -> Iterator[str]:
    """The answer in lines no wider than `width`."""
    plan_, outcome, vote = found.question.plan, found.outcome, found.question.vote
    judged = found.verdict
    yield from wrap(f"{judged.word.text().upper()}  {judged.sentence.text()}", width)
    yield from wrap(f"{vote.profile.id}: {language.translator('en')(vote.name)}", width)
    needed = "more than" if vote.bar.strict else "at least"
    yield from wrap(f"Needed: {needed} {vote.bar.fraction} of {vote.threshold.denominator.replace('_', ' ')}", width)
    yield ""
    yield from _table(
        [
            ("People", plan_.people),
            ("Raised", plan_.raised),
            ("Price of all shares", plan_.whole_price),
            *([("Shares bought", outcome.bought)] if plan_.counted else []),
            ("Left over", outcome.left_over),
            ("Stake", outcome.stake),
            ("Votes for", outcome.tally.in_favour),
            ("Votes needed", outcome.tally.needed),
            ("Out of", outcome.tally.base),
            ("Margin", outcome.tally.margin),
        ]
    )
    yield from _enough(found, width)
    yield from _heading("Why")
    for reason in found.verdict.reasons:
        yield from _item(SIGNS[reason.bearing], reason.sentence.text(), width)
    yield from _marks(found, width)
    yield from _offerings(found, width)
    if with_scenarios:
        for scenario in found.scenarios:
            yield from _scenario(scenario, width)


def _enough(found: Answer, width: int) -> Iterator[str]:
    """The least figures that carry the vote, each with all others as planned."""
    even, currency = found.even, found.question.plan.currency
    if even is None:
        return
    yield from _heading("Just enough would be, one of")
    rows: list[tuple[str, Any]] = [("People", even.people), ("Part of the users", even.fraction)]
    if even.each:
        rows.append(("Amount each", even.each))
    if even.price and found.question.plan.counted:
        rows.append(("Price a share, at most", Money(int(even.price), currency)))
    if even.turnout is not None:
        rows.append(("Turnout of the others, at most", even.turnout))
    if even.allies:
        rows.append(("Votes of other holders", even.allies))
    yield from _table(rows)
    if even.fraction > 1:
        yield from _item("!", "That is more people than there are users.", width)


def _marks(found: Answer, width: int) -> Iterator[str]:
    country = found.question.vote.country
    yield from _heading(f"Alarms ({country})")
    for alarm in found.alarms:
        state = "reached" if alarm.reached else "not reached"
        yield f"{_written(alarm.mark):>6} {state}, at {_written(alarm.people)} people"
        for trigger in alarm.own(country):
            yield from _item("      ·", trigger.sentence.text(), width)


def _offerings(found: Answer, width: int) -> Iterator[str]:
    yield from _heading("Exemptions for offers to the public")
    states = {True: "exceeded", False: "within", None: "depends on the rate of exchange"}
    for each in found.exemptions:
        yield from _item(" ", f"{each.title.text()}, {_written(each.most)}: {states[each.exceeded]}", width)
    for condition in found.conditions:
        yield from _item(" ", f"{condition.title.text()}: {condition.sentence.text()}", width)
    yield from _heading("Asked of each person") if found.persons else ()
    for finding in found.persons:
        yield from _item(" ", f"{finding.title.text()}: {finding.sentence.text()}", width)


def _scenario(scenario: Scenario, width: int) -> Iterator[str]:
    yield ""
    yield from wrap(f"{scenario.title.text()}: {WORKS[scenario.works]}", width)
    yield from _table([_labelled(line) for line in (*scenario.figures, *scenario.outcome)])
    for need in scenario.needs:
        yield from _item("needs", need.text(), width)
    yield from _item("risks", scenario.risk.text(), width)


def _labelled(line: Line) -> tuple[str, Any]:
    return line.label.text(), line.figure


def _table(rows: list[tuple[str, Any]]) -> Iterator[str]:
    """Labels and figures in two columns, the figures to the right."""
    texts = [(label, _written(figure)) for label, figure in rows]
    left, right = max(len(label) for label, _ in texts), max(len(text) for _, text in texts)
    for label, text in texts:
        yield f"  {label:<{left}}  {text:>{right}}"


def _heading(text: str) -> Iterator[str]:
    yield ""
    yield text


def _item(sign: str, text: str, width: int) -> Iterator[str]:
    return iter(wrap(text, width, initial_indent=f"  {sign} ", subsequent_indent=" " * (len(sign) + 3)))


def _written(figure: Any) -> str:
    if isinstance(figure, bool):
        return "yes" if figure else "no"
    if isinstance(figure, Fraction):
        return percent(figure, "en")
    return language.written(figure, "en")
