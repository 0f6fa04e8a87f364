"""Templates of motions: the questions that a platform's members vote on, with fields, a method and a rule proposed.

A text names its fields as `{places}`; it is composed in the language in which the member writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.ballots.motions.models import Topic
from app.ballots.motions.stating import MotionPlan, majority
from app.ballots.questions import Option, Question, QuestionKind, motion
from app.ballots.rules import Rule
from app.core.errors import N_
from app.core.language import translator


@dataclass(frozen=True, slots=True)
class Gap:
    """A field of a template: its name in the text, its label, and whether it takes several lines."""

    name: str
    label: str
    lines: bool = False
    max: int = 300


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of motion: title and text with gaps, what is asked, how it is counted, and by what it would pass.

    Where `choices` is set, the gap of this name lists what is ranked, a line each, and `seats` how many are elected.
    """

    key: str
    topic: Topic
    about: str
    title: str
    text: str
    gaps: tuple[Gap, ...]
    how: str
    rule: Rule | None = None
    method: str = ""
    choices: str = ""
    seats: str = ""


CONTENT = Template(
    "content-rule",
    Topic.MODERATION,
    N_("A rule of content moderation: what may not be posted, what follows, and who decides on appeals"),
    N_("Content rule: {subject}"),
    N_(
        "The platform's rules of content get the following rule: {rule}\n"
        "Whoever breaks it: {consequence}\n"
        "Whoever is affected can appeal to: {appeal}"
    ),
    (
        Gap("subject", N_("What the rule is about")),
        Gap("rule", N_("The rule, word for word"), lines=True, max=4_000),
        Gap("consequence", N_("What follows when it is broken")),
        Gap("appeal", N_("Who decides on appeals")),
    ),
    N_("For, against or abstain; it passes with more than half of the votes for and against."),
    majority(),
)
FEES = Template(
    "fee",
    Topic.FEES,
    N_("A fee of the platform: what it is paid for, how high it was and becomes, and from when"),
    N_("Fee for {service}"),
    N_("The fee for {service}, now {before}, becomes {after} from {begins} on. It is paid by {payers}."),
    (
        Gap("service", N_("What the fee is paid for")),
        Gap("before", N_("How high it is now")),
        Gap("after", N_("How high it becomes")),
        Gap("begins", N_("From when")),
        Gap("payers", N_("Who pays it")),
    ),
    N_("For, against or abstain; it passes with more than half of the votes for and against."),
    majority(),
)
SURPLUS = Template(
    "surplus",
    Topic.SURPLUS,
    N_("What becomes of a year's surplus: several ways, which members put in order"),
    N_("Use of the surplus of {year}"),
    N_("The surplus of {year} that the law and the rules leave free is used in the way that this vote puts first."),
    (
        Gap("year", N_("Which year"), max=20),
        Gap("ways", N_("The ways to choose from, a line each"), lines=True, max=4_000),
    ),
    N_("Members put the ways in order; Schulze's method finds the one that beats each other in pairs."),
    method="schulze",
    choices="ways",
)
DATA = Template(
    "data-use",
    Topic.DATA,
    N_("A use of members' data: which data, what for, and who gets them"),
    N_("Use of data: {purpose}"),
    N_(
        "The platform may use these data of its users: {data}\n"
        "For this purpose only: {purpose}\n"
        "They are given to: {recipients}\n"
        "Users can object to it by: {objection}"
    ),
    (
        Gap("purpose", N_("What for")),
        Gap("data", N_("Which data"), lines=True, max=2_000),
        Gap("recipients", N_("Who gets them")),
        Gap("objection", N_("How users object")),
    ),
    N_("For, against or abstain; it passes with at least two thirds of the votes for and against."),
    majority("2/3", operator=">="),
)
MODERATORS = Template(
    "moderators",
    Topic.ELECTIONS,
    N_("An election of moderators of the members' discussions"),
    N_("Election of {seats} moderators"),
    N_("The members elect {seats} moderators of their discussions, for {term}."),
    (
        Gap("seats", N_("How many are elected"), max=3),
        Gap("term", N_("For how long")),
        Gap(
            "candidates", N_("Candidates, a line each, by their names as the register has them"), lines=True, max=4_000
        ),
    ),
    N_("Members put the candidates in order; they are counted by single transferable vote."),
    method="scottish-stv",
    choices="candidates",
    seats="seats",
)
TEMPLATES: Mapping[str, Template] = {each.key: each for each in (CONTENT, FEES, SURPLUS, DATA, MODERATORS)}


def compose(template: Template, said: Mapping[str, str], grounds: str, lang: str) -> MotionPlan:
    """The motion that a filled template says, in the language in which it was filled."""
    translate = translator(lang)
    title, text = translate(template.title).format(**said), translate(template.text).format(**said)
    return MotionPlan({lang: title}, {lang: text}, {lang: grounds}, _question(template, said), template.rule)


def _question(template: Template, said: Mapping[str, str]) -> Question:
    if not template.choices:
        return motion()
    names = [line.strip() for line in said[template.choices].split("\n") if line.strip()]
    seats = int(said[template.seats]) if template.seats else 1
    return Question(QuestionKind.RANKED, tuple(map(Option, names)), seats=seats, method=template.method)
