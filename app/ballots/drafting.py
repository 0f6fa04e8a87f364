"""Drafting a ballot: its terms and items are written in versions until notice is given."""

import re
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ballots.days import end_of_day
from app.ballots.delegations.topics import check_topic
from app.ballots.electorate.publishing import check_shown
from app.ballots.models import (
    Ballot,
    BallotItem,
    BallotItemText,
    BallotItemWithdrawal,
    BallotMove,
    BallotState,
    BallotTerms,
    Casting,
    Meeting,
)
from app.ballots.questions import Question, check_question, question_of
from app.ballots.rules import NoMajority, Rule, rule_of
from app.ballots.secret.terms import check_plan as check_secret
from app.ballots.stating import BallotPlan, College
from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal
from app.law.adapting import law_for
from app.law.weights import colleges as judge_colleges

RESERVED = ("new", "meetings", "vote", "votes", "secret")
ITEMS_MAX = 60


class BadSlug(Refusal):
    """The address of the page is not plain."""

    message = N_(
        "“{slug}” cannot be the address of a page. Use small letters, digits and hyphens, for example agm-2027."
    )
    field = "slug"


class SlugTaken(Refusal):
    """Another one has this address."""

    message = N_("The address “{slug}” is taken already. Choose another one.")
    status = 409
    field = "slug"


class StateChanged(Refusal):
    """Somebody moved the ballot meanwhile."""

    message = N_("The ballot is {state}, so this cannot be done. Nothing was changed.")
    status = 409


class HoursReversed(Refusal):
    """A ballot closes after it opens, and its electorate is fixed before."""

    message = N_("A ballot closes after it opens, and opens after the end of its record date.")
    field = "closes_at"


class CollegesWrong(Refusal):
    """The weights of colleges are parts of one whole."""

    message = N_("The colleges' weights must add up to 1, each college with a name and classes of its own.")
    field = "colleges"


class CollegesUnlawful(Refusal):
    """The law bars colleges of these weights."""

    message = N_("The law bars these colleges: {reasons}")
    field = "colleges"


class TooManyItems(Refusal):
    """Nobody decides on so much at once."""

    message = N_("A ballot has at most {most} items. Make another one for the rest.")


class NoText(Refusal):
    """A resolution is voted on in its full text."""

    message = N_("Give each item a title and its full text.")
    field = "text"


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """An item as it is written: title and full text by language, the question, and the rule (None for elections)."""

    title: dict[str, str]
    text: dict[str, str]
    question: Question
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it stands: its row, its last text, and its withdrawal when it was withdrawn."""

    row: BallotItem
    text: BallotItemText
    withdrawal: BallotItemWithdrawal | None

    @property
    def id(self) -> int:
        """The number of its row."""
        return self.row.id

    @property
    def question(self) -> Question:
        """What it asks."""
        return question_of(self.text.question)

    @property
    def rule(self) -> Rule | None:
        """By what it passes, when it is a motion or needs a quorum."""
        return rule_of(self.text.rule) if self.text.rule else None


def draft_ballot(
    session: Session,
    slug: str,
    plan: BallotPlan,
    *,
    by: int | None,
    meeting: Meeting | None = None,
    call: int = 1,
    follows: Ballot | None = None,
) -> Ballot:
    """Write a new ballot as a draft, visible to staff only; of a meeting, or by itself (written or online)."""
    _check_slug(session, slug)
    check_plan(session, plan)
    ballot_id = int(session.execute(select(func.nextval("ballot_id_seq"))).scalar_one())
    version = _write_version(session, ballot_id, 1, plan, by, "")
    ballot = Ballot(
        id=ballot_id,
        slug=slug,
        state=BallotState.DRAFT,
        terms_id=version.id,
        meeting_id=meeting.id if meeting else None,
        call=call,
        follows_id=follows.id if follows else None,
        created_at=clock.now(),
        created_by=by,
    )
    session.add(ballot)
    session.flush()
    audit.record(session, audit.Tag.BALLOT_DRAFTED, ballot.subject, by=by)
    return ballot


def change_ballot(session: Session, slug: str, plan: BallotPlan, *, by: int | None) -> Ballot:
    """Write the next version of a draft's terms."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, BallotState.DRAFT)
    check_plan(session, plan)
    write_terms(session, ballot, plan, by=by, reason="")
    return ballot


