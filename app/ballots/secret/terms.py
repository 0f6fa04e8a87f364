"""What the terms of a secret ballot must be like: one vote each, undivided."""

from app.ballots.models import Basis
from app.ballots.stating import BallotPlan
from app.core.errors import N_, Refusal


class SecretPerHead(Refusal):
    """A weight that nobody else has would name its voter."""

    message = N_(
        "In a secret ballot every member has one vote: a weight would tell whose vote it is. "
        "Choose one vote per member, or a recorded ballot."
    )
    field = "basis"


class SecretUndivided(Refusal):
    """Parts of a vote would tell that it is a nominee's."""

    message = N_("In a secret ballot no vote is split. A nominee's split votes need a recorded ballot.")
    field = "splits_allowed"


def check_plan(plan: BallotPlan) -> None:
    """Refuse terms under which a vote would tell whose it is."""
    if plan.basis != Basis.MEMBER:
        raise SecretPerHead
    if plan.splits_allowed:
        raise SecretUndivided
