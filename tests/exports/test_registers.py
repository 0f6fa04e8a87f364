"""Registers: movements with balances, laws' columns, every format, and days that stay what they were."""

import io
import json
import re
import unicodedata
import zipfile
from datetime import date, datetime, timedelta

import openpyxl
import pikepdf
import pyarrow.parquet as parquet
import pytest
from pypdf import PdfReader
from sqlalchemy import text

from app.core.cells import plain
from app.core.database import reading, transaction
from app.exports.registers.asking import Wanted, all_columns, rows
from app.exports.registers.columns import Column
from app.exports.registers.diffing import differences
from app.exports.registers.profiles import REGISTERS, UnknownProfile, profile, profiles
from app.exports.registers.writing.csvs import defused_sql
from app.exports.registers.writing.files import write_register
from app.exports.registers.writing.widths import widths
from app.members.models import Membership
from app.members.persons import record_particulars
from app.shares.acts.charging import charge
from app.shares.acts.defining import set_limit
from app.shares.loans.lending import Lending, book_due_instalments, take_up
from app.shares.loans.models import DayCount
from app.shares.models import ShareClass
from app.shares.moving import Act, Given, Part, record_act, reverse_act
from tests import make
from tests.exports.test_register import JANUARY, JUNE, MARCH, YEAR_END, at, holder

DAY = timedelta(days=1)


def written(wanted: Wanted, form: str) -> bytes:
    file = io.BytesIO()
    with reading() as session:
        write_register(session, wanted, form, file)
    return file.getvalue()


def lines(wanted: Wanted) -> list[dict]:
    return json.loads(written(wanted, "json"))["lines"]


def transfer(on: date, shares: int) -> int:
    """Maya gives some of her shares to Inès; the act."""
    with at(on), transaction() as session:
        maya, ines = (session.query(Membership).filter_by(number=number).one() for number in (1, 2))
        lot = session.execute(text("SELECT id FROM lot WHERE membership_id = :m"), {"m": maya.id}).scalar_one()
        found = session.get_one(make.Lot, lot)
        gift = Given(ines, found.share_class, shares, make.PRICE, make.PRICE * shares, "gift", None, found.id)
        act = Act("transfer", "t", on, "a gift", [Part(found.id, shares)], [gift])
        return record_act(session, act, by=None).id


@pytest.fixture
def two(database) -> None:
    """Maya has 10 shares since January, Inès 20 since March."""
    holder("maya@example.org", "Maya Whitfield", make.OAKLAND, JANUARY, 10)
    holder("ines@example.org", "Inès Garnier", make.LYON, MARCH, 20)


def test_movements_have_balances_and_a_reversal_names_the_act_it_undoes(two):
    act = transfer(JUNE, 4)
    with at(JUNE + DAY), transaction() as session:
        reverse_act(session, act, on=JUNE, by=None, reason="a slip")
    found = lines(Wanted("movements", YEAR_END))
    shown = [(r["nature"], r["member_number"], r["shares_in"], r["shares_out"], r["balance"]) for r in found]
    assert sorted(shown[2:4]) == [("transfer", 1, 0, 4, 6), ("transfer", 2, 4, 0, 24)]
    assert sorted(shown[4:]) == [("reversal of transfer", 1, 4, 0, 10), ("reversal of transfer", 2, 0, 4, 20)]
    assert {r["reversed_by"] for r in found[2:4]} == {f"act {act + 1}"}
    assert {r["reverses"] for r in found[4:]} == {f"act {act}"}
    assert {r["counterparties"] for r in found[2:4]} == {"1 Maya Whitfield", "2 Inès Garnier"}
    numbers = [r["movement_number"] for r in found]
    assert numbers == list(range(1, 7))
    before = lines(Wanted("movements", JUNE - DAY))
    assert [r["movement_number"] for r in before] == [1, 2]