def add_item(session: Session, slug: str, plan: ItemPlan, *, by: int | None) -> Item:
    """Add an item at the end of a draft."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, BallotState.DRAFT)
    items = items_of(session, ballot)
    if len(items) >= ITEMS_MAX:
        raise TooManyItems(most=ITEMS_MAX)
    row = BallotItem(ballot_id=ballot.id, position=len(items) + 1, created_at=clock.now())
    session.add(row)
    session.flush()
    text = write_text(session, ballot, row, 1, plan, by=by)
    return Item(row, text, None)


def change_item(session: Session, slug: str, item_id: int, plan: ItemPlan, *, by: int | None) -> Item:
    """Write the next version of an item of a draft."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, BallotState.DRAFT)
    item = item_of(session, ballot, item_id)
    return Item(item.row, write_text(session, ballot, item.row, item.text.version + 1, plan, by=by), None)


def write_text(
    session: Session, ballot: Ballot, row: BallotItem, version: int, plan: ItemPlan, *, by: int | None, reason: str = ""
) -> BallotItemText:
    """Keep a version of an item's text; one that comes after the draft is an amendment."""
    if not any(text.strip() for text in plan.title.values()) or not any(text.strip() for text in plan.text.values()):
        raise NoText
    question = check_question(plan.question, [each["name"] for each in ballot.terms.colleges])
    if question.is_motion and plan.rule is None:
        raise NoMajority
    text = BallotItemText(
        item_id=row.id,
        version=version,
        title=plan.title,
        text=plan.text,
        question=question.as_data(),
        rule=plan.rule.as_data() if plan.rule else {},
        is_amendment=ballot.state != BallotState.DRAFT,
        reason=reason,
        written_at=clock.now(),
        written_by=by,
    )
    session.add(text)
    session.flush()
    tag = audit.Tag.BALLOT_AMENDED if text.is_amendment else audit.Tag.BALLOT_CHANGED
    audit.record(session, tag, ballot.subject, by=by, reason=reason or None, item=row.position, version=version)
    return text


def find_ballot(session: Session, slug: str) -> Ballot:
    """The ballot at an address; `NotFound` when there is none."""
    ballot = session.scalars(select(Ballot).where(Ballot.slug == slug)).first()
    if ballot is None:
        raise NotFound
    return ballot


def locked_ballot(session: Session, slug: str, *, casting: bool = False) -> Ballot:
    """The ballot at an address, locked: against every other move, or while `casting` only against moves."""
    rows = select(Ballot).where(Ballot.slug == slug).with_for_update(read=casting, key_share=casting)
    ballot = session.scalars(rows.execution_options(populate_existing=True)).first()
    if ballot is None:
        raise NotFound
    return ballot


def require_state(ballot: Ballot, *states: BallotState) -> None:
    """Refuse unless the ballot is in one of some states."""
    if ballot.state not in states:
        raise StateChanged(state=BallotState(ballot.state))


def move_ballot(session: Session, ballot: Ballot, to: BallotState, *, by: int | None, reason: str) -> None:
    """Note a change of state; take `locked_ballot` first."""
    session.add(BallotMove(ballot_id=ballot.id, to_state=to, at=clock.now(), by=by, reason=reason))
    ballot.state = to
    session.flush()
    audit.record(session, audit.Tag.BALLOT_MOVED, ballot.subject, by=by, reason=reason or None, to=to.name.lower())


def moves_of(session: Session, ballot: Ballot) -> list[BallotMove]:
    """Every move of a ballot, in order."""
    return list(session.scalars(select(BallotMove).where(BallotMove.ballot_id == ballot.id).order_by(BallotMove.id)))


