"""The questions of a conversion, purely: what its papers say that nothing else here knows, law by law."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import N_


class Shape(StrEnum):
    """What an answer is: kept as text, a day as ISO 8601, money as whole minor units."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    MONEY = "money"
    CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Question:
    """A question: `laws` are those in which it is asked (empty: in all); one that is not `needed` may stay open."""

    key: str
    title: str
    shape: Shape = Shape.LINE
    needed: bool = True
    laws: tuple[str, ...] = ()
    hint: str = ""


CURRENCIES = ("USD", "EUR", "GBP")
_US = ("us-de-266", "us-de-251")
_UK, _FR, _DE = ("uk-company-to-society",), ("fr-sa-scic", "fr-scic"), ("de-umwg-eg",)

QUESTIONS: dict[str, tuple[Question, ...]] = {
    N_("The company as it is"): (
        Question("entity_form", N_("Its legal form")),
        Question("entity_office", N_("Address of its registered or principal office")),
        Question("entity_register", N_("Its entry in the public register"), needed=False),
        Question("entity_original", N_("Its original name, if that was another"), needed=False, laws=_US),
        Question("incorporated_on", N_("Day on which its certificate of incorporation was filed"), Shape.DAY, laws=_US),
    ),
    N_("The co-operative"): (
        Question("resulting_form", N_("Its legal form")),
        Question("resulting_office", N_("Address of its registered or principal office")),
        Question("purposes", N_("Its purposes"), Shape.TEXT),
        Question("who_joins", N_("Who may become a member"), Shape.TEXT),
        Question("board", N_("Its board: how many, for how long")),
        Question("year_end", N_("Last day of its financial year"), hint=N_("For example: 31 December.")),
        Question("agent", N_("Its registered agent"), laws=_US),
        Question("agent_address", N_("Address of the registered agent"), laws=_US),
        Question("organizers", N_("Names and addresses of its organizers, one a line"), Shape.TEXT, laws=_US),
        Question(
            "colleges",
            N_("Its colleges, one a line, each with its part of the votes"),
            Shape.TEXT,
            laws=_FR,
            hint=N_("At least three categories of members; each college from 10 to 50 per cent of the votes."),
        ),
        Question(
            "rules",
            N_("Its rules or statutes, as counsel settled them"),
            Shape.TEXT,
            needed=False,
            hint=N_("While this is empty, the papers carry the draft for counsel."),
        ),
    ),
    N_("Plan and report"): (
        Question("special_rights", N_("What becomes of holders of special rights"), Shape.TEXT),
        Question("employees", N_("What it means for employees"), Shape.TEXT),
        Question("taxes", N_("What it means for taxes and accounts"), Shape.TEXT),
        Question("compensation", N_("Compensation or appraisal for those who leave"), Shape.TEXT),
        Question("conditions", N_("On what it depends"), Shape.TEXT),
        Question("opinions", N_("Opinions, one a line, as AUTHOR: TEXT"), Shape.TEXT, needed=False),
        Question("currency", N_("Currency"), Shape.CURRENCY),
        Question("net_assets_on", N_("Day of the statement of net assets"), Shape.DAY),
        Question("assets", N_("Assets on that day"), Shape.MONEY),
        Question("debts", N_("Debts and provisions on that day"), Shape.MONEY),
    ),
    N_("Resolution"): (
        Question("chair", N_("Who chairs the meeting, and signs")),
        Question("secretary", N_("Who is secretary, and signs")),
        Question("appointed", N_("The three members who sign the rules, one a line"), Shape.TEXT, laws=_UK),
        Question(
            "alterations",
            N_("Changes that the registrar asks for: may the three accept them, or does a meeting decide?"),
            Shape.TEXT,
            laws=_UK,
        ),
        Question("participation", N_("How holders take part under the new form"), Shape.TEXT, laws=_DE),
        Question("shares_text", N_("Number, kind and extent of their shares"), Shape.TEXT, laws=_DE),
    ),
    N_("Filing and afterwards"): (
        Question("registrar", N_("The registrar to whom it is filed")),
        Question("delivered_by", N_("Who delivers it for filing")),
        Question("delivered_address", N_("Address of that person")),
        Question("service_address", N_("Address for forwarding process"), laws=("us-de-266",)),
        Question("object_how", N_("How a member who disagrees may object or leave"), Shape.TEXT),
        Question("object_until", N_("Until which day"), Shape.DAY),
    ),
}


def questions_for(law: str) -> dict[str, list[Question]]:
    """What is asked under a law, by heading."""
    asked = {title: [each for each in group if not each.laws or law in each.laws] for title, group in QUESTIONS.items()}
    return {title: group for title, group in asked.items() if group}


def open_questions(law: str, answers: Mapping[str, str]) -> list[Question]:
    """What is needed and has no answer yet."""
    return [
        each for group in questions_for(law).values() for each in group if each.needed and not answers.get(each.key)
    ]
