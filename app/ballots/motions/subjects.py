"""Subjects: what proposals about a motion, or about the rules of motions, are called for people."""

from sqlalchemy.orm import Session

from app.ballots.motions.keeping import text_of
from app.ballots.motions.models import Motion
from app.ballots.stating import in_language
from app.core.errors import N_
from app.core.language import translator
from app.members.approvals.about import About, row_of, tell_of

RULES = N_("Rules of motions")


def _motion(session: Session, name: str, lang: str) -> About | None:
    motion = session.get(Motion, row_of(name))
    if motion is None:
        return None
    return About(in_language(text_of(session, motion).title, lang), f"/desk/motions/{motion.id}")


def _rules(_session: Session, _name: str, lang: str) -> About | None:
    return About(translator(lang)(RULES), "/desk/motions/rules")


tell_of("motion", _motion)
tell_of("motions", _rules)
