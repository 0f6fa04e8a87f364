"""From answers to a route, purely: the profile to go by, the points for counsel, and both as a text to hand over."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.conversion.structure.points import POINTS, Point
from app.conversion.structure.questions import BY_KEY, LATER, QUESTIONS, ROUTES
from app.core.errors import N_, Refusal
from app.core.language import translator
from app.law.profiles import Profile, profile
from app.law.showing import as_lines
from app.law.sources import source

_NONE = N_("We keep no plan for this. Ask counsel first for a form that can become a co-operative.")
_ROUTE, _LATER = N_("Route"), N_("Later stage")
_ANSWERS, _FOR_COUNSEL = N_("Answers"), N_("Points for counsel")
_NO_ADVICE = N_("This follows from a few answers and from the law as kept here. It is no legal advice.")


class NoSuchAnswer(Refusal):
    """The address carries an answer that the questionnaire does not know."""

    message = N_("The questionnaire knows no such answer.")


@dataclass(frozen=True)
class Advice:
    """What answers lead to: a route and what may follow it (None: none), and points for counsel."""

    answers: Mapping[str, str]
    route: Profile | None
    later: Profile | None
    points: tuple[Point, ...]


def advise(given: Mapping[str, str]) -> Advice:
    """The advice for some answers by their names; the first answer stands where none is given."""
    for key, said in given.items():
        if key not in BY_KEY or said not in BY_KEY[key].answers:
            raise NoSuchAnswer
    answers = {each.key: given.get(each.key, next(iter(each.answers))) for each in QUESTIONS}
    route = next((law for when, law in ROUTES if when.items() <= answers.items()), None)
    later = profile(LATER) if route not in (None, LATER) and answers["europe"] == "yes" else None
    points = tuple(
        each
        for each in POINTS
        if each.when.items() <= answers.items() and (each.route == route if each.route else later is not None)
    )
    return Advice(answers, profile(route) if route else None, later, points)


def law_of(point: Point) -> list[str]:
    """What the law says to a point, in lines, with its sources."""
    value = profile(point.profile).value(point.value)
    return [*as_lines(value.data), *(f"[{id_}] {source(id_).ref}" for id_ in value.sources)]


def for_counsel(advice: Advice, lang: str) -> str:
    """The whole as plain text: answers, route, and each point with the law's words and sources."""
    say = translator(lang)
    lines = [say(_ANSWERS)]
    lines += [f"- {say(each.title)} {say(each.answers[advice.answers[each.key]])}" for each in QUESTIONS]
    lines += ["", f"{say(_ROUTE)}: {_named(advice.route)}" if advice.route else say(_NONE)]
    if advice.later:
        lines.append(f"{say(_LATER)}: {_named(advice.later)}")
    lines += ["", say(_FOR_COUNSEL)]
    for point in advice.points:
        lines += ["", f"- {say(point.text)}", *(f"    {line}" for line in law_of(point))]
    return "\n".join([*lines, "", say(_NO_ADVICE)]) + "\n"


def _named(law: Profile) -> str:
    return f"{law.title} ({law.id} v{law.version})"
