"""camt.053 statements and camt.054 notifications (ISO 20022), versions 02 to 13, read entry by entry."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import IO, Any

from app.core.errors import N_
from app.core.money import Money
from app.reconciliation.reading.records import (
    LINES_MAX,
    Line,
    NothingInside,
    Statement,
    TooMuch,
    Unreadable,
    checked,
    day,
    given,
    joined,
    known_currency,
    minor,
)
from app.reconciliation.reading.xml import elements

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.(053|054)\.001\.(\d\d)")
VERSIONS = range(2, 14)
_WATCHED = frozenset({"Document", "Stmt", "Ntfctn", "Ntry"})
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)


def read_camt(stream: IO[bytes]) -> Iterator[Statement]:
    """Every statement or notification of a document, checked; entries leave the memory once they are read."""
    lines: list[Line] = []
    pending = found = 0
    for event, element in elements(stream, _WATCHED):
        name = _name(element)
        if event == "start":
            if name == "Document":
                _refuse_other(element)
            elif name in ("Stmt", "Ntfctn"):
                lines, pending = [], 0
        elif name == "Ntry":
            read = list(_entry(element))
            pending += not read
            lines += read
            if len(lines) > LINES_MAX:
                raise TooMuch(element.sourceline)
            _forget(element)
        elif name in ("Stmt", "Ntfctn"):
            found += 1
            yield checked(_statement(element, lines, pending))
            element.clear()
    if not found:
        raise NothingInside


def _refuse_other(root: Any) -> None:
    match = NAMESPACE.fullmatch(root.tag.partition("}")[0].lstrip("{"))
    if match is None or int(match[2]) not in VERSIONS:
        raise Unreadable(root.sourceline, N_("it is none of camt.053 and camt.054 in the versions 001.02 to 001.13"))


def _forget(entry: Any) -> None:
    entry.clear()
    while (before := entry.getprevious()) is not None and _name(before) == "Ntry":
        entry.getparent().remove(before)


def _statement(element: Any, lines: list[Line], pending: int) -> Statement:
    account = _first(element, "Acct")
    number = "" if account is None else _text(account, "Id/IBAN") or _text(account, "Id/Othr/Id")
    if not number:
        raise Unreadable(element.sourceline, N_("the statement does not name its account"))
    opening, closing = _balance(element, _OPENING), _balance(element, _CLOSING)
    currency = _text(account, "Ccy") or next((each[0].currency for each in (opening, closing) if each), "")
    if not currency and lines:
        currency = lines[0].amount.currency
    for each in (opening, closing):
        if each is not None and each[0].currency != known_currency(currency, element.sourceline):
            raise Unreadable(
                element.sourceline,
                N_("an amount in {given} on an account in {asked}"),
                given=each[0].currency,
                asked=currency,
            )
    if _name(element) == "Stmt" and (opening is None or closing is None):
        raise Unreadable(element.sourceline, N_("the opening or the closing balance is missing"))
    return Statement(
        at=element.sourceline,
        account=number,
        currency=known_currency(currency, element.sourceline),
        number=_text(element, "ElctrncSeqNb") or _text(element, "Id"),
        opening=opening and opening[0],
        closing=closing and closing[0],
        opened_on=opening and opening[1],
        closed_on=closing and closing[1],
        lines=lines,
        pending=pending,
    )


def _balance(element: Any, codes: tuple[str, ...]) -> tuple[Money, date] | None:
    """The first balance of the first code that is there: money and the day it is of."""
    for code in codes:
        for balance in _all(element, "Bal"):
            if _text(balance, "Tp/CdOrPrtry/Cd") == code:
                return _signed(balance), _day(_first(balance, "Dt"), balance)
    return None


def _entry(entry: Any) -> Iterator[Line]:
    """The lines of an entry: one for each of its transactions when their amounts are given and sum to the entry's.

    Nothing when the bank has not booked it.
    """
    status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    if status in ("PDNG", "INFO", "FUTR"):
        return
    if status != "BOOK":
        raise Unreadable(entry.sourceline, N_("the status “{text}” of the entry is unknown"), text=status[:20])
    whole = _signed(entry)
    details = [each for group in _all(entry, "NtryDtls") for each in _all(group, "TxDtls")]
    amounts = [_detail_amount(each, entry, whole) for each in details]
    known = [amount for amount in amounts if amount is not None]
    if len(details) > 1 and len(known) == len(details) and sum(each.minor for each in known) == whole.minor:
        for each, amount in zip(details, known, strict=True):
            yield _line(entry, [each], amount)
    else:
        yield _line(entry, details, whole)


def _detail_amount(detail: Any, entry: Any, whole: Money) -> Money | None:
    """What one transaction of an entry is, in the account's currency and with its sign; None when it is not said."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        found = _first(detail, path)
        if found is not None and found.get("Ccy") == whole.currency:
            sign = _text(detail, "CdtDbtInd") or _text(entry, "CdtDbtInd")
            size = minor(found.text or "", whole.currency, found.sourceline)
            return Money(size if sign == "CRDT" else -size, whole.currency)
    return None


