"""What the rules and the roll of a secret ballot must be like: no group that is counted apart may be too small."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ballots.casting.stores import NotPrepared
from app.ballots.drafting import Item, items_of
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import standing
from app.ballots.models import Ballot
from app.ballots.rules import Need, Rule
from app.core.errors import N_, Refusal
from app.law.thresholds import DENOMINATORS, NUMERATORS

GROUP_LEAST = 5


class SharesUnknown(Refusal):
    """The rule asks how many shares are for it, which a secret ballot does not know."""

    message = N_(
        "Item {position} passes by the shares that are for it, and a secret ballot does not know them. "
        "Decide it in a recorded ballot."
    )
    status = 409


class GroupTooSmall(NotPrepared):
    """The published figures of a group of few would tell how each of them voted."""

    message = N_(
        "Of {group} there are {count} on the roll, and a secret ballot needs at least {least} of everybody who is "
        "counted apart. Call it off, and decide in a recorded ballot."
    )
    status = 409


EVERYBODY = N_("all electors")


def check_rules(items: Iterable[Item]) -> None:
    """Refuse rules that need to know whose votes are for it."""
    for item in items:
        if item.rule is not None and "capital_for" in _figures(item.rule):
            raise SharesUnknown(position=item.row.position)


def check_groups(session: Session, ballot: Ballot) -> None:
    """Refuse to open when a group that is counted apart has fewer electors than `GROUP_LEAST`."""
    kind, college = apart(session, ballot)
    columns = [column for column, wanted in ((Elector.kind, kind), (Elector.college, college)) if wanted]
    rows = select(func.count(), *columns).where(Elector.ballot_id == ballot.id, standing()).group_by(*columns)
    for count, *names in session.execute(rows):
        if count < GROUP_LEAST:
            raise GroupTooSmall(group=" ".join(names) or EVERYBODY, count=count, least=GROUP_LEAST)


def apart(session: Session, ballot: Ballot) -> tuple[bool, bool]:
    """Whether votes are counted apart by kind of elector, and by college; only then papers say them."""
    rules = [item.rule for item in items_of(session, ballot) if item.rule is not None]
    patrons = any(figure.startswith("patron") for rule in rules for figure in _figures(rule))
    return patrons, bool(ballot.terms.colleges)


def _figures(rule: Rule) -> set[str]:
    calls = [rule.first, rule.second] if rule.second else [rule.first]
    needs: list[Need] = [level for call in calls for level in call.levels]
    names = [(*NUMERATORS[each.threshold.numerator], *DENOMINATORS[each.threshold.denominator]) for each in needs]
    return {name for found in names for name in found}
