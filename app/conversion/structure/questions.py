"""What is asked before a route is chosen, and to which route the answers lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.errors import N_

YES_NO = {"no": N_("no"), "yes": N_("yes")}


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answers by their names; the first stands where none is given."""

    key: str
    title: str
    answers: Mapping[str, str] = field(default_factory=lambda: YES_NO)


QUESTIONS: tuple[Question, ...] = (
    Question(
        "entity",
        N_("What is the company today?"),
        {
            "us": N_("a corporation of Delaware"),
            "uk": N_("a company of the United Kingdom"),
            "fr": N_("a French société anonyme"),
            "de": N_("a German AG or GmbH"),
            "coop": N_("a co-operative of a member state of the European Union"),
            "other": N_("something else"),
        },
    ),
    Question("vehicle", N_("Is there already a co-operative that could take the company over?")),
    Question("investors", N_("Shall investors who do not use the platform be members too?")),
    Question("calls", N_("Shall members owe more than what they pay for their shares?")),
    Question("listed", N_("Are its shares listed, or held by more than 2,000 holders?")),
    Question("large", N_("Does anybody hold far more than most?")),
    Question("many", N_("Will there be more than 1,500 members?")),
    Question("europe", N_("Will it have members and business in several states of the European Union?")),
)
BY_KEY = {each.key: each for each in QUESTIONS}

ROUTES: tuple[tuple[Mapping[str, str], str], ...] = (
    ({"entity": "us", "vehicle": "yes"}, "us-de-251"),
    ({"entity": "us"}, "us-de-266"),
    ({"entity": "uk"}, "uk-company-to-society"),
    ({"entity": "fr"}, "fr-sa-scic"),
    ({"entity": "de"}, "de-umwg-eg"),
    ({"entity": "coop"}, "eu-sce"),
)
"""The first of these whose answers were given is the route."""
LATER = "eu-sce"
"""What may follow where a co-operative works in several states: a company cannot become one at once."""
