"""The watched folder: what can be taken is taken, in the right order; the rest is put aside with its reason."""

import os

from app.core import clock, settings
from app.core.database import reading, transaction
from app.reconciliation.accounts import add_account, bank_accounts, save_columns
from app.reconciliation.reading.csv import Columns
from app.reconciliation.taking import last_statement
from app.reconciliation.watching import watch_folder
from tests.reconciliation.files import OWN, Move, camt


def watch() -> int:
    with transaction() as session:
        return watch_folder(session)


def test_files_of_the_folder_are_taken_in_and_put_away(database, tmp_path, monkeypatch):
    folder, day = tmp_path / "bank", str(clock.today())
    assert watch() == 0, "no folder is watched"
    folder.mkdir()
    monkeypatch.setenv("COSTAKE_BANK_FOLDER", str(folder))
    settings.settings.cache_clear()
    with transaction() as session:
        add_account(session, OWN, "USD", "Main account", by=None)
    files = {
        "b-first.xml": camt([Move(10_00, day=day)], currency="USD", day=day, opening=0),
        "a-second.xml": camt([Move(5_00, day=day)], currency="USD", day=day, opening=10_00),
        "c-gap.xml": camt([Move(7_00, day=day)], currency="USD", day=day, opening=99_00),
        "new.xml": b"<still being written",
        ".hidden": b"",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
        if name != "new.xml":
            os.utime(folder / name, (0, 0))
    (folder / "a-second.xml").rename(folder / "z-second.xml")
    assert watch() == 2
    assert sorted(path.name for path in folder.iterdir()) == [".hidden", "done", "new.xml", "refused"]
    assert sorted(path.name for path in (folder / "done").iterdir()) == ["b-first.xml", "z-second.xml"]
    assert "missing" in (folder / "refused" / "c-gap.xml.txt").read_text()
    with reading() as session:
        assert last_statement(session, bank_accounts(session)[0]).closing_cents == 15_00

    own = folder / OWN
    own.mkdir()
    with transaction() as session:
        columns = Columns("Day", "%Y-%m-%d", ".", ",", amount="Sum", texts=("Text",))
        save_columns(session, bank_accounts(session)[0], columns, by=None)
    for name, text in (("x.csv", f"Day,Sum,Text\n{day},3.00,x\n"), ("y.csv", f"Day,Sum,Text\n{day},=3,x\n")):
        (own / name).write_text(text)
        os.utime(own / name, (0, 0))
    assert watch() == 1, "a table lies in the folder of its account"
    assert (own / "done" / "x.csv").exists() and "Line 2" in (own / "refused" / "y.csv.txt").read_text()

    (folder / "b-first.xml").write_bytes(files["b-first.xml"])
    os.utime(folder / "b-first.xml", (0, 0))
    assert watch() == 1, "what was taken before is put away, and taken once"
    assert (folder / "done" / "b-first-2.xml").exists()
