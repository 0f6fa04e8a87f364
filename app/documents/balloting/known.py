"""What every document of a ballot says: whose, of which meeting or ballot, in which zone and language."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.ballots.days import end_of_day
from app.ballots.drafting import Item, items_of
from app.ballots.models import Ballot, BallotItemText
from app.ballots.questions import Question
from app.ballots.rules import BASES, CallRule, Need
from app.ballots.showing import joined
from app.ballots.stating import in_language
from app.core.errors import N_
from app.core.language import LANGUAGES, fill, translator
from app.core.settings import settings
from app.documents.checking import FactsMissing, check_facts
from app.documents.filing import file_document
from app.documents.issuing import issuer
from app.documents.kinds import kind_of
from app.documents.models import Document
from app.law.adapting import law_for
from app.law.decisions import said
from app.members.models import Person
from app.members.persons import name_of

_ALONE = N_("ballot without a meeting, in writing or online")
_LAW_BESIDES = N_("what {profile} demands besides: {missing}")
_WORDS = {
    "organization_capital_minor": N_("the capital"),
    "organization_currency": N_("its currency"),
    "organization_form": N_("the legal form"),
    "organization_register": N_("the number in the public register"),
    "organization_seat": N_("the registered office"),
    "unnamed": N_("what becomes of a proxy without a name"),
    "valid_until": N_("until when a proxy holds"),
    "dissent": N_("what whoever dissents may claim"),
}


def language_of(ballot: Ballot) -> str:
    """The language of a ballot's documents: the first of ours in which it has a title."""
    return next((lang for lang in LANGUAGES if ballot.terms.title.get(lang, "").strip()), LANGUAGES[0])


def page_of(ballot: Ballot, rest: str = "") -> str:
    """The whole address of a ballot's page, or of one below it."""
    return f"{settings().base_url.rstrip('/')}/ballots/{ballot.slug}{rest}"


def meeting_facts(ballot: Ballot, lang: str) -> dict[str, Any]:
    """Of which meeting a document is; of a ballot without one the ballot takes its place."""
    terms = ballot.terms
    if ballot.meeting is None:
        said_: dict[str, Any] = {
            "meeting_title": in_language(terms.title, lang),
            "meeting_nature": _ALONE,
            "meeting_at": terms.opens_at.isoformat(),
            "meeting_link": page_of(ballot),
        }
    else:
        of = ballot.meeting.terms
        said_ = {
            "meeting_title": in_language(of.title, lang) or in_language(terms.title, lang),
            "meeting_nature": of.kind,
            "meeting_at": of.starts_at.isoformat(),
            "meeting_place": of.place,
            "meeting_link": of.link,
        }
    return issuer() | {"zone": terms.zone} | said_


def record_at(ballot: Ballot) -> str:
    """The moment that decides who may vote: the last second of the record date, as midnight would name the next day."""
    return (end_of_day(ballot.terms.record_date, ballot.terms.zone) - timedelta(seconds=1)).isoformat()


def title_and_text(text: BallotItemText | Item, lang: str) -> tuple[str, str]:
    """Title and full text of an item in a language."""
    row = text.text if isinstance(text, Item) else text
    return in_language(row.title, lang), in_language(row.text, lang)


def choice(question: Question) -> dict[str, Any]:
    """What can be chosen, how, and for how many seats; nothing of a motion, on which everybody knows."""
    if question.is_motion:
        return {}
    return {"how": str(question.kind), "options": list(question.names()), "seats": question.seats}


def standing_items(session: Session, ballot: Ballot) -> list[Item]:
    """The items that were not withdrawn."""
    return items_of(session, ballot, withdrawn=False)


def majority_words(rule: CallRule, lang: str) -> str:
    """What a resolution needs, in words; every level of it."""
    return joined([level.words(lang) for level in rule.levels], lang)


def base_words(need: Need, lang: str) -> str:
    """What the votes are counted against, in words."""
    return said(BASES[need.threshold.denominator], {}, lang)


def named(session: Session, person_id: int | None) -> str:
    """The name of a person, or the organization's where no person acted."""
    person = session.get(Person, person_id) if person_id is not None else None
    return name_of(session, person) if person is not None else settings().organization


def file_lawful(
    session: Session,
    ballot: Ballot,
    kind: str,
    source: str,
    facts: dict[str, Any],
    person: Person | None = None,
    *,
    also: Sequence[Person] = (),
    language: str | None = None,
) -> Document:
    """File a document under the ballot's law; what that demands and nobody can know yet is left to counsel by name."""
    lang, law = language or language_of(ballot), ballot.terms.law
    profile = law or None
    if profile is not None:
        try:
            check_facts(kind_of(kind), facts, law_for(session, profile).id)
        except FactsMissing as missing:
            left_out = [translator(lang)(_WORDS.get(name, name)) for name in missing.facts["missing"].split(", ")]
            places = {"profile": law_for(session, profile).title, "missing": ", ".join(left_out)}
            facts, profile = facts | {"counsel": [fill(_LAW_BESIDES, places, lang)]}, None
    known = {each.name for each in kind_of(kind).fields_in(profile)}
    facts = {name: value for name, value in facts.items() if name in known}
    return file_document(session, kind, source, person, facts, also=also, profile=profile, language=lang)
