"""Answers of a bank to a file of orders (pain.002, ISO 20022), versions 03 to 14: what became of each order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from app.core.errors import N_
from app.reconciliation.reading.records import LINES_MAX, TooMuch, Unreadable
from app.reconciliation.reading.xml import elements

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:pain\.002\.001\.(\d\d)")
VERSIONS = range(3, 15)
REFUSED = frozenset({"RJCT", "CANC"})
TAKEN = frozenset({"ACCP", "ACSP", "ACSC", "ACCC", "ACTC", "ACWC", "ACFC", "ACWP", "PATC", "PDNG", "RCVD"})
_WATCHED = frozenset({"Document", "OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts", "TxInfAndSts"})


@dataclass(frozen=True)
class Answer:
    """What the bank says: of one order by its end-to-end id, or of the whole file `message` when that is empty."""

    line: int
    message: str
    end_to_end: str
    status: str
    reason: str

    @property
    def refused(self) -> bool:
        """Whether the bank does not do it."""
        return self.status in REFUSED


def read_answers(stream: IO[bytes]) -> list[Answer]:
    """Every answer of a document about single orders; where it names none, what it says of the whole file."""
    singly: list[Answer] = []
    whole: list[Answer] = []
    message = ""
    for event, element in elements(stream, _WATCHED):
        name = element.tag.partition("}")[2]
        if event == "start":
            if name == "Document":
                _refuse_other(element)
            continue
        if name == "OrgnlGrpInfAndSts":
            message = _text(element, "OrgnlMsgId")
            whole += _answers(element, "GrpSts", message, "")
        elif name == "OrgnlPmtInfAndSts":
            whole += _answers(element, "PmtInfSts", message, "")
        elif name == "TxInfAndSts":
            order = _text(element, "OrgnlEndToEndId")
            if not order:
                raise Unreadable(element.sourceline, N_("an answer names no order (OrgnlEndToEndId)"))
            singly += _answers(element, "TxSts", message, order)
            if len(singly) > LINES_MAX:
                raise TooMuch(element.sourceline)
    found = singly or [each for each in whole if each.refused] or whole
    if not found:
        raise Unreadable(1, N_("it says nothing of any order"))
    return found


def _answers(element: Any, field: str, message: str, order: str) -> Iterator[Answer]:
    status = _text(element, field)
    if not status or status == "PART":
        return
    if status not in REFUSED | TAKEN:
        raise Unreadable(element.sourceline, N_("the status “{status}” is not known"), status=status[:20])
    reasons = [_text(each, "Cd") or _text(each, "Prtry") for each in element.findall("{*}StsRsnInf/{*}Rsn")]
    said = [each.text or "" for each in element.findall("{*}StsRsnInf/{*}AddtlInf")]
    words = " ".join(" ".join([status, *reasons, *said]).split())
    yield Answer(element.sourceline, message, order, status, words[:300])


def _refuse_other(root: Any) -> None:
    match = NAMESPACE.fullmatch(root.tag.partition("}")[0].lstrip("{"))
    if match is None or int(match[1]) not in VERSIONS:
        raise Unreadable(root.sourceline, N_("it is no answer to orders: pain.002 in the versions 001.03 to 001.14"))


def _text(element: Any, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return "" if found is None else (found.text or "").strip()
