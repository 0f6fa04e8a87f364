"""The worker: a job follows its act's commit, is tried again when it fails, and survives its worker's death."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from app import worker
from app.core import clock, jobs
from app.core.database import transaction

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
HANGING = """
import sys
from app import worker
def hang(session, number):
    print("doing", number, flush=True)
    sys.stdin.read()
worker.JOBS["test.note"] = hang
worker.run_forever()
"""
TICKING = """
from app import worker
worker.PERIODIC[:] = [worker.Periodic("test.tick", "* * * * * *", lambda session: print("tick", flush=True))]
worker.run_forever()
"""


@pytest.fixture
def noted(database, monkeypatch):
    """Numbers that the job `test.note` was given; negative ones make it fail."""
    seen = []

    def note(session, number):
        if number < 0:
            raise ValueError("a negative number")
        seen.append(number)

    monkeypatch.setitem(worker.JOBS, "test.note", note)
    return seen


def kept(database):
    with psycopg.connect(database) as connection:
        return connection.execute("SELECT status::text, attempts, scheduled_at FROM procrastinate_jobs").fetchall()


def test_a_job_is_done_after_its_act_and_then_forgotten(database, noted):
    with transaction() as session:
        jobs.defer(session, "test.note", number=7)
    assert worker.run_until_idle() == []
    assert noted == [7]
    assert kept(database) == []


def test_a_job_of_an_act_that_was_rolled_back_never_was(database, noted):
    with pytest.raises(ZeroDivisionError), transaction() as session:
        jobs.defer(session, "test.note", number=7)
        _ = 1 / 0
    assert worker.run_until_idle() == []
    assert noted == []


def test_what_a_job_brings_about_is_done_too(database, noted, monkeypatch):
    monkeypatch.setitem(worker.JOBS, "test.first", lambda session: jobs.defer(session, "test.note", number=8))
    with transaction() as session:
        jobs.defer(session, "test.first")
    assert worker.run_until_idle() == []
    assert noted == [8]


def test_a_job_that_fails_changes_nothing_and_is_tried_again_later(database, noted):
    with transaction() as session:
        jobs.defer(session, "test.note", number=-1)
        jobs.defer(session, "test.note", number=9)
    (failure,) = worker.run_until_idle()
    assert (failure.job, str(failure.error)) == ("test.note", "a negative number")
    assert noted == [9]
    ((status, attempts, again),) = kept(database)
    assert (status, attempts) == ("todo", 1)
    assert timedelta(0) < again - clock.now() < timedelta(seconds=10)


def test_a_job_runs_at_the_moment_that_the_clock_says(database, monkeypatch):
    moments = []
    monkeypatch.setitem(worker.JOBS, "test.moment", lambda session: moments.append(clock.now()))
    with transaction() as session:
        jobs.defer(session, "test.moment")
    then = clock.now() - timedelta(days=400)
    with clock.at(then):
        worker.run_until_idle()
    assert moments == [then]


def test_the_job_of_a_killed_worker_is_done_by_the_next(database, noted):
    with transaction() as session:
        jobs.defer(session, "test.note", number=10)
    hanging = subprocess.Popen(
        [sys.executable, "-c", HANGING], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert hanging.stdout.readline() == "doing 10\n"
    assert worker.run_until_idle() == []
    assert noted == [], "a job of a living worker is left to it"
    hanging.kill()
    hanging.communicate()
    assert worker.run_until_idle() == []
    assert noted == [10]


def test_a_job_that_kills_its_workers_is_given_up(database, noted):
    with transaction() as session:
        jobs.defer(session, "test.note", number=11)
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = 9")
    assert worker.run_until_idle() == []
    assert noted == []
    assert [status for status, *_ in kept(database)] == ["failed"]


def test_the_log_of_a_job_tells_its_name_but_not_its_arguments(database):
    entry = {**os.environ, "DATABASE_URL": database, "COSTAKE_LOG_FORMAT": "json"}
    with transaction() as session:
        jobs.defer(session, "test.unknown", address="ada@example.org")
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "worker", "--until-idle"], cwd=ROOT, env=entry, capture_output=True, text=True
    )
    assert "test.unknown" in done.stderr
    assert "ada@example.org" not in done.stderr


def test_a_periodic_act_runs_when_its_time_comes_and_the_worker_stops_when_asked(database):
    ticking = subprocess.Popen([sys.executable, "-c", TICKING], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert ticking.stdout.readline() == "tick\n"
    ticking.terminate()
    ticking.communicate()
    assert ticking.returncode == 0
