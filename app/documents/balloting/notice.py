"""The notice of a ballot as a document (D11): everything as it stood when notice was given."""

from typing import Any

from sqlalchemy.orm import Session

from app.ballots.drafting import Item, noticed_text
from app.ballots.models import Ballot, BallotNotice, Casting
from app.ballots.proxies.limits import most_represented
from app.ballots.questions import Question, question_of
from app.ballots.rules import CallRule, rule_of
from app.core.errors import N_
from app.core.language import fill, moment, translator
from app.core.settings import settings
from app.core.uploads import uploads_of
from app.documents.balloting.known import (
    base_words,
    choice,
    majority_words,
    meeting_facts,
    named,
    page_of,
    record_at,
    title_and_text,
)

WHO = N_("Whoever stands in the register at the end of the record date: {basis}.")
HOW = N_("From {opens} to {closes}: by the link in your letter, or signed in at {page}.")
PROXY = N_("You may name a proxy on {page}, who must accept; the form for it and for a vote by post is there too.")
MOST = N_("One holder acts for at most {most} members.")
SECRET = N_("The ballot is secret: nobody votes for another on it.")
CLOSES = N_("Votes received by")


def notice_facts(session: Session, ballot: Ballot, items: list[Item], lang: str) -> dict[str, Any]:
    """What the notice says; the text of items is that of the day on which it was given."""
    notice, terms = session.get_one(BallotNotice, ballot.id), ballot.terms
    documents = [each for each in uploads_of(session, ballot.documents_subject) if each.uploaded_at <= notice.given_at]
    hours = {"opens": moment(terms.opens_at, lang, terms.zone), "closes": moment(terms.closes_at, lang, terms.zone)}
    base = settings().base_url.rstrip("/")
    return meeting_facts(ballot, lang) | {
        "agenda": [_item(session, ballot, item, lang) for item in items],
        "record_at": record_at(ballot),
        "who_votes": fill(WHO, {"basis": translator(lang)(terms.basis)}, lang),
        "how_to_vote": fill(HOW, hours | {"page": page_of(ballot)}, lang),
        "proxy_how": _proxies(session, ballot, lang),
        "deadlines": [{"what": CLOSES, "at": terms.closes_at.isoformat()}],
        "documents": [{"title": each.shown_name, "where": f"{base}/uploads/{each.id}"} for each in documents],
        "statements": [],
        "convener": named(session, notice.given_by),
        "convened_on": notice.given_on.isoformat(),
    }


def _item(session: Session, ballot: Ballot, item: Item, lang: str) -> dict[str, Any]:
    text = noticed_text(session, item)
    title, words = title_and_text(text, lang)
    question: Question = question_of(text.question)
    rule = rule_of(text.rule).at(ballot.call) if text.rule else CallRule(())
    levels = rule.levels if question.is_motion else ()
    return {
        "number": str(item.row.position),
        "title": title,
        "special": any(2 * level.threshold.fraction > 1 for level in levels),
        "text": words,
        "quorum": rule.quorum.words(lang, quorum=True) if rule.quorum else "",
        "majority": majority_words(rule, lang) if levels else "",
        "denominator": base_words(levels[0], lang) if levels else "",
    } | choice(question)


def _proxies(session: Session, ballot: Ballot, lang: str) -> str:
    if ballot.terms.casting != Casting.RECORDED:
        return translator(lang)(SECRET)
    most = most_represented(session, ballot)
    limit = [fill(MOST, {"most": most}, lang)] if most is not None else []
    return " ".join([fill(PROXY, {"page": page_of(ballot, "/proxy")}, lang), *limit])
