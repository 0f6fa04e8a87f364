"""Taking files: all or nothing, each line once, statements without gaps, and nothing of others or of the future."""

import io
import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from app.cli import costake
from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import Refusal
from app.core.money import Money
from app.reconciliation.accounts import AccountKnown, add_account, find_account, save_columns
from app.reconciliation.models import BankImport, BankLine, BankLineBooked, BankStatement
from app.reconciliation.taking import Taken, take_file
from tests.reconciliation.files import BAI2, MT940, OFX, OWN, Move, camt
from tests.reconciliation.test_reading import COLUMNS, CSV


def take(data: bytes | str, account: int | None = None) -> Taken:
    content = io.BytesIO(data.encode() if isinstance(data, str) else data)
    with transaction() as session:
        csv_of = find_account(session, account) if account else None
        return take_file(session, content, "statement", by=None, csv_of=csv_of)


def refused(data: bytes | str) -> str:
    with pytest.raises(Refusal) as refusal:
        take(data)
    return refusal.value.text()


def kept() -> tuple[int, int]:
    """How many lines there are, and what they sum to."""
    with reading() as session:
        row = session.execute(select(func.count(), func.coalesce(func.sum(BankLine.amount_cents), 0))).one()
        return row[0], int(row[1])


@pytest.fixture
def account(database) -> int:
    with transaction() as session:
        return add_account(session, OWN, "EUR", "Our account", by=None).id


def test_a_line_is_taken_once_over_files_of_many_kinds(account):
    morning = [Move(100, ("same",)), Move(100, ("same",))]
    whole_day = [*morning, Move(250, ("evening",), bank_id="B7")]
    assert take(camt(whole_day[2:], message=54)).lines == 1, "announced in the evening by a notification"
    assert take(camt(morning)).lines == 2, "two genuine payments that look alike"
    assert "was imported on" in refused(camt(morning))
    again = take(camt(whole_day, version=2))
    assert (again.lines, again.known) == (0, 3)
    assert take(camt([Move(100, ("same",))], opening=450, number="S2")).lines == 1, "a third one that evening"
    assert kept() == (4, 550)
    with reading() as session:
        assert session.scalar(select(func.count(BankLineBooked.bank_line_id))) == 4
        closings = session.scalars(select(BankStatement.closing_cents).order_by(BankStatement.id)).all()
        assert closings == [200, 450, 550]


def test_what_cannot_be_right_is_refused_whole(account):
    tomorrow = str(clock.latest_today() + timedelta(days=1))
    take(camt([Move(100)]))
    assert "1.50 is missing between them" in refused(camt([Move(10)], opening=250))
    assert "lies in the future" in refused(camt([Move(10), Move(5, day=tomorrow)], opening=100))
    assert "none of the organization's accounts" in refused(camt([Move(10)], account="DE89370400440532013000"))
    assert "is kept in EUR" in refused(camt([Move(10)], currency="USD"))
    two = camt([Move(10)], opening=100).replace(b"</Stmt>", b"</Stmt>" + b"<Stmt><Id>x</Id></Stmt>")
    assert "does not name its account" in refused(two), "the first statement of the file alone would do"
    assert kept() == (1, 100)
    with reading() as session:
        assert session.scalar(select(func.count(BankImport.id))) == 1


def test_other_formats_find_their_account_by_its_end(database):
    with transaction() as session:
        add_account(session, "DE89 3704 0044 0532 0130 00", "EUR", "", by=None)
        other = add_account(session, "0000000019", "USD", "Main Street", by=None).id
        assert Money(1, "USD")
        with pytest.raises(AccountKnown):
            add_account(session, "0000000019", "usd", "", by=None)
    assert [take(each).lines for each in (MT940, BAI2, OFX)] == [2, 1, 1]
    csv = CSV.replace("EUR", "USD")
    assert "no bank statement in a format" in refused(csv)
    with transaction() as session:
        save_columns(session, find_account(session, other), COLUMNS, by=None)
    with pytest.raises(Refusal, match="is missing between them"):
        take(csv, other)


def test_the_command_line_shows_how_a_table_is_read_and_saves_it(account, tmp_path):
    file = tmp_path / "umsatz.csv"
    file.write_bytes(CSV.replace("Betrag", "Bewegung").encode("windows-1252"))
    bank = ["bank", "columns", str(file), "--account", OWN]
    run = CliRunner()
    first = run.invoke(costake, [*bank, "--json"])
    assert (first.exit_code, json.loads(first.stdout)["refused"][:25]) == (1, "Choose the column of amou")
    named = [*bank, "--set", "amount=Bewegung"]
    assert run.invoke(costake, [*named, "--set", "mark=.", "--save"]).exit_code == 2
    assert run.invoke(costake, [*named, "--set", "colour=red"]).exit_code == 2
    assert "no bank statement" in run.invoke(costake, ["bank", "import", str(file), "--account", OWN]).output
    saved = run.invoke(costake, [*named, "--save"])
    assert (
        "An import would bring 2 new lines; 0 are known." in saved.stdout and "Saved for Our account." in saved.stdout
    )
    assert kept() == (0, 0)
    assert "2 new lines (EUR 1245.00)" in run.invoke(costake, ["bank", "import", str(file), "--account", OWN]).stdout
    assert "imported on" in json.loads(run.invoke(costake, [*bank, "--json"]).stdout)["refused"]


def test_the_command_line_takes_a_file_and_says_what_came(account, tmp_path):
    file = tmp_path / "camt.xml"
    file.write_bytes(camt([Move(2300_00), Move(5, status="PDNG")]))
    run = CliRunner()
    dry = run.invoke(costake, ["bank", "import", str(file), "--dry-run", "--json"])
    assert (json.loads(dry.stdout)["sums"], kept()) == ({"EUR": "2300.00"}, (0, 0))
    done = run.invoke(costake, ["bank", "import", str(file)])
    assert "1 new lines (EUR 2300.00)" in done.stdout and "1 entries are only announced" in done.stdout
    assert "2300.00 on 2026-11-20" in run.invoke(costake, ["bank", "accounts"]).stdout
    assert run.invoke(costake, ["bank", "import", str(file)]).exit_code == 2
