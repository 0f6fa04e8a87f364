"""Files of ranked ballots (`.blt`) written, so that other programs can count the same ballots."""

from app.ballots.counting.elections import Election, Ranking


def write_blt(election: Election) -> bytes:
    """The election as a file in UTF-8: ballots in a fixed order that says nothing of when they were cast."""
    lines = [f"{len(election.names)} {election.seats}"]
    if election.withdrawn:
        lines.append(" ".join(f"-{number}" for number in sorted(election.withdrawn)))
    for ranking in sorted(election.ballots):
        lines.append(" ".join([str(election.ballots[ranking]), *_ranks(ranking), "0"]))
    lines += ["0", *(_quoted(text) for text in (*election.names, election.title))]
    return ("\n".join(lines) + "\n").encode()


def _ranks(ranking: Ranking) -> list[str]:
    return ["=".join(map(str, rank)) or "-" for rank in ranking]


def _quoted(text: str) -> str:
    flat = " ".join(text.split())
    return '"' + flat.replace("\\", "\\\\").replace('"', '\\"') + '"'
