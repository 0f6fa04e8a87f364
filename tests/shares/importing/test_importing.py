"""Importing holders: whole or not at all, once, with their old numbers, and the books proved afterwards."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import Refusal
from app.core.sheets import NoLines, NotASheet, NotUtf8
from app.documents.models import Document
from app.exports.register import write_csv
from app.ledger.journal import balance
from app.letters.models import Letter
from app.members.models import Membership, Person
from app.members.people.searching import search
from app.shares.importing.acting import NotImportable, check_holders, import_holders
from app.shares.importing.columns import COLUMNS
from app.shares.models import Lot, ShareNumbering
from app.shares.numbering import numbers_of
from app.worker import run_until_idle
from tests import make

FULL = {
    "member_number": "7", "legal_name": "Maya Whitfield", "email": "maya@example.org", "street": "1200 Adeline Street",
    "postal_code": "94607", "locality": "Oakland", "region": "CA", "country": "US", "class_code": "A",
    "class_name": "User-owner share", "shares": "100", "price": "23.00", "currency": "USD", "allotted_on": "2019-05-31",
    "certificate_number": "12",
}  # fmt: skip
PLAIN = {
    "legal_name": "Inès Garnier", "street": "12 rue Chevreul", "postal_code": "69007", "locality": "Lyon",
    "country": "FR", "class_code": "A", "class_name": "User-owner share", "shares": "5", "price": "20",
    "currency": "USD", "allotted_on": "2020-01-15",
}  # fmt: skip


def sheet(*lines: dict[str, str], delimiter: str = ",") -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, [column.name for column in COLUMNS], restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(lines)
    return file.getvalue().encode()


def imported(data: bytes):
    with transaction() as session:
        return import_holders(session, data, by=None)


def problems(data: bytes) -> list[tuple[int, str, str]]:
    with reading() as session:
        plan = check_holders(session, data)
        return [(line, column, type(problem).__name__) for line, column, problem in plan.problems]


def register(day: date) -> list[dict[str, str]]:
    file = io.StringIO(newline="")
    with reading() as session:
        write_csv(session, day, file)
    return list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))


def test_a_register_of_old_is_here_with_its_numbers_dates_and_amounts(database):
    second = FULL | {"shares": "20", "price": "25.50", "allotted_on": "2021-03-01", "certificate_number": "40"}
    gone = PLAIN | {
        "legal_name": "Wei Chan",
        "member_number": "3",
        "allotted_on": "2018-02-01",
        "ended_on": "2022-06-30",
    }
    without = {"legal_name": "Rahul Bose", "country": "IN", "entered_on": "2017-09-09"}
    plan, row = imported(sheet(FULL, second, PLAIN, gone, without))
    assert row is not None and (len(plan.holders), len(plan.lots)) == (4, 4)
    lines = register(date(2026, 11, 23))
    names = (
        "member_number",
        "legal_name",
        "certificate_numbers",
        "shares",
        "amount_paid",
        "date_entered",
        "date_ceased",
    )
    shown = [tuple(line[name] for name in names) for line in lines]
    assert shown == [
        ("3", "Wei Chan", "42", "5", "100.00", "2018-02-01", "2022-06-30"),
        ("7", "Maya Whitfield", "12 40", "120", "2810.00", "2019-05-31", ""),
        ("8", "Inès Garnier", "41", "5", "100.00", "2020-01-15", ""),
        ("9", "Rahul Bose", "", "0", "", "2017-09-09", ""),
    ]
    assert lines[1]["postal_address"] == "1200 Adeline Street, 94607 Oakland, CA"
    assert [x["shares"] for x in register(date(2019, 12, 31)) if x["member_number"] == "7"] == ["100"]
    assert run_until_idle() == []
    with reading() as session:
        filed = session.scalars(select(Document).where(Document.kind == "certificate").order_by(Document.source)).all()
        assert sorted(each.facts["certificate_number"] for each in filed) == [12, 40, 41, 42]
        assert not any(each.pdf_sha256 for each in filed), "as records, whose files are made when asked for"
    with transaction() as session:
        assert balance(session, "opening", "A", "USD") == balance(session, "share_capital", "A", "USD") == 301_000
        assert balance(session, "opening", "A", "USD", as_of=date(2019, 12, 31)) == 240_000
        assert session.scalar(select(func.count(Letter.id))) == 0, "nobody is written to"
        assert session.scalars(select(Person.email).order_by(Person.id)).all() == ["maya@example.org", None, None, None]
        assert [found.numbers for found in search(session, "garnier", 1)[0]] == [[8]]
        new = make.member(session, "new@example.org", "New Member")
        lot = make.lot(session, new, 1)
        assert (new.number, lot.certificate_number) == (10, 43), "the series go on beyond what was kept"


def test_the_same_file_again_changes_nothing_and_a_longer_one_adds_its_rest(database):
    data = sheet(FULL, PLAIN)
    imported(data)
    plan, row = imported(data)
    assert row is None and plan.unchanged == 2 and not plan.holders
    more = PLAIN | {"allotted_on": "2022-02-02", "shares": "9"}
    plan, _ = imported(sheet(FULL, PLAIN, more))
    assert plan.unchanged == 2 and len(plan.lots) == 1
    lines = register(date(2026, 11, 23))
    assert [(x["member_number"], x["legal_name"], x["shares"]) for x in lines] == [
        ("7", "Maya Whitfield", "100"),
        ("8", "Inès Garnier", "14"),
    ]


def test_a_line_that_has_changed_is_refused_and_says_in_what(database):
    imported(sheet(FULL, PLAIN))
    data = sheet(FULL | {"shares": "90", "locality": "Berkeley"}, PLAIN)
    with reading() as session:
        (problem,) = check_holders(session, data).problems
    assert problem[0] == 2 and "locality, shares" in str(problem[2])
    with pytest.raises(NotImportable):
        imported(data)


def test_one_bad_line_keeps_everything_from_being_written(database):
    with pytest.raises(NotImportable):
        imported(sheet(FULL, PLAIN | {"shares": "none"}))
    with reading() as session:
        assert session.scalar(select(func.count(Membership.id))) == session.scalar(select(func.count(Lot.id))) == 0


SLIPS: list[tuple[dict[str, str], str, str]] = [
    ({"shares": "2.5"}, "shares", "NotWhole"),
    ({"shares": "0"}, "shares", "TooSmall"),
    ({"shares": "-5"}, "shares", "Formula"),
    ({"shares": "=2+3"}, "shares", "Formula"),
    ({"legal_name": "=HYPERLINK(1)"}, "legal_name", "Formula"),
    ({"legal_name": ""}, "legal_name", "Missing"),
    ({"legal_name": "x" * 500}, "legal_name", "TooLong"),
    ({"legal_name": "Maya\u202eWhitfield"}, "legal_name", "ControlCharacters"),
    ({"price": "12.345"}, "price", "NotAnAmount"),
    ({"currency": "XXX"}, "currency", "UnknownCurrency"),
    ({"currency": ""}, "currency", "Missing"),
    ({"allotted_on": "31.05.2019"}, "allotted_on", "NotADay"),
    ({"allotted_on": "2019-02-30"}, "allotted_on", "NotADay"),
    ({"allotted_on": "2126-01-01"}, "allotted_on", "Ahead"),
    ({"ended_on": "2018-01-01"}, "ended_on", "EndsBefore"),
    ({"country": "UK"}, "country", "NotAChoice"),
    ({"country": ""}, "country", "Missing"),
    ({"email": "maya@"}, "email", "NotAnAddress"),
    ({"holder_kind": "robot"}, "holder_kind", "NotAChoice"),
    ({"member_number": "0"}, "member_number", "TooSmall"),
    ({"certificate_number": "99999999999"}, "certificate_number", "TooGreat"),
    ({"share_numbers": "1 to 100"}, "share_numbers", "NotNumbers"),
    ({"share_numbers": "0-99"}, "share_numbers", "NotNumbers"),
    ({"share_numbers": "1-99"}, "share_numbers", "OtherCount"),
    ({"share_numbers": "1-60, 41-80"}, "share_numbers", "NumberOfAnother"),
    ({"class_code": "no such"}, "class_code", "BadClassCode"),
    ({"class_name": ""}, "class_code", "NoSuchClass"),
]


def test_every_slip_is_told_at_its_line_and_column(database):
    for changed, column, name in SLIPS:
        assert (2, column, name) in problems(sheet(FULL | changed)), changed


def test_lines_are_held_against_each_other(database):
    other = FULL | {"member_number": "8", "legal_name": "Wei Chan", "certificate_number": "13"}
    assert problems(sheet(FULL, other)) == [(3, "email", "AddressOfAnother")]
    assert problems(sheet(FULL, FULL | {"certificate_number": "13", "locality": "Berkeley"})) == [
        (3, "street", "OtherThanBefore")
    ]
    assert problems(sheet(PLAIN, PLAIN)) == [(3, "holding_id", "SameLine")]
    assert problems(sheet(PLAIN | {"holding_id": "1"}, PLAIN | {"holding_id": "2"})) == []
    assert (3, "certificate_number", "NumberTaken") in problems(sheet(FULL, FULL | {"holding_id": "2", "shares": "3"}))
    numbers = [FULL | {"share_numbers": "1-100"}, PLAIN | {"share_numbers": "99;201-204"}]
    assert problems(sheet(*numbers)) == [(3, "share_numbers", "NumberOfAnother")]


def test_numbers_of_shares_are_kept_and_new_ones_follow(database):
    numbers = [FULL | {"share_numbers": "1–90, 101–110"}, PLAIN | {"share_numbers": "91-94 ; 111"}]
    without = PLAIN | {"legal_name": "Wei Chan", "shares": "2"}
    imported(sheet(*numbers, without))
    with transaction() as session:
        make.lot(session, make.member(session, "new@example.org", "New Member"), 3)
    again = FULL | {"certificate_number": "90", "shares": "2", "share_numbers": "95, 113"}
    assert problems(sheet(again)) == [(2, "share_numbers", "NumberOfAnother")]
    with transaction() as session:
        make.lot(session, make.member(session, "b@example.org", "Holder of B"), 4, code="B")
    imported(sheet(FULL | {"class_code": "B", "certificate_number": "91", "shares": "1", "share_numbers": "7"}))
    with reading() as session:
        lots = session.scalars(select(Lot).order_by(Lot.certificate_number)).all()
        told = numbers_of(session, [lot.id for lot in lots])
        assert [told[lot.id] for lot in lots] == [
            "1–90, 101–110", "91–94, 111", "112–113", "114–116", "8–11", "7",
        ]  # fmt: skip
        assert [row.begins_on for row in session.scalars(select(ShareNumbering).order_by("share_class_id"))] == [
            date(2019, 5, 31), clock.today(),
        ]  # fmt: skip


def test_numbers_names_and_limits_of_the_register_are_kept(database):
    with transaction() as session:
        maya = make.member(session)
        make.lot(session, maya, 60, authorized=100)
    assert problems(sheet(FULL | {"shares": "40", "certificate_number": "1"})) == [
        (2, "member_number", "OtherNumber"),
        (2, "certificate_number", "NumberTaken"),
    ]
    assert problems(sheet(FULL | {"member_number": "1", "shares": "40"})) == []
    assert problems(sheet(FULL | {"member_number": "1", "shares": "41"})) == [(2, "shares", "BeyondLimit")]
    assert problems(sheet(FULL | {"member_number": "1", "email": "", "legal_name": "Wei Chan", "shares": "1"})) == [
        (2, "member_number", "NumberTaken")
    ]
    assert problems(sheet(FULL | {"member_number": "", "legal_name": "Wei Chan", "shares": "1"})) == [
        (2, "email", "OtherName")
    ]
    imported(sheet(FULL | {"member_number": "", "shares": "40"}))
    with reading() as session:
        assert [lot.shares for lot in session.scalars(select(Lot).order_by(Lot.id))] == [60, 40]
        assert session.scalar(select(func.count(Membership.id))) == 1, "the member of this address got the lot"


def test_headers_encodings_and_delimiters(database):
    data = sheet(FULL)
    assert (
        problems(b"\xef\xbb\xbf" + data)
        == problems(sheet(FULL, delimiter=";"))
        == problems(sheet(FULL, delimiter="\t"))
        == []
    )
    assert problems(data.replace(b"member_number", b"Member-Number")) == []
    assert (1, "contry", "UnknownColumn") in problems(data.replace(b"country", b"contry"))
    assert (1, "country", "MissingColumn") in problems(data.replace(b"country", b"contry"))
    assert (1, "price", "ColumnTwice") in problems(data.replace(b"currency", b"price"))
    assert (2, "?", "BeyondColumns") in problems(data.rstrip() + b",one too many")
    latin = sheet(PLAIN).decode().encode("latin-1")
    for bad, refusal in ((latin, NotUtf8), (data.decode().encode("utf-16"), NotUtf8), (b"PK\x03\x04 no zip", NotASheet),
                         (data.splitlines()[0], NoLines)):  # fmt: skip
        with pytest.raises(refusal) as met:
            problems(bad)
        assert isinstance(met.value, Refusal)
    with pytest.raises(NotUtf8) as met:
        problems(latin)
    assert "Line 2" in str(met.value)


def test_a_workbook_is_read_cell_by_cell(database):
    book = Workbook()
    page = book.active
    names = [column.name for column in COLUMNS]
    page.append(names)
    page.append(
        [
            {**FULL, "shares": 100, "price": 23.5, "allotted_on": date(2019, 5, 31), "member_number": 7.0}.get(n)
            for n in names
        ]
    )
    page.append([{**PLAIN, "shares": "=2+3"}.get(name) for name in names])
    file = io.BytesIO()
    book.save(file)
    assert problems(file.getvalue()) == [(3, "shares", "Formula")]
    page.delete_rows(3)
    file = io.BytesIO()
    book.save(file)
    plan, _ = imported(file.getvalue())
    assert plan.lots[0].paid == make.usd(2350) and plan.lots[0].allotted_on == date(2019, 5, 31)


def test_what_was_exported_defused_is_read_as_it_was(database):
    imported(sheet(FULL | {"legal_name": "'@maya"}))
    with clock.at(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        assert [x["legal_name"] for x in register(date(2026, 11, 23))] == ["'@maya"]
    with reading() as session:
        assert "@maya" in [found.known.legal_name for found in search(session, "maya", 1)[0]]


def test_shares_given_free_move_no_money(database):
    imported(sheet(FULL | {"price": "0"}))
    with reading() as session:
        assert balance(session, "opening", "A", "USD") == 0 and balance(session, "holder", "member:7", "SHARE:A") == 100
