"""Acts on shares over the API: read, previewed, and proposed to a second person, as at the desk."""

from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, Once, ReadsShares, WritesShares
from app.api.approvals.shapes import ProposalGiven, proposal_given
from app.api.shares.shapes import (
    KindGiven,
    PreviewGiven,
    ShareActGiven,
    ShareActTaken,
    act_given,
    kind_given,
)
from app.core.errors import N_, InvalidInput
from app.shares.acts.asking import Kind, Payload, read_form
from app.shares.acts.deciding import KINDS, propose_act, try_out
from app.shares.desk.showing import act_facts, class_options, lots_of_act
from app.shares.models import ShareAct
from app.web.database import Id, Snapshot
from app.web.language import language_of
from app.web.paging import Listed, Pages
from app.web.typed import Form, NotAChoice

router = APIRouter(prefix="/api/v1/share-acts", route_class=ApiRoute, tags=["Shares and documents"])


@router.get("", operation_id="listShareActs", summary=N_("List acts on shares"))
def list_acts(caller: ReadsShares, session: Snapshot, paging: Pages) -> Listed[ShareActGiven]:
    """Every act on shares with the lots that it ended and made, the newest first."""
    wanted = select(ShareAct).order_by(ShareAct.id.desc()).limit(paging.limit + 1)
    if (after := paging.after()) is not None:
        wanted = wanted.where(ShareAct.id < after[0])
    rows = session.scalars(wanted).all()
    return paging.listed(rows, lambda row: [row.id], lambda row: act_given(lots_of_act(session, row)))


@router.get("/kinds", operation_id="listShareActKinds", summary=N_("List what can be done with shares"))
def list_kinds(request: Request, caller: ReadsShares, paging: Pages) -> Listed[KindGiven]:
    """The kinds of acts on shares, each with the fields that it asks for."""
    after, lang = paging.after(), language_of(request)
    rows = [row for row in enumerate(KINDS.values(), start=1) if after is None or row[0] > after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda row: [row[0]], lambda row: kind_given(row[1], lang))


@router.get("/{act_id}", operation_id="getShareAct", summary=N_("Get an act on shares"))
def get_act(caller: ReadsShares, session: Snapshot, act_id: Id) -> ShareActGiven:
    """One act on shares with the lots that it ended and made."""
    return act_given(act_facts(session, act_id))


@router.post("/previews", operation_id="previewShareAct", summary=N_("Preview an act on shares"))
def preview(caller: WritesShares, session: Once, wanted: ShareActTaken) -> PreviewGiven:
    """What an act would do, or why it is refused; it is tried in full and undone."""
    kind, values = _read(session, wanted)
    trial = session.begin_nested()
    acts = try_out(session, kind, values, by=caller.person(session))
    shown = [act_given(lots_of_act(session, act), done=False) for act in acts]
    trial.rollback()
    return PreviewGiven(acts=shown)


@router.post("/proposals", operation_id="proposeShareAct", summary=N_("Propose an act on shares"), status_code=201)
def propose(caller: WritesShares, session: Once, wanted: ShareActTaken) -> ProposalGiven:
    """Propose a transfer, a redemption or another act; once another person approves it, it is done."""
    kind, values = _read(session, wanted)
    proposal = propose_act(session, kind, values, form_key=str(uuid4()), by=caller.person(session))
    return proposal_given(proposal, may_decide=False)


def _read(session: Session, wanted: ShareActTaken) -> tuple[Kind, Payload]:
    """The kind and values of an act, read as the desk's form is; problems are told at `values`."""
    if wanted.kind not in KINDS:
        raise InvalidInput({"kind": NotAChoice()})
    kind = KINDS[wanted.kind]
    form = Form(wanted.typed(kind))
    try:
        values: dict[str, Any] = read_form(kind, form, [code for code, _ in class_options(session)])
    except InvalidInput as refusal:
        raise InvalidInput({f"values.{name}": problem for name, problem in refusal.problems.items()}) from refusal
    return kind, values
