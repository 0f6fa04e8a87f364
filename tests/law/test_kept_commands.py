"""An organization adapts a profile and records counsel's word on the command line."""

import json

import pytest
from click.testing import CliRunner

from app.cli import costake
from app.core.database import transaction
from app.members.persons import known_person


@pytest.fixture
def run(database, tmp_path):
    with transaction() as session:
        known_person(session, "secretary@example.org", "en")

    def command(*arguments: str, given: object = None, status: int = 0):
        text = None if given is None else json.dumps(given)
        result = CliRunner().invoke(costake, ["law", *arguments], input=text)
        assert result.exit_code == status, result.output + result.stderr
        assert "Traceback" not in result.output + result.stderr
        return result

    return command


def test_a_stricter_copy_decides_and_names_what_it_departs_from(run, tmp_path):
    file = tmp_path / "rules.json"
    file.write_text('{"approvals.members.threshold": {"fraction": "4/5"}}')
    kept = run("adapt", "uk-company-to-society", str(file), "--reason", "Rule 43", "--by", "secretary@example.org")
    own = kept.stdout.split()[2].rstrip(".")
    votes = {"for": 79, "against": 21}
    assert json.loads(run("evaluate", "uk-company-to-society", given=votes).stdout)["pass"] is True
    assert json.loads(run("evaluate", own, given=votes).stdout)["pass"] is False
    listed = json.loads(run("own", "--json").stdout)
    assert [(copy["id"], copy["reason"]) for copy in listed] == [(own, "Rule 43")]
    assert listed[0]["departures"]["approvals.members.threshold"]["law"]["fraction"] == "3/4"
    assert "4/5" in run("show", own).stdout


def test_counsel_s_word_makes_a_value_bind_where_it_is_asked_for(run):
    votes = {"outstanding": 10, "for": 6}
    assert json.loads(run("evaluate", "us-de-266", given=votes).stdout)["enforced"] is False
    confirmed = (
        "confirm",
        "us-de-266",
        "approvals.holders.threshold",
        "--counsel",
        "Ms Lee",
        "--by",
        "secretary@example.org",
    )
    run(*confirmed)
    assert json.loads(run("evaluate", "us-de-266", "--confirmed", given=votes).stdout)["enforced"] is True
    run(*confirmed, "--deny")
    assert json.loads(run("evaluate", "us-de-266", "--confirmed", given=votes).stdout)["enforced"] is False


def test_what_is_laxer_unknown_or_unreadable_is_refused_by_name(run, tmp_path):
    file = tmp_path / "rules.json"
    by = ("--reason", "x", "--by", "secretary@example.org")
    for text, named in [
        ('{"approvals.members.threshold": {"fraction": "1/2"}}', "LaxerThanLaw"),
        ('{"no.such.value": 1}', "UnknownValue"),
        ("{}", "NotDepartures"),
        ("not json", "NotDepartures"),
    ]:
        file.write_text(text)
        assert named in run("adapt", "uk-company-to-society", str(file), *by, status=2).stderr
    file.write_text('{"approvals.members.threshold": {"fraction": "4/5"}}')
    stranger = ("--reason", "x", "--by", "nobody@example.org")
    assert "UnknownDecider" in run("adapt", "uk-company-to-society", str(file), *stranger, status=2).stderr
    assert "UnknownProfile" in run("show", "uk-company-to-society@99", status=2).stderr
