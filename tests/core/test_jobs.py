"""Jobs: what follows an act is done when the act happened, and only then."""

import pytest
from sqlalchemy import text

from app.core import jobs
from app.core.database import reading, transaction
from app.worker import run_until_idle
from tests import make


def waiting() -> list[tuple[str, dict]]:
    with reading() as session:
        rows = session.execute(text("SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"))
        return [(row.task_name, row.args) for row in rows]


def test_a_job_is_committed_and_rolled_back_with_its_act(database):
    with pytest.raises(ZeroDivisionError), transaction() as session:
        jobs.defer(session, "letters.send", letter_id=1)
        raise ZeroDivisionError
    assert waiting() == []
    with transaction() as session:
        jobs.defer(session, "letters.send", letter_id=2)
        assert waiting() == []
    assert waiting() == [("letters.send", {"letter_id": 2})]


def test_a_letter_is_sent_only_when_its_act_was_committed(database, tmp_path):
    folder = tmp_path / "var" / "letters" / "new"
    with pytest.raises(ZeroDivisionError), transaction() as session:
        make.staff(session, "organizer")
        raise ZeroDivisionError
    assert run_until_idle() == []
    assert not folder.exists()
    with transaction() as session:
        make.staff(session, "organizer")
    assert run_until_idle() == []
    assert len(list(folder.iterdir())) == 1
    assert waiting() == []