def items_of(session: Session, ballot: Ballot, *, withdrawn: bool = True) -> list[Item]:
    """The items of a ballot in order, each with its last text; without those `withdrawn` where asked."""
    rows = session.execute(
        select(BallotItem, BallotItemText, BallotItemWithdrawal)
        .join(BallotItemText, BallotItemText.item_id == BallotItem.id)
        .outerjoin(BallotItemWithdrawal, BallotItemWithdrawal.item_id == BallotItem.id)
        .where(BallotItem.ballot_id == ballot.id)
        .order_by(BallotItem.position, BallotItemText.version)
    )
    last = {row.id: Item(row, text, gone) for row, text, gone in rows}
    return [item for item in last.values() if withdrawn or item.withdrawal is None]


def item_of(session: Session, ballot: Ballot, item_id: int) -> Item:
    """An item of a ballot; `NotFound` when it has no such item."""
    for item in items_of(session, ballot):
        if item.id == item_id:
            return item
    raise NotFound


def texts_of(session: Session, item: Item) -> list[BallotItemText]:
    """Every version of an item, in order."""
    rows = select(BallotItemText).where(BallotItemText.item_id == item.id).order_by(BallotItemText.version)
    return list(session.scalars(rows))


def noticed_text(session: Session, item: Item) -> BallotItemText:
    """The version of an item of which notice was given: the last before any amendment."""
    return [text for text in texts_of(session, item) if not text.is_amendment][-1]


def write_terms(session: Session, ballot: Ballot, plan: BallotPlan, *, by: int | None, reason: str) -> BallotTerms:
    """Let a new version be the terms of a ballot; take `locked_ballot` first."""
    version = _write_version(session, ballot.id, ballot.terms.version + 1, plan, by, reason)
    ballot.terms_id = version.id
    session.flush()
    session.refresh(ballot, ["terms"])
    tag = audit.Tag.BALLOT_CHANGED
    audit.record(session, tag, ballot.subject, by=by, reason=reason or None, version=version.version)
    return version


def check_plan(session: Session, plan: BallotPlan) -> None:
    """Refuse terms that contradict themselves or that the law bars."""
    if plan.closes_at <= plan.opens_at or end_of_day(plan.record_date, plan.zone) > plan.opens_at:
        raise HoursReversed
    check_shown(plan.roll_shown)
    check_topic(session, plan)
    if plan.casting == Casting.SECRET:
        check_secret(plan)
    if plan.colleges:
        _check_colleges(session, plan.law, plan.colleges)


def _check_colleges(session: Session, law_id: str, colleges: tuple[College, ...]) -> None:
    names, classes = [each.name for each in colleges], [code for each in colleges for code in each.classes]
    whole = sum((each.weight for each in colleges), start=colleges[0].weight * 0)
    each_own = len(set(names)) == len(names) and len(set(classes)) == len(classes)
    if whole != 1 or not all(each.classes and each.weight > 0 and each.name for each in colleges) or not each_own:
        raise CollegesWrong
    law = law_for(session, law_id) if law_id else None
    if law is not None and "colleges" in law.values:
        judged = judge_colleges(law, tuple(each.weight for each in colleges))
        if judged.refused:
            raise CollegesUnlawful(reasons=" ".join(reason.text() for reason in judged.reasons))


def _check_slug(session: Session, slug: str) -> None:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > 60 or slug in RESERVED:
        raise BadSlug(slug=slug[:60])
    one_at_a_time(session, f"ballot {slug}")
    if session.scalars(select(Ballot.id).where(Ballot.slug == slug)).first() is not None:
        raise SlugTaken(slug=slug)


def _write_version(
    session: Session, ballot_id: int, version: int, plan: BallotPlan, by: int | None, reason: str
) -> BallotTerms:
    row = BallotTerms(
        ballot_id=ballot_id, version=version, written_at=clock.now(), written_by=by, reason=reason, **plan.columns()
    )
    session.add(row)
    session.flush()
    return row
