"""Sheets: a spreadsheet that is damaged, or pretends to be huge, is refused in words and at once."""

import io
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from app.core.sheets import Column, NotASheet, TooManyLines, read_sheet

COLUMNS = [Column("name", "what it is called", required=True)]
MAIN = "xl/worksheets/sheet1.xml"


def workbook(*rows: list[str]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def with_sheet(change) -> bytes:
    """A good workbook, but for the XML of its sheet."""
    file = io.BytesIO()
    with ZipFile(io.BytesIO(workbook(["name"], ["Maya"]))) as before, ZipFile(file, "w", ZIP_DEFLATED) as after:
        for entry in before.namelist():
            content = before.read(entry)
            after.writestr(entry, change(content.decode()).encode() if entry == MAIN else content)
    return file.getvalue()


def test_a_size_that_the_file_claims_is_not_believed():
    claimed = with_sheet(lambda xml: xml.replace('ref="A1:A2"', 'ref="A1:XFD1048576"'))
    assert [line.fields for line in read_sheet(claimed, COLUMNS).lines] == [{"name": "Maya"}]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda xml: xml.replace('r="A1"', 'r="XFD1"'), NotASheet),
        (lambda xml: xml.replace('<row r="2"', '<row r="99999999"').replace('"A2"', '"A99999999"'), TooManyLines),
        (lambda xml: xml.replace('"A1"', '"ZZZZZ1"'), NotASheet),
        (lambda xml: xml[: len(xml) // 2], NotASheet),
        (lambda xml: xml.replace("<sheetData>", f'<sheetData x="{"0" * (2 << 20)}">'), NotASheet),
    ],
)
def test_absurd_and_broken_sheets_are_refused(change, refusal):
    with pytest.raises(refusal):
        read_sheet(with_sheet(change), COLUMNS)


def test_damaged_archives_are_refused_wherever_the_damage_is():
    good = workbook(["name"], *[[f"Somebody {number}"] for number in range(200)])
    for place in range(10, len(good), 97):
        damaged = good[:place] + bytes(byte ^ 0xFF for byte in good[place : place + 40]) + good[place + 40 :]
        try:
            read_sheet(damaged, COLUMNS)
        except NotASheet:
            continue
