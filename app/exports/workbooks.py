"""Workbooks of several sheets, written a row at a time with only the row at hand in memory."""

from datetime import date
from typing import Any, BinaryIO

import xlsxwriter

from app.exports.books.naming import decimal_of, in_one_line, is_share

SHEET_MAX = 1_000_000
_DIGITS_MAX = 15  # a spreadsheet's numbers hold so many exactly


def open_book(file: BinaryIO) -> tuple[Any, dict[str, Any]]:
    """A workbook in which text is never read as a formula, and the formats of its cells."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "amount": book.add_format({"num_format": "#,##0.00##"}),
        "whole": book.add_format({"num_format": "#,##0"}),
    }
    return book, formats


class Sheet:
    """A sheet that begins another of the same kind when it is full."""

    def __init__(self, book: Any, title: str, heads: tuple[str, ...], formats: dict[str, Any]) -> None:
        self._book, self._title, self._heads, self._formats = book, title, heads, formats
        self._count = 0
        self._begin()

    def _begin(self) -> None:
        self._count += 1
        self._sheet = self._book.add_worksheet(self._title[:28] + (f" {self._count}" if self._count > 1 else ""))
        self._sheet.set_column(0, len(self._heads) - 1, 16)
        self._sheet.freeze_panes(1, 0)
        for place, head in enumerate(self._heads):
            self._sheet.write_string(0, place, head, self._formats["head"])
        self._row = 1

    def put(self, *values: Any) -> None:
        """Write a line: text, days, entry numbers, and amounts as (amount, unit)."""
        if self._row > SHEET_MAX:
            self._begin()
        for place, value in enumerate(values):
            self._cell(place, value)
        self._row += 1

    def _cell(self, place: int, value: Any) -> None:
        if isinstance(value, tuple):
            self._amount(place, *value)
        elif isinstance(value, date):
            self._sheet.write_datetime(self._row, place, value, self._formats["day"])
        elif isinstance(value, int):
            self._sheet.write_number(self._row, place, value)
        elif value:
            self._sheet.write_string(self._row, place, in_one_line(str(value)))

    def _amount(self, place: int, amount: int, unit: str) -> None:
        written = f"{decimal_of(amount, unit):f}"
        if len(str(abs(amount))) <= _DIGITS_MAX:
            self._sheet.write_number(
                self._row, place, float(written), self._formats["whole" if is_share(unit) else "amount"]
            )
        else:
            self._sheet.write_string(self._row, place, written)
