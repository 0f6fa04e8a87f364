"""Ballots for members: what is voted on and by which rule, one's own vote, turnout, and the result."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy.orm import Session

from app.ballots import documents, scoping  # noqa: F401  (says who may read files, and what roles can be for)
from app.ballots.access import elector_of_link, own_elector, seen_ballot, sees
from app.ballots.answers import marks_of
from app.ballots.bundle.writing import bundle_of, require_page_size
from app.ballots.casting.form import read_answers, typed_answers
from app.ballots.casting.models import Channel, Vote
from app.ballots.casting.recording import Way, cast_vote, parts_of, standing_vote
from app.ballots.drafting import items_of, moves_of
from app.ballots.electorate.freezing import leaves
from app.ballots.electorate.models import Elector
from app.ballots.electorate.publishing import AT_ONCE, names_of
from app.ballots.electorate.reading import corrections_of, electors_for
from app.ballots.models import Ballot, BallotState, Casting
from app.ballots.questions import QuestionKind
from app.ballots.records import records_of
from app.ballots.result.certifying import raise_objection
from app.ballots.secret.casting import Sender, took_part
from app.ballots.secret.models import Participation, UrnsEmptied
from app.ballots.secret.routes import booth_page, cast_in_booth
from app.ballots.showing import ballot_facts, ballots_shown
from app.core.database import reading
from app.core.errors import N_, NotFound
from app.members.access import SignedInViewer, Someone
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, FormFields, shown_again
from app.web.language import language_of
from app.web.limiting import LINK
from app.web.pages import page, redirect

router = APIRouter(prefix="/ballots")
VOTE = "ballots/vote.html"
SHOW = "ballots/show.html"
CAST = N_("Your vote is recorded. You can change it until the ballot closes, where that is allowed.")


@router.get("")
def show_all(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """The ballots that the viewer may see."""
    ballots = [ballot for ballot in ballots_shown(session) if sees(session, ballot, viewer)]
    return page(request, "ballots/index.html", ballots=ballots)


@router.get("/vote/{token}", dependencies=LINK)
def show_by_link(request: Request, session: Snapshot, token: str) -> Response:
    """The ballot behind the letter's link, for the elector whom it is for."""
    ballot, elector, _ = elector_of_link(session, token)
    return _vote_page(request, session, ballot, elector, f"/ballots/vote/{token}")


@router.post("/vote/{token}", dependencies=LINK)
def cast_by_link(request: Request, session: Tx, token: str, fields: Fields) -> Response:
    """Cast or change the vote of the elector whom the link is for; no session is opened."""
    ballot, elector, person_id = elector_of_link(session, token)
    path = f"/ballots/vote/{token}"
    if ballot.terms.casting == Casting.SECRET:
        return cast_in_booth(request, session, ballot, elector, fields, path, Sender(person_id, Channel.LINK))
    _cast(request, session, ballot, elector, fields, path, by=person_id, channel=Channel.LINK)
    return redirect(request, path, CAST)


@router.get("/{slug}")
def show(request: Request, session: Snapshot, viewer: Someone, slug: str) -> Response:
    """A ballot: its items with the rules by which they pass, turnout, and after the count the result."""
    return page(request, SHOW, **_facts(session, request, viewer, slug))


@router.get("/{slug}/roll")
def show_roll(request: Request, session: Snapshot, viewer: Someone, slug: str) -> Response:
    """The roll of a ballot as far as it is published, and the viewer's own lines with what is needed to find them."""
    return page(request, "ballots/roll.html", **_facts(session, request, viewer, slug))


@router.get("/{slug}/roll.txt")
def show_leaves(request: Request, session: Snapshot, viewer: Someone, slug: str) -> Response:
    """The hashes of the roll's lines, sorted, a line each: their SHA-256 is the published hash."""
    ballot = seen_ballot(session, viewer, slug)
    return StreamingResponse(_lines(ballot.id), media_type="text/plain; charset=utf-8")


@router.get("/{slug}/roll/names")
def show_names(
    request: Request, session: Tx, viewer: Someone, slug: str, after: Annotated[int, Query(ge=0, lt=2**63)] = 0
) -> Response:
    """The names on a roll that is published by names, for members and whoever is on it; each look is noted."""
    ballot = seen_ballot(session, viewer, slug)
    if not viewer.roles_for(ballot.subject) and not electors_for(session, ballot, viewer.person_id):
        raise NotFound
    rows = names_of(session, ballot, by=viewer.person_id, after=after)
    following = rows[-1].elector_id if len(rows) == AT_ONCE else None
    facts = ballot_facts(session, ballot, language_of(request))
    return page(request, "ballots/names.html", **facts, rows=rows, following=following, first=after == 0)


@router.get("/{slug}/bundle.json")
def download_bundle(session: Snapshot, viewer: Someone, slug: str) -> Response:
    """The public audit bundle of a counted ballot, with which anybody counts it again."""
    ballot = seen_ballot(session, viewer, slug)
    require_page_size(session, ballot)
    kept = {"Content-Disposition": f'attachment; filename="{ballot.slug}-bundle.json"'}
    return Response(bundle_of(session, ballot, full=False), media_type="application/json", headers=kept)