def test_the_register_of_a_past_day_equals_the_file_made_on_that_day_whatever_was_corrected_since(two):
    transfer(JUNE, 4)
    made_at = datetime.fromisoformat("2026-06-01T23:00:00+00:00")
    with at(MARCH), transaction() as session:
        make.member(session, "wei@example.org", "Wei Zhang")
    made = [("charges", "standard", "csv")] + [
        (name, law, form)
        for name, law in (("members", "standard"), ("members", "fr"), ("movements", "standard"), ("movements", "fr"))
        for form in ("csv", "json", "parquet", "ocf")
    ]

    def told(name: str, law: str, form: str, known_at: datetime | None = None) -> object:
        """What a file says, without the moment at which it was written and the one it was asked for."""
        file = written(Wanted(name, JUNE, known_at, profile(law)), form)
        if form == "ocf":
            with zipfile.ZipFile(io.BytesIO(file)) as package:
                inside = {each: package.read(each) for each in package.namelist()}
            return inside | {"Manifest.ocf.json": re.sub(rb'"generated_at": "[^"]+"', b"", inside["Manifest.ocf.json"])}
        return json.loads(file)["lines"] if form == "json" else file

    golden = {each: told(*each) for each in made}
    with at(JUNE + 9 * DAY), transaction() as session:  # dated back: a name, an act undone, a lot from before
        maya, ines = (session.query(Membership).filter_by(number=number).one() for number in (1, 2))
        record_particulars(session, maya.person, "Maya Garnier", make.LYON, valid_from=MARCH, by=None)
        reverse_act(session, 1, on=JUNE, by=None, reason="recorded for the wrong holder")
        make.lot(session, ines, 3, on=MARCH)
        make.lot(session, session.query(Membership).filter_by(number=3).one(), 2, on=JUNE)
        staff, found_class = make.staff(session).id, session.query(ShareClass).one()
        board = {"by": staff, "proposed_by": staff, "reason": "board"}
        charge(session, "c", ines, found_class, 5, creditor="Bank", debt="loan", on=JUNE, **board)
        set_limit(session, found_class, 900, **board)
        make.lot(session, ines, 1, code="B", on=JUNE)
    for each, file in golden.items():
        assert told(*each, made_at) == file, each
        assert told(*each) != file, each
    now = lines(Wanted("movements", JUNE))
    assert [line["nature"] for line in now if line["date_recorded"] == "2026-06-10"].count("reversal of transfer") == 2
    with reading() as session:
        found = list(differences(session, Wanted("members", JUNE, made_at), Wanted("members", JUNE)))
    came = [(each.kind, each.member_number) for each in found]
    assert came == [("changed", 1), ("changed", 2), ("new", 2), ("changed", 3)]
    assert found[0].changes["shares"] == (6, 10)
    assert found[0].changes["legal_name"] == ("Maya Whitfield", "Maya Garnier")
    assert found[1].changes["shares"] == (24, 23)
    assert (found[3].share_class, found[3].changes["shares"]) == ("A", (0, 2))  # held none before


def test_every_law_has_columns_that_exist_and_members_see_no_amounts_under_the_british_one(two):
    for each in profiles().values():
        for register in REGISTERS:
            assert set(each.columns[register]) <= set(all_columns(register))
            if register in ("members", "movements"):
                assert list(lines(Wanted(register, YEAR_END, profile=each))[0]) == list(each.columns[register])
    seen = lines(Wanted("members", YEAR_END, profile=profile("uk"), inspected=True))
    assert seen[0]["legal_name"] == "Maya Whitfield"
    assert not {"shares", "amount_paid", "share_class"} & set(seen[0])
    assert [line["legal_name"] for line in lines(Wanted("members", YEAR_END, profile=profile("sce")))] == [
        "Inès Garnier", "Maya Whitfield",
    ]  # fmt: skip
    with pytest.raises(UnknownProfile):
        profile("atlantis")


