"""The audit trail: each act with who, when, from where and why, in blocks that are sealed."""

import re
import time

import psycopg
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from app.cli import costake
from app.core import audit
from app.core.audit import AuditLine, AuditSeal, Tag
from app.core.database import reading, transaction
from app.core.settings import ROOT
from app.proofs import prove
from tests import make
from tests.ledger.test_proofs import falsify

HELD = "The audit trail's seals hold"


def seal(lines: int) -> list[AuditSeal]:
    """Seal so many lines; transactions of other databases of the same server may hold that back for a moment."""
    made: list[AuditSeal] = []
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with transaction() as session:
            if (block := audit.seal_trail(session)) is not None:
                made.append(block)
        if sum(block.entry_count for block in made) == lines:
            return made
        time.sleep(0.05)
    raise AssertionError(f"{lines} lines could not be sealed")


def failing() -> set[str]:
    with reading() as session:
        return {proof.name for proof, finding in prove(session) if not finding.holds}


@pytest.fixture
def trail(database):
    for number in range(3):
        with transaction() as session:
            audit.record(session, Tag.REGISTER_EXPORTED, "register", by=None, reason="asked by the court", lines=number)
    seal(3)
    assert failing() == set()
    return database


@pytest.mark.falsified
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_line SET actor_id = 7 WHERE id = 2",
        "UPDATE audit_line SET reason = NULL WHERE id = 2",
        "UPDATE audit_line SET at = at - interval '1 day' WHERE id = 2",
        """UPDATE audit_line SET details = '{"lines": 7}' WHERE id = 2""",
        "UPDATE audit_line SET network = '203.0.113.0/24' WHERE id = 2",
        "DELETE FROM audit_line WHERE id = 3",
        "INSERT INTO audit_line (at, tag, subject, details, xact) SELECT now(), 'role:granted', 'person:1', '{}', '3'",
    ],
)
def test_a_line_falsified_by_a_superuser_is_found(trail, statement):
    falsify(trail, "audit_line", statement)
    assert failing() == {HELD}


def test_a_seal_covers_the_seals_before_it(trail):
    with transaction() as session:
        audit.record(session, Tag.REGISTER_EXPORTED, "register", by=None)
    seal(1)
    with transaction() as session:
        assert audit.seal_trail(session) is None


@pytest.mark.parametrize("table", ["audit_line", "audit_seal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = 9", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_the_trail(trail, table, statement):
    with psycopg.connect(trail) as superuser, pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        superuser.execute(statement.format(table))


def test_what_is_done_on_a_page_is_said_to_come_from_the_web(database):
    from app.main import app

    with transaction() as session:
        offer = make.open_offer(session)
        terms = offer.terms_id
    client = TestClient(app, client=("203.0.113.77", 50_000))
    shown = client.get("/offers/buy-it/pledge").text
    fields = dict(re.findall(r'name="(csrf|form_key|terms_id)" value="([^"]*)"', shown))
    answer = client.post(
        "/offers/buy-it/pledge",
        data=fields
        | {"email": "maya@example.org", "legal_name": "Maya Whitfield", "street": "1200 Adeline Street"}
        | {"postal_code": "94607", "locality": "Oakland", "region": "CA", "country": "US", "shares": "10"}
        | {"understood": "yes", "electronic": "yes", "terms_id": str(terms)},
    )
    assert answer.status_code == 200, answer.text
    with transaction() as session:
        line = session.scalars(select(AuditLine).where(AuditLine.tag == Tag.PLEDGE_MADE)).one()
        assert (line.door, line.network) == ("web", "203.0.113.0/24")


def test_what_is_done_on_the_command_line_and_by_the_worker_is_said_to_come_from_there(database):
    from app.worker import run_until_idle

    assert CliRunner().invoke(costake, ["register", "export"]).exit_code == 0
    with transaction() as session:
        make.succeeded_offer(session)
    assert run_until_idle() == []
    with transaction() as session:
        by_tag = dict(session.execute(text("SELECT tag, max(door) FROM audit_line GROUP BY tag")).all())
    assert by_tag["register:exported"] == "command line"
    assert by_tag["document:filed"] == "worker"
    assert by_tag["shares:allotted"] is None  # done by this test itself


def test_every_tag_is_used_and_says_what_it_is():
    sources = [path.read_text() for path in (ROOT / "app").rglob("*.py") if path.name != "audit.py"]
    unused = [tag.name for tag in Tag if not any(re.search(rf"\bTag\.{tag.name}\b", source) for source in sources)]
    assert unused == []
