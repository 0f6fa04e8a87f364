"""The commit comes before the answer: nobody is told of something that did not happen."""

import pytest
from fastapi import Request
from sqlalchemy import text

from app.core.database import new_session
from app.core.errors import Refusal
from app.web.database import Snapshot, Tx
from app.web.forms import shown_again
from app.web.pages import redirect

COUNT = text("SELECT count(*) FROM noted")


@pytest.fixture
def noting(database, app):
    with new_session() as session, session.begin():
        session.execute(
            text("CREATE TABLE noted (id int PRIMARY KEY, other int REFERENCES noted DEFERRABLE INITIALLY DEFERRED)")
        )

    @app.get("/note/{number}")
    def note(request: Request, session: Tx, number: int, other: int | None = None):
        session.execute(text("INSERT INTO noted VALUES (:number, :other)"), {"number": number, "other": other})
        return redirect(request, "/noted")

    @app.get("/refused/{number}")
    def refused(request: Request, session: Tx, number: int):
        session.execute(text("INSERT INTO noted VALUES (:number)"), {"number": number})
        with shown_again(request, "web/parts.html", {}):
            raise Refusal

    @app.get("/sneaky")
    def sneaky(session: Snapshot):
        session.execute(text("INSERT INTO noted VALUES (99)"))

    def count() -> int:
        with new_session() as session:
            return session.execute(COUNT).scalar_one()

    return count


def test_when_the_answer_arrives_the_row_is_there(noting, browser):
    assert browser.get("/note/1").status_code == 303
    assert noting() == 1


def test_a_commit_that_fails_is_told_as_a_failure(noting, browser):
    answer = browser.get("/note/1?other=7")
    assert answer.status_code == 500
    assert "Nothing was changed" in answer.text
    assert noting() == 0


def test_a_refused_form_leaves_nothing_behind(noting, browser):
    assert browser.get("/refused/1").status_code == 422
    assert noting() == 0


def test_a_page_that_only_reads_cannot_write(noting, browser):
    assert browser.get("/sneaky").status_code == 500
    assert noting() == 0
