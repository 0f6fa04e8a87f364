"""Naming texts: a program that pledges for somebody names each text they agreed to by the hash of what it showed."""

import hashlib
from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.offers.documents import documents_offered
from app.offers.models import Offer
from app.offers.pledging.judging import law_of
from app.offers.pledging.statements import Statement, documents_read, statements


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


def sha256_of(text: Statement, lang: str) -> str:
    """The hash (SHA-256, hex) of a text in a language, under which the product keeps it too."""
    return hashlib.sha256(text.body(lang).encode()).hexdigest()


def agreed_by_hash(texts: Sequence[Statement], named: Collection[str], lang: str) -> tuple[str, ...]:
    """Which texts were agreed to, by the hashes of those in the reader's language; refused unless it is all of them."""
    known = {sha256_of(text, lang): text.what for text in texts}
    for each in named:
        if each not in known:
            raise UnknownText(sha256=each)
    for sha256, what in known.items():
        if sha256 not in named:
            raise TextMissing(what=what)
    return tuple(known.values())
