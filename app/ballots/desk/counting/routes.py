"""The desk of tellers: the roll, the hours, paper ballots, count, certificate, second call and minutes."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.casting.form import read_answers
from app.ballots.casting.models import Channel
from app.ballots.casting.paper import PAPER, enter_paper, waiting_entries
from app.ballots.desk.routes import SHOW, desk_facts
from app.ballots.drafting import find_ballot, items_of
from app.ballots.electorate.correcting import Line, propose_correction, propose_statement
from app.ballots.electorate.freezing import freeze_electorate
from app.ballots.electorate.models import Elector, ElectorKind
from app.ballots.electorate.reading import elector_of, roll_of
from app.ballots.opening import close_ballot, open_ballot
from app.ballots.result.certifying import contest_result, count_ballot, propose_certification, result_of
from app.ballots.result.drafting import draft_minutes
from app.ballots.result.following import call_again
from app.ballots.result.minutes import CAPACITIES, TEXT_MAX, minutes_of, sign_minutes, signatures_of, write_minutes
from app.core.errors import N_
from app.members.access import BallotDesk, BallotStaff, BallotTeller
from app.members.signin.access import Fresh
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, Form, FormFields, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/ballots/{slug}")
ROLL, PAPERS, MINUTES = (f"ballots/desk/{name}.html" for name in ("roll", "paper", "minutes"))


@router.post("/electorate")
def freeze(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotStaff) -> Response:
    """Freeze the electorate once the record date is over."""
    with shown_again(request, SHOW, fields, **desk_facts(session, request, slug)):
        freeze_electorate(session, slug, by=viewer.person_id)
    return redirect(request, f"/desk/ballots/{slug}", N_("The electorate is frozen."))


@router.post("/opening")
def open_(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotStaff) -> Response:
    """Open a ballot from its hour on."""
    with shown_again(request, SHOW, fields, **desk_facts(session, request, slug)):
        open_ballot(session, slug, by=viewer.person_id)
    return redirect(request, f"/desk/ballots/{slug}", N_("The ballot is open. Everybody on the roll gets a link."))


@router.post("/closing")
def close(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotStaff) -> Response:
    """Close a ballot whose hour has come."""
    with shown_again(request, SHOW, fields, **desk_facts(session, request, slug)):
        close_ballot(session, slug, by=viewer.person_id)
    return redirect(request, f"/desk/ballots/{slug}", N_("The ballot is closed."))


@router.post("/count")
def count(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotTeller, fresh: Fresh) -> Response:
    """Count a closed ballot and freeze the result."""
    with shown_again(request, SHOW, fields, **desk_facts(session, request, slug)):
        count_ballot(session, slug, by=viewer.person_id, seed=fields.get("seed", "").strip()[:300])
    return redirect(request, f"/desk/ballots/{slug}", N_("Counted. Two tellers certify the result."))


@router.post("/certification")
def certify(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotTeller, fresh: Fresh) -> Response:
    """Sign the result as the first teller; another one certifies it among the approvals."""
    with shown_again(request, SHOW, fields, **desk_facts(session, request, slug)):
        form = Form(fields)
        statement = form.text("statement", max=1_000, lines=True)
        form.done()
        propose_certification(session, slug, by=viewer.person(session), statement=statement)
    return redirect(request, f"/desk/ballots/{slug}", N_("Signed. Another teller certifies it among the approvals."))


@router.post("/contest")
def contest(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotTeller, fresh: Fresh) -> Response:
    """Decline to certify the count as it is."""
    with shown_again(request, SHOW, fields, **desk_facts(session, request, slug)):
        contest_result(session, slug, by=viewer.person_id, reason=fields.get("reason", "").strip()[:500])
    return redirect(request, f"/desk/ballots/{slug}", N_("The objection is noted. Count again, or certify after all."))


@router.post("/second-call")
def again(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotStaff) -> Response:
    """Draft the second call of what missed its quorum."""
    ballot = find_ballot(session, slug)
    zone = ballot.terms.zone
    with shown_again(request, SHOW, fields, **desk_facts(session, request, slug)):
        form = Form(fields)
        meant: dict[str, Any] = {
            "record_date": form.day("record_date"),
            "opens_at": form.moment("opens_at", zone),
            "closes_at": form.moment("closes_at", zone),
            "meets_at": form.moment("meets_at", zone) if form.peek("meets_at") else None,
        }
        new_slug = form.text("new_slug", max=60)
        form.done()
        call_again(session, slug, new_slug, by=viewer.person_id, **meant)
    return redirect(request, f"/desk/ballots/{new_slug}", N_("The second call is drafted. Give notice of it in time."))


@router.get("/roll")
def show_roll(request: Request, session: Snapshot, viewer: BallotDesk, slug: str) -> Response:
    """Find electors, and the forms that correct the roll."""
    return page(request, ROLL, **_roll_facts(session, request, slug))


@router.post("/roll/correction")
def correct(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotStaff) -> Response:
    """Propose to strike an elector off, to add one, or both."""
    with shown_again(request, ROLL, fields, **_roll_facts(session, request, slug)):
        form = Form(fields)
        struck, reason = form.whole_or_none("struck"), form.text("reason", max=500)
        added = _line(form) if form.peek("email").strip() else None
        form.done()
        by = viewer.person(session)
        propose_correction(session, slug, struck_id=struck, added=added, by=by, reason=reason)
    return redirect(request, f"/desk/ballots/{slug}/roll", N_("Proposed. Another person decides it."))


@router.post("/roll/statement")
def state(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotStaff) -> Response:
    """Propose to enter a verified holder of listed shares."""
    with shown_again(request, ROLL, fields, **_roll_facts(session, request, slug)):
        form = Form(fields)
        line, broker, reference = _line(form), form.text("broker"), form.text("reference")
        held_on = form.day("held_on")
        form.done()
        by = viewer.person(session)
        propose_statement(session, slug, line, broker=broker, reference=reference, held_on=held_on, by=by)
    return redirect(request, f"/desk/ballots/{slug}/roll", N_("Proposed. Another person decides it."))


@router.get("/paper")
def show_paper(request: Request, session: Snapshot, viewer: BallotTeller, slug: str) -> Response:
    """What waits for a second teller, and the form of a ballot for the elector of a number."""
    return page(request, PAPERS, **_paper_facts(session, request, slug, request.query_params.get("number", "")))


@router.post("/paper")
def enter(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotTeller) -> Response:
    """Enter what the teller reads on a ballot; it is cast when another teller reads the same."""
    ballot, number = find_ballot(session, slug), fields.get("elector", "")
    elector = elector_of(session, ballot, int(number) if number.isdigit() else 0)
    with shown_again(request, PAPERS, fields, **_paper_facts(session, request, slug, "", elector)):
        form = Form(fields)
        channel = Channel(form.choice("channel", [each.value for each in PAPER]) or Channel.POSTAL)
        form.done()
        answers = _answers(session, slug, fields)
        entry = enter_paper(session, slug, elector.id, answers, channel=channel, by=viewer.person_id)
    said = (
        N_("Both tellers read the same: the vote is cast.")
        if entry.vote_id
        else N_("Noted. Another teller enters it too.")
    )
    return redirect(request, f"/desk/ballots/{slug}/paper", said)


@router.get("/minutes")
def show_minutes(request: Request, session: Snapshot, viewer: BallotDesk, slug: str) -> Response:
    """The minutes, drafted from the records until somebody writes them."""
    return page(request, MINUTES, **_minutes_facts(session, request, slug))


@router.post("/minutes")
def write(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotStaff) -> Response:
    """Keep a version of the minutes."""
    with shown_again(request, MINUTES, fields, **_minutes_facts(session, request, slug)):
        form = Form(fields)
        text = form.text("text", max=TEXT_MAX, lines=True)
        form.done()
        write_minutes(session, slug, text, language=language_of(request), by=viewer.person_id)
    return redirect(request, f"/desk/ballots/{slug}/minutes", N_("The minutes are kept as a new version."))


@router.post("/minutes/signature")
def sign(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotStaff, fresh: Fresh) -> Response:
    """Sign the minutes that were read."""
    with shown_again(request, MINUTES, fields, **_minutes_facts(session, request, slug)):
        capacity, digest = fields.get("capacity", ""), fields.get("sha256", "")
        sign_minutes(session, slug, digest, capacity=capacity, by=viewer.person_id)
    return redirect(request, f"/desk/ballots/{slug}/minutes", N_("You have signed the minutes."))


def _answers(session: Session, slug: str, fields: FormFields) -> Any:
    ballot = find_ballot(session, slug)
    return read_answers(items_of(session, ballot, withdrawn=False), fields, splits=ballot.terms.splits_allowed)


def _line(form: Form) -> Line:
    return Line(
        email=form.email("email"),
        weight=form.whole("weight", min=1),
        shares=form.whole_or_none("shares") or 0,
        kind=form.choice("kind", [kind.value for kind in ElectorKind]),
        college=form.text("college", max=60, required=False),
    )


def _roll_facts(session: Session, request: Request, slug: str) -> dict[str, Any]:
    asked = request.query_params.get("q", "").strip()[:100]
    ballot = find_ballot(session, slug)
    rows = roll_of(ballot).where(Elector.name.icontains(asked, autoescape=True)) if asked else roll_of(ballot)
    found = session.scalars(rows.limit(50)).all()
    return desk_facts(session, request, slug) | {"found": found, "asked": asked, "kinds": list(ElectorKind)}


def _paper_facts(
    session: Session, request: Request, slug: str, number: str, elector: Elector | None = None
) -> dict[str, Any]:
    facts = desk_facts(session, request, slug)
    if elector is None and number.isascii() and number.isdigit() and len(number) < 19:
        of_number = roll_of(facts["ballot"]).where(Elector.number == int(number))
        elector = session.scalars(of_number).first()
    waiting = waiting_entries(session, slug)
    names = {row.id: row for row in session.scalars(select(Elector).where(Elector.id.in_([one for one, _ in waiting])))}
    return facts | {
        "elector": elector,
        "number": number,
        "items": [each for each in facts["items"] if each.item.withdrawal is None],
        "waiting": [(names[one], entries) for one, entries in waiting],
        "channels": [(each.value, each) for each in PAPER],
    }


def _minutes_facts(session: Session, request: Request, slug: str) -> dict[str, Any]:
    facts = desk_facts(session, request, slug)
    ballot = facts["ballot"]
    minutes = minutes_of(session, ballot)
    signed = signatures_of(session, minutes) if minutes else []
    if facts["result"] is not None:
        drafted = draft_minutes(session, ballot, result_of(session, ballot), language_of(request))
    else:
        drafted = ""
    capacities = list(CAPACITIES.items())
    return facts | {"minutes": minutes, "signed": signed, "drafted": drafted, "capacities": capacities}
