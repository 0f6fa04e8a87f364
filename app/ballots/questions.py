"""Questions: what an item asks, checked when it is written, and the options that an answer may name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.ballots.counting.methods import METHODS
from app.core.errors import N_, Refusal

OPTIONS_MAX, SCORE_MAX = 60, 100


class QuestionKind(StrEnum):
    """What a question asks for."""

    MOTION = N_("for, against or abstain")
    OPTIONS = N_("one of several options")
    APPROVAL = N_("any number of options")
    SCORE = N_("a score for each option")
    RANKED = N_("options in order of preference")


class NoOptions(Refusal):
    """A choice needs something to choose from."""

    message = N_("Give at least two options, a line each.")
    field = "options"


class TooManyOptions(Refusal):
    """Nobody reads so many."""

    message = N_("Give at most {most} options.")
    field = "options"


class OptionTwice(Refusal):
    """Two options have one name."""

    message = N_("“{name}” is there twice. Give each option a name of its own.")
    field = "options"


class TooManySeats(Refusal):
    """More seats than candidates leave nothing to choose."""

    message = N_("{seats} seats cannot be filled by {candidates} candidates.")
    field = "seats"


class UnknownMethod(Refusal):
    """A ranked question says by which method it is counted."""

    message = N_("Choose the method by which rankings are counted.")
    field = "method"


class BadScores(Refusal):
    """Scores go from a lower to a higher whole number."""

    message = N_("Scores go from a lower to a higher whole number, from 0 to {most} at most.")
    field = "highest"


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its name, and for a board seat the college that elects it ("" for all)."""

    name: str
    college: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What an item asks. `most` limits the marks of an approval; `college_seats` fills each college's seats apart."""

    kind: QuestionKind
    options: tuple[Option, ...] = ()
    seats: int = 1
    method: str = ""
    most: int | None = None
    lowest: int = 0
    highest: int = 5
    college_seats: Mapping[str, int] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """For the database and machines."""
        if self.kind == QuestionKind.MOTION:
            return {"kind": self.kind.name.lower()}
        return {
            "kind": self.kind.name.lower(),
            "options": [{"name": option.name, "college": option.college} for option in self.options],
            "seats": self.seats,
            "method": self.method,
            "most": self.most,
            "lowest": self.lowest,
            "highest": self.highest,
            "college_seats": dict(self.college_seats),
        }

    @property
    def is_motion(self) -> bool:
        """Whether it passes or fails, rather than electing."""
        return self.kind == QuestionKind.MOTION

    def names(self) -> tuple[str, ...]:
        """The names of the options, by number from 1."""
        return tuple(option.name for option in self.options)

    def open_to(self, college: str) -> frozenset[int]:
        """The numbers of the options that an elector of a college may choose."""
        here = enumerate(self.options, start=1)
        return frozenset(number for number, option in here if option.college in ("", college) or not self.college_seats)


def question_of(data: Mapping[str, Any]) -> Question:
    """The question that kept data says."""
    kind = QuestionKind[str(data["kind"]).upper()]
    if kind == QuestionKind.MOTION:
        return Question(kind)
    options = tuple(Option(option["name"], option.get("college", "")) for option in data["options"])
    rest = {name: data[name] for name in ("seats", "method", "most", "lowest", "highest", "college_seats")}
    return Question(kind, options, **rest)


def motion() -> Question:
    """The question of a resolution: for, against or abstain."""
    return Question(QuestionKind.MOTION)


def check_question(asked: Question, colleges: Sequence[str] = ()) -> Question:
    """The question itself, unless something is wrong with it."""
    if asked.is_motion:
        return asked
    names = [option.name.strip() for option in asked.options]
    if len(names) < 2 or not all(names):
        raise NoOptions
    if len(names) > OPTIONS_MAX:
        raise TooManyOptions(most=OPTIONS_MAX)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise OptionTwice(name=twice)
    for seats, standing in _contests(asked):
        if not 1 <= seats <= standing:
            raise TooManySeats(seats=seats, candidates=standing)
    if asked.kind == QuestionKind.RANKED and asked.method not in METHODS:
        raise UnknownMethod
    if asked.kind == QuestionKind.SCORE and not 0 <= asked.lowest < asked.highest <= SCORE_MAX:
        raise BadScores(most=SCORE_MAX)
    assert set(asked.college_seats) <= set(colleges), "seats are of the ballot's own colleges"
    return asked


def _contests(asked: Question) -> list[tuple[int, int]]:
    """The seats and candidates of each election that the question holds."""
    if not asked.college_seats:
        return [(asked.seats, len(asked.options))]
    colleges = [option.college for option in asked.options]
    return [(seats, colleges.count(name)) for name, seats in asked.college_seats.items()]
