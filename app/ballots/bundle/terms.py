"""Checks of what was asked: the notice, the items with their amendments, the terms, and the order of events; pure."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from app.ballots.bundle.format import digest
from app.ballots.bundle.judging import Data, need, same
from app.ballots.models import BallotState

_ORDER = (BallotState.CALLED, BallotState.READY, BallotState.OPEN, BallotState.CLOSED, BallotState.COUNTED)
_AFTER = {
    BallotState.COUNTED.value: (BallotState.OBJECTED, BallotState.CERTIFIED),
    BallotState.OBJECTED.value: (BallotState.COUNTED, BallotState.CERTIFIED),
}
_NOTICED = ("title", "law", "record_date", "opens_at")


def check_notice(data: Data) -> str:
    """The notice said what its published hash covers, in time, and the ballot is the one that it announced."""
    notice, ballot, facts = data["notice"], data["ballot"], data["result"]["facts"]
    need(digest(notice["texts"]) == notice["texts_sha256"], "what the notice said is not what its hash covers")
    for name in _NOTICED:
        need(same(notice["texts"][name], ballot[name]), f"the notice announced another {name}")
    need(_at(notice["texts"]["closes_at"]) <= _at(ballot["closes_at"]), "the close was moved to before the notice's")
    kept = {name: notice[name] for name in ("given_on", "days", "texts_sha256")}
    need(same(kept, facts["notice"]), "the result names another notice")
    need(notice["days"] >= notice["days_needed"], "the notice was late")
    for each in notice["texts"]["documents"]:
        need(each in facts["documents"], f"the document {each['name']} of the notice is not among those of the result")
    return f"texts and {len(facts['documents'])} documents have the hashes published; {notice['days']} days of notice"


def check_items(data: Data) -> str:
    """Each item was counted in its last text; amendments changed neither question nor rule."""
    noticed, facts, items = data["notice"]["texts"]["items"], data["result"]["facts"]["items"], data["items"]
    need(len(items) == len(noticed) == len(facts), "the notice, the items and the result are not of the same items")
    for item, first, fact in zip(items, noticed, facts, strict=True):
        versions, last = item["versions"], item["versions"][-1]
        where = f"item {item['position']}"
        need(all(same(versions[0][name], first[name]) for name in first), f"{where} is not what the notice said")
        for number, version in enumerate(versions):
            need(version["version"] == versions[0]["version"] + number, f"{where} lacks a version")
            need(same(version["is_amendment"], number > 0), f"{where} was amended before the notice")
            fixed = same([version["question"], version["rule"]], [first["question"], first["rule"]])
            need(fixed, f"{where} has another question or rule than the notice announced")
            _at(version["written_at"])
        kept = {name: last[name] for name in ("title", "version", "question", "rule")}
        withdrawn = item["withdrawn"] is not None
        kept |= {
            "text_sha256": digest(last["text"]),
            "item": item["item"],
            "position": item["position"],
            "withdrawn": withdrawn,
        }
        need(same(kept, {name: fact[name] for name in kept}), f"{where} was counted in another text")
    amended = sum(len(item["versions"]) - 1 for item in items)
    return f"{len(items)} items, {amended} amendments; questions and majorities as in the notice"


def check_terms(data: Data) -> str:
    """The result was counted under the ballot's own terms, and the electorate selected by them."""
    ballot, facts = data["ballot"], data["result"]["facts"]
    for name in ("title", "call", "casting", "law", "record_date", "seed_from"):
        need(same(ballot[name], facts[name]), f"the result names another {name}")
    need(facts["ballot"] == ballot["slug"], "the result is of another ballot")
    need((ballot["casting"] == "secret") is ("secret" in data), "the votes are of another kind than the ballot's")
    rule = {
        "basis": ballot["basis"],
        "cap": ballot["votes_cap"],
        **{name: ballot[name] for name in ("classes", "investor_classes", "colleges", "colleges_proportional")},
        **{name: ballot[name] for name in ("record_date", "zone")},
    }
    need(same(rule, facts["electorate"]["rule"]), "the electorate was selected by another rule than the ballot's")
    return f"“{_first(ballot['title'])}”, call {ballot['call']}, votes by {ballot['basis']}"


def check_order(data: Data) -> str:
    """Called, frozen, opened, closed and counted in this order, not before the hours announced."""
    ballot, facts, moves = data["ballot"], data["result"]["facts"], data["moves"]
    states = [move["to"] for move in moves]
    need(states[: len(_ORDER)] == [state.value for state in _ORDER], f"the ballot went another way: {states}")
    for before, after in pairwise(states[len(_ORDER) - 1 :]):
        need(after in _AFTER.get(before, ()), f"a ballot that was {before} cannot have become {after}")
    need(states[-1] == ballot["state"], "the ballot does not stand where its last move left it")
    times = [_at(move["at"]) for move in moves]
    need(times == sorted(times), "the moves are not in the order of their times")
    at = dict(zip(reversed(states), reversed(times), strict=True))  # of several times the first
    need(_at(facts["opened_at"]) == at["open"] >= _at(ballot["opens_at"]), "it did not open at its hour")
    need(_at(facts["closed_at"]) == at["closed"] >= _at(ballot["closes_at"]), "it did not close at its hour")
    frozen = _at(data["electorate"]["frozen_at"])
    need(at["called"] <= frozen <= at["open"], "the electorate was not frozen between notice and opening")
    need(_at(data["electorate"]["known_at"]) <= frozen, "the electorate knows what came after it was frozen")
    need(_at(data["result"]["counted_at"]) >= at["closed"], "it was counted before it was closed")
    return f"open from {facts['opened_at']} to {facts['closed_at']}, counted {data['result']['counted_at']}"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _first(texts: Mapping[str, Any]) -> str:
    return next((text for text in texts.values() if text), "")
