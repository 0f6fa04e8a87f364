"""Files of the books: one act writes a period in any form, from one snapshot."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.exports.books.asking import Period
from app.exports.books.beancount import beancount_pieces
from app.exports.books.csvs import csv_pieces
from app.exports.books.hledger import hledger_pieces

FORMS = {"hledger": "hledger", "beancount": "Beancount", "csv": "CSV", "xlsx": "XLSX"}
MEDIA = {
    "hledger": "text/plain; charset=utf-8",
    "beancount": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ENDINGS = {"hledger": "journal", "beancount": "beancount", "csv": "csv", "xlsx": "xlsx"}

_PIECES: dict[str, Callable[[Session, Period], Iterator[str]]] = {
    "hledger": hledger_pieces,
    "beancount": beancount_pieces,
    "csv": csv_pieces,
}


class UnknownForm(Refusal):
    """There is no such form of a file."""

    message = N_("There is no format “{form}”. Choose one of: {known}.")
    field = "form"


def write_books(session: Session, period: Period, form: str, file: BinaryIO, *, language: str = "en") -> None:
    """Write the books of a period from one snapshot; hledger and Beancount check the balances that the file states.

    Raises `UnknownForm` before a byte is written.
    """
    if form == "xlsx":
        from app.exports.books.sheets import write_workbook

        write_workbook(session, period, file, language)
        return
    if form not in _PIECES:
        raise UnknownForm(form=form[:20], known=list(FORMS))
    for piece in _PIECES[form](session, period):
        file.write(piece.encode())
