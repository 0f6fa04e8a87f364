"""Which tables of motions hold something about a person, and how its rows are found."""

from sqlalchemy import Select, or_, select

from app.ballots.motions.discussion.models import (
    Appeal,
    AppealDecision,
    Moderation,
    Moderator,
    ModeratorEnd,
    MotionComment,
    MotionCommentText,
    MotionCommentWithdrawal,
)
from app.ballots.motions.models import Motion, MotionSupport, MotionSupportEnd, MotionText
from app.core.errors import N_
from app.privacy.share_parts import Found, Ids


def _motions(ids: Ids) -> Select[int]:
    return select(Motion.id).where(Motion.person_id.in_(ids))


def _supports(ids: Ids) -> Select[int]:
    return select(MotionSupport.id).where(or_(MotionSupport.person_id.in_(ids), MotionSupport.given_by.in_(ids)))


def _comments(ids: Ids) -> Select[int]:
    return select(MotionComment.id).where(MotionComment.person_id.in_(ids))


def _moderations(ids: Ids) -> Select[int]:
    return select(Moderation.id).where(or_(Moderation.comment_id.in_(_comments(ids)), Moderation.by.in_(ids)))


def _moderators(ids: Ids) -> Select[int]:
    return select(Moderator.id).where(Moderator.person_id.in_(ids))


MOTION_PARTS: list[Found] = [
    Found(N_("Motions you proposed"), Motion, lambda ids: Motion.person_id.in_(ids), frozenset({"form_key"})),
    Found(N_("Texts of your motions"), MotionText, lambda ids: MotionText.motion_id.in_(_motions(ids))),
    Found(N_("Motions you supported"), MotionSupport, lambda ids: MotionSupport.id.in_(_supports(ids))),
    Found(N_("Support you took back"), MotionSupportEnd, lambda ids: MotionSupportEnd.support_id.in_(_supports(ids))),
    Found(
        N_("Your comments on motions"),
        MotionComment,
        lambda ids: MotionComment.person_id.in_(ids),
        frozenset({"form_key"}),
    ),
    Found(
        N_("Texts of your comments"), MotionCommentText, lambda ids: MotionCommentText.comment_id.in_(_comments(ids))
    ),
    Found(
        N_("Comments you withdrew"),
        MotionCommentWithdrawal,
        lambda ids: MotionCommentWithdrawal.comment_id.in_(_comments(ids)),
    ),
    Found(N_("Moderation of your comments, and by you"), Moderation, lambda ids: Moderation.id.in_(_moderations(ids))),
    Found(N_("Your appeals against moderation"), Appeal, lambda ids: Appeal.person_id.in_(ids)),
    Found(
        N_("Decisions on appeals"),
        AppealDecision,
        lambda ids: or_(
            AppealDecision.decided_by.in_(ids),
            AppealDecision.moderation_id.in_(select(Appeal.moderation_id).where(Appeal.person_id.in_(ids))),
        ),
    ),
    Found(N_("Your terms as a moderator"), Moderator, lambda ids: Moderator.person_id.in_(ids)),
    Found(
        N_("Ends of your terms as a moderator"),
        ModeratorEnd,
        lambda ids: ModeratorEnd.moderator_id.in_(_moderators(ids)),
    ),
]

_ACT = "an act for the organization; the lines of the audit trail name who did it"
NO_PERSONS_MOTION: dict[str, str] = {
    "motion_rules": _ACT,
    "motion_move": "how a motion of all members went; the lines of the audit trail name who did it",
    "motion_gathering": "how much support a motion needs; the motion itself is in the file",
    "motion_statement": _ACT,
    "motion_ballot": _ACT,
}
