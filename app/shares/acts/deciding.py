"""Proposing acts on shares to a second person: tried beforehand, so that what cannot be is refused at once."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_, NotFound
from app.core.language import translator
from app.members.approvals.about import About, tell_of
from app.members.approvals.approving import TwoPersonAct, propose, register, undecided
from app.members.approvals.models import Proposal
from app.members.approvals.saying import (
    Tell,
    Told,
    Value,
    Words,
    chosen,
    day,
    member,
    millionths,
    money,
    text,
    whole,
    yes_no,
)
from app.members.models import Person
from app.members.persons import name_of
from app.shares.acts.asking import Ask, Kind, Payload, Said
from app.shares.acts.class_kinds import KINDS as CLASS_KINDS
from app.shares.acts.judging import class_coded
from app.shares.acts.kinds import KINDS as MOVING_KINDS
from app.shares.acts.kinds import recipient_named
from app.shares.models import ShareAct

KINDS: dict[str, Kind] = {kind.name: kind for kind in (*MOVING_KINDS, *CLASS_KINDS)}


def kind_named(name: str) -> Kind:
    """The kind of a name; raises `NotFound`."""
    if name not in KINDS:
        raise NotFound
    return KINDS[name]


def try_out(session: Session, kind: Kind, values: Payload, *, by: Person) -> list[ShareAct]:
    """Do the act in full, to see what comes of it; the caller rolls back. Raises whatever the act refuses."""
    before = session.scalar(select(ShareAct.id).order_by(ShareAct.id.desc()).limit(1)) or 0
    kind.perform(session, Said(values, by=by.id, proposed_by=by.id, source=f"{kind.name}:trial"))
    return list(session.scalars(select(ShareAct).where(ShareAct.id > before).order_by(ShareAct.id)))


def propose_act(session: Session, kind: Kind, values: Payload, *, form_key: str, by: Person) -> Proposal:
    """Propose an act; it is tried and undone first, so that whoever decides never meets what could not be."""
    with_savepoint = session.begin_nested()
    try_out(session, kind, values, by=by)
    with_savepoint.rollback()
    payload = {**values, "proposed_by": by.id, "source": f"{kind.name}:{form_key}"}
    reason = str(values.get("reason") or "")
    return propose(session, kind.act, subject=f"share-act:{form_key}", payload=payload, by=by, reason=reason)


def waiting(session: Session) -> list[tuple[Proposal, Kind]]:
    """The acts on shares that wait for a second person."""
    ours = {kind.act: kind for kind in KINDS.values()}
    return [(row, ours[row.act]) for row in undecided(session) if row.act in ours]


def _performing(kind: Kind) -> TwoPersonAct:
    def perform(session: Session, payload: dict[str, Any], by: int) -> None:
        values = {name: value for name, value in payload.items() if name not in ("proposed_by", "source")}
        kind.perform(session, Said(values, by=by, proposed_by=payload["proposed_by"], source=payload["source"]))

    return TwoPersonAct(kind.act, kind.title, kind.roles, perform, values=_values(kind), unsaid=("currency",))


def _class(told: Told) -> Words:
    found = class_coded(told.session, told.value)
    return f"{found.name} ({found.code})"


def _recipient(told: Told) -> Words:
    found = recipient_named(told.session, told.value)
    return About(name_of(told.session, found), f"/desk/people/{found.id}")


_NUMBERS = frozenset({"certificate", "request", "withdrawal", "act", "call", "charge", "loan"})  # names, not amounts
_PEOPLE = frozenset({"recipient", "lender"})
_TELLS: dict[str, Tell] = {
    "whole": whole,
    "class": _class,
    "member": member,
    "money": money,
    "percent": millionths,
    "day": day,
    "check": yes_no,
}


def _values(kind: Kind) -> tuple[Value, ...]:
    """What a form of this kind asks is what is told of its proposals."""
    return tuple(
        Value(ask.name, ask.label, _telling(ask)) for ask in kind.asks if ask.name not in ("reason", "currency")
    )


def _telling(ask: Ask) -> Tell:
    if ask.kind == "choice":
        return chosen(dict(ask.options))
    if ask.name in _PEOPLE:
        return _recipient
    return text if ask.name in _NUMBERS else _TELLS.get(ask.kind, text)


tell_of("share-act", lambda _session, _name, lang: About(translator(lang)(N_("Acts on shares")), "/desk/shares"))
for _kind in KINDS.values():
    register(_performing(_kind))
