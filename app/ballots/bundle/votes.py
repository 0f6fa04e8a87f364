"""Checks of the votes: each of an elector and their weight in a full bundle, and the groups that are counted; pure."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self

from app.ballots.answers import canonical
from app.ballots.bundle.judging import Data, NotShown, Wrong, need, same
from app.ballots.bundle.rolls import Lines, Standing
from app.ballots.bundle.rows import Rows
from app.ballots.casting.stores import Group, Turnout
from app.ballots.questions import Question, question_of

Vote = Mapping[str, Any]
Sums = dict[tuple[str, str, str], tuple[int, int, int]]
"""Votes, weight and shares by answer, kind and college."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What votes answer: each item's question, which items stand, and whether a vote may be split."""

    questions: Mapping[int, Question]
    standing: frozenset[int]
    splits: bool

    @classmethod
    def of(cls, data: Data) -> Self:
        facts = data["result"]["facts"]["items"]
        standing = frozenset(fact["item"] for fact in facts if fact["withdrawn"] is False)
        return cls(questions_of(data), standing, data["ballot"]["splits_allowed"] is True)


def check_votes(data: Data) -> str:
    """Every vote is of an elector, in time, within their weight, and at most one of each elector counts."""
    votes, lines = _votes(data), Lines(data)
    facts, asked = data["result"]["facts"], _Asked.of(data)
    opened, closes = datetime.fromisoformat(facts["opened_at"]), datetime.fromisoformat(facts["closed_at"])
    numbers, electors, changed = array("q"), array("q"), 0
    voted, replaced = bytearray(len(lines.hashes)), bytearray()
    for vote in votes:
        number, where = vote["vote"], f"vote {vote['vote']}"
        need(type(number) is int and (not numbers or numbers[-1] < number), f"{where} is not in order, or there twice")
        place = lines.place(vote["elector"])
        if place is None:
            raise Wrong(f"{where} is of nobody on the roll")
        need(opened <= datetime.fromisoformat(vote["cast_at"]) <= closes, f"{where} was cast outside the hours")
        if vote["replaces"] is None:
            need(not voted[place], "an elector has two first votes")
            voted[place] = 1
        else:
            before = bisect_left(numbers, vote["replaces"])
            own = before < len(numbers) and numbers[before] == vote["replaces"] and electors[before] == place
            need(own, f"{where} replaces what is no earlier vote of its elector")
            need(not replaced[before], "a vote is replaced twice")
            replaced[before], changed = 1, changed + 1
        numbers.append(number)
        electors.append(place)
        replaced.append(0)
        _check_parts(asked, vote, lines.weights[place], lines.group(place)[1])
    need(not changed or data["ballot"]["changes_allowed"] is True, "votes were changed, which the terms do not allow")
    return f"{len(numbers)} votes, {len(numbers) - changed} of them not replaced"


def check_counts(data: Data) -> str:
    """The groups that are counted are those that the votes give; a public bundle shows the groups alone."""
    if data["votes"] is None:
        raise NotShown("a full bundle shows every vote")
    lines, count, weight, shares = Lines(data), 0, 0, 0
    items: dict[int, Sums] = {each["item"]: {} for each in data["counts"]}
    for vote in _counting(data):
        place = lines.place(vote["elector"])
        assert place is not None, "every vote is of a line"
        count, weight, shares = count + 1, weight + lines.weights[place], shares + lines.shares[place]
        for part in vote["parts"]:
            if part["item"] in items:
                _add(items[part["item"]], part, lines, place)
    turnout = {"electors": count, "weight": weight, "shares": shares}
    need(same(turnout, data["result"]["facts"]["turnout"]), "another turnout was counted with")
    for each in data["counts"]:
        found = {Group(*key, *sums) for key, sums in items[each["item"]].items()}
        need(found == set(groups_of(each)), "the votes give other groups than stated")
    return f"{count} votes give exactly the groups that are counted"


