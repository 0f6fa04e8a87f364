"""Checks of a secret ballot's papers: sealed as at the close, opened by the key, and counted as they say; pure."""

from base64 import b64decode
from collections import Counter
from hashlib import sha256

from app.ballots.answers import canonical
from app.ballots.bundle.judging import Data, NotShown, Wrong, need, same
from app.ballots.bundle.rolls import Lines, Standing
from app.ballots.bundle.sorting import Bag, rises
from app.ballots.bundle.votes import groups_of, questions_of, turnout_of
from app.ballots.casting.stores import Group
from app.ballots.secret.papers import Paper, paper_of, read_paper
from app.ballots.secret.sealing import public_of, unseal


def check_took_part(data: Data) -> str:
    """Everybody who took part stands on the roll, once, with one vote; a public bundle says only how many they are."""
    if data["lines"] is None or data["secret"]["took_part"] is None:
        raise NotShown("a full bundle shows who took part")
    leaves, lines, standing = data["secret"]["took_part"], Lines(data), Standing(data)
    need(rises(leaves), "those who took part are not sorted, or one is there twice")
    count = weight = shares = 0
    for leaf in leaves:
        place = lines.place(leaf)
        if place is None or leaf not in standing:
            raise Wrong("somebody took part who does not stand on the roll")
        count, weight, shares = count + 1, weight + lines.weights[place], shares + lines.shares[place]
    turnout = {"electors": count, "weight": weight, "shares": shares}
    need(same(turnout, data["result"]["facts"]["turnout"]), "another turnout was counted with")
    need(weight == count, "somebody has more than one vote")
    return f"{count} electors took part, each with one vote"


def check_sealed(data: Data) -> str:
    """The sealed papers are those whose hash was published at the close: as many as took part, none exchanged."""
    secret, facts = data["secret"], data["result"]["facts"]
    whole, count, before = sha256(), 0, ""
    for paper in secret["sealed"]:
        name = sha256(b64decode(paper, validate=True)).hexdigest()
        need(before < name, "the sealed papers are not sorted by their hashes, or one is there twice")
        whole.update(f"{name}\n".encode())
        before, count = name, count + 1
    urns = {name: secret["urns"][name] for name in ("papers", "sha256")}
    need(same({"papers": count, "sha256": whole.hexdigest()}, urns), "the sealed papers are not those of the close")
    need(same(urns, facts["urns"]), "the result names other sealed papers")
    need(secret["urns"]["emptied_at"] <= data["result"]["counted_at"], "the urns were emptied after the count")
    need(count == turnout_of(data).electors, f"{count} papers, but {turnout_of(data).electors} took part")
    return f"{count} sealed papers, SHA-256 {whole.hexdigest()}"


def check_opened(data: Data) -> str:
    """The key opens every sealed paper, and together they are exactly the list, sorted by tracker."""
    secret, purpose = data["secret"], f"costake paper/1 {data['ballot']['slug']}"
    private, count, before = bytes.fromhex(secret["private_key"]), 0, ""
    need(public_of(private).hex() == secret["public_key"], "the private key is not that of the public one")
    opened, listed = Bag(), Bag()
    for sealed in secret["sealed"]:
        content = unseal(private, purpose, b64decode(sealed))
        if content is None:
            raise Wrong("the key does not open every sealed paper")
        opened.put(_digest(read_paper(content)))
        count += 1
    for each in secret["papers"]:
        paper = paper_of(each)
        need(same(paper.as_data(), each), "a paper of the list has other values")
        need(before <= paper.tracker, "the list is not sorted by tracker")
        before = paper.tracker
        listed.put(_digest(paper))
    need(opened == listed, "the list is not what the sealed papers say")
    return f"the key opens {count} papers, and they are the list"


def check_paper_groups(data: Data) -> str:
    """The groups that are counted are those that the papers give; no paper says what nobody asked."""
    questions, count = questions_of(data), 0
    items: dict[int, Counter[tuple[str, str, str]]] = {each["item"]: Counter() for each in data["counts"]}
    for each in data["secret"]["papers"]:
        paper, count = paper_of(each), count + 1
        for item, answer in paper.answers:
            need(item in questions, f"the paper {paper.tracker} is on an item of another ballot")
            need(canonical(questions[item], answer, paper.college) == answer, f"“{answer}” is no answer")
        said = dict(paper.answers)
        for item, sums in items.items():
            sums[said[item], paper.kind, paper.college] += 1
    for each in data["counts"]:
        found = {Group(*key, votes, votes, 0) for key, votes in items[each["item"]].items()}
        need(found == set(groups_of(each)), "the papers give other groups than stated")
    return f"{count} papers give exactly the groups that are counted"


def _digest(paper: Paper) -> bytes:
    return sha256(repr(paper).encode()).digest()
