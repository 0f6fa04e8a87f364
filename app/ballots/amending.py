"""Amending and withdrawing items after notice was given: a new version or a row beside it, never a deletion."""

from sqlalchemy.orm import Session

from app.ballots.drafting import Item, ItemPlan, item_of, items_of, locked_ballot, require_state, write_text
from app.ballots.models import BallotItemWithdrawal, BallotState
from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.roles import ReasonMissing

BEFORE_OPENING = (BallotState.CALLED, BallotState.READY)
BEFORE_CLOSE = (BallotState.DRAFT, BallotState.CALLED, BallotState.READY, BallotState.OPEN)


class WithdrawnAlready(Refusal):
    """The item is withdrawn."""

    message = N_("This item was withdrawn already.")
    status = 409


class NothingLeft(Refusal):
    """A ballot without items asks nothing."""

    message = N_("This is the last item of the ballot. Call the ballot off instead.")
    status = 409


class RuleFixed(Refusal):
    """What was announced cannot pass by another majority."""

    message = N_("An amendment changes the text. The question and the majority stay as they were in the notice.")
    status = 409


def amend_item(session: Session, slug: str, item_id: int, plan: ItemPlan, *, by: int | None, reason: str) -> Item:
    """Write an amended version of an item, from the notice until the ballot opens; the question and rule stay."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, *BEFORE_OPENING)
    if not reason.strip():
        raise ReasonMissing
    item = item_of(session, ballot, item_id)
    if item.withdrawal is not None:
        raise WithdrawnAlready
    if plan.question != item.question or plan.rule != item.rule:
        raise RuleFixed
    text = write_text(session, ballot, item.row, item.text.version + 1, plan, by=by, reason=reason.strip())
    return Item(item.row, text, None)


def withdraw_item(session: Session, slug: str, item_id: int, *, by: int | None, reason: str) -> BallotItemWithdrawal:
    """Withdraw an item before the ballot closes; votes on it are kept and not counted."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, *BEFORE_CLOSE)
    if not reason.strip():
        raise ReasonMissing
    item = item_of(session, ballot, item_id)
    if item.withdrawal is not None:
        raise WithdrawnAlready
    if len(items_of(session, ballot, withdrawn=False)) == 1:
        raise NothingLeft
    row = BallotItemWithdrawal(item_id=item.id, reason=reason.strip(), withdrawn_at=clock.now(), withdrawn_by=by)
    session.add(row)
    session.flush()
    tag = audit.Tag.BALLOT_ITEM_WITHDRAWN
    audit.record(session, tag, ballot.subject, by=by, reason=row.reason, item=item.row.position)
    return row
