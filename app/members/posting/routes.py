"""The desk's list of letters that go by post, each with its text to print."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.core import clock
from app.core.errors import N_
from app.letters.composing import text_of
from app.members.access import Desk, Registrar
from app.members.posting.posting import PaperLetter, note_posted, paper_letter, waiting_letters
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/letters/post")
LIST = "members/posting/index.html"
LETTER = "members/posting/letter.html"


@router.get("")
def show_waiting(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """The letters that wait for the post."""
    waiting = [(paper, text_of(paper.letter)) for paper in waiting_letters(session)]
    return page(request, LIST, waiting=waiting)


@router.get("/{letter_id}")
def show_letter(request: Request, session: Snapshot, viewer: Desk, letter_id: Id) -> Response:
    """One letter with its address, to print."""
    paper = paper_letter(session, letter_id)
    return page(request, LETTER, **_facts(paper))


@router.post("/{letter_id}/posting")
def post(request: Request, session: Tx, viewer: Registrar, letter_id: Id, fields: Fields) -> Response:
    """Note the day on which a letter was given to the post."""
    paper = paper_letter(session, letter_id)
    with shown_again(request, LETTER, fields, **_facts(paper)):
        note_posted(session, letter_id, _day(fields), by=viewer.person_id)
    return redirect(request, "/desk/letters/post", N_("The letter is noted as posted."))


def _facts(paper: PaperLetter) -> dict[str, Any]:
    return {"paper": paper, "text": text_of(paper.letter), "today": clock.today()}


def _day(fields: Fields) -> date:
    form = Form(fields)
    day = form.day("posted_on")
    form.done()
    return day
