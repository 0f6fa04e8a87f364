"""The signed minutes (D16) and certified resolutions (D17): the text that people signed, with the certified figures."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.ballots.drafting import Item, items_of
from app.ballots.models import Ballot, Casting
from app.ballots.result.certifying import objections_of
from app.ballots.result.drafting import CARRIED, NOTICE, VOTES
from app.ballots.result.minutes import CAPACITIES, signatures_of
from app.ballots.result.models import BallotResult, Minutes
from app.ballots.rules import CallRule
from app.ballots.showing import outcome_of
from app.core.errors import N_
from app.core.language import fill, number, translator
from app.core.uploads import uploads_of
from app.documents.balloting.known import majority_words, meeting_facts, named, standing_items, title_and_text
from app.documents.balloting.result import whole_and_turnout
from app.documents.kinds import kind_of
from app.documents.models import Document

NO_QUORUM = N_("No quorum was needed.")
TEXT = N_("The minutes as they were signed")
ANNEX = N_("{title} (document no. {number})")
VOTING = {Casting.RECORDED: N_("recorded vote"), Casting.SECRET: N_("secret ballot")}
SIGNED = N_("signed in Costake")


def minutes_facts(
    session: Session, ballot: Ballot, result: BallotResult, minutes: Minutes, annexes: list[Document], lang: str
) -> dict[str, Any]:
    """What the minutes say: the signed text under the debates, and each resolution with its certified figures."""
    facts = result.facts
    whole, turnout = whole_and_turnout(result)
    items = items_of(session, ballot)
    opened = ballot.meeting.terms.starts_at.isoformat() if ballot.meeting else facts["opened_at"]
    signed = _signatures(session, minutes)
    return meeting_facts(ballot, lang) | {
        "opened_at": opened,
        "closed_at": facts["closed_at"],
        "convening": convening(result, lang),
        "members_present": turnout.electors,
        "shares_voting": whole.shares,
        "votes_present": str(turnout.weight),
        "quorum": quorum_words(session, ballot, result, lang),
        "bureau": [{"name": each["name"], "capacity": each["capacity"]} for each in signed],
        "agenda": [title_and_text(item, lang)[0] for item in items],
        "documents": [each.shown_name for each in uploads_of(session, ballot.documents_subject)],
        "debates": [{"item": translator(lang)(TEXT), "summary": minutes.text}],
        "resolutions": [_resolution(ballot, result, item, lang) for item in items if _is_decided(item)],
        "objections": [row.statement for row in objections_of(session, ballot)],
        "annexes": [_annex(each, lang) for each in annexes],
        "signatories": signed,
    }


def resolution_facts(
    session: Session, ballot: Ballot, result: BallotResult, item: Item, minutes: Document, on: date, lang: str
) -> dict[str, Any]:
    """What a certified resolution says: the text carried, and how; in force since the day of the certificate."""
    title, text = title_and_text(item, lang)
    secretary = [each for each in minutes.facts["signatories"] if each["capacity"] == CAPACITIES["secretary"]]
    return meeting_facts(ballot, lang) | {
        "convening": convening(result, lang),
        "quorum": quorum_words(session, ballot, result, lang, item),
        "result": f"{votes_words(result, item, lang)} {translator(lang)(CARRIED)}",
        "resolution_number": str(item.row.position),
        "resolution_title": title,
        "resolution_text": text,
        "minutes_number": minutes.number,
        "in_force_on": on.isoformat(),
        "signatories": secretary,
    }


def is_carried(result: BallotResult, item: Item) -> bool:
    """Whether an item is a motion that the count found carried."""
    return _is_decided(item) and bool(_facts(result, item)["carried"])


def convening(result: BallotResult, lang: str) -> str:
    """How the ballot was called, in words."""
    notice = result.facts["notice"]
    return fill(NOTICE, {"day": date.fromisoformat(notice["given_on"]), "days": notice["days"]}, lang)


def quorum_words(session: Session, ballot: Ballot, result: BallotResult, lang: str, only: Item | None = None) -> str:
    """What came of each quorum, in words; of one item only where asked."""
    said: list[str] = []
    for item in [only] if only is not None else standing_items(session, ballot):
        quorum = _outcome(ballot, result, item).quorum if item.question.is_motion else None
        said += [quorum.reasons[0].text(lang)] if quorum is not None else []
    return " ".join(dict.fromkeys(said)) or translator(lang)(NO_QUORUM)


def votes_words(result: BallotResult, item: Item, lang: str) -> str:
    """The votes on a motion in words."""
    votes = _facts(result, item)["counts"]["all"]
    said = {"for_": votes["for"], "against": votes["against"], "abstain": votes["abstain"]}
    return fill(VOTES, said, lang)


def _resolution(ballot: Ballot, result: BallotResult, item: Item, lang: str) -> dict[str, Any]:
    title, text = title_and_text(item, lang)
    facts = _facts(result, item)
    votes, rule = facts["counts"]["all"], item.rule.at(ballot.call) if item.rule else CallRule(())
    return {
        "number": str(item.row.position),
        "title": title,
        "text": text,
        "voting": VOTING[Casting(ballot.terms.casting)],
        "votes_for": votes["for"],
        "votes_against": votes["against"],
        "abstain": votes["abstain"],
        "invalid": 0,
        "majority": majority_words(rule, lang),
        "carried": facts["carried"],
    }


def _outcome(ballot: Ballot, result: BallotResult, item: Item) -> Any:
    whole, turnout = whole_and_turnout(result)
    rule = item.rule.at(ballot.call) if item.rule else CallRule(())
    return outcome_of(_facts(result, item), rule, turnout, whole, ballot.terms)


def _facts(result: BallotResult, item: Item) -> dict[str, Any]:
    return next(each for each in result.facts["items"] if each["item"] == item.id)


def _is_decided(item: Item) -> bool:
    return item.withdrawal is None and item.question.is_motion


def _signatures(session: Session, minutes: Minutes) -> list[dict[str, Any]]:
    return [
        {
            "name": named(session, row.person_id),
            "capacity": CAPACITIES[row.capacity],
            "signed_at": row.signed_at.isoformat(),
            "how": SIGNED,
        }
        for row in signatures_of(session, minutes)
    ]


def _annex(document: Document, lang: str) -> str:
    title = translator(lang)(kind_of(document.kind).title)
    about = document.facts.get("item_title", "")
    named_ = f"{title}: {about}" if about else title
    return translator(lang)(ANNEX).format(title=named_, number=number(document.number, lang))
