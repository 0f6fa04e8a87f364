"""The paper of a secret ballot: tracker, group and answers in one spelling, of one length whatever it says; pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.ballots.questions import Question

TRACKER_MOST = 48
_FRAME = 200
"""Room for the tracker, the names of the parts, and the kind of elector."""
_BLOCK = 64


@dataclass(frozen=True, slots=True, order=True)
class Paper:
    """What lies in the urn: the tracker by which its voter knows it, the group that is counted apart, the answers.

    `kind` and `college` are empty where the ballot counts nobody apart. `answers` are item and answer, by item.
    """

    tracker: str
    kind: str
    college: str
    answers: tuple[tuple[int, str], ...]

    def as_data(self) -> dict[str, Any]:
        """For the list that is published; items are text, as JSON has its keys."""
        answers = {str(item): answer for item, answer in self.answers}
        return {"tracker": self.tracker, "kind": self.kind, "college": self.college, "answers": answers}


def length_of(questions: Iterable[Question], colleges: Iterable[str]) -> int:
    """How long every paper of a ballot is made, in bytes: enough for the longest that can be filled in."""
    room = sum(40 + sum(len(str(number)) + 7 for number in range(1, len(each.options) + 1)) for each in questions)
    longest = max((len(json.dumps(name)) for name in colleges), default=0)
    return -(-(room + longest + _FRAME) // _BLOCK) * _BLOCK


def write_paper(paper: Paper, length: int) -> bytes:
    """The paper as bytes, filled up with spaces."""
    content = json.dumps(paper.as_data(), separators=(",", ":"), sort_keys=True).encode()
    assert len(content) <= length, "papers are made long enough for every answer"
    return content.ljust(length)


def read_paper(content: bytes) -> Paper:
    """The paper that bytes say."""
    return paper_of(json.loads(content))


def paper_of(data: Mapping[str, Any]) -> Paper:
    """The paper that kept data says."""
    answers = sorted((int(item), answer) for item, answer in data["answers"].items())
    return Paper(data["tracker"], data["kind"], data["college"], tuple(answers))
