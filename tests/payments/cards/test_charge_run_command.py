"""`costake charge-run`: a run is proposed, looked at, paused and goes on from the command line."""

import json

from click.testing import CliRunner

from app.cli import costake
from app.core.database import reading, transaction
from app.members.approvals.approving import decide, undecided
from app.members.models import Person
from app.payments.cards.running.preparing import earliest, runs_of
from app.payments.cards.running.states import moves_of
from tests import make
from tests.payments.cards.runs_made import PURPOSE, SavedCards, announce, collecting_offer


def run(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(costake, ["charge-run", *arguments])
    assert result.exit_code == status and "Traceback" not in result.output, result.output
    return result.output


def test_a_run_from_its_proposal_to_its_pause(database):
    with transaction() as session:
        collecting_offer(session, SavedCards(None), ["pm_card_visa", "pm_card_visa"])
        day = earliest(session, PURPOSE).isoformat()
        make.staff(session)
        treasurer = make.staff(session, "treasurer").id
    assert "No run goes on." in run("status")
    said = ["start", PURPOSE, "--on", day, "--reason", "the target is reached"]
    run(*said, "--by", "stranger@example.org", status=2)
    assert "Proposed: 2 payments" in run(*said, "--by", "organizer@example.org")
    with transaction() as session:
        assert session.query(Person).filter_by(email="stranger@example.org").count() == 0
        [proposal] = undecided(session)
        decide(session, proposal.id, approve=True, by=session.get_one(Person, treasurer), reason="as agreed")
    with transaction() as session:
        [begun] = runs_of(session, PURPOSE)
        announce(session, begun)
        number = str(begun.id)

    found = json.loads(run("status", "--json"))
    assert (found["state"], found["told"], found["charged"], found["declined"]) == ("waiting for its day", 2, 0, 0)
    assert "paused" in run("pause", number, "--reason", "the bank called")
    run("pause", number, "--reason", "again", status=2)
    assert "waiting for its day" in run("resume", number, "--reason", "the bank is content")
    run("status", "999", status=2)
    with reading() as session:
        assert [move.reason for move in moves_of(session, int(number))][-2:] == [
            "the bank called",
            "the bank is content",
        ]
