"""Which tables of motions hold something about a person, and how its rows are found."""

from sqlalchemy import Select, or_, select

from app.ballots.motions.models import Motion, MotionSupport, MotionSupportEnd, MotionText
from app.core.errors import N_
from app.privacy.share_parts import Found, Ids


def _motions(ids: Ids) -> Select[int]:
    return select(Motion.id).where(Motion.person_id.in_(ids))


def _supports(ids: Ids) -> Select[int]:
    return select(MotionSupport.id).where(or_(MotionSupport.person_id.in_(ids), MotionSupport.given_by.in_(ids)))


MOTION_PARTS: list[Found] = [
    Found(N_("Motions you proposed"), Motion, lambda ids: Motion.person_id.in_(ids), frozenset({"form_key"})),
    Found(N_("Texts of your motions"), MotionText, lambda ids: MotionText.motion_id.in_(_motions(ids))),
    Found(N_("Motions you supported"), MotionSupport, lambda ids: MotionSupport.id.in_(_supports(ids))),
    Found(N_("Support you took back"), MotionSupportEnd, lambda ids: MotionSupportEnd.support_id.in_(_supports(ids))),
]

_ACT = "an act for the organization; the lines of the audit trail name who did it"
NO_PERSONS_MOTION: dict[str, str] = {
    "motion_rules": _ACT,
    "motion_move": "how a motion of all members went; the lines of the audit trail name who did it",
    "motion_gathering": "how much support a motion needs; the motion itself is in the file",
    "motion_statement": _ACT,
    "motion_ballot": _ACT,
}
