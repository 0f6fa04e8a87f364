"""Facts of a message: states, roles and refusals among them are said in the reader's language too."""

from app.core.errors import N_
from app.core.language import LANGUAGES, say, translator
from app.core.templates import environment
from app.members.roles import AlreadyGranted, Role
from app.offers.drafting import ImpossibleTerms, StateChanged
from app.offers.models import OfferState, PledgeState
from app.offers.pledging import NotWithdrawable
from app.offers.terms.contradictions import DeadlinePassed, PersonLimitsCross

REASONS = ImpossibleTerms(reasons=[DeadlinePassed(), PersonLimitsCross(least=20, most=10)])


def test_a_role_is_named_in_the_language_of_the_reader():
    refusal = AlreadyGranted(who="ada@example.org", role=Role.TREASURER)
    assert say(refusal, "en") == refusal.text() == "ada@example.org is treasurer already."
    assert "trésorier" in say(refusal, "fr")


def test_a_state_is_named_in_the_language_of_the_reader():
    assert "succeeded" in say(StateChanged(state=OfferState.SUCCEEDED), "en")
    assert "aboutie" in say(StateChanged(state=OfferState.SUCCEEDED), "fr")
    assert "retirée" in say(NotWithdrawable(state=PledgeState.WITHDRAWN), "fr")


def test_every_state_and_role_has_a_name_in_every_language():
    for lang in LANGUAGES[1:]:
        unnamed = [
            each.value for kind in (OfferState, PledgeState, Role) for each in kind if translator(lang)(each) == each
        ]
        assert unnamed == []


def test_several_reasons_are_said_one_after_the_other():
    english = (
        "The offer cannot be opened: The deadline must lie ahead. "
        "The minimum per person (20) must be at least 1 and at most the maximum (10)."
    )
    assert say(REASONS, "en") == str(REASONS) == english
    french = say(REASONS, "fr")
    assert "deadline" not in french and french.endswith("le maximum (10).")


def test_a_template_says_a_refusal_and_a_label_alike():
    shown = environment("fr").from_string("{{ refusal|said }} – {{ label|said }}")
    assert shown.render(refusal=PersonLimitsCross(least=20, most=10), label=N_("Treasurer")) == (
        "Le minimum par personne (20) doit être compris entre 1 et le maximum (10). – Trésorier"
    )
