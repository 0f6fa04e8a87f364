"""Pledges taken on paper or elsewhere: whoever confirms one agrees to the texts that the form would have shown."""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.uploads import Upload
from app.offers.desk.models import ImportedPledge
from app.offers.documents import documents_offered
from app.offers.models import Pledge
from app.offers.pledging.consenting import consents_of, record_consents
from app.offers.pledging.judging import law_of
from app.offers.pledging.statements import (
    DOCUMENTS,
    INDICATION,
    RECORDS,
    RISKS,
    TERMS,
    Statement,
    documents_read,
    statements,
)
from app.web.typed import Form

TICKS = {"understood": (RISKS, TERMS, INDICATION), "documents": (DOCUMENTS,), "electronic": (RECORDS,)}
"""The ticks of the page, and the texts that each agrees to."""


class TextsNotAgreed(Refusal):
    """The pledge came without the texts that the law and the terms want agreed to."""

    message = N_("Read the texts on this page first, and say that you agree.")
    status = 409


def documents_of(session: Session, pledge: Pledge) -> list[Upload]:
    """The documents to read with the terms of a pledge."""
    return documents_offered(session, pledge.terms)


def texts_to_agree(session: Session, pledge: Pledge) -> list[Statement]:
    """What the person has still to agree to, in the language of the pledge; nothing if the form has asked already."""
    if session.get(ImportedPledge, pledge.id) is None:
        return []
    wanted = statements(pledge.terms, law_of(session, pledge.terms), pledge.language)
    if documents := documents_of(session, pledge):
        wanted.append(documents_read(documents, pledge.language))
    known = {consent.what for consent, _ in consents_of(session, pledge)}
    return [statement for statement in wanted if statement.what not in known]


def ticks_for(texts: Collection[Statement]) -> list[str]:
    """The ticks that a page with these texts has."""
    return [name for name, of in TICKS.items() if any(text.what in of for text in texts)]


def read_ticks(fields: Mapping[str, str], texts: Collection[Statement]) -> tuple[str, ...]:
    """What is agreed to; refuses every tick that is missing."""
    form = Form(fields)
    names = ticks_for(texts)
    for name in names:
        form.checked(name, required=True)
    form.done()
    return tuple(what for name in names for what in TICKS[name])


def agree(session: Session, pledge: Pledge, agreed: Collection[str]) -> None:
    """Keep that the texts were agreed to; refused unless all are."""
    texts = texts_to_agree(session, pledge)
    if any(text.what not in agreed for text in texts):
        raise TextsNotAgreed
    record_consents(session, pledge, texts)
