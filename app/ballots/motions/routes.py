"""Motions for members: the list, proposing by template or freely, supporting, and what came of each."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.ballots.motions.access import require_reader
from app.ballots.motions.discussion.showing import discussion_facts
from app.ballots.motions.form import read_free, read_rewritten, read_template, typed
from app.ballots.motions.keeping import find_motion, text_of
from app.ballots.motions.models import Motion, MotionState, Topic
from app.ballots.motions.proposing import is_own, propose_motion, put_forward, rewrite_motion, withdraw_motion
from app.ballots.motions.rules import rules_now
from app.ballots.motions.showing import PAGE, motion_facts, motions_listed, states_counted
from app.ballots.motions.supporting import members_for, support_motion, support_of, supportable, take_support_back
from app.ballots.motions.templates import TEMPLATES
from app.core.errors import N_
from app.core.language import LANGUAGES, NAMES
from app.members.access import SignedInViewer, Someone
from app.members.models import Person
from app.members.persons import name_of
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, FormFields, shown_again
from app.web.language import language_of
from app.web.limiting import MOTION
from app.web.pages import page, redirect

router = APIRouter(prefix="/motions")
LIST, NEW, SHOW, TEXT = (f"ballots/motions/{name}.html" for name in ("index", "new", "show", "text"))
PROPOSED = N_("Your idea is there for all members to discuss. Put it forward when its text stands.")


@router.get("")
def show_all(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """The motions, the newest first, of one state where asked."""
    require_reader(session, viewer)
    said, number = request.query_params.get("state", ""), request.query_params.get("page", "")
    state = MotionState[said.upper()] if said.upper() in MotionState.__members__ else None
    at, counted = max(1, int(number)) if number.isdigit() and len(number) < 6 else 1, states_counted(session)
    whole = counted.get(state, 0) if state is not None else sum(counted.values())
    return page(
        request,
        LIST,
        motions=motions_listed(session, language_of(request), state=state, page=at),
        states=[(each, counted.get(each, 0)) for each in MotionState],
        state=state,
        number=at,
        pages=-(-whole // PAGE),
        address=f"/motions?{f'state={said}&' if state else ''}page=",
    )


@router.get("/new")
def show_new(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """The form of a motion: the templates, or the one that was chosen, or a free text."""
    require_reader(session, viewer)
    return page(request, NEW, **_new_facts(session, request.query_params.get("template", "")))


@router.post("/new", dependencies=MOTION)
def propose(request: Request, session: Tx, viewer: Someone, fields: Fields) -> Response:
    """Propose a motion, as an idea at first."""
    lang = language_of(request)
    with shown_again(request, NEW, fields, **_new_facts(session, fields.get("template", ""))):
        form = Form(fields)
        key, template = form.key(), TEMPLATES.get(fields.get("template", ""))
        if template is None:
            plan, topic = read_free(form, lang)
        else:
            plan, topic = read_template(form, template, lang), template.topic
        named = template.key if template else ""
        motion = propose_motion(session, plan, by=viewer.person_id, topic=topic, form_key=key, template=named)
    return redirect(request, f"/motions/{motion.id}", PROPOSED)


@router.get("/rules")
def show_rules(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """The rules of motions and of their discussion."""
    require_reader(session, viewer)
    return page(request, "ballots/motions/rules.html", rules=rules_now(session))


@router.get("/{motion_id}")
def show(request: Request, session: Snapshot, viewer: Someone, motion_id: Id) -> Response:
    """One motion: its text, how much support it has, the board's statement, and what was voted."""
    return page(request, SHOW, **motion_page(session, request, viewer, motion_id))


@router.get("/{motion_id}/text")
def show_text(request: Request, session: Snapshot, viewer: Someone, motion_id: Id) -> Response:
    """The form in which its proposer rewrites an idea."""
    require_reader(session, viewer)
    motion = find_motion(session, motion_id)
    return page(request, TEXT, values=typed(text_of(session, motion)), **_text_facts(motion))


