"""The books for the accountant: hledger and Beancount read them, and reckon what we reckon."""

import csv
import io
import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select

from app.cli import costake
from app.core.audit import AuditLine, Tag
from app.core.database import reading, transaction
from app.core.settings import settings
from app.exports.books.asking import Period, trial_balance
from app.exports.books.naming import account_name, decimal_of, kind_name
from app.ledger import journal
from app.ledger.chart import KINDS
from app.ledger.years import FiscalYear, fiscal_year, fiscal_years
from tests import make
from tests.security.conftest import configure, doorstep, doorstep_world, portal  # noqa: F401  (fixtures)

LAST_YEAR, THIS_YEAR = date(2025, 11, 3), date(2026, 2, 7)
PERIODS = [
    (None, "2026-12-31"),
    ("2026-01-01", "2026-12-31"),
    ("2025-12-01", "2026-02-08"),
    ("2030-05-01", "2030-05-02"),
]
Sums = dict[tuple[str, str], Decimal]


def run(*arguments: str, status: int = 0):
    result = CliRunner().invoke(costake, list(arguments))
    assert result.exit_code == status, result.output
    return result


def program(*command: str | Path) -> str:
    """What an accountant's program prints; it must not refuse."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def book(session, key: str, on: date, unit: str, *legs: tuple[str, str, int]) -> int:
    drafted = tuple(journal.Leg(kind, subject, unit, amount) for kind, subject, amount in legs)
    return journal.post(session, journal.Draft(key, 'a "quoted"; nature | of\nits own', on, drafted), by=None)


@pytest.fixture
def booked(database):
    """Entries of two fiscal years, in three currencies and a class of shares; one is reversed."""
    with transaction() as session:
        book(session, "a", LAST_YEAR, "USD", ("bank", "", 5_000_00), ("subscriptions_held", "request:1", -5_000_00))
        book(session, "b", LAST_YEAR, "USD", ("processor_fees", "", 30_01), ("stripe_clearing", "", -30_01))
        book(session, "c", LAST_YEAR, "JPY", ("bank", "", 7_000), ("subscriptions_held", "request:2", -7_000))
        book(session, "d", LAST_YEAR, "SHARE:A", ("holder", "member:1", 100), ("unissued", "A", -100))
        book(session, "e", THIS_YEAR, "BHD", ("bank", "", 1_234), ("solidarity_fund", "offer:buy-it", -1_234))
        held = ("subscriptions_held", "request:1", 5_000_00)
        book(session, "f", THIS_YEAR, "USD", held, ("share_capital", "A", -5_000_00))
        wrong = book(session, "g", THIS_YEAR, "USD", ("bank_fees", "", 9_00), ("bank", "", -9_00))
        journal.reverse(session, wrong, key="undone, g", on=date(2026, 2, 9), by=None)
        book(session, "h", date(2026, 3, 1), "USD", ("processor_fees", "", 1_99), ("stripe_clearing", "", -1_99))


def ours(since: str | None, until: str) -> Sums:
    """The closing balances of the trial balance, by account and commodity."""
    period = Period(date.fromisoformat(since) if since else None, date.fromisoformat(until))
    with reading() as session:
        sums = trial_balance(session, period)
    return {
        (kind_name(each.kind), each.unit.replace(":", ".")): decimal_of(each.closing, each.unit)
        for each in sums
        if each.closing
    }


def summed(rows: Iterable[dict[str, str]], names: Iterable[str]) -> Sums:
    """What another program has on its accounts, summed by our kinds of account; nothing where it is zero."""
    found: Sums = defaultdict(Decimal)
    for row in rows:
        account, unit, amount = (cell.strip().strip('"') for cell in row.values())
        name = max((each for each in names if f"{account}:".startswith(f"{each}:")), key=len)
        found[name, unit] += Decimal(amount.split()[0]) if amount else 0
    return {key: amount for key, amount in found.items() if amount}


@pytest.mark.books_only
def test_hledger_and_beancount_reckon_the_same_balances(booked, tmp_path):
    names = {kind_name(kind) for kind in [*KINDS, "earlier_results"]}
    for since, until in PERIODS:
        days = (["--from", since] if since else []) + ["--to", until]
        wanted = ours(since, until)
        path = tmp_path / "books.journal"
        run("books", "export", "--format", "hledger", *days, "-o", str(path))
        program("hledger", "-f", path, "check")
        said = program("hledger", "-f", path, "balance", "--flat", "--no-total", "--layout=bare", "-O", "csv")
        assert summed(csv.DictReader(io.StringIO(said)), names) == wanted
        path = tmp_path / "books.beancount"
        run("books", "export", "--format", "beancount", *days, "-o", str(path))
        assert program("bean-check", path) == ""
        asked = "SELECT account, currency, sum(position) AS size GROUP BY account, currency"
        said = program("bean-query", "-f", "csv", path, asked)
        assert summed(csv.DictReader(io.StringIO(said)), names) == wanted
    assert ours("2026-01-01", "2026-12-31")["Equity:Earlier-Results", "USD"] == Decimal("30.01")
    assert ours("2026-01-01", "2026-12-31")["Expenses:Processor-Fees", "USD"] == Decimal("1.99")


@pytest.mark.books_only
def test_the_programs_find_a_balance_that_was_changed_in_the_file(booked, tmp_path):
    for form, command in (("hledger", ("hledger", "check", "-f")), ("beancount", ("bean-check",))):
        path = tmp_path / f"books.{form}"
        run("books", "export", "--format", form, "--to", "2026-12-31", "-o", str(path))
        text = path.read_text()
        head, found, tail = text.rpartition("5000.00")
        assert found
        path.write_text(f"{head}5000.01{tail}")
        assert subprocess.run([*command, path], capture_output=True, check=False).returncode != 0


@pytest.mark.books_only
def test_the_csv_and_the_workbook_tell_every_posting_and_each_export_is_noted(booked, tmp_path):
    rows = list(
        csv.DictReader(
            io.StringIO(run("books", "export", "--format", "csv", "--from", "2026-01-01", "--to", "2026-12-31").stdout)
        )
    )
    sums: Sums = defaultdict(Decimal)
    for row in rows:
        sums[row["account"], row["unit"].replace(":", ".")] += Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)
    assert {key: amount for key, amount in sums.items() if amount} == ours("2026-01-01", "2026-12-31")
    assert [row["nature"] for row in rows].count("opening balances") == 8
    assert "\n" not in rows[-1]["nature"]

    path = tmp_path / "ledger.xlsx"
    run(
        "books",
        "export",
        "--format",
        "xlsx",
        "--from",
        "2026-01-01",
        "--to",
        "2026-12-31",
        "--language",
        "fr",
        "-o",
        str(path),
    )
    book_ = load_workbook(path)
    assert book_.sheetnames == ["Balance générale", "Grand livre"]
    capital = next(row for row in book_["Balance générale"].iter_rows(values_only=True) if row[1] == "Capital social")
    assert capital[2:] == ("USD", 0, 0, 5000, -5000)
    ledger = [
        row
        for row in book_["Grand livre"].iter_rows(values_only=True)
        if row[0] == "Compte bancaire" and row[2] == "USD"
    ]
    assert [row[-1] for row in ledger] == [5000, 4991, 5000]

    said = json.loads(run("books", "balance", "--to", "2025-12-31", "--json").stdout)
    assert {row["account"]: row["closing"] for row in said if row["unit"] == "JPY"} == {
        "Assets:Bank": "7000",
        "Liabilities:Subscriptions-Held": "-7000",
    }
    assert "Equity:Register:Holder" in run("books", "balance").stdout
    run("books", "export", "--from", "2026-02-01", "--to", "2026-01-01", status=2)
    run("books", "export", "--format", "xlsx", status=2)
    with reading() as session:
        noted = session.scalars(select(AuditLine).where(AuditLine.tag == Tag.BOOKS_EXPORTED).order_by(AuditLine.id))
        assert [line.details["format"] for line in noted] == ["csv", "xlsx"]


@given(
    st.lists(
        st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=12).map(
            lambda name: f"offer:{name}"
        ),
        unique=True,
        max_size=20,
    )
)
def test_no_two_subjects_share_an_account_and_every_name_is_one_of_beancount(subjects):
    named = [account_name("solidarity_fund", subject) for subject in subjects]
    assert len(set(named)) == len(subjects)
    for name in named:
        assert re.fullmatch(r"Liabilities(:[A-Z0-9][A-Za-z0-9-]*)+", name)


def test_fiscal_years_follow_each_other_and_are_named_by_their_years(monkeypatch):
    assert fiscal_year(date(2026, 11, 23)) == FiscalYear(date(2026, 1, 1), date(2026, 12, 31))
    monkeypatch.setenv("COSTAKE_FISCAL_YEAR_BEGINS", "07-01")
    settings.cache_clear()
    try:
        assert fiscal_year(date(2026, 6, 30)) == FiscalYear(date(2025, 7, 1), date(2026, 6, 30))
        years = fiscal_years(date(2024, 7, 1), date(2026, 7, 1))
        assert [year.name for year in years] == ["2026-27", "2025-26", "2024-25"]
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_the_page_shows_the_trial_balance_to_those_who_keep_or_read_the_books(doorstep):  # noqa: F811
    with transaction() as session:
        make.lot(session, make.member(session))
    with transaction() as session:
        for role in ("auditor", "secretary"):
            doorstep.people[role] = make.staff(session, role).id
    for role in ("treasurer", "auditor"):
        shown = doorstep.browser(role).ask("GET", "/desk/books").text
        assert "Trial balance" in shown
        assert "Share capital" in shown
        file = doorstep.browser(role).ask("GET", "/desk/books/file?form=hledger&since=all").text
        assert "Equity:Register:Holder" in file
    treasurer = doorstep.browser("treasurer")
    assert "Nothing was booked" in treasurer.ask("GET", "/desk/books?since=all&until=2016-01-01").text
    assert treasurer.ask("GET", "/desk/books/file?form=pdf").status_code == 422
    assert doorstep.browser("secretary").ask("GET", "/desk/books").status_code == 403
