"""Checks of a secret ballot's papers: sealed as at the close, opened by the key, and counted as they say; pure."""

from base64 import b64decode
from collections import Counter
from hashlib import sha256
from typing import Any

from app.ballots.answers import canonical
from app.ballots.bundle.judging import Data, NotShown, need, same
from app.ballots.bundle.rolls import lines_of, standing_leaves
from app.ballots.bundle.votes import groups_of, questions_of, turnout_of
from app.ballots.casting.stores import Group
from app.ballots.secret.papers import Paper, paper_of, read_paper
from app.ballots.secret.sealing import public_of, unseal


def check_took_part(data: Data) -> str:
    """Everybody who took part stands on the roll, once, with one vote; a public bundle says only how many they are."""
    if data["lines"] is None or data["secret"]["took_part"] is None:
        raise NotShown("a full bundle shows who took part")
    leaves, lines = data["secret"]["took_part"], lines_of(data)
    need(leaves == sorted(set(leaves)), "those who took part are not sorted, or one is there twice")
    need(set(leaves) <= standing_leaves(data), "somebody took part who does not stand on the roll")
    weight, shares = (sum(lines[leaf][name] for leaf in leaves) for name in ("weight", "shares"))
    turnout = {"electors": len(leaves), "weight": weight, "shares": shares}
    need(same(turnout, data["result"]["facts"]["turnout"]), "another turnout was counted with")
    need(weight == len(leaves), "somebody has more than one vote")
    return f"{len(leaves)} electors took part, each with one vote"


def check_sealed(data: Data) -> str:
    """The sealed papers are those whose hash was published at the close: as many as took part, none exchanged."""
    secret, facts = data["secret"], data["result"]["facts"]
    hashes = [sha256(b64decode(paper, validate=True)).hexdigest() for paper in secret["sealed"]]
    need(hashes == sorted(set(hashes)), "the sealed papers are not sorted by their hashes, or one is there twice")
    whole = sha256("".join(f"{each}\n" for each in hashes).encode()).hexdigest()
    urns = {name: secret["urns"][name] for name in ("papers", "sha256")}
    need(same({"papers": len(hashes), "sha256": whole}, urns), "the sealed papers are not those of the close")
    need(same(urns, facts["urns"]), "the result names other sealed papers")
    need(secret["urns"]["emptied_at"] <= data["result"]["counted_at"], "the urns were emptied after the count")
    need(len(hashes) == turnout_of(data).electors, f"{len(hashes)} papers, but {turnout_of(data).electors} took part")
    return f"{len(hashes)} sealed papers, SHA-256 {whole}"


def check_opened(data: Data) -> str:
    """The key opens every sealed paper, and together they are exactly the list, sorted by tracker."""
    secret = data["secret"]
    private, listed = bytes.fromhex(secret["private_key"]), [paper_of(each) for each in secret["papers"]]
    need(public_of(private).hex() == secret["public_key"], "the private key is not that of the public one")
    need(same([each.as_data() for each in listed], secret["papers"]), "a paper of the list has other values")
    purpose = f"costake paper/1 {data['ballot']['slug']}"
    opened = [unseal(private, purpose, b64decode(each)) for each in secret["sealed"]]
    need(None not in opened, "the key does not open every sealed paper")
    found = sorted(read_paper(each) for each in opened if each is not None)
    need(found == sorted(listed), "the list is not what the sealed papers say")
    need([each.tracker for each in listed] == [each.tracker for each in found], "the list is not sorted by tracker")
    return f"the key opens {len(found)} papers, and they are the list"


def check_paper_groups(data: Data) -> str:
    """The groups that are counted are those that the papers give; no paper says what nobody asked."""
    papers = [paper_of(each) for each in data["secret"]["papers"]]
    questions = questions_of(data)
    for paper in papers:
        for item, answer in paper.answers:
            need(item in questions, f"the paper {paper.tracker} is on an item of another ballot")
            need(canonical(questions[item], answer, paper.college) == answer, f"“{answer}” is no answer")
    for each in data["counts"]:
        need(_groups(papers, each["item"]) == set(groups_of(each)), "the papers give other groups than stated")
    return f"{len(papers)} papers give exactly the groups that are counted"


def _groups(papers: list[Paper], item: Any) -> set[Group]:
    sums = Counter((dict(paper.answers)[item], paper.kind, paper.college) for paper in papers)
    return {Group(answer, kind, college, votes, votes, 0) for (answer, kind, college), votes in sums.items()}
