"""Nothing in the database leads from who took part to what was voted, and every lie about the papers is found."""

import contextlib
import subprocess
import sys
from ast import literal_eval
from pathlib import Path

import pytest
from sqlalchemy import text

from app.ballots.drafting import find_ballot
from app.ballots.models import Ballot
from app.ballots.opening import close_ballot
from app.ballots.secret import models
from app.ballots.secret.casting import TrackerNeeded, purpose_of
from app.ballots.secret.keys import use_key
from app.ballots.secret.models import BallotKey, OpenedPaper, Participation, SealedPaper, Urn
from app.ballots.secret.papers import Paper, length_of, write_paper
from app.ballots.secret.sealing import seal
from app.ballots.secret.urns import papers_in
from app.core import clock
from app.core.database import Base, reading, transaction
from app.worker import run_until_idle
from tests.ballots import booths, halls
from tests.ballots.halls import CLOSES, SLUG, WHILE_OPEN
from tests.ledger.test_falsified import found
from tests.races import at_once, overlapping

ROOT = Path(__file__).resolve().parents[2]
SECRET_TABLES = {"urn", "sealed_paper", "opened_paper"}
HELD = "The urns of secret ballots hold a paper for everybody who took part"
KEPT = "No sealed paper was added, removed or exchanged since the close"
OPENED = "The published papers are what the key opens"


def test_no_column_of_what_was_voted_leads_to_who_voted() -> None:
    """By the schema: no reference but to the ballot, no moment, no number of an order, in either direction."""
    tables = Base.metadata.tables
    assert {cls.__table__.name for cls in (Urn, SealedPaper, OpenedPaper)} == SECRET_TABLES
    for name in SECRET_TABLES:
        table = tables[name]
        referred = {key.column.table.name for column in table.columns for key in column.foreign_keys}
        assert referred == {"ballot"}, f"{name} refers to {referred}"
        assert not {
            column.name for column in table.columns if "TIMESTAMP" in str(column.type) or column.name.endswith("_at")
        }
        assert all(column.default is None and column.autoincrement is not True for column in table.columns)
    of_who = {column.name for column in Participation.__table__.columns}
    of_what = {column.name for name in SECRET_TABLES for column in tables[name].columns}
    assert of_who & of_what == {"ballot_id", "xact"}, "xact: one transaction writes all papers of a ballot, after it"
    assert "xact" not in tables["urn"].columns
    pointing = {
        table.name
        for table in tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in SECRET_TABLES
    }
    assert pointing == set()


def test_a_copy_of_the_database_shows_no_vote_and_links_none_after_the_count(database) -> None:
    """Each votes in a transaction of their own; the copies hold `xmin` and `ctid` of every row, and all its bytes."""
    names = [f"voter{number}" for number in range(12)]
    with booths.open_booth(names=tuple(names)) as (_, booth):
        pass
    trackers = {}
    for number, name in enumerate(names):
        with transaction() as session, clock.at(WHILE_OPEN):
            trackers[name] = booths.vote(session, name, ("for", "against", "abstain")[number % 3])
    during = copied()
    with reading() as session:
        sealed = [paper for some in papers_in(session, find_ballot(session, SLUG)) for paper in some]
    assert len(set(sealed)) == len(names) and len({len(each) for each in sealed}) == 1
    whole = "\n".join(f"{row}" for rows in during.values() for row in rows)
    assert not any(paper[place : place + 16].hex() in whole for paper in sealed for place in (0, 40, 100))
    assert not any(part in whole for tracker in trackers.values() for part in (tracker, tracker.split("-")[1]))
    writers = {xmin for xmin, _, _ in during["participation"]}
    assert len(writers) == len(names), "each vote is a transaction of its own"
    sharing = {table for table, rows in during.items() if {xmin for xmin, _, _ in rows} & writers}
    assert sharing == {"participation", "audit_line", "urn"}
    assert len(during["urn"]) == 1, "and of the urn only who came last is told"
    count_it(booth)
    after = copied()
    for table in ("sealed_paper", "opened_paper"):
        assert len({xmin for xmin, _, _ in after[table]}) == 1
        assert not {xmin for xmin, _, _ in after[table]} & writers
    assert after["urn"] == []
    in_place = [row for _, _, row in sorted(after["opened_paper"], key=lambda each: literal_eval(each[1]))]
    assert [next(t for t in trackers.values() if t in row) for row in in_place] == sorted(trackers.values())


def test_of_two_tabs_one_paper_counts_and_a_late_one_is_told(database) -> None:
    with booths.open_booth():
        pass
    with clock.at(WHILE_OPEN):
        outcomes = at_once(*[lambda session, a=a: booths.vote(session, "maya", a) for a in ("for", "against")])
    assert sorted(type(each).__name__ for each in outcomes) == ["TrackerNeeded", "str"]
    assert papers() == 1

    def late(session) -> Ballot:
        with clock.at(CLOSES):
            return close_ballot(session, SLUG, by=None)

    with clock.at(WHILE_OPEN):
        voted, ended = overlapping(lambda session: booths.vote(session, "wei", "for"), late)
    assert isinstance(ended, Ballot) and voted.startswith("word-")
    with reading() as session:
        assert session.get_one(models.UrnsEmptied, ended.id).papers == 2