def test_loans_have_a_register_and_stand_beside_shares_under_the_british_law(two):
    with at(MARCH), transaction() as session:
        maya, staff = session.query(Membership).filter_by(number=1).one(), make.staff(session)
        request = make.paid_request(session, maya.person, make.usd(1_000), received_on=MARCH)
        lending = Lending(
            "loan:1", "bond", maya.person, make.usd(1_000), 32_500, DayCount.THIRTY_360, MARCH, 1, 10, False,
            request.reference, "board",
        )  # fmt: skip
        take_up(session, lending, by=staff.id, proposed_by=staff.id)
    with at(JUNE), transaction() as session:
        due = len(book_due_instalments(session))
    [line] = lines(Wanted("loans", MARCH, profile=profile("uk")))
    assert (line["legal_name"], line["owed"], line["rate"]) == ("Maya Whitfield", "1000.00", "3.25 %")
    [line] = lines(Wanted("loans", YEAR_END))
    assert due == 3 and (line["principal"], line["owed"], line["member_number"]) == ("1000.00", "700.00", "1")
    assert lines(Wanted("loans", MARCH - DAY)) == []
    held = lines(Wanted("members", YEAR_END, profile=profile("uk")))
    assert [each["other_property"] for each in held] == ["bond 700.00 USD", ""]


def test_every_format_says_the_same(two):
    wanted = Wanted("members", YEAR_END)
    with reading() as session:
        told = list(rows(session, wanted))
    table = parquet.read_table(io.BytesIO(written(wanted, "parquet")))
    assert table.column_names == [column.name for column in wanted.columns]
    assert [tuple(row.values()) for row in table.to_pylist()] == told
    sheet = openpyxl.load_workbook(io.BytesIO(written(wanted, "xlsx"))).active
    names = [column.name for column in wanted.columns]
    shown = [dict(zip(names, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert [(row["legal_name"], row["shares"], row["amount_paid"]) for row in shown] == [
        ("Maya Whitfield", 10, 230), ("Inès Garnier", 20, 460),
    ]  # fmt: skip
    assert shown[0]["date_entered"].date() == JANUARY


def test_a_long_pdf_is_set_in_parts_and_keeps_its_tags_and_pages(two, monkeypatch):
    monkeypatch.setattr("app.exports.registers.writing.pdfs.PART", 1)
    data = written(Wanted("members", YEAR_END, profile=profile("fr")), "pdf")
    feet = [re.findall(r"Page \d+ of \d+", page.extract_text()) for page in PdfReader(io.BytesIO(data)).pages]
    assert feet == [["Page 1 of 2"], ["Page 2 of 2"]]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == 2
        assert len(pdf.Root.AF) == 2
        keys = [int(key) for key in list(pdf.Root.StructTreeRoot.ParentTree.Nums)[::2]]
        assert sorted(set(keys)) == sorted(keys)
        assert {int(page.StructParents) for page in pdf.pages} <= set(keys)
        assert b"pdfaid" in pdf.Root.Metadata.read_bytes()


def test_cells_are_defused_in_the_database_wherever_they_would_be_here(database):
    cells = [
        a + b
        for a in ("", " ", "\u3000", "x")
        for b in ("", "=1", "+1", "-1", "@a", "＝1", "﹢", "﹣", "＠", "⁺", "'", "é")
    ]
    column = Column("cell", "", "text", "")
    query = text(f"SELECT {defused_sql(column)} FROM (SELECT CAST(:cell AS text) AS cell) AS line")
    with reading() as session:
        for cell in cells:
            shown = session.scalar(query, {"cell": cell})
            assert shown == plain(cell), (cell, unicodedata.normalize("NFKC", cell))


def test_no_word_of_a_register_on_paper_is_broken_and_many_columns_take_smaller_type():
    few, usual = widths(["No.", "Legal name"], [[1, "Maya Whitfield"], [2, "Wei"]])
    assert sum(few) <= 1000 and few[1] > few[0] and usual == 65
    many, small = widths(["Distinguishing numbers"] * 20, [["1–20"] * 20])
    assert sum(many) <= 1000 and len(set(many)) == 1 and 48 <= small < usual
