"""The booth of a secret ballot, behind the same address as every vote; and the list of papers, for everybody."""

import re
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy.orm import Session

from app.ballots.casting.form import read_answers
from app.ballots.drafting import find_ballot, items_of
from app.ballots.electorate.models import Elector
from app.ballots.models import Ballot, BallotState
from app.ballots.secret.casting import Receipt, Sender, cast_secret, change_secret, took_part
from app.ballots.secret.models import UrnsEmptied
from app.ballots.secret.opening import is_opened
from app.ballots.secret.papers import TRACKER_MOST
from app.ballots.secret.publishing import line_of, papers_from, published_papers
from app.ballots.secret.trackers import OWN_LEAST, OWN_MOST, draw, prove_tracker
from app.ballots.showing import ballot_facts
from app.ballots.stating import in_language, title_of
from app.core.database import reading
from app.core.errors import NotFound
from app.web.database import Snapshot
from app.web.forms import Form, FormFields, shown_again
from app.web.language import language_of
from app.web.pages import page

router = APIRouter(prefix="/ballots/secret")
BOOTH, RECEIPT, LIST = (f"ballots/secret/{name}.html" for name in ("booth", "receipt", "list"))
SHOWN_MOST = 200


@router.get("/{slug}")
def show_list(request: Request, session: Snapshot, slug: str) -> Response:
    """The opened papers of a secret ballot, by tracker, for everybody; `from` is how a tracker begins."""
    ballot = _opened(session, slug)
    beginning = re.sub(r"[^a-z0-9-]", "", request.query_params.get("from", "").lower())[:TRACKER_MOST]
    papers = papers_from(session, ballot, beginning, SHOWN_MOST + 1)
    emptied = session.get_one(UrnsEmptied, ballot.id)
    lang = language_of(request)
    facts: dict[str, Any] = {
        "ballot": ballot,
        "title": title_of(ballot, lang),
        "items": [(item, in_language(item.text.title, lang)) for item in items_of(session, ballot, withdrawn=False)],
        "emptied": emptied,
        "papers": papers[:SHOWN_MOST],
        "following": papers[SHOWN_MOST:],
        "beginning": beginning,
    }
    return page(request, LIST, **facts)


@router.get("/{slug}/papers.txt")
def download_list(session: Snapshot, slug: str) -> Response:
    """Every opened paper, a line each, sorted by tracker: tracker, group where there is one, answers in order."""
    ballot = _opened(session, slug)
    return StreamingResponse(_lines(ballot.id), media_type="text/plain; charset=utf-8")


def booth_page(request: Request, session: Session, ballot: Ballot, elector: Elector, path: str) -> Response:
    """The form of a secret vote, with what this kind protects and what not."""
    return page(request, BOOTH, **_booth_facts(session, request, ballot, elector, path))


def cast_in_booth(
    request: Request, session: Session, ballot: Ballot, elector: Elector, fields: FormFields, path: str, sender: Sender
) -> Response:
    """Cast a secret vote, or change it by its tracker; the receipt is the answer itself, since nothing keeps it."""
    facts = _booth_facts(session, request, ballot, elector, path)
    with shown_again(request, BOOTH, fields, **facts):
        receipt = _cast(session, ballot, elector, fields, sender)
    return page(request, RECEIPT, **facts, receipt=receipt, proof=prove_tracker(ballot.id, receipt.tracker))


def _cast(session: Session, ballot: Ballot, elector: Elector, fields: FormFields, sender: Sender) -> Receipt:
    answers = read_answers(items_of(session, ballot, withdrawn=False), fields, splits=False)
    form = Form(fields)
    changes = "tracker" in fields
    typed = form.text("tracker" if changes else "own", max=TRACKER_MOST + 20)
    drawn = form.peek("drawn")
    form.done()
    if changes:
        return change_secret(session, ballot.slug, elector.id, answers, sender, tracker=typed)
    return cast_secret(session, ballot.slug, elector.id, answers, sender, own=typed, drawn=drawn)


def _booth_facts(session: Session, request: Request, ballot: Ballot, elector: Elector, path: str) -> dict[str, Any]:
    facts = ballot_facts(session, ballot, language_of(request))
    return facts | {
        "elector": elector,
        "voted": took_part(session, elector.id),
        "items": [each for each in facts["items"] if each.item.withdrawal is None],
        "path": path,
        "drawn": draw(elector.id),
        "own_least": OWN_LEAST,
        "own_most": OWN_MOST,
        "takes_votes": ballot.state == BallotState.OPEN,
    }


def _opened(session: Session, slug: str) -> Ballot:
    ballot = find_ballot(session, slug)
    if not is_opened(session, ballot):
        raise NotFound
    return ballot


def _lines(ballot_id: int) -> Iterator[str]:
    with reading() as session:
        ballot = session.get_one(Ballot, ballot_id)
        yield from (f"{line_of(paper)}\n" for paper in published_papers(session, ballot))
