"""The attendance list of a meeting (D13): who took part in a recorded ballot, with shares and votes."""

from typing import Any

from sqlalchemy.orm import Session

from app.ballots.casting.channels import counting_votes
from app.ballots.casting.models import Channel, Vote
from app.ballots.electorate.models import Elector, Electorate
from app.ballots.models import Ballot
from app.ballots.result.facts import whole_of
from app.documents.balloting.known import meeting_facts, record_at
from app.members.persons import address_of, particulars_on

_UNKNOWN = "–"


def attendance_facts(session: Session, ballot: Ballot, lang: str) -> dict[str, Any]:
    """Who was there, represented, or voted by post, as the votes that count say."""
    groups: dict[str, list[dict[str, Any]]] = {"present": [], "represented": [], "postal": []}
    rows = counting_votes(ballot).order_by(Elector.number, Elector.id)
    for vote, elector in session.execute(rows):
        groups["postal" if vote.channel == Channel.POSTAL else "present"].append(_line(session, ballot, vote, elector))
    total = sum(line["votes"] for lines in groups.values() for line in lines)
    whole = whole_of(session, ballot, session.get_one(Electorate, ballot.id))
    return (
        meeting_facts(ballot, lang)
        | groups
        | {
            "record_at": record_at(ballot),
            "proxy_holders": [],
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
