"""The register and the proofs on the command line: files that a machine may read, and honest exit statuses."""

import csv
import io
import json
import os
import subprocess
import sys
from urllib.parse import quote

import psycopg
import pytest
from click.testing import CliRunner
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import select

from app.cli import costake
from app.core.audit import AuditLine, Tag
from app.core.database import reading, transaction
from app.core.settings import ROOT
from app.proofs import PROOFS, prove_nightly
from tests import make
from tests.ledger.test_proofs import falsify


def run(*arguments: str, status: int = 0):
    result = CliRunner().invoke(costake, list(arguments))
    assert result.exit_code == status, result.output
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture
def members(database):
    """Two members with 100 shares each."""
    with transaction() as session:
        make.succeeded_offer(session)


def test_the_register_is_exported_as_csv_and_as_json_and_each_export_is_noted(members, tmp_path):
    rows = list(
        csv.DictReader(io.StringIO(run("register", "export", "--as-of", "2126-12-31", "--format", "csv").stdout))
    )
    assert [(row["member_number"], row["shares"], row["amount_paid"]) for row in rows] == [
        ("1", "100", "2300.00"),
        ("2", "100", "2300.00"),
    ]
    said = json.loads(run("register", "export", "--as-of", "2126-12-31", "--format", "json").stdout)
    assert said["as_of"] == "2126-12-31"
    assert [line["shares"] for line in said["lines"]] == [100, 100]
    assert run("register", "export", "--as-of", "2016-12-31").stdout.count("\n") == 1
    run("register", "export", "--as-of", "2126-12-31", "-o", str(tmp_path / "register.csv"))
    assert list(csv.DictReader((tmp_path / "register.csv").open(newline=""))) == rows
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["register.csv"]
    with reading() as session:
        noted = session.scalars(select(AuditLine).where(AuditLine.tag == Tag.REGISTER_EXPORTED).order_by(AuditLine.id))
        assert [line.details["lines"] for line in noted] == [2, 2, 0, 2]


def test_a_day_or_format_that_cannot_be_read_is_refused(database):
    for arguments in (("--as-of", "2026-13-01"), ("--as-of", "tomorrow"), ("--format", "xls"), ("--nonsense",)):
        assert "Usage" in run("register", "export", *arguments, status=2).stderr


@pytest.mark.falsified
def test_proving_exits_0_while_everything_holds_and_1_after_a_row_was_falsified(members, database, tmp_path):
    printed = run("prove").stdout
    for proof in PROOFS:
        assert proof.name in printed
    assert printed.count("holds  ") == len(PROOFS)
    assert "Everything holds." in printed
    said = json.loads(run("prove", "--json").stdout)
    assert said["holds"] is True
    assert len(said["proofs"]) == len(PROOFS)

    with transaction() as session:
        treasurer = make.staff(session, "treasurer").email
    run("prove", "--mail")
    with transaction() as session:
        assert prove_nightly(session) == 0
        assert make.letters(session, treasurer) == ["new-role"]

    falsify(database, "lot", "UPDATE lot SET shares = shares + 1 WHERE certificate_number = 1")
    printed = run("prove", status=1).stdout
    assert "FAILS  Lots equal the members' holdings in the books" in printed
    assert "Everything holds." not in printed
    assert "Letters written: 1." in run("prove", "--mail", status=1).stderr
    with transaction() as session:
        assert prove_nightly(session) > 0
        assert make.letters(session, treasurer) == ["new-role", "proofs-failed", "proofs-failed"]
    said = json.loads(run("prove", "--json", status=1).stdout)
    wrong = {proof["proof"]: proof["wrong"] for proof in said["proofs"] if not proof["holds"]}
    assert "101" in wrong["Lots equal the members' holdings in the books"][0]

    falsify(database, "lot", "DELETE FROM lot")
    refused = run("register", "export", "--as-of", "2126-12-31", "-o", str(tmp_path / "register.csv"), status=2)
    assert "do not agree" in refused.stderr
    assert not (tmp_path / "register.csv").exists()


def test_a_database_without_tables_is_told_with_what_to_do(database):
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE DATABASE without_tables TEMPLATE template0")
        try:
            empty = conninfo_to_dict(database) | {"dbname": "without_tables"}
            address = f"postgresql://{empty['user']}@/without_tables?host={quote(empty['host'], safe='')}"
            env = os.environ | {"DATABASE_URL": f"{address}&port={empty.get('port', 5432)}"}
            command = [sys.executable, "-m", "app.cli", "register", "export", "--as-of", "2026-11-24"]
            said = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
        finally:
            connection.execute("DROP DATABASE without_tables WITH (FORCE)")
    assert said.returncode == 2 and "costake migrate" in said.stderr, said.stderr
    assert "Traceback" not in said.stderr
