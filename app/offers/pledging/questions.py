"""Questions on risks, which some laws ask of investors before they buy: short, with one right answer each."""

from app.core.errors import N_
from app.law.profiles import Profile
from app.offers.pledging.wishes import Declared

YES, NO = "yes", "no"
QUESTIONS: dict[str, tuple[str, str]] = {
    "test_lose": (N_("Can you lose all the money that you pay for these shares?"), YES),
    "test_sell": (N_("Can you be sure to sell the shares whenever you need the money?"), NO),
    "test_guarantee": (N_("Does a deposit guarantee or the state pay you back if the company fails?"), NO),
    "test_dividend": (N_("Is it certain that the shares will earn something every year?"), NO),
}
"""By form field: the question and its right answer."""


def asks_questions(law: Profile | None, declared: Declared | None) -> bool:
    """Whether the law wants to know what an investor knows; the sophisticated are not asked."""
    return law is not None and "entry_test" in law.values and not (declared is not None and declared.accredited)


def right_answers(answers: dict[str, str]) -> int:
    """How many answers are right."""
    return sum(answers.get(name) == right for name, (_, right) in QUESTIONS.items())


def knows_enough(answers: dict[str, str]) -> bool:
    """Whether every answer is right; otherwise a warning must be accepted."""
    return right_answers(answers) == len(QUESTIONS)
