"""Scoping: roles can be limited to one ballot, named by its address."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.models import Ballot
from app.ballots.stating import title_of
from app.members.role_scopes import ScopeKind, register_scope

KIND = "ballot"


def _ballots(session: Session) -> dict[str, str]:
    ballots = session.scalars(select(Ballot).order_by(Ballot.id.desc()))
    return {ballot.slug: title_of(ballot) for ballot in ballots}


register_scope(ScopeKind(KIND, _ballots))
