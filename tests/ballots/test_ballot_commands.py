"""`costake ballot list`, `show`, `open`, `close` and `certify`: a teller's steps without a page."""

import json

from click.testing import CliRunner

from app import cli
from app.ballots.drafting import find_ballot
from app.ballots.electorate.freezing import freeze_electorate
from app.ballots.models import BallotState
from app.ballots.result.certifying import count_ballot
from app.core import clock
from app.core.database import transaction
from tests.ballots import halls
from tests.ballots.halls import CLOSES, FROZEN, OPENS, SLUG, WHILE_OPEN

TELLER = ("--by", "teo@example.org")


def run(*arguments: str, status: int = 0):
    result = CliRunner().invoke(cli.costake, ["ballot", *arguments])
    assert result.exit_code == status, result.output
    return result


def test_a_ballot_is_listed_opened_closed_and_signed_on_the_command_line(database) -> None:
    with transaction() as session:
        halls.members(session)
        number = halls.called(session).id
        halls.staff(session, "teo")
        with clock.at(FROZEN):
            freeze_electorate(session, SLUG, by=None)
    listed = json.loads(run("list", "--json").stdout)
    assert [(each["ballot"], each["state"]) for each in listed] == [(SLUG, "ready to open")]
    with clock.at(FROZEN):
        assert "OpensLater" in run("open", SLUG, *TELLER, status=2).stderr
    with clock.at(OPENS):
        assert "NotAllowed" in run("open", SLUG, "--by", "maya@example.org", status=2).stderr
        assert "UnknownActor" in run("open", SLUG, "--by", "nobody@example.org", status=2).stderr
        assert run("open", str(number), *TELLER).stdout == f"{SLUG} is open.\n"
    with transaction() as session, clock.at(WHILE_OPEN):
        halls.vote(session, "maya", "for")
    with clock.at(WHILE_OPEN):
        assert "ClosesLater" in run("close", SLUG, *TELLER, status=2).stderr
        shown = run("show", SLUG).stdout
        assert "1 of 3 electors took part" in shown and "carried" not in shown
    with clock.at(CLOSES):
        assert run("close", SLUG, *TELLER).stdout == f"{SLUG} is closed.\n"
        with transaction() as session:
            digest = count_ballot(session, SLUG, by=None).sha256
        assert digest in run("certify", SLUG, *TELLER).stdout
        assert "StateChanged" in run("close", SLUG, *TELLER, status=2).stderr
    said = json.loads(run("show", SLUG, "--json").stdout)
    assert (said["result_sha256"], said["items"][0]["outcome"]) == (digest, "carried")
    assert "NotFound" in run("show", "nothing", status=2).stderr
    with transaction() as session:
        assert find_ballot(session, SLUG).state == BallotState.COUNTED
