"""What owning a part of a listed Delaware company triggers: group filings, insider rules, the bar on combinations."""

from fractions import Fraction

from app.core.errors import N_
from app.law.decisions import Decision, Reason, compare, percent
from app.law.profiles import Profile
from app.law.thresholds import ContradictoryFigures
from app.law.values import Value

GROUP = N_("{stake} is held; above {bound}, whoever acts together must file Schedule 13D within {days} business days.")
INSIDER = N_("{stake} is held; above {bound}, holders are insiders under section 16.")
INTERESTED = N_("{stake} is held; from {bound} on, combinations are barred for {years} years unless an exit is met.")
BEFORE = N_("The board approved before that was reached.")
AT_ONCE = N_("{stake} was reached in the same transaction; from {bound} on, the bar does not apply.")
OTHERS = N_("The board and {others_share} of the shares of the others approve; {bound} of them are needed.")


def group_rules(profile: Profile, owned: int, outstanding: int) -> Decision:
    """What people who act together trigger with their part of the shares. Answers `warn` and each trigger."""
    stake = part_of(owned, outstanding)
    group, insider = profile.value("schedule_13d"), profile.value("section_16")
    days = group.whole("deadline_business_days")
    reasons = (
        _below(stake, group, GROUP, days=days),
        _below(stake, insider, INSIDER),
    )
    answers = {
        "warn": not all(reason.holds for reason in reasons),
        "schedule_13d": not reasons[0].holds,
        "section_16": not reasons[1].holds,
    }
    return Decision("", not answers["warn"], answers, {}, reasons, (group, insider))


def combination(
    profile: Profile,
    owned: int,
    outstanding: int,
    board_before: bool = False,
    same_transaction: bool = False,
    board_approves: bool = False,
    others_for: int = 0,
) -> Decision:
    """Whether an owner may combine with the company: below the trigger, or by one of its exits. Answers `ok`, `warn`.

    Shares of members who agreed to vote together count as one owner's; theirs never count among the others.
    """
    stake = part_of(owned, outstanding)
    trigger, exits = profile.value("trigger"), profile.value("exits")
    below = _below(stake, trigger, INTERESTED, years=profile.value("moratorium_years").whole())
    at_once = compare(
        ("stake", stake),
        ">=",
        ("exit", exits.ratio("same_transaction_min")),
        AT_ONCE,
        stake=percent(stake),
        bound=percent(exits.ratio("same_transaction_min")),
    )
    others = part_of(others_for, outstanding - owned) if outstanding > owned else Fraction(0)
    later = compare(
        ("others", others),
        ">=",
        ("exit", exits.ratio("others_min")),
        OTHERS,
        others_share=percent(others),
        bound=exits.ratio("others_min"),
    )
    used = [below]
    if not below.holds:
        used += [Reason(True, "board_before is true", BEFORE)] if board_before else []
        used += [at_once] if same_transaction else []
        used += [later] if board_approves else []
    ok = any(reason.holds for reason in used)
    return Decision("", ok, {"ok": ok, "warn": not below.holds}, {}, tuple(used), (trigger, exits))


def part_of(owned: int, outstanding: int) -> Fraction:
    """The part that is owned; refuses more than there is."""
    if owned > outstanding:
        raise ContradictoryFigures(part="owned", part_count=owned, whole="outstanding", whole_count=outstanding)
    return Fraction(owned, outstanding)


def _below(stake: Fraction, value: Value, message: str, **places: int) -> Reason:
    bound, sign = value.ratio("fraction"), "<=" if value.at("operator") == ">" else "<"
    return compare(
        ("stake", stake), sign, ("bound", bound), message, stake=percent(stake), bound=percent(bound), **places
    )
