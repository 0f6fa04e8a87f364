"""Proxies on pages: a member names somebody, the holder accepts and votes; the desk sees who acts for whom."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.ballots.access import seen_ballot
from app.ballots.casting.form import read_answers, read_instructions, typed_answers
from app.ballots.casting.models import Channel
from app.ballots.casting.recording import Part, Way, parts_of, standing_vote, standing_votes
from app.ballots.drafting import find_ballot, items_of
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import elector_of, electors_for, lines_of, roll_of
from app.ballots.models import Ballot, BallotState, Casting
from app.ballots.proxies.appointing import WHILE, answer_proxy, appoint_proxy
from app.ballots.proxies.ending import end_proxy
from app.ballots.proxies.entering import enter_nameless, enter_proxy
from app.ballots.proxies.limits import most_represented, nameless_allowed
from app.ballots.proxies.reading import Standing, instructions_of, proxies_of
from app.ballots.proxies.voting import Said, held_for, said_by_proxy, vote_by_proxy
from app.ballots.showing import ballot_facts, in_words
from app.core.errors import N_
from app.members.access import BallotDesk, BallotTeller, SignedInViewer, Someone
from app.members.people.naming import names_of
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter()
PAGE, VOTE, DESK = "ballots/proxies/show.html", "ballots/proxies/vote.html", "ballots/proxies/desk.html"
ASKED = N_("Your proxy is asked by a letter. They vote once they accept it.")


@router.get("/ballots/{slug}/proxy")
def show(request: Request, session: Snapshot, viewer: Someone, slug: str) -> Response:
    """The viewer's proxy on a ballot, those that they hold, and the form that names one."""
    return page(request, PAGE, **_facts(session, request, viewer, slug))


@router.post("/ballots/{slug}/proxy")
def appoint(request: Request, session: Tx, viewer: Someone, slug: str, fields: Fields) -> Response:
    """Name somebody as the viewer's proxy."""
    facts = _facts(session, request, viewer, slug)
    with shown_again(request, PAGE, fields, **facts):
        form = Form(fields)
        email, whole = form.email("email"), form.peek("scope") == "meeting"
        until = form.day("valid_until") if form.peek("valid_until") else None
        form.done()
        instructions = read_instructions(items_of(session, facts["ballot"], withdrawn=False), fields)
        by = viewer.person(session)
        appoint_proxy(session, slug, email, by=by, whole_meeting=whole, valid_until=until, instructions=instructions)
    return redirect(request, f"/ballots/{slug}/proxy", ASKED)


@router.post("/ballots/proxies/{proxy_id}/answer/{slug}")
def answer(request: Request, session: Tx, viewer: Someone, proxy_id: Id, slug: str, fields: Fields) -> Response:
    """Accept or decline a proxy, as its holder."""
    accept = fields.get("answer") == "accept"
    with shown_again(request, PAGE, fields, **_facts(session, request, viewer, slug)):
        answer_proxy(session, slug, proxy_id, accept=accept, by=viewer.person(session))
    said = N_("You have accepted the proxy.") if accept else N_("You have declined the proxy.")
    return redirect(request, f"/ballots/{slug}/proxy", said)


@router.post("/ballots/proxies/{proxy_id}/end/{slug}")
def end(request: Request, session: Tx, viewer: Someone, proxy_id: Id, slug: str, fields: Fields) -> Response:
    """Revoke a proxy, or give it back."""
    with shown_again(request, PAGE, fields, **_facts(session, request, viewer, slug)):
        end_proxy(session, proxy_id, by=viewer.person_id)
    return redirect(request, f"/ballots/{slug}/proxy", N_("The proxy has ended. A vote cast by it before stands."))


@router.get("/ballots/proxies/{proxy_id}/vote/{slug}")
def show_vote(request: Request, session: Snapshot, viewer: Someone, proxy_id: Id, slug: str) -> Response:
    """The form of a vote by proxy, with the principal's weight and instructions."""
    return page(request, VOTE, **_vote_facts(session, request, viewer, proxy_id, slug))


@router.post("/ballots/proxies/{proxy_id}/vote/{slug}")
def cast(request: Request, session: Tx, viewer: Someone, proxy_id: Id, slug: str, fields: Fields) -> Response:
    """Cast or change the vote of the one who named the viewer."""
    facts = _vote_facts(session, request, viewer, proxy_id, slug, filled=False)
    ballot = facts["ballot"]
    with shown_again(request, VOTE, fields, **facts):
        form = Form(fields)
        key, seen = form.key(), form.peek("seen")
        form.done()
        answers = read_answers(items_of(session, ballot, withdrawn=False), fields, splits=ballot.terms.splits_allowed)
        way = Way(viewer.person_id, key, Channel.PROXY, int(seen) if seen.isdigit() else None)
        vote_by_proxy(session, slug, proxy_id, answers, way)
    return redirect(request, f"/ballots/{slug}/proxy", N_("The vote by proxy is recorded."))


@router.get("/desk/ballots/{slug}/proxies")
def show_desk(request: Request, session: Snapshot, viewer: BallotDesk, slug: str) -> Response:
    """Every proxy given for a ballot: who acts for whom, and where it stands."""
    return page(request, DESK, **_desk_facts(session, request, slug, request.query_params.get("number", "")))


