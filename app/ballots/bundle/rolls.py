"""Checks of who could vote: the published hash of the roll, corrections, and in a full bundle every line; pure."""

from datetime import datetime
from typing import Any

from app.ballots.bundle.judging import Data, NotShown, Wrong, need, same
from app.ballots.electorate.hashing import line_sha256, roll_sha256

HASHED = ("nonce", "roll", "number", "weight", "shares", "kind", "college", "name")


def check_roll(data: Data) -> str:
    """The hashes of the lines give the hash that was published before the vote, and the seed follows from it."""
    electorate, leaves, facts = data["electorate"], data["leaves"], data["result"]["facts"]
    need(leaves == sorted(set(leaves)), "the hashes of the roll are not sorted, or one is there twice")
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
    standing = standing_leaves(data)
    whole = data["result"]["facts"]["electorate"]["whole"]
    need(len(standing) == whole["electors"], f"{len(standing)} electors stand, but {whole['electors']} were counted")
    outstanding = max(data["electorate"]["outstanding_shares"], whole["shares"])
    need(same(whole["outstanding"], outstanding), "the outstanding shares are not those of the record date")
    return f"{len(data['corrections'])} corrections; {len(standing)} electors stand"


def standing_leaves(data: Data) -> set[str]:
    """The hashes of the lines that stand after all corrections."""
    standing, known = set(data["leaves"]), set(data["leaves"])
    for each in data["corrections"]:
        datetime.fromisoformat(each["at"])
        if each["struck"] is not None:
            need(each["struck"] in standing, "a line is struck off that did not stand")
            standing.remove(each["struck"])
        for leaf in each["added"]:
            need(leaf not in known, "a line is added that was there before")
            standing.add(leaf)
            known.add(leaf)
    return standing


def check_lines(data: Data) -> str:
    """Every line is what its published hash covers, and together they have the weights that were counted with."""
    lines = lines_of(data)
    leaves, standing = data["leaves"], standing_leaves(data)
    for leaf, line in lines.items():
        need(line_sha256(*(line[name] for name in HASHED)) == leaf, f"the line of {line['name']} has another hash")
        need(type(line["weight"]) is int and line["weight"] > 0, f"the line of {line['name']} has no weight")
    added = {leaf for each in data["corrections"] for leaf in each["added"]}
    need(set(lines) == added | set(leaves), "the lines are not those of the roll")
    for leaf in leaves:
        _check_weight(data["ballot"], lines[leaf])
    electorate, whole = data["electorate"], data["result"]["facts"]["electorate"]["whole"]
    for name in ("weight", "shares"):
        need(sum(lines[leaf][name] for leaf in leaves) == electorate[name], f"the lines have another total {name}")
        need(sum(lines[leaf][name] for leaf in standing) == whole[name], f"the {name} counted with is another")
    patrons = sum(lines[leaf]["weight"] for leaf in standing if lines[leaf]["kind"] == "patron")
    need(patrons == whole["patron_weight"], "the patrons' weight counted with is another")
    return f"{len(lines)} lines have the hashes published; {whole['weight']} votes in all"


def lines_of(data: Data) -> dict[str, dict[str, Any]]:
    """The lines of a full bundle by their hashes."""
    if data["lines"] is None:
        raise NotShown("a full bundle shows every line")
    lines = {line["leaf"]: line for line in data["lines"]}
    need(len(lines) == len(data["lines"]), "a line of the roll is there twice")
    return lines


def _check_weight(ballot: dict[str, Any], line: dict[str, Any]) -> None:
    """A line of the frozen roll has the weight of its rule; what each class says is not in the bundle."""
    cap = line["weight"] if ballot["votes_cap"] is None else ballot["votes_cap"]
    right = {"member": 1, "share": line["shares"], "class": line["weight"]}[ballot["basis"]]
    if line["weight"] != min(right, cap) if ballot["votes_cap"] is not None else line["weight"] != right:
        raise Wrong(f"the line of {line['name']} has another weight than its rule gives")
