"""The command line as a whole: its help, its refusals, its exit statuses."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from app import cli
from app.core.errors import InvalidInput, Refusal

ROOT = Path(__file__).resolve().parents[2]


class TooMuch(Refusal):
    message = "{amount} is too much."


@pytest.fixture
def run(monkeypatch):
    """Runs `costake fail …` with a command that raises what it is given."""

    def running(error: Exception, *arguments: str):
        @click.command()
        @click.option("--json", "as_json", is_flag=True)
        def fail(as_json):
            raise error

        module = type(sys)("failing")
        module.fail = fail
        monkeypatch.setitem(sys.modules, "failing", module)
        monkeypatch.setitem(cli.ENTRIES, "fail", cli.Entry("failing:fail", "Fail."))
        return CliRunner().invoke(cli.costake, ["fail", *arguments])

    return running


def test_the_help_names_every_command_and_loads_none():
    code = (
        "import sys; from click.testing import CliRunner; from app.cli import costake; "
        "print(CliRunner().invoke(costake, ['--help']).output); "
        "print([name for name in ('sqlalchemy', 'fastapi', 'weasyprint', 'pydantic') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name, entry in cli.ENTRIES.items():
        assert f"  {name} " in shown
        assert entry.purpose in shown
    assert shown.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", cli.ENTRIES)
def test_every_command_has_help_of_its_own(name):
    shown = CliRunner().invoke(cli.costake, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith(f"Usage: costake {name}")


def test_a_mistyped_command_is_answered_with_the_nearest():
    shown = CliRunner().invoke(cli.costake, ["prov"])
    assert shown.exit_code == 2
    assert "Did you mean 'prove'?" in shown.stderr


def test_a_refusal_is_a_sentence_and_exit_status_2(run):
    shown = run(TooMuch(amount=7))
    assert (shown.exit_code, shown.stderr, shown.stdout) == (2, "7 is too much. [TooMuch]\n", "")


def test_a_machine_gets_the_refusal_by_name(run):
    shown = run(TooMuch(amount=7), "--json")
    assert shown.exit_code == 2
    assert json.loads(shown.stdout) == {"refusal": "TooMuch", "message": "7 is too much."}


def test_several_wrong_values_are_said_one_by_one(run):
    shown = run(InvalidInput({"price": TooMuch(amount=7), "name": "Please fill in this field."}))
    assert "  price: 7 is too much. [TooMuch]\n  name: Please fill in this field.\n" in shown.stderr


def test_a_mistake_of_ours_is_not_dressed_up_as_a_refusal(run):
    shown = run(ValueError("ours"))
    assert isinstance(shown.exception, ValueError)
