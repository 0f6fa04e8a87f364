"""Naming texts: a program that pledges for somebody names each text they agreed to by the hash of what it showed."""

import hashlib
from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.money import Money
from app.offers.documents import documents_offered
from app.offers.models import Offer
from app.offers.pledging.form import Asking
from app.offers.pledging.judging import law_of
from app.offers.pledging.questions import knows_enough
from app.offers.pledging.statements import Statement, documents_read, statements
from app.offers.pledging.wishes import Declared


class UnknownText(Refusal):
    """The offer has no such text in this language, or has it no more."""

    message = N_("This offer has no text with the hash {sha256} in this language. Read its texts again.")
    field = "agreed"


class TextMissing(Refusal):
    """Something was not agreed to that everybody agrees to."""

    message = N_("The text “{what}” was not agreed to. Show it, and name it by its hash.")
    field = "agreed"


def texts_of(session: Session, offer: Offer, lang: str) -> list[Statement]:
    """Every text that whoever pledges agrees to, as the present terms have them, in a language and in English."""
    texts = statements(offer.terms, law_of(session, offer.terms), lang)
    documents = documents_offered(session, offer.terms)
    return [*texts, documents_read(documents, lang)] if documents else texts


def needed_texts(
    asks: Asking, cost: Money, declared: Declared | None, answers: dict[str, str], texts: Sequence[Statement]
) -> list[Statement]:
    """What somebody with these means and answers agrees to who pledges so much: every text, and the law's warnings."""
    above = asks.warning(declared, cost)
    warned = asks.questions(declared) and not knows_enough(answers)
    return [*texts, *([above] if above else []), *([asks.unsuitable()] if warned else [])]


def sha256_of(text: Statement, lang: str) -> str:
    """The hash (SHA-256, hex) of a text in a language, under which the product keeps it too."""
    return hashlib.sha256(text.body(lang).encode()).hexdigest()


def agreed_by_hash(
    texts: Sequence[Statement], named: Collection[str], lang: str, *, besides: Sequence[Statement] = ()
) -> tuple[str, ...]:
    """Which texts were agreed to, by the hashes of those in the reader's language; refused unless it is all of them.

    Those `besides` may be named too, and count for nothing: they were shown in case they are needed.
    """
    known = {sha256_of(text, lang): text.what for text in texts}
    for each in named:
        if each not in known and each not in {sha256_of(text, lang) for text in besides}:
            raise UnknownText(sha256=each)
    for sha256, what in known.items():
        if sha256 not in named:
            raise TextMissing(what=what)
    return tuple(known.values())