@dataclass
class _Said:
    """What the transactions of a line say together."""

    text: list[str] = field(default_factory=list)
    references: list[tuple[str, str]] = field(default_factory=list)
    counterparty: str = ""
    account: str = ""
    returned: str = ""

    def add(self, detail: Any, credit: bool) -> None:
        """Keep every reference and text of a transaction, and who is on its other side."""
        self.references += [
            (_name(each), value) for each in _all(detail, "Refs/*") if len(each) == 0 and (value := given(each.text))
        ]
        for info in _all(detail, "RmtInf"):
            self.text += [each.text or "" for each in _all(info, "Ustrd")]
            self.references += [
                ("creditor", value) for each in _all(info, "Strd/CdtrRefInf/Ref") if (value := given(each.text))
            ]
            self.references += [
                ("document", value) for each in _all(info, "Strd/RfrdDocInf/Nb") if (value := given(each.text))
            ]
            self.text += [each.text or "" for each in _all(info, "Strd/AddtlRmtInf")]
        self.text += [_text(detail, "AddtlTxInf")]
        charges = _first(detail, "Chrgs/TtlChrgsAndTaxAmt")
        if charges is not None:
            self.references.append(("charges", f"{charges.get('Ccy')} {charges.text}"))
        returned = _first(detail, "RtrInf")
        if returned is not None:
            self.returned = _text(returned, "Rsn/Cd") or _text(returned, "Rsn/Prtry") or "returned"
            self.text += [each.text or "" for each in _all(returned, "AddtlInf")]
        self._parties(detail, credit != bool(self.returned))

    def _parties(self, detail: Any, credit: bool) -> None:
        """The other side: who paid a credit, who got a debit; of a payment that came back, the other way round."""
        parties = _first(detail, "RltdPties")
        if parties is None:
            return
        side = "Dbtr" if credit else "Cdtr"
        for name in (side, f"Ultmt{side}"):
            self.counterparty = self.counterparty or _text(parties, f"{name}/Nm") or _text(parties, f"{name}/Pty/Nm")
        account = f"{side}Acct/Id"
        self.account = self.account or _text(parties, f"{account}/IBAN") or _text(parties, f"{account}/Othr/Id")


def _line(entry: Any, details: list[Any], amount: Money) -> Line:
    said = _Said()
    for detail in details:
        said.add(detail, amount.minor > 0)
    group = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef")
    own = next((value for kind, value in said.references if kind == "AcctSvcrRef"), "") if len(details) == 1 else ""
    booked = _day(_first(entry, "BookgDt"), entry)
    value = _first(entry, "ValDt")
    code = [_text(entry, f"BkTxCd/Domn/{path}") for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    reversal = "reversal" if _text(entry, "RvslInd") == "true" else ""
    return Line(
        at=entry.sourceline,
        booked_on=booked,
        value_on=booked if value is None else _day(value, entry),
        amount=amount,
        text=joined([*said.text, _text(entry, "AddtlNtryInf")]),
        references=tuple(dict.fromkeys(said.references)),
        bank_id=own or group,
        group=group,
        counterparty=said.counterparty,
        account=said.account.replace(" ", ""),
        code="-".join(part for part in code if part) or _text(entry, "BkTxCd/Prtry/Cd"),
        returned=said.returned or reversal,
    )


def _signed(element: Any) -> Money:
    amount = _first(element, "Amt")
    sign = _text(element, "CdtDbtInd")
    if amount is None or sign not in ("CRDT", "DBIT"):
        missing = N_("an amount, or whether it is a credit or a debit, is missing")
        raise Unreadable(element.sourceline, missing)
    currency = known_currency(amount.get("Ccy") or "", amount.sourceline)
    size = minor(amount.text or "", currency, amount.sourceline)
    return Money(size if sign == "CRDT" else -size, currency)


def _day(choice: Any, near: Any) -> date:
    """The day of a choice of date and moment."""
    text = "" if choice is None else _text(choice, "Dt") or _text(choice, "DtTm")
    return day(text[:10], near.sourceline)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(element: Any, path: str) -> list[Any]:
    return list(element.iterfind(_path(path)))


def _first(element: Any, path: str) -> Any:
    return element.find(_path(path))


def _text(element: Any, path: str) -> str:
    return given(element.findtext(_path(path)))


@cache
def _path(names: str) -> str:
    return "/".join(name if name == "*" else f"{{*}}{name}" for name in names.split("/"))
