"""`costake role`: roles from the command line, where nobody has one yet."""

import json

from click.testing import CliRunner

from app.cli import costake
from app.core.database import reading, transaction
from app.members.approvals.approving import decide
from app.members.models import Person
from app.members.signing_in import use_link
from tests import make


def run(*arguments: str, status: int = 0):
    result = CliRunner().invoke(costake, ["role", *arguments])
    assert result.exit_code == status, result.output
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_a_role_is_granted_listed_used_and_ended(database):
    assert "Begin with: costake role grant" in run("list").stdout
    granted = run("grant", "Maya@Example.org", "organizer", "--reason", "founding meeting", "--language", "fr")
    assert "maya@example.org is organizer now." in granted.stdout
    run("grant", "maya@example.org", "auditor")
    [first, second] = json.loads(run("list", "--json").stdout)
    assert (first["email"], first["role"], first["reason"]) == ("maya@example.org", "organizer", "founding meeting")
    assert second["role"] == "auditor"
    assert "organizer  maya@example.org" in run("list").stdout

    address = run("link", "MAYA@example.org").stdout.strip()
    assert address.startswith("http://127.0.0.1:8000/sign-in/")
    with transaction() as session:
        assert use_link(session, address.rpartition("/")[2])[1] == "/"

    run("end", str(first["id"]), "--reason", "stepped down")
    assert [row["role"] for row in json.loads(run("list", "--json").stdout)] == ["auditor"]
    with reading() as session:
        assert make.letters(session, "maya@example.org") == ["new-role", "new-role"]


def test_the_command_line_grants_until_two_organizers_can(database):
    run("grant", "ann@example.org", "organizer")
    run("grant", "bob@example.org", "organizer")
    run("grant", "bob@example.org", "treasurer")
    assert "one proposes it at /desk/roles" in run("grant", "cleo@example.org", "organizer", status=2).stderr
    run("end", "1", "--reason", "lost")
    run("grant", "cleo@example.org", "organizer")


def test_where_two_organizers_can_decide_the_command_line_proposes(database):
    for name in ("ann", "bob"):
        run("grant", f"{name}@example.org", "organizer")
    proposed = run("grant", "cleo@example.org", "auditor", "--by", "ann@example.org").stdout
    assert "Proposed as 1. Another organizer approves it" in proposed
    assert "Nobody is known" in run("grant", "dora@example.org", "auditor", "--by", "eve@example.org", status=2).stderr
    with transaction() as session:
        bob = session.query(Person).filter_by(email="bob@example.org").one()
        decide(session, 1, approve=True, by=bob, reason="I was there")
    assert "one proposes it at /desk/roles" in run("end", "3", "--reason", "over", status=2).stderr
    assert "Proposed as 2." in run("end", "3", "--reason", "over", "--by", "ann@example.org").stdout
    assert len(json.loads(run("list", "--json").stdout)) == 3
    with transaction() as session:
        decide(session, 2, approve=True, by=session.merge(bob), reason="right")
    assert [row["email"] for row in json.loads(run("list", "--json").stdout)] == ["ann@example.org", "bob@example.org"]


REFUSED = [
    (["grant", "maya@example.org", "owner"], "is not a role that can be granted"),
    (["grant", "maya", "organizer"], "is not an e-mail address"),
    (["grant", "maya@example.org", "organizer", "--reason", " "], "Say why"),
    (["grant", "known@example.org", "organizer"], "is organizer already"),
    (["end", "999", "--reason", "over"], "has ended already, or was never granted"),
    (["end", "1"], "--reason"),
    (["end", "one", "--reason", "over"], "not a valid integer"),
    (["end", "9" * 25, "--reason", "over"], "not in the range"),
    (["link", "nobody@example.org"], "Nobody is known by the address nobody@example.org"),
    (["link", "nobody"], "is not an e-mail address"),
    (["grant"], "Usage"),
    (["promote"], "No such command"),
]


def test_what_cannot_be_is_said_with_exit_status_2_and_changes_nothing(database):
    run("grant", "known@example.org", "organizer")
    for arguments, said in REFUSED:
        assert said in run(*arguments, status=2).stderr
        assert len(json.loads(run("list", "--json").stdout)) == 1
    with reading() as session:
        assert [person.email for person in session.query(Person)] == ["known@example.org"]