@router.post("/{motion_id}/text", dependencies=MOTION)
def rewrite(request: Request, session: Tx, viewer: Someone, motion_id: Id, fields: Fields) -> Response:
    """Keep the next version of an idea."""
    require_reader(session, viewer)
    motion = find_motion(session, motion_id)
    with shown_again(request, TEXT, fields, **_text_facts(motion)):
        plan = read_rewritten(Form(fields), text_of(session, motion))
        rewrite_motion(session, motion_id, plan, by=viewer.person_id)
    return redirect(request, f"/motions/{motion_id}", N_("The text is kept as a new version."))


@router.post("/{motion_id}/gathering")
def forward(request: Request, session: Tx, viewer: Someone, motion_id: Id, fields: Fields) -> Response:
    """Put one's idea forward: its text stands, and it gathers support."""
    with shown_again(request, SHOW, fields, **motion_page(session, request, viewer, motion_id)):
        put_forward(session, motion_id, by=viewer.person_id)
    return redirect(request, f"/motions/{motion_id}", N_("The motion gathers support now. Its text stands."))


@router.post("/{motion_id}/withdrawal")
def withdraw(request: Request, session: Tx, viewer: Someone, motion_id: Id, fields: Fields) -> Response:
    """Withdraw one's own motion."""
    with shown_again(request, SHOW, fields, **motion_page(session, request, viewer, motion_id)):
        form = Form(fields)
        reason = form.text("reason", max=500, required=False)
        form.done()
        withdraw_motion(session, motion_id, by=viewer.person_id, reason=reason)
    return redirect(request, f"/motions/{motion_id}", N_("The motion is withdrawn."))


@router.post("/{motion_id}/support")
def support(request: Request, session: Tx, viewer: Someone, motion_id: Id, fields: Fields) -> Response:
    """Support a motion, for oneself or for a member for whom one acts."""
    with shown_again(request, SHOW, fields, **motion_page(session, request, viewer, motion_id)):
        support_motion(session, motion_id, _member(fields, viewer), by=viewer.person_id)
    return redirect(request, f"/motions/{motion_id}", N_("Thank you. The support counts."))


@router.post("/{motion_id}/support-withdrawal")
def take_back(request: Request, session: Tx, viewer: Someone, motion_id: Id, fields: Fields) -> Response:
    """Take support back."""
    with shown_again(request, SHOW, fields, **motion_page(session, request, viewer, motion_id)):
        take_support_back(session, motion_id, _member(fields, viewer), by=viewer.person_id)
    return redirect(request, f"/motions/{motion_id}", N_("The support is taken back."))


def motion_page(session: Session, request: Request, viewer: SignedInViewer, motion_id: int) -> dict[str, Any]:
    """What the page of a motion shows to a viewer, with what they can do now."""
    require_reader(session, viewer)
    motion = find_motion(session, motion_id)
    facts = motion_facts(session, motion, language_of(request))
    open_ = supportable(session, motion)
    return (
        facts
        | {
            "own": is_own(session, motion, viewer.person_id) and "member" in viewer.roles,
            "mine": [_support(session, motion, each) for each in members_for(session, viewer.person_id)]
            if open_
            else [],
            "open_": open_,
            "is_desk": bool(viewer.roles & {"organizer", "secretary", "auditor"}),
            "rules": rules_now(session),
        }
        | discussion_facts(session, motion, viewer, language_of(request))
    )


def _support(session: Session, motion: Motion, member_id: int) -> tuple[int, str, bool]:
    """A member for whom the viewer may support: number, name, and whether they support it."""
    name = name_of(session, session.get_one(Person, member_id))
    return member_id, name, support_of(session, motion, member_id) is not None


def _member(fields: FormFields, viewer: SignedInViewer) -> int:
    said = fields.get("member", "")
    return int(said) if said.isdigit() and len(said) < 19 else viewer.person_id


def _new_facts(session: Session, key: str) -> dict[str, Any]:
    chosen = key if key in TEMPLATES or key == "free" else ""
    return {
        "templates": TEMPLATES,
        "chosen": chosen,
        "template": TEMPLATES.get(chosen),
        "topics": list(Topic),
        "rules": rules_now(session),
    }


def _text_facts(motion: Motion) -> dict[str, Any]:
    return {"motion": motion, "languages_written": [(lang, NAMES[lang]) for lang in LANGUAGES]}