def test_a_vote_that_is_not_committed_leaves_neither_paper_nor_note(database) -> None:
    with booths.open_booth():
        pass
    with clock.at(WHILE_OPEN):
        with pytest.raises(ConnectionError), transaction() as session:
            booths.vote(session, "maya", "for")
            raise ConnectionError
        assert papers() == 0
        with transaction() as session:
            booths.vote(session, "maya", "against")
        with pytest.raises(TrackerNeeded), transaction() as session:
            booths.vote(session, "maya", "for")
    assert papers() == 1


VOTES = """
import app.worker
from app.core import clock
from app.core.database import transaction
from tests.ballots import booths
from tests.ballots.halls import WHILE_OPEN
for name in booths.NAMES:
    with transaction() as session, clock.at(WHILE_OPEN):
        print(booths.vote(session, name, "for"), flush=True)
"""


def test_a_process_that_is_killed_loses_no_vote_and_counts_none_twice(database) -> None:
    """Killed while it casts one vote after the other: whoever saw a receipt of a committed vote is in."""
    with booths.open_booth():
        pass
    casting = subprocess.Popen([sys.executable, "-c", VOTES], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert casting.stdout is not None
    seen = [casting.stdout.readline() for _ in range(3)]
    casting.kill()
    casting.wait()
    assert all(tracker.startswith("word-") for tracker in seen)
    assert papers() >= len(seen) - 1, "each is shown before its commit; the next comes after it"
    with clock.at(WHILE_OPEN):
        for name in booths.NAMES:
            with contextlib.suppress(TrackerNeeded), transaction() as session:
                booths.vote(session, name, "against")
    assert papers() == len(booths.NAMES)


@pytest.mark.falsified
def test_every_lie_about_papers_is_found(database) -> None:
    with booths.open_booth() as (session, booth):
        ballot = find_ballot(session, SLUG)
        empty = bytes(session.execute(text("SELECT content FROM urn")).scalar_one())
        for name in ("maya", "wei", "ana"):
            booths.vote(session, name, "for")
        key = session.get_one(BallotKey, ballot.id).public_key
    assert not found("urn", "SELECT 1", HELD)
    assert found("urn", f"UPDATE urn SET content = '\\x{empty.hex()}'", HELD), "an earlier copy was put back"
    assert found("urn", "UPDATE urn SET content = set_byte(content, 40, 255 - get_byte(content, 40))", HELD)
    assert found("participation", "DELETE FROM participation WHERE elector_id = 1", HELD)
    stuffed = (
        "INSERT INTO participation SELECT id, ballot_id, 'online', '2027-02-10', person_id FROM elector "
        "WHERE name = 'Kim'"
    )
    assert found("participation", stuffed, HELD), "and for somebody who stayed away"
    count_it(booth)
    assert not any(found("sealed_paper", "SELECT 1", name) for name in (HELD, KEPT, OPENED))
    forged = seal(key, purpose_of(ballot), write_paper(Paper("mine-1", "", "", ((1, "against"),)), length_of([], [])))
    content = f"'\\x{forged.hex()}'::bytea"
    hashed = f"encode(sha256({content}), 'hex'), {content}"
    one = "WHERE sha256 = (SELECT min(sha256) FROM sealed_paper)"
    for lie in (
        f"INSERT INTO sealed_paper VALUES ({ballot.id}, {hashed})",
        f"DELETE FROM sealed_paper {one}",
        f"UPDATE sealed_paper SET (sha256, content) = (SELECT {hashed}) {one}",
        "UPDATE urns_emptied SET papers = papers + 1",
    ):
        table = lie.split()[1] if lie.startswith("UPDATE") else lie.split()[2]
        assert found(table, lie, KEPT), lie
    for lie in (
        "UPDATE opened_paper SET answers = replace(answers::text, 'for', 'against')::jsonb WHERE number = 1",
        "DELETE FROM opened_paper WHERE number = 2",
        f"INSERT INTO opened_paper VALUES ({ballot.id}, 4, 'zz-1', '', '', '{{\"1\": \"against\"}}')",
        "UPDATE papers_opening SET private_key = '\\x" + "01" * 32 + "'",
    ):
        table = lie.split()[1] if lie.startswith("UPDATE") else lie.split()[2]
        assert found(table, lie, OPENED), lie


def papers() -> int:
    """How many papers lie in the urns; as many as took part."""
    with reading() as session:
        held = sum(len(some) for some in papers_in(session, find_ballot(session, SLUG)))
        assert session.query(Participation).count() == held
        return held


def count_it(booth: booths.Booth) -> None:
    """Close the ballot and open its papers."""
    with transaction() as session:
        halls.closed(session)
    for person, code in zip((booth.first, booth.second), booth.codes, strict=True):
        with transaction() as session, clock.at(CLOSES):
            use_key(session, SLUG, code, by=person.id)
    assert run_until_idle() == []


def copied() -> dict[str, list[tuple[str, str, str]]]:
    """Every row of every table with its transaction, its place, and all its values as text."""
    with reading() as session:
        return {
            name: [
                (str(xmin), str(place), row)
                for xmin, place, row in session.execute(text(f'SELECT t.xmin, t.ctid, t::text FROM "{name}" t'))
            ]
            for name in Base.metadata.tables
        }
