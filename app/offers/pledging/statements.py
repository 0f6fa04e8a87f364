"""Statements: what supporters agree to before they send the form, word for word, in their language and in English."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import N_
from app.core.language import money, translator
from app.core.money import Money
from app.core.uploads import Upload
from app.law.profiles import Profile
from app.offers.models import OfferKind, OfferTerms

RISKS = "risks"
TERMS = "terms"
RECORDS = "electronic-records"
DOCUMENTS = "documents"
INDICATION = "indication"
ABOVE = "above-warning-threshold"
UNSUITABLE = "not-suitable"
UK_SHARES = "uk-community-shares"

_LOSS = N_(
    "Shares are not savings. If the company fails, you may lose all of it; shares may be hard to sell. "
    "Pledge only what you can do without."
)
_NO_VOTE = N_("You promise nothing about how you will vote.")
_ECSP = N_("An investment in a crowdfunding project includes the risk of losing the entirety of the money invested.")
_UK = (
    N_(
        "No compensation scheme protects you: neither the Financial Services Compensation Scheme nor a deposit "
        "guarantee."
    ),
    N_("You cannot complain to the Financial Ombudsman Service."),
    N_("The society may refuse or suspend withdrawals: your money may be locked in."),
    N_("Your shares cannot gain in value: you get back what you paid at most."),
    N_("Each member has one vote, whatever their shares."),
)
"""What the profile `uk-community-shares` wants said, besides the loss."""
_LEGENDS = (
    N_("We are considering an offer of shares, and have not chosen under which exemption from registration."),
    N_("No money or anything else is asked for. If it is sent, it will not be accepted."),
    N_(
        "No offer to buy can be accepted, and no part of the price received, until that is chosen and what it "
        "requires has been filed, disclosed or qualified."
    ),
    N_("Saying that you are interested obliges you to nothing of any kind."),
)
_READ = N_("I have read the terms of the offer and accept them.")
_DOCUMENTS = N_("I have read these documents:")
_RECORDS = N_(
    "I agree to receive contracts, certificates and notices electronically, by e-mail and on these pages. I can read "
    "PDF files, I can withdraw this at any time, and I can ask for paper."
)
_ABOVE = N_(
    "The amount is more than {amount}, above which the law wants you to be warned: you may lose all of it, and it is a "
    "large part of what you own. I understand this and want to go on."
)
_UNSUITABLE = N_(
    "My answers show that this investment may not be suitable for me, as I may not know enough of its risks. I have "
    "been warned and want to go on."
)


@dataclass(frozen=True)
class Statement:
    """One text to agree to: its paragraphs in each language that is shown, the reader's first."""

    what: str
    bodies: dict[str, tuple[str, ...]]

    def body(self, language: str) -> str:
        """The whole text in a language, as it is kept."""
        return "\n\n".join(self.bodies[language])


def languages_for(lang: str) -> tuple[str, ...]:
    """In which languages warnings are shown: the reader's and English."""
    return (lang,) if lang == "en" else (lang, "en")


def risks(terms: OfferTerms, law: Profile | None, lang: str) -> Statement:
    """The warning of risks: ours, the law's, and those of the offer as its organizers wrote them."""
    said = [_LOSS, _NO_VOTE]
    if law is not None and "risk_warning_text" in law.values:
        said.insert(0, _ECSP)
    if law is not None and law.id.startswith(UK_SHARES):
        said[1:1] = _UK
    return _statement(RISKS, said, lang, tuple(terms.warnings))


def statements(terms: OfferTerms, law: Profile | None, lang: str) -> list[Statement]:
    """Everything that must be agreed to in any case, in the order of the page."""
    if terms.kind == OfferKind.INDICATION:
        return [_statement(INDICATION, [*_LEGENDS, _NO_VOTE], lang)]
    return [risks(terms, law, lang), _statement(TERMS, [_READ], lang), _statement(RECORDS, [_RECORDS], lang)]


def documents_read(documents: Sequence[Upload], lang: str) -> Statement:
    """That documents were read: each by its name and the hash (SHA-256) of its content."""
    named = tuple(f"{document.shown_name} (SHA-256 {document.sha256})" for document in documents)
    return _statement(DOCUMENTS, [_DOCUMENTS], lang, named)


def above_threshold(amount: Money, lang: str) -> Statement:
    """The consent to an amount above which the law wants a warning."""
    return Statement(
        ABOVE, {each: (translator(each)(_ABOVE).format(amount=money(amount, each)),) for each in languages_for(lang)}
    )


def unsuitable(lang: str) -> Statement:
    """The consent of somebody whose answers show that they may know too little."""
    return _statement(UNSUITABLE, [_UNSUITABLE], lang)


def _statement(what: str, messages: list[str], lang: str, own: tuple[str, ...] = ()) -> Statement:
    return Statement(
        what, {each: (*(translator(each)(said) for said in messages), *own) for each in languages_for(lang)}
    )
