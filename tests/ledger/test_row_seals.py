"""Every append-only row is sealed in blocks, in one chain whose head can be kept outside."""

import json
import time
from datetime import timedelta

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from app.cli import costake
from app.core import clock
from app.core.database import transaction
from app.core.rowseals import RowSeal, head, seal_rows_of_all
from app.members.people.leaving import resign
from app.privacy.erasing import ask_for_erasure, erase
from tests import make
from tests.ledger.test_proofs import failing, falsify

AS_IT_WAS = "Every sealed row is as it was"
SEALED = "Nothing settled stays unsealed too long"


def seal_rows() -> RowSeal:
    """Seal all that is written; transactions of other databases of the same server may hold that back for a moment."""
    with transaction() as session:
        written = int(session.scalar(text("SELECT pg_current_xact_id()::text")))
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        with transaction() as session:
            settled = int(session.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")))
            seal_rows_of_all(session)
            if settled > written:
                return head(session)
        time.sleep(0.05)
    raise AssertionError("something on this server does not end")


@pytest.fixture
def sealed(database) -> str:
    with transaction() as session:
        make.member(session)
    seal_rows()
    return database


def test_sealing_twice_seals_only_what_is_new(sealed):
    before = seal_rows()
    assert before.tables["particulars"]["rows"] == before.tables["membership"]["rows"] == 1
    with transaction() as session:
        make.member(session, "wei@example.org", "Wei Chen")
    after = seal_rows()
    assert after.id == before.id + 1
    assert after.tables["membership"]["rows"] == 1
    assert failing() == set()


def test_a_row_that_is_being_written_is_left_for_later(sealed):
    with transaction() as writing:
        make.member(writing, "wei@example.org", "Wei Chen")
        with transaction() as session:
            seal_rows_of_all(session)
            assert "membership" not in head(session).tables or head(session).id == 2
    assert seal_rows().tables["membership"]["rows"] == 1
    assert failing() == set()


def test_erasure_empties_what_no_seal_covers(database):
    with transaction() as session:
        person = make.succeeded_offer(session)[0].person
        resign(session, person, clock.today(), by=person.id)
    seal_rows()
    with transaction() as session:
        request = ask_for_erasure(session, person, by=person, reason="I have left")
        erase(session, request.id, by=make.staff(session, "secretary"), reason="nothing stands against it")
        assert make.letters(session, "maya@example.org") == ["erasure-decided"]
    assert failing() == set()


@pytest.mark.falsified
def test_seals_of_which_the_last_ones_are_taken_away_are_missed_after_a_day(sealed):
    with clock.at(clock.now() + timedelta(days=2)):
        assert failing() == set()
        falsify(sealed, "row_seal", "DELETE FROM row_seal WHERE id > 1")
        assert failing() == {SEALED}


@pytest.mark.falsified
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM row_seal",
        "DELETE FROM row_seal WHERE id = 1",
        "UPDATE row_seal SET sealed_at = sealed_at - interval '1 day' WHERE id = 2",
        "UPDATE row_seal SET tables = tables - 'membership' WHERE id = 2",
        "INSERT INTO row_seal SELECT 7, sealed_at, '999999999', tables, sha256 FROM row_seal WHERE id = 2",
    ],
)
def test_falsified_seals_are_found(sealed, statement):
    falsify(sealed, "row_seal", statement)
    assert AS_IT_WAS in failing()


@pytest.mark.falsified
def test_seals_made_anew_are_found_by_the_hash_that_was_kept(sealed):
    kept = json.loads(CliRunner().invoke(costake, ["seal", "--json"]).output)["sha256"]
    assert CliRunner().invoke(costake, ["seal", "--kept", kept]).exit_code == 0
    falsify(sealed, "membership", "UPDATE membership SET entered_on = '2020-01-01'")
    falsify(sealed, "row_seal", "DELETE FROM row_seal WHERE id > 1")
    seal_rows()
    assert failing() == set()
    found = CliRunner().invoke(costake, ["seal", "--kept", kept])
    assert found.exit_code == 1 and "NOT in the chain" in found.output


@pytest.mark.falsified
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
        "CREATE OR REPLACE FUNCTION refuse_change_but_redaction() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RETURN NEW; END$$",
        "CREATE OR REPLACE FUNCTION entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
        "CREATE OR REPLACE FUNCTION postings_arrive() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
        "ALTER FUNCTION postings_arrive() SECURITY DEFINER",
        "DROP TRIGGER append_only ON lot; CREATE TRIGGER append_only BEFORE UPDATE ON lot "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change(); ALTER TABLE lot ENABLE ALWAYS TRIGGER append_only",
        "DROP TRIGGER append_only_whole ON letter",
        "ALTER TABLE receipt DISABLE TRIGGER append_only",
        "CREATE RULE quiet AS ON INSERT TO audit_line DO INSTEAD NOTHING",
        "CREATE TRIGGER quiet BEFORE INSERT ON person FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "ALTER TABLE lot DISABLE TRIGGER ALL; ALTER TABLE lot ENABLE ALWAYS TRIGGER append_only",
        "ALTER TABLE lot ENABLE ROW LEVEL SECURITY",
    ],
)
def test_guards_that_were_undermined_are_found(database, statement):
    with psycopg.connect(database) as superuser:
        superuser.execute(statement)
    assert failing() == {"The database's guards stand"}
