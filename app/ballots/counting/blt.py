"""Files of ranked ballots (`.blt`) read: numbers of candidates and seats, ballots, names, title.

The format is that of Hill, Wichmann and Woodall (Algorithm 123, 1987) with what OpenSTV, OpaVote and others added:
comments from `#`, `-3` for a withdrawn candidate, a weight first on each ballot, `2=3` for equal places, `-` for a
place left empty, `(id)` before the weight, names in quotes (or bare, one on a line), a party after the name.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from app.ballots.counting.elections import Election, Rank, Ranking
from app.ballots.counting.names import read_names
from app.ballots.counting.refusals import (
    BadBallotWeight,
    BadHeader,
    BadWithdrawal,
    BallotIsUnended,
    BallotsAreUnended,
    NamedTwice,
    NoBallotFile,
    NotACandidate,
    NotARank,
)

_TOKEN = re.compile(r"\s*(?:#.*|(\([^()]*\)|[^\s#()]+|[()]))")
_WHOLE = re.compile(r"[0-9]{1,12}")
_WEIGHT = re.compile(r"([0-9]{1,12})(?:\.0*)?")
_EQUAL = re.compile(r"[0-9]{1,12}(?:=[0-9]{1,12})*")
_WITHDRAWN = re.compile(r"-([0-9]{1,12})")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    line: int  # from 1
    end: int  # the column after it


def read_blt(data: bytes) -> Election:
    """The election that a file says; refuses with line and reason what cannot be read, and then reads nothing."""
    lines = _text(data).splitlines()
    reader = _Reader(lines)
    candidates, seats = reader.header()
    withdrawn = reader.withdrawn(candidates)
    ballots, end = reader.ballots(candidates)
    rest = [lines[end.line - 1][end.end :], *lines[end.line :]]
    names, title = read_names(rest, end.line, candidates)
    return Election(names, seats, ballots, withdrawn, title)


def _text(data: bytes) -> str:
    """The bytes as text: UTF-8 or UTF-16 as marked, else UTF-8, else the western 8-bit letters of older programs."""
    marked = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "cp1252", "latin-1"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
        break
    raise NoBallotFile


class _Reader:
    """Goes through the file's numbers one by one, and knows the line of each."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.tokens = self._split()
        self.ahead: _Token | None = next(self.tokens, None)

    def _split(self) -> Iterator[_Token]:
        for number, line in enumerate(self.lines, start=1):
            for found in _TOKEN.finditer(line):
                if found[1] is not None:
                    yield _Token(found[1], number, found.end())

    def take(self) -> _Token | None:
        """The next token; None at the end of the file."""
        token = self.ahead
        self.ahead = next(self.tokens, None)
        return token

    def header(self) -> tuple[int, int]:
        """The numbers of candidates and of seats."""
        numbers = []
        for _ in range(2):
            token = self.take()
            if token is None:
                raise NoBallotFile
            if not _WHOLE.fullmatch(token.text) or int(token.text) == 0:
                raise BadHeader(line=token.line, said=token.text[:40])
            numbers.append(int(token.text))
        return numbers[0], numbers[1]

    def withdrawn(self, candidates: int) -> frozenset[int]:
        """The candidates who withdrew, each as a number with a minus sign."""
        gone = set()
        while self.ahead and (found := _WITHDRAWN.fullmatch(self.ahead.text)):
            number = int(found[1])
            if not 1 <= number <= candidates:
                raise BadWithdrawal(line=self.ahead.line, said=self.ahead.text, candidates=candidates)
            gone.add(number)
            self.take()
        return frozenset(gone)

    def ballots(self, candidates: int) -> tuple[Counter[Ranking], _Token]:
        """All ballots, identical ones together, and the 0 that ends them."""
        ballots: Counter[Ranking] = Counter()
        while True:
            token = self.take()
            if token is None or token.text.startswith('"'):
                raise BallotsAreUnended(line=token.line if token else len(self.lines))
            if token.text == "0":
                return ballots, token
            named = len(token.text) > 1 and token.text[0] == "("
            weight, line = self.weight(self.take() if named else token, token.line)
            ballots[self.ranking(line, candidates)] += weight

    def weight(self, token: _Token | None, line: int) -> tuple[int, int]:
        """How many ballots of this kind there are, and the line where the ballot begins."""
        found = _WEIGHT.fullmatch(token.text) if token else None
        if token is None or found is None or int(found[1]) == 0:
            raise BadBallotWeight(line=token.line if token else line, said=token.text[:40] if token else "")
        return int(found[1]), token.line

    def ranking(self, line: int, candidates: int) -> Ranking:
        """The places of one ballot that begins on this line, up to its 0."""
        ranks: list[Rank] = []
        named: set[int] = set()
        while True:
            token = self.take()
            if token is None or token.text.startswith('"'):
                raise BallotIsUnended(line=line)
            if token.line != line:
                self._refuse_ambiguous(line, token.line)
                line = token.line
            if token.text == "0":
                return tuple(ranks)
            rank = _rank(token, candidates)
            for number in rank:
                if number in named:
                    raise NamedTwice(line=token.line, candidate=number)
                named.add(number)
            ranks.append(rank)

    def _refuse_ambiguous(self, line: int, following: int) -> None:
        """Refuse a ballot without its 0 before a line that can be read as a ballot of its own: which, none can tell."""
        words = [found[1] for found in _TOKEN.finditer(self.lines[following - 1]) if found[1] is not None]
        if words[0].startswith("(") or (
            len(words) > 1 and words[-1] == "0" and words.count("0") == 1 and _WEIGHT.fullmatch(words[0])
        ):
            raise BallotIsUnended(line=line)


def _rank(token: _Token, candidates: int) -> Rank:
    """The candidates of one place."""
    if token.text == "-":
        return ()
    if not _EQUAL.fullmatch(token.text):
        raise NotARank(line=token.line, said=token.text[:40])
    numbers = tuple(int(part) for part in token.text.split("="))
    for number in numbers:
        if not 1 <= number <= candidates:
            raise NotACandidate(line=token.line, candidate=number, candidates=candidates)
    return tuple(sorted(numbers))
