"""Scoping: roles can be limited to one ballot, named by its address."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.models import Ballot
from app.ballots.stating import title_of
from app.members.approvals.about import About, tell_of
from app.members.role_scopes import ScopeKind, register_scope

KIND = "ballot"


def _ballots(session: Session) -> dict[str, str]:
    ballots = session.scalars(select(Ballot).order_by(Ballot.id.desc()))
    return {ballot.slug: title_of(ballot) for ballot in ballots}


def _about(session: Session, slug: str, lang: str) -> About | None:
    ballot = session.scalars(select(Ballot).where(Ballot.slug == slug)).first()
    return About(title_of(ballot, lang), f"/desk/ballots/{slug}") if ballot else None


register_scope(ScopeKind(KIND, _ballots))
tell_of(KIND, _about)
