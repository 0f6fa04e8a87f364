"""The attendance list of a meeting (D13): who took part in a recorded ballot, with shares and votes."""

from typing import Any

from sqlalchemy.orm import Session

from app.ballots.casting.channels import counting_votes
from app.ballots.casting.models import Channel, Vote
from app.ballots.electorate.models import Elector, Electorate
from app.ballots.models import Ballot
from app.ballots.result.facts import whole_of
from app.documents.balloting.known import meeting_facts, record_at
from app.members.entering import current_membership
from app.members.models import Person
from app.members.persons import address_of, name_of, particulars_on

_UNKNOWN = "–"
_GROUPS = {Channel.POSTAL: "postal", Channel.PROXY: "represented"}


def attendance_facts(session: Session, ballot: Ballot, lang: str) -> dict[str, Any]:
    """Who was there, represented, or voted by post, as the votes that count say."""
    groups: dict[str, list[dict[str, Any]]] = {"present": [], "represented": [], "postal": []}
    rows = counting_votes(ballot).order_by(Elector.number, Elector.id)
    holders: dict[int, dict[str, Any]] = {}
    for vote, elector in session.execute(rows):
        line = _line(session, ballot, vote, elector)
        if vote.channel == Channel.PROXY:
            holder = holders.setdefault(vote.cast_by, _holder(session, ballot, vote))
            holder["votes"] += elector.weight
            line["proxy_holder"] = holder["legal_name"]
        groups[_GROUPS.get(Channel(vote.channel), "present")].append(line)
    total = sum(line["votes"] for lines in groups.values() for line in lines)
    whole = whole_of(session, ballot, session.get_one(Electorate, ballot.id))
    return (
        meeting_facts(ballot, lang)
        | groups
        | {
            "record_at": record_at(ballot),
            "proxy_holders": list(holders.values()),
            "present_count": len(groups["present"]),
            "represented_count": len(groups["represented"]),
            "postal_count": len(groups["postal"]),
            "votes_total": str(total),
            "votes_entitled": str(whole.weight),
            "signatories": [],
        }
    )


def _line(session: Session, ballot: Ballot, vote: Vote, elector: Elector) -> dict[str, Any]:
    known = particulars_on(session, elector.person_id, ballot.terms.record_date)
    return {
        "member_number": elector.number,
        "legal_name": elector.name,
        "address": address_of(known).one_line() if known else _UNKNOWN,
        "shares": elector.shares,
        "votes": elector.weight,
        "signed": vote.channel,
    }


def _holder(session: Session, ballot: Ballot, vote: Vote) -> dict[str, Any]:
    """Who voted by proxy, with the votes of others alone: their own stand among those present."""
    holder = session.get_one(Person, vote.cast_by)
    known = particulars_on(session, holder.id, ballot.terms.record_date)
    member = current_membership(session, holder.id)
    return {
        "member_number": member.number if member else None,
        "legal_name": name_of(session, holder),
        "address": address_of(known).one_line() if known else _UNKNOWN,
        "shares": 0,
        "votes": 0,
        "signed": vote.channel,
    }