def check_groups(data: Data) -> str:
    """Groups are well formed, and on each item as much weight was given as took part, never more than the roll has."""
    facts = data["result"]["facts"]
    turnout, whole = turnout_of(data), facts["electorate"]["whole"]
    for name in ("electors", "weight", "shares"):
        took_part = getattr(turnout, name)
        need(type(took_part) is int and 0 <= took_part <= whole[name], f"more {name} took part than there are")
    counted = [fact["item"] for fact in facts["items"] if fact["withdrawn"] is False]
    need(same([each["item"] for each in data["counts"]], counted), "the counts are not those of the items that stand")
    questions, colleges = questions_of(data), {"", *(each["name"] for each in data["ballot"]["colleges"])}
    kinds = ("patron", "investor", *([""] if data["ballot"]["casting"] == "secret" else []))
    for each in data["counts"]:
        found, asked = groups_of(each), questions[each["item"]]
        keys = [(group.answer, group.kind, group.college) for group in found]
        need(len(set(keys)) == len(keys), f"item {each['item']} has a group twice")
        for group in found:
            need(canonical(asked, group.answer, group.college) == group.answer, f"“{group.answer}” is no answer")
            need(group.kind in kinds and group.college in colleges, "a group is of no known electors")
            plain = all(type(n) is int for n in (group.votes, group.weight, group.shares))
            need(plain and group.weight >= group.votes > 0 <= group.shares, f"the group “{group.answer}” has no votes")
        need(sum(group.weight for group in found) == turnout.weight, f"item {each['item']} has another total weight")
        if data["ballot"]["splits_allowed"] is not True:
            shares = 0 if data["ballot"]["casting"] == "secret" else turnout.shares
            whole_votes = [sum(group.votes for group in found), sum(group.shares for group in found)]
            need(whole_votes == [turnout.electors, shares], f"item {each['item']} has other votes than voters")
    return f"{turnout.electors} electors with {turnout.weight} of {whole['weight']} votes took part"


def turnout_of(data: Data) -> Turnout:
    """Who took part, as the result says."""
    return Turnout(**data["result"]["facts"]["turnout"])


def questions_of(data: Data) -> dict[int, Question]:
    """What each item asks, by its number."""
    return {fact["item"]: question_of(fact["question"]) for fact in data["result"]["facts"]["items"]}


def groups_of(counted: Mapping[str, Any]) -> list[Group]:
    """The groups of one item."""
    names = {each.name for each in fields(Group)}
    for each in counted["groups"]:
        need(set(each) == names, "a group has other values than it should")
    return [Group(**each) for each in counted["groups"]]


def _check_parts(asked: _Asked, vote: Vote, weight_of: int, college: str) -> None:
    questions, where = asked.questions, f"vote {vote['vote']}"
    totals: Counter[int] = Counter()
    said: Counter[int] = Counter()
    for part in vote["parts"]:
        item, weight = part["item"], part["weight"]
        need(item in questions, f"{where} is on an item of another ballot")
        answer = canonical(questions[item], part["answer"], college)
        need(answer == part["answer"], f"{where} says “{part['answer']}”, which is no answer")
        need(type(weight) is int and weight > 0, f"{where} has a part without weight")
        totals[item] += weight
        said[item] += 1
    need(asked.standing <= set(totals), f"{where} leaves an item open")
    need(all(total == weight_of for total in totals.values()), f"{where} has another weight than its elector")
    split = any(many > 1 for many in said.values())
    need(not split or asked.splits, f"{where} is split, which the terms do not allow")


def _votes(data: Data) -> Iterable[Vote]:
    if data["votes"] is None:
        raise NotShown("a full bundle shows every vote")
    votes = data["votes"]
    need(isinstance(votes, Rows), "the votes are no list")
    found: Iterable[Vote] = votes
    return found


def _counting(data: Data) -> Iterator[Vote]:
    """The votes that count: not replaced, and of electors who were not struck off."""
    standing = Standing(data)
    replaced = {vote["replaces"] for vote in _votes(data)}
    return (vote for vote in _votes(data) if vote["vote"] not in replaced and vote["elector"] in standing)


def _add(sums: Sums, part: Mapping[str, Any], lines: Lines, place: int) -> None:
    """Add a part of a vote to its group: votes, weight, and the shares behind it."""
    key, weight = (part["answer"], *lines.group(place)), part["weight"]
    votes, total, shares = sums.get(key, (0, 0, 0))
    behind = lines.shares[place] if weight == lines.weights[place] else weight
    sums[key] = (votes + 1, total + weight, shares + behind)
