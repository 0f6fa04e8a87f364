"""XLSX, row by row, with only the row at hand in memory; a register longer than a sheet has several."""

from datetime import date
from typing import Any, BinaryIO

import xlsxwriter
from sqlalchemy.orm import Session

from app.core.language import translator
from app.exports.registers.asking import AT_ONCE, TITLES, Progress, Wanted, rows
from app.exports.registers.columns import Column

SHEET_MAX = 1_000_000
_WIDTHS = {"text": 24, "whole": 10, "amount": 14, "day": 12}


def write_xlsx(
    session: Session,
    wanted: Wanted,
    file: BinaryIO,
    language: str = "en",
    progress: Progress = lambda done: None,
) -> int:
    """Write the register as a workbook with translated headings; text is never read as a formula. How many lines."""
    say = translator(language)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    formats["amount"] = book.add_format({"num_format": "#,##0.00##", "align": "right"})
    columns, lines, sheet = wanted.columns, 0, None
    for row in rows(session, wanted):
        if lines % SHEET_MAX == 0:
            sheet = _sheet(book, say(TITLES[wanted.register]), columns, lines // SHEET_MAX + 1, formats, say)
        _put(sheet, lines % SHEET_MAX + 1, row, columns, formats)
        lines += 1
        if lines % AT_ONCE == 0:
            progress(lines)
    if sheet is None:
        _sheet(book, say(TITLES[wanted.register]), columns, 1, formats, say)
    book.close()
    return lines


def _sheet(book: Any, title: str, columns: list[Column], number: int, formats: dict[str, Any], say: Any) -> Any:
    sheet = book.add_worksheet(title[:28] + (f" {number}" if number > 1 else ""))
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS[column.kind])
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, say(column.title), formats["head"])
    return sheet


def _put(sheet: Any, number: int, row: tuple[Any, ...], columns: list[Column], formats: dict[str, Any]) -> None:
    for place, (value, column) in enumerate(zip(row, columns, strict=True)):
        if value is None:
            continue
        if isinstance(value, date):
            sheet.write_datetime(number, place, value, formats["day"])
        elif column.kind == "whole":
            sheet.write_number(number, place, value)
        elif column.kind == "amount":
            _put_amount(sheet, number, place, value, formats["amount"])
        else:
            sheet.write_string(number, place, value)


def _put_amount(sheet: Any, number: int, place: int, value: str, format_: Any) -> None:
    """A spreadsheet's numbers hold fifteen digits exactly; longer amounts stay text."""
    if len(value.replace(".", "").lstrip("-")) <= 15:
        sheet.write_number(number, place, float(value), format_)
    else:
        sheet.write_string(number, place, value)
