"""`costake ballot count`: what it prints, and that it needs no database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import cli
from tests.ballots.test_blt import CLASSIC

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tmp_path):
    def running(text, *arguments):
        file = tmp_path / "ballots.blt"
        file.write_text(text)
        return CliRunner().invoke(cli.costake, ["ballot", "count", str(file), *arguments])

    return running


@pytest.mark.parametrize(
    ("method", "elected", "quota"), [("scottish-stv", [1, 4], 5), ("irv", [1, 3], 7), ("schulze", [1, 3], None)]
)
def test_json_says_elected_rounds_and_quota(run, method, elected, quota):
    shown = run(CLASSIC, "--method", method, "--json")
    assert shown.exit_code == 0, shown.output
    said = json.loads(shown.stdout)
    assert (said["elected"], said["quota"], said["method"]) == (elected, quota, method)
    assert said["rounds"][0]["stage"] == 1
    assert said["candidates"] == ["Adam", "Basil", "Charlotte", "Donald"]
    assert all("." not in str(number) for number in said["elected"])


def test_seats_and_seed_can_be_given(run):
    said = json.loads(run(CLASSIC, "--method", "scottish-stv", "--seats", "1", "--seed", "x", "--json").stdout)
    assert (len(said["elected"]), said["seats"], said["seed"]) == (1, 1, "x")
    assert sorted(said["lots"]) == [1, 3, 4]


def test_a_table_for_people(run):
    shown = run(CLASSIC, "--method", "scottish-stv").stdout
    assert "Title\nscottish-stv: 2 of 3 to be elected; 12 valid, 1 blank, 0 spoilt, quota 5\n" in shown
    assert "Stage 1: first preferences\n  1 Adam" in shown
    assert "Elected, in order:\n  1. 1 Adam\n" in shown


def test_schulzes_order_for_people(run):
    shown = run(CLASSIC, "--method", "schulze").stdout
    assert "Place 1: 1 Adam  elected; preferred to\n  3 Charlotte               9\n  4 Donald" in shown
    assert "Place 3: 4 Donald\n" in shown


def test_a_tie_by_lot_is_said(run):
    shown = run('2 1\n1 1 0\n1 2 0\n0\n"A"\n"B"\n"T"\n', "--method", "irv", "--seed", "s").stdout
    assert "tie (exclusion) of 1 A, 2 B:" in shown
    assert "Lots were drawn by the seed 's':" in shown


def test_a_bad_file_is_refused_with_line_and_reason(run):
    shown = run(CLASSIC.replace("3 1 3 4 0", "3 1 9 4 0"), "--method", "irv", "--json")
    assert shown.exit_code == 2
    assert "Line 3: there is no candidate 9; there are 4. [NotACandidate]" in shown.stderr
    assert json.loads(shown.stdout)["refusal"] == "NotACandidate"


def test_no_valid_ballot_a_missing_file_and_an_unknown_method_are_refused(run):
    assert run('1 1\n3 0\n0\n"A"\n', "--method", "irv").exit_code == 2
    assert run(CLASSIC, "--method", "guess").exit_code == 2
    assert CliRunner().invoke(cli.costake, ["ballot", "count", "/no/such.blt", "--method", "irv"]).exit_code == 2


def test_it_runs_where_no_database_can_be_reached_and_loads_none(tmp_path):
    file = tmp_path / "ballots.blt"
    file.write_text(CLASSIC)
    code = (
        "import sys; from click.testing import CliRunner; from app.cli import costake; "
        f"shown = CliRunner().invoke(costake, ['ballot', 'count', {str(file)!r}, '--method', 'irv', '--json']); "
        "print(shown.exit_code, [name for name in ('sqlalchemy', 'psycopg', 'fastapi') if name in sys.modules])"
    )
    nowhere = os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, env=nowhere)
    assert shown.stdout == "0 []\n", shown.stderr
