"""Checks of who could vote: the published hash of the roll, corrections, and in a full bundle every line; pure."""

from array import array
from collections import Counter
from datetime import datetime
from typing import Any

from app.ballots.bundle.judging import Data, NotShown, Wrong, need, same
from app.ballots.bundle.sorting import Hashes, rises
from app.ballots.electorate.hashing import line_sha256, roll_sha256

HASHED = ("nonce", "roll", "number", "weight", "shares", "kind", "college", "name")


def check_roll(data: Data) -> str:
    """The hashes of the lines give the hash that was published before the vote, and the seed follows from it."""
    electorate, leaves, facts = data["electorate"], data["leaves"], data["result"]["facts"]
    need(rises(leaves), "the hashes of the roll are not sorted, or one is there twice")
    need(roll_sha256(leaves) == electorate["sha256"], "the hashes of the roll do not give the hash of the roll")
    need(len(leaves) == electorate["electors"], "the roll has another number of lines than was published")
    stated = {
        "rule": electorate["rule"],
        "sha256": electorate["sha256"],
        "frozen": {name: electorate[name] for name in ("electors", "weight", "shares")},
        "corrections": len(data["corrections"]),
        "whole": facts["electorate"]["whole"],
    }
    need(same(stated, facts["electorate"]), "the result is measured against another electorate")
    drawn = "" if data["ballot"]["seed_from"] else electorate["sha256"]
    need(electorate["seed"] == drawn, "the seed kept with the roll is not its hash")
    need(bool(facts["seed"]) and facts["seed"] == (drawn or facts["seed"]), "lots were drawn by another seed")
    return f"{len(leaves)} electors, SHA-256 {electorate['sha256']}"


def check_corrections(data: Data) -> str:
    """Each correction strikes off a line that stood, or adds a new one; the electors that are left are counted."""
    standing = Standing(data)
    whole = data["result"]["facts"]["electorate"]["whole"]
    need(len(standing) == whole["electors"], f"{len(standing)} electors stand, but {whole['electors']} were counted")
    outstanding = max(data["electorate"]["outstanding_shares"], whole["shares"])
    need(same(whole["outstanding"], outstanding), "the outstanding shares are not those of the record date")
    return f"{len(data['corrections'])} corrections; {len(standing)} electors stand"


class Standing:
    """The lines of the roll that stand after all corrections, by their hashes."""

    def __init__(self, data: Data) -> None:
        self.frozen = Hashes(data["leaves"])
        self.struck: set[str] = set()
        self.added: set[str] = set()
        for each in data["corrections"]:
            datetime.fromisoformat(each["at"])
            if each["struck"] is not None:
                need(each["struck"] in self, "a line is struck off that did not stand")
                self.struck.add(each["struck"])
            for leaf in each["added"]:
                need(leaf not in self.added and leaf not in self.frozen, "a line is added that was there before")
                self.added.add(leaf)

    def __contains__(self, leaf: str) -> bool:
        return leaf not in self.struck and (leaf in self.added or leaf in self.frozen)

    def __len__(self) -> int:
        return len(self.frozen) + len(self.added) - len(self.struck)


class Lines:
    """The lines of a full bundle, as little of each as the votes are held against, in the order of their hashes."""

    def __init__(self, data: Data) -> None:
        if data["lines"] is None:
            raise NotShown("a full bundle shows every line")
        self.hashes = Hashes(line["leaf"] for line in data["lines"])
        self.weights, self.shares = array("q"), array("q")
        self.groups: list[tuple[str, str]] = []
        self._group = array("H")
        numbers: dict[tuple[str, str], int] = {}
        for line in data["lines"]:
            self.weights.append(line["weight"])
            self.shares.append(line["shares"])
            self._group.append(numbers.setdefault((line["kind"], line["college"]), len(numbers)))
        self.groups = list(numbers)

    def place(self, leaf: str) -> int | None:
        """The place of a line by its hash."""
        return self.hashes.place(leaf)

    def group(self, place: int) -> tuple[str, str]:
        """The kind and college of a line."""
        return self.groups[self._group[place]]


def check_lines(data: Data) -> str:
    """Every line is what its published hash covers, and together they have the weights that were counted with."""
    if data["lines"] is None:
        raise NotShown("a full bundle shows every line")
    standing, count = Standing(data), 0
    need(rises(line["leaf"] for line in data["lines"]), "the lines are not sorted by their hashes, or one is twice")
    frozen: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for line in data["lines"]:
        leaf, count = line["leaf"], count + 1
        need(line_sha256(*(line[name] for name in HASHED)) == leaf, f"the line of {line['name']} has another hash")
        need(type(line["weight"]) is int and line["weight"] > 0, f"the line of {line['name']} has no weight")
        of_roll = leaf in standing.frozen
        need(of_roll or leaf in standing.added, "the lines are not those of the roll")
        if of_roll:
            _check_weight(data["ballot"], line)
        for sums in ([frozen] if of_roll else []) + ([left] if leaf in standing else []):
            sums["weight"] += line["weight"]
            sums["shares"] += line["shares"]
            sums["patron_weight"] += line["weight"] if line["kind"] == "patron" else 0
    need(count == len(standing.frozen) + len(standing.added), "the lines are not those of the roll")
    electorate, whole = data["electorate"], data["result"]["facts"]["electorate"]["whole"]
    for name in ("weight", "shares"):
        need(frozen[name] == electorate[name], f"the lines have another total {name}")
        need(left[name] == whole[name], f"the {name} counted with is another")
    need(left["patron_weight"] == whole["patron_weight"], "the patrons' weight counted with is another")
    return f"{count} lines have the hashes published; {whole['weight']} votes in all"


def _check_weight(ballot: dict[str, Any], line: dict[str, Any]) -> None:
    """A line of the frozen roll has the weight of its rule; what each class says is not in the bundle."""
    cap = line["weight"] if ballot["votes_cap"] is None else ballot["votes_cap"]
    right = {"member": 1, "share": line["shares"], "class": line["weight"]}[ballot["basis"]]
    if line["weight"] != min(right, cap) if ballot["votes_cap"] is not None else line["weight"] != right:
        raise Wrong(f"the line of {line['name']} has another weight than its rule gives")
