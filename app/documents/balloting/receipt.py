"""What an elector gets by a link: the receipt of a recorded vote (D14), and the form of proxy and postal vote (D12)."""

import hashlib
from typing import Any

from sqlalchemy.orm import Session

from app.ballots.calling import canonical
from app.ballots.casting.models import Vote
from app.ballots.casting.recording import AnotherKind, standing_vote
from app.ballots.drafting import Item
from app.ballots.electorate.models import Elector
from app.ballots.models import Ballot, BallotState, Casting
from app.ballots.proxies.appointing import NoProxyInSecret
from app.ballots.proxies.limits import judge_age, most_represented, nameless_allowed
from app.ballots.questions import Question
from app.ballots.stating import in_language
from app.core import clock
from app.core.errors import N_, Refusal
from app.core.language import translator
from app.documents.balloting.known import (
    choice,
    file_lawful,
    meeting_facts,
    page_of,
    record_at,
    standing_items,
    title_and_text,
)
from app.documents.filing import file_document
from app.documents.issuing import issuer
from app.documents.models import Document
from app.members.models import Person
from app.members.persons import address_of, particulars_on

RECEIPT, FORM = "ballot-receipt", "proxy-form"
CHOICES = {"for": N_("For"), "against": N_("Against"), "abstain": N_("Abstain")}
_UNKNOWN = "–"
_ABSTAIN = N_("Where the majority is counted of the votes for and against, an abstention counts for neither.")
_NOBODY_ELSE = N_("A proxy holder does not pass the proxy on.")
_REVOKE = N_("You revoke it on the page of the ballot, or by voting yourself, until the close.")
_RETURN = N_("Give it to the tellers, or name your proxy on {page}.")
_MEMBER = N_("member")
_UNNAMED = N_("Without a name it is nobody's proxy.")
_CHAIR = N_("Without a name the chair votes for you: for what the board puts or agrees to, against everything else.")


class NoVoteYet(Refusal):
    """A receipt is of a vote."""

    message = N_("No vote of {name} is recorded, so there is no receipt yet.")
    status = 409


class FormLater(Refusal):
    """The form says how many votes somebody has, and lies ahead of the close."""

    message = N_("The form can be had from when the roll is frozen until voting closes.")
    status = 409


def file_receipt(session: Session, ballot: Ballot, elector: Elector, *, by: Person) -> Document:
    """File the receipt of the vote of an elector that counts now; the same vote again gives the same document."""
    if ballot.terms.casting != Casting.RECORDED:
        raise AnotherKind
    vote = standing_vote(session, elector.id)
    if vote is None:
        raise NoVoteYet(name=elector.name)
    facts = receipt_facts(session, ballot, elector, vote, by.language)
    return file_document(session, RECEIPT, f"vote:{vote.id}", elector.person, facts, also=[by], language=by.language)


def file_form(session: Session, ballot: Ballot, elector: Elector, *, by: Person) -> Document:
    """File the form of an elector as the ballot stands; while it stands so, it is the same document."""
    if ballot.state not in (BallotState.READY, BallotState.OPEN):
        raise FormLater
    if ballot.terms.casting != Casting.RECORDED:
        raise NoProxyInSecret
    facts = form_facts(session, ballot, elector, by.language)
    source = f"elector:{elector.id}:{hashlib.sha256(canonical(facts)).hexdigest()[:16]}"
    return file_lawful(session, ballot, FORM, source, facts, elector.person, also=[by], language=by.language)


def tracking_code(elector: Elector, vote: Vote) -> str:
    """By what a recorded vote is found in the full bundle: its number, and the hash of its elector's line."""
    return f"{vote.id}-{elector.leaf[:16]}"


def receipt_facts(session: Session, ballot: Ballot, elector: Elector, vote: Vote, lang: str) -> dict[str, Any]:
    """What the receipt says; nothing of the choice."""
    return poll_facts(session, ballot, lang) | {
        "weight": str(elector.weight),
        "tracking_code": tracking_code(elector, vote),
        "cast_at": vote.cast_at.isoformat(),
        "check_at": page_of(ballot),
    }


def poll_facts(session: Session, ballot: Ballot, lang: str) -> dict[str, Any]:
    """What a receipt says of the ballot: what was asked, what could be chosen, and the hours."""
    items, terms = standing_items(session, ballot), ballot.terms
    return issuer() | {
        "zone": terms.zone,
        "poll_title": in_language(terms.title, lang),
        "ballot_id": ballot.slug,
        "question": "; ".join(_numbered(item, lang) for item in items),
        "options": [f"{_numbered(item, lang)}: {', '.join(_choices(item.question, lang))}" for item in items],
        "opens_at": terms.opens_at.isoformat(),
        "closes_at": terms.closes_at.isoformat(),
    }


def form_facts(session: Session, ballot: Ballot, elector: Elector, lang: str) -> dict[str, Any]:
    """What the form says, blank: a line for each resolution and each option, and room for the name of a proxy."""
    known = particulars_on(session, elector.person_id, ballot.terms.record_date)
    say, today = translator(lang), clock.today(ballot.terms.zone)
    age = judge_age(session, ballot, today, today)
    items = standing_items(session, ballot)
    return meeting_facts(ballot, lang) | {
        "legal_name": elector.name or _UNKNOWN,
        "address": address_of(known).one_line() if known else _UNKNOWN,
        "member_number": elector.number or 0,
        "shares": elector.shares,
        "votes_held": str(elector.weight),
        "record_at": record_at(ballot),
        "resolutions": [
            {"number": str(item.row.position), "title": title_and_text(item, lang)[0], "choice": ""}
            for item in items
            if item.question.is_motion
        ],
        "choices": [
            {"title": _numbered(item, lang)} | choice(item.question) for item in items if not item.question.is_motion
        ],
        "abstention_warning": _ABSTAIN,
        "substitution": _NOBODY_ELSE,
        "proxies_max": most_represented(session, ballot),
        "valid_until": age.answers["until"] if age else None,
        "unnamed": _CHAIR if nameless_allowed(ballot.terms.law) else _UNNAMED,
        "receive_by": ballot.terms.closes_at.isoformat(),
        "return_to": say(_RETURN).format(page=page_of(ballot)),
        "revocation": _REVOKE,
        "signatories": [{"name": elector.name or _UNKNOWN, "capacity": _MEMBER}],
    }


def _numbered(item: Item, lang: str) -> str:
    return f"{item.row.position}. {title_and_text(item, lang)[0]}"


def _choices(question: Question, lang: str) -> list[str]:
    say = translator(lang)
    return [say(each) for each in CHOICES.values()] if question.is_motion else list(question.names())