@router.post("/desk/ballots/{slug}/proxies")
def enter(request: Request, session: Tx, viewer: BallotTeller, slug: str, fields: Fields) -> Response:
    """Enter a form of proxy that an elector signed on paper, with the holder's name or, in some laws, without one."""
    ballot, number = find_ballot(session, slug), fields.get("elector", "")
    elector = elector_of(session, ballot, int(number) if number.isdigit() else 0)
    with shown_again(request, DESK, fields, **_desk_facts(session, request, slug, "", elector)):
        form = Form(fields)
        email = form.email("email")
        form.done()
        items = items_of(session, ballot, withdrawn=False)
        if fields.get("nameless"):
            agreed = {item.id for item in items if fields.get(f"agreed-{item.id}")}
            enter_nameless(session, slug, elector.id, email, agreed=agreed, by=viewer.person_id)
        else:
            said, accepted = read_instructions(items, fields), bool(fields.get("accepted"))
            enter_proxy(session, slug, elector.id, email, accepted=accepted, by=viewer.person_id, instructions=said)
    return redirect(request, f"/desk/ballots/{slug}/proxies", N_("The proxy is entered."))


def _desk_facts(
    session: Session, request: Request, slug: str, number: str, elector: Elector | None = None
) -> dict[str, Any]:
    ballot = find_ballot(session, slug)
    facts = ballot_facts(session, ballot, language_of(request))
    if elector is None and number.isascii() and number.isdigit() and len(number) < 19:
        elector = session.scalars(roll_of(ballot).where(Elector.number == int(number))).first()
    return facts | {
        "rows": _parties(session, ballot, proxies_of(session, ballot)),
        "most": most_represented(session, ballot),
        "elector": elector,
        "number": number,
        "items": [each for each in facts["items"] if each.item.withdrawal is None],
        "enters": ballot.state in (BallotState.READY, BallotState.OPEN),
        "nameless": nameless_allowed(ballot.terms.law),
    }


def _facts(session: Session, request: Request, viewer: SignedInViewer, slug: str) -> dict[str, Any]:
    ballot = seen_ballot(session, viewer, slug)
    given = proxies_of(session, ballot, principal=viewer.person_id)
    held = proxies_of(session, ballot, holder=viewer.person_id)
    names = ballot.state in WHILE and ballot.terms.casting == Casting.RECORDED
    own = electors_for(session, ballot, viewer.person_id)
    has_vote = bool(own) or (ballot.state == BallotState.CALLED and "member" in viewer.roles)
    facts = ballot_facts(session, ballot, language_of(request))
    return facts | {
        "items": [each for each in facts["items"] if each.item.withdrawal is None],
        "college": own[0].college if own else "",
        "given": _parties(session, ballot, given),
        "said": _said(session, ballot, given, language_of(request)),
        "held": _parties(session, ballot, held),
        "most": most_represented(session, ballot),
        "may_name": names and has_vote and not any(each.is_live for each in given),
        "names": names,
        "own": own,
    }


def _said(session: Session, ballot: Ballot, given: Sequence[Standing], lang: str) -> tuple[Said, ...]:
    """How the viewer's proxy voted for them, item by item, while that vote counts."""
    principals = {each.proxy.principal_id for each in given}
    lines = roll_of(ballot).where(Elector.person_id.in_(principals))
    votes = [standing_vote(session, line.id) for line in session.scalars(lines)]
    return tuple(said for vote in votes if vote is not None for said in said_by_proxy(session, ballot, vote, lang))


def _parties(
    session: Session, ballot: Ballot, standings: Sequence[Standing]
) -> list[tuple[Standing, str, str, Elector | None, str]]:
    """Proxies with the names of principal and holder, the principal's line once there is one, and how they voted."""
    proxies = [each.proxy for each in standings]
    names = names_of(session, (each for row in proxies for each in (row.principal_id, row.holder_id)))
    lines = lines_of(session, ballot, {row.principal_id for row in proxies})
    votes = standing_votes(session, [line.id for line in lines.values()])
    found = []
    for each in standings:
        line = lines.get(each.proxy.principal_id)
        vote = votes.get(line.id) if line is not None else None
        parties = names[each.proxy.principal_id], names[each.proxy.holder_id]
        found.append((each, *parties, line, vote.channel if vote else ""))
    return found


def _vote_facts(
    session: Session, request: Request, viewer: SignedInViewer, proxy_id: int, slug: str, *, filled: bool = True
) -> dict[str, Any]:
    ballot = seen_ballot(session, viewer, slug)
    proxy, elector = held_for(session, ballot, proxy_id, viewer.person_id)
    facts = ballot_facts(session, ballot, language_of(request))
    items = [each for each in facts["items"] if each.item.withdrawal is None]
    vote = standing_vote(session, elector.id)
    instructed = instructions_of(session, proxy)
    if filled:
        by_proxy = vote is not None and vote.channel == Channel.PROXY
        said = parts_of(session, vote) if vote is not None and by_proxy else {}
        typed = typed_answers([each.item for each in items], said, splits=ballot.terms.splits_allowed)
        bound = {item: [Part(answer)] for item, answer in instructed.items()}
        facts["values"] = typed_answers([each.item for each in items], bound, splits=False) | typed
    return facts | {
        "items": items,
        "proxy": proxy,
        "elector": elector,
        "vote": vote,
        "instructed": {
            each.item.id: in_words(each.item.question, instructed[each.item.id], language_of(request))
            for each in items
            if each.item.id in instructed
        },
        "takes_votes": ballot.state == BallotState.OPEN,
    }
