"""Guessing how a bank's CSV is made: its columns by what banks call them, and how its days and amounts are written.

A guess is shown with what it makes of the file, and changed where it is wrong; nothing is taken by it alone.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from app.reconciliation.reading.csv import DAYS, Columns, Sample, sample
from app.reconciliation.reading.texts import decoded, guess_encoding

ROWS = 500
# What banks call a column, in the order of preference; without spaces, accents and signs.
_CALLED = {
    "booked": "bookingdate buchungstag buchungsdatum buchung postingdate posteddate completeddate dateoperation "
    "datedeloperation datecomptable datedecomptabilisation boekdatum fechaoperacion transactiondate date datum fecha",
    "value": "valuedate valuta wertstellung valutadatum datedevaleur datevaleur rentedatum fechavalor",
    "credit": "creditamount credit montantcredit haben gutschrift paidin moneyin deposit deposits einzahlung abono",
    "debit": "debitamount debit montantdebit soll belastung paidout moneyout withdrawal withdrawals auszahlung cargo",
    "amount": "amount betrag umsatz montant bedrag importe transactionamount",
    "balance": "balance saldo solde runningbalance kontostand soldeapresoperation saldonachbuchung saldonaboeking",
    "direction": "creditdebit debitcredit crdr drcr sh sollhaben afbij sens cdtdbtind",
    "counterparty": "counterpartyname counterparty payer payee nameofcounterparty auftraggeberbegunstigter "
    "begunstigterzahlungspflichtiger beguenstigterzahlungspflichtiger zahlungspflichtiger zahlungsempfanger "
    "auftraggeber naamtegenpartij naamomschrijving tegenpartij nomcontrepartie contrepartie name nom",
    "account": "counterpartyaccount counterpartyiban kontonummeriban kontonummer tegenrekening comptecontrepartie iban",
    "bank_id": "transactionid bankreference transaktionsid fitid uniqueid transactionnumber",
    "end_to_end": "endtoendid endtoendreference endtoendreferenz kundenreferenzendtoend",
    "currency": "currency wahrung waehrung devise divisa ccy",
}
_TEXTS = (
    "verwendungszweck description reference paymentreference remittanceinformation narrative memo details "
    "communication libelle mededelingen omschrijving concepto referenz zahlungsreferenz text"
)


def guess(data: bytes, currency: str) -> Columns:
    """How a file is likely read; columns that nobody could guess are empty. Raises `Unreadable`."""
    encoding = guess_encoding(data)
    found = sample(decoded(data, encoding), ROWS)
    columns = _columns(found.header)
    if columns.get("credit") and columns.get("debit"):
        columns.pop("amount", None)
        columns.pop("direction", None)
    else:
        columns.pop("credit", None)
        columns.pop("debit", None)
    money = [columns[each] for each in ("amount", "credit", "debit", "balance") if each in columns]
    taken = set(columns.values())
    return Columns(
        **{"booked": "", **columns},
        texts=tuple(name for name in found.header if _plain(name) in _TEXTS.split() and name not in taken),
        day=_day(_values(found, columns.get("booked", "")), currency),
        mark=_mark(value for name in money for value in _values(found, name)),
        delimiter=found.delimiter,
        skip=found.skip,
        encoding=encoding,
    )


def header_of(data: bytes) -> list[str]:
    """The names of a table's columns. Raises `Unreadable`."""
    return sample(decoded(data, guess_encoding(data))).header


def _columns(header: Sequence[str]) -> dict[str, str]:
    """The column of each meaning: called so, or beginning so, each column once."""
    plain = {_plain(name): name for name in header if header.count(name) == 1}
    found: dict[str, str] = {}
    for fits in (str.__eq__, str.startswith):
        for meaning, called in _CALLED.items():
            left = [(key, name) for key, name in plain.items() if name not in found.values()]
            named = [name for word in called.split() for key, name in left if len(word) > 1 and fits(key, word)]
            if named and meaning not in found:
                found[meaning] = named[0]
    return found


def _plain(name: str) -> str:
    split = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in split if sign.isalnum())


def _values(found: Sample, name: str) -> list[str]:
    at = found.header.index(name) if name else -1
    return [row[at].strip() for row in found.rows if 0 <= at < len(row) and row[at].strip()]


def _day(values: Sequence[str], currency: str) -> str:
    """The form that fits every value; where several do, the one of the country whose currency it is."""
    fitting = [form for form in DAYS if values and all(_is_day(value, form) for value in values)]
    if currency == "USD":
        fitting.sort(key=lambda form: not form.startswith("%m"))
    return fitting[0] if fitting else next(iter(DAYS))


def _is_day(text: str, form: str) -> bool:
    with suppress(ValueError):
        return bool(datetime.strptime(text, form))  # noqa: DTZ007  (a date has no zone)
    return False


def _mark(values: Iterable[str]) -> str:
    """The decimal mark: what stands before one or two last digits most often."""
    marks = [found[1] for value in values if (found := re.search(r"([.,])[0-9]{1,2}[^0-9]*$", value))]
    return max(".,", key=marks.count)
