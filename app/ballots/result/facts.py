"""The facts of a result: everything that decides it, so that whoever has them and the votes can count again."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ballots.calling import canonical
from app.ballots.casting.stores import Group, Turnout, store_of
from app.ballots.drafting import Item, items_of, moves_of
from app.ballots.electorate.models import Elector, Electorate, ElectorKind
from app.ballots.electorate.reading import corrections_of, standing
from app.ballots.models import Ballot, BallotNotice, BallotState, Casting
from app.ballots.result.deciding import Whole
from app.ballots.result.recounting import Frame, outcome_facts
from app.ballots.stating import colleges_of
from app.core.uploads import uploads_of

FORMAT = "costake-result/1"


def result_facts(session: Session, ballot: Ballot, electorate: Electorate, seed: str) -> dict[str, Any]:
    """The facts of a closed ballot: electorate, turnout, and for each item its rule, votes and outcome.

    Numbers are whole; parts of a whole are text such as `2/3`. Nothing in them depends on the order of votes.
    """
    whole, (took_part, groups) = whole_of(session, ballot, electorate), tally(session, ballot)
    frame = Frame(
        ballot.call, took_part, whole, tuple(colleges_of(ballot.terms)), ballot.terms.colleges_proportional, seed
    )
    items = [item_facts(item, groups.get(item.id, []), frame) for item in items_of(session, ballot)]
    moved = {move.to_state: move.at for move in moves_of(session, ballot)}
    notice = session.get_one(BallotNotice, ballot.id)
    return {
        "format": FORMAT,
        "ballot": ballot.slug,
        "title": ballot.terms.title,
        "call": ballot.call,
        "casting": Casting(ballot.terms.casting).value,
        "law": ballot.terms.law,
        "record_date": ballot.terms.record_date.isoformat(),
        "opened_at": moved[BallotState.OPEN].isoformat(),
        "closed_at": moved[BallotState.CLOSED].isoformat(),
        "meeting": _meeting(ballot),
        "notice": {"given_on": notice.given_on.isoformat(), "days": notice.days, "texts_sha256": notice.texts_sha256},
        "electorate": {
            "rule": electorate.rule,
            "sha256": electorate.sha256,
            "frozen": {"electors": electorate.electors, "weight": electorate.weight, "shares": electorate.shares},
            "corrections": len(corrections_of(session, ballot)),
            "whole": whole.as_data(),
        },
        "documents": [
            {"name": each.shown_name, "sha256": each.sha256} for each in uploads_of(session, ballot.documents_subject)
        ],
        "turnout": {"electors": took_part.electors, "weight": took_part.weight, "shares": took_part.shares},
        "seed": seed,
        "seed_from": ballot.terms.seed_from,
        "items": items,
    } | store_of(ballot).facts(session, ballot)


def tally(session: Session, ballot: Ballot) -> tuple[Turnout, dict[int, list[Group]]]:
    """Who took part, and for each item that stands the groups of equal answers.

    Where no vote is split each says one thing to every item, so the groups of one item are everybody who took part.
    """
    store, standing_ = store_of(ballot), items_of(session, ballot, withdrawn=False)
    groups = store.groups(session, ballot, standing_)
    if ballot.terms.splits_allowed or ballot.terms.casting != Casting.RECORDED:
        return store.turnout(session, ballot), groups
    one = groups[standing_[0].id]
    votes, weight, shares = (sum(getattr(group, name) for group in one) for name in ("votes", "weight", "shares"))
    return Turnout(votes, weight, shares), groups


def item_facts(item: Item, groups: Sequence[Group], frame: Frame) -> dict[str, Any]:
    """The facts of one item; one that was withdrawn has no votes."""
    said: dict[str, Any] = {
        "item": item.id,
        "position": item.row.position,
        "title": item.text.title,
        "version": item.text.version,
        "text_sha256": hashlib.sha256(canonical(item.text.text)).hexdigest(),
        "question": item.text.question,
        "rule": item.text.rule,
        "withdrawn": item.withdrawal is not None,
    }
    if item.withdrawal is not None:
        return said
    return said | outcome_facts(item.question, item.rule, item.row.position, groups, frame)


def whole_of(session: Session, ballot: Ballot, electorate: Electorate) -> Whole:
    """What the votes are measured against: the roll as corrected, and the outstanding shares of the record date."""
    patron = Elector.kind == ElectorKind.PATRON
    sums = [func.sum(Elector.weight), func.sum(Elector.shares), func.sum(Elector.weight).filter(patron)]
    rows = select(func.count(), *(func.coalesce(each, 0) for each in sums)).select_from(Elector)
    found = session.execute(rows.where(Elector.ballot_id == ballot.id, standing())).one()
    electors, weight, shares, patron_weight = (int(each) for each in found)
    return Whole(electors, weight, shares, patron_weight, max(electorate.outstanding_shares, shares))


def _meeting(ballot: Ballot) -> dict[str, Any] | None:
    if ballot.meeting is None:
        return None
    terms = ballot.meeting.terms
    return {
        "title": terms.title,
        "kind": terms.kind,
        "call": ballot.meeting.call,
        "starts_at": terms.starts_at.isoformat(),
        "zone": terms.zone,
        "place": terms.place,
        "link": terms.link,
    }