@router.get("/votes/{elector_id}")
def show_vote(request: Request, session: Snapshot, viewer: Someone, elector_id: Id) -> Response:
    """The form of a vote, for the viewer or for whom they act; a recorded one with the vote that counts now."""
    ballot, elector = own_elector(session, viewer, elector_id)
    return _vote_page(request, session, ballot, elector, _path(elector))


@router.post("/votes/{elector_id}")
def cast(request: Request, session: Tx, viewer: Someone, elector_id: Id, fields: Fields) -> Response:
    """Cast or change a vote; the receipt of a secret one is shown on this answer only."""
    ballot, elector = own_elector(session, viewer, elector_id)
    path = _path(elector)
    if ballot.terms.casting == Casting.SECRET:
        return cast_in_booth(request, session, ballot, elector, fields, path, Sender(viewer.person_id))
    _cast(request, session, ballot, elector, fields, path, by=viewer.person_id, channel=Channel.ONLINE)
    return redirect(request, path, CAST)


@router.post("/{slug}/objections")
def object_(request: Request, session: Tx, viewer: Someone, slug: str, fields: Fields) -> Response:
    """Put an objection of the viewer's on record."""
    facts = _facts(session, request, viewer, slug)
    with shown_again(request, SHOW, fields, **facts):
        form = Form(fields)
        statement = form.text("statement", max=5_000, lines=True)
        item = form.peek("item")
        form.done()
        item_id = int(item) if item.isdigit() else None
        raise_objection(session, slug, viewer.person_id, statement=statement, item_id=item_id)
    return redirect(request, f"/ballots/{slug}", N_("Your objection is on record."))


def _vote_page(request: Request, session: Session, ballot: Ballot, elector: Elector, path: str) -> Response:
    if ballot.terms.casting == Casting.SECRET:
        return booth_page(request, session, ballot, elector, path)
    return page(request, VOTE, **_vote_facts(session, request, ballot, elector, path))


def _cast(
    request: Request,
    session: Session,
    ballot: Ballot,
    elector: Elector,
    fields: FormFields,
    path: str,
    *,
    by: int,
    channel: Channel,
) -> None:
    with shown_again(request, VOTE, fields, **_vote_facts(session, request, ballot, elector, path, filled=False)):
        form = Form(fields)
        key, seen = form.key(), form.peek("seen")
        form.done()
        items = items_of(session, ballot, withdrawn=False)
        answers = read_answers(items, fields, splits=ballot.terms.splits_allowed)
        way = Way(by, key, channel, int(seen) if seen.isdigit() else None)
        cast_vote(session, ballot.slug, elector.id, answers, way)


def _vote_facts(
    session: Session, request: Request, ballot: Ballot, elector: Elector, path: str, *, filled: bool = True
) -> dict[str, Any]:
    facts = ballot_facts(session, ballot, language_of(request))
    vote = standing_vote(session, elector.id)
    said = parts_of(session, vote) if vote is not None else {}
    items = [each for each in facts["items"] if each.item.withdrawal is None]
    approvals = [each.item for each in items if each.item.question.kind == QuestionKind.APPROVAL]
    chosen = {
        item.id: list(map(str, sorted(marks_of(said[item.id][0].answer)))) for item in approvals if item.id in said
    }
    splits = ballot.terms.splits_allowed
    if filled:
        facts["values"] = typed_answers([each.item for each in items], said, splits=splits)
    return facts | {
        "elector": elector,
        "vote": vote,
        "items": items,
        "chosen": chosen,
        "path": path,
        "takes_votes": ballot.state == BallotState.OPEN,
    }


def _facts(session: Session, request: Request, viewer: SignedInViewer, slug: str) -> dict[str, Any]:
    ballot = seen_ballot(session, viewer, slug)
    electors = electors_for(session, ballot, viewer.person_id)
    return ballot_facts(session, ballot, language_of(request)) | {
        "electors": [(each, _voted(session, ballot, each)) for each in electors],
        "moves": moves_of(session, ballot),
        "corrections": corrections_of(session, ballot),
        "records": records_of(session, ballot, staff=False),
        "emptied": session.get(UrnsEmptied, ballot.id),
        "is_staff": bool(viewer.roles_for(ballot.subject) - {"member"}),
    }


def _voted(session: Session, ballot: Ballot, elector: Elector) -> Vote | Participation | None:
    """An elector's vote, or of a secret ballot that they took part."""
    secret = ballot.terms.casting == Casting.SECRET
    return took_part(session, elector.id) if secret else standing_vote(session, elector.id)


def _path(elector: Elector) -> str:
    return f"/ballots/votes/{elector.id}"


def _lines(ballot_id: int) -> Iterator[str]:
    with reading() as session:
        yield from (f"{leaf}\n" for leaf in leaves(session, ballot_id))
