"""The ballot's form: its fields read into answers, and a vote shown in its fields again."""

from collections.abc import Mapping, Sequence

from app.ballots.answers import NONE, from_fields, marks_of, ranking_of, scores_of
from app.ballots.casting.recording import Answers, Part
from app.ballots.counting.motions import CHOICES
from app.ballots.drafting import Item
from app.ballots.questions import QuestionKind
from app.core.errors import InvalidInput, Refusal
from app.web.forms import FormFields
from app.web.typed import Form


def read_answers(items: Sequence[Item], fields: FormFields, *, splits: bool) -> Answers:
    """What the form answers to each item; unreadable ranks, scores and parts are told together at their fields."""
    answers: dict[int, Sequence[Part]] = {}
    problems: dict[str, str | Refusal] = {}
    for item in items:
        name = f"item-{item.id}"
        try:
            answers[item.id] = (
                _split(name, fields) if splits and item.question.is_motion else _whole(item, name, fields)
            )
        except InvalidInput as refused:
            problems |= refused.problems
        except Refusal as refusal:
            problems[name] = refusal
    if problems:
        raise InvalidInput(problems)
    return answers


def read_instructions(items: Sequence[Item], fields: FormFields) -> dict[int, str]:
    """The answers of those items only to which the form says something; unreadable ones are told at their fields."""
    said: dict[int, str] = {}
    problems: dict[str, str | Refusal] = {}
    for item in items:
        name = f"item-{item.id}"
        try:
            answer = from_fields(item.question, name, fields, fields.several(name))
        except Refusal as refusal:
            problems[name] = refusal
            continue
        if answer and (answer != NONE or item.question.kind == QuestionKind.OPTIONS):
            said[item.id] = answer
    if problems:
        raise InvalidInput(problems)
    return said


def typed_answers(items: Sequence[Item], said: Mapping[int, Sequence[Part]], *, splits: bool) -> dict[str, str]:
    """A vote as the form's fields show it."""
    values: dict[str, str] = {}
    for item in items:
        for part in said.get(item.id, ()):
            values |= _typed(item, f"item-{item.id}", part, splits=splits)
    return values


def _whole(item: Item, name: str, fields: FormFields) -> list[Part]:
    return [Part(from_fields(item.question, name, fields, fields.several(name)))]


def _split(name: str, fields: FormFields) -> list[Part]:
    form = Form(fields)
    parts = {choice: form.whole_or_none(f"{name}-{choice}") for choice in CHOICES}
    form.done()
    return [Part(choice, weight) for choice, weight in parts.items() if weight]


def _typed(item: Item, name: str, part: Part, *, splits: bool) -> dict[str, str]:
    kind = item.question.kind
    if splits and item.question.is_motion:
        return {f"{name}-{part.answer}": str(part.weight)}
    if kind == QuestionKind.RANKED and part.answer != NONE:
        places = enumerate(ranking_of(part.answer), start=1)
        return {f"{name}-{number}": str(place) for place, numbers in places for number in numbers}
    if kind == QuestionKind.SCORE:
        return {f"{name}-{number}": str(score) for number, score in scores_of(part.answer).items()}
    if kind == QuestionKind.APPROVAL:
        return {f"{name}-{number}": "yes" for number in marks_of(part.answer)}
    return {name: part.answer}
