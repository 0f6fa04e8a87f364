"""`costake law list` and `costake law show`: every profile, every value, its source and how far it binds."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from app.cli.law import law
from app.law import profiles


def run(*words):
    return CliRunner().invoke(law, list(words))


def test_the_list_names_every_profile_once():
    said = run("list").stdout
    listed = json.loads(run("list", "--json").stdout)
    assert [one["id"] for one in listed] == [one.id for one in profiles.all_profiles()]
    assert all(said.count(f"  {one['id']} ") == 1 for one in listed)


@pytest.mark.parametrize("profile_id", [*profiles.profile_ids(), *profiles.reference_ids()])
def test_show_prints_every_value_with_its_source(profile_id):
    shown = run("show", profile_id)
    assert shown.exit_code == 0
    data = json.loads(run("show", profile_id, "--json").stdout)
    for value in data["values"]:
        assert f"[{value['key']}]" in shown.stdout
        assert all(f"{source['id']}: " in shown.stdout for source in value["sources"])
    assert shown.stdout.count("  Binds ") == len(data["values"])


def test_show_says_what_is_enforced_and_what_is_advisory():
    shown = run("show", "us-de-266").stdout
    assert "for > 1/2 of outstanding_entitled" in shown
    assert "advisory (source read, confidence 0.93)" in shown
    assert "enforced (source read, confidence 0.97)" in shown
    assert "2022-08-01/.." in shown


def test_an_unknown_profile_ends_with_2():
    for words in (["show", "us-de-267"], ["show", "../sources"], ["show", "us-de-267", "--json"]):
        answer = run(*words)
        assert answer.exit_code == 2
        assert answer.stderr.endswith(". [UnknownProfile]\n")


def test_evaluating_loads_neither_the_web_nor_the_database():
    program = (
        "import sys; from click.testing import CliRunner; from app.cli.law import law; "
        "CliRunner().invoke(law, ['evaluate', 'us-regcf'], input='{\"ai\": 0, \"nw\": 0}'); "
        "assert not {'sqlalchemy', 'fastapi', 'babel', 'pydantic'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
