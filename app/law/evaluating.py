"""Evaluation: a rule or a profile by name, figures as they came, and the decision that explains itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.core import clock
from app.core.errors import N_, Refusal
from app.law.decisions import Decision, plain, standing_on
from app.law.figures import read_figures
from app.law.profiles import Profile, UnknownProfile, profile, profile_ids
from app.law.rules import RULES, Rule
from app.law.thresholds import MissingFigure


class NothingToDecide(Refusal):
    """The profile has no rule that figures alone could decide."""

    message = N_("No rule of {profile} can be decided by figures. `costake law show {profile}` says what it asks for.")


class SeveralRules(Refusal):
    """The figures fit several rules of the profile; none is picked."""

    message = N_("These figures fit several rules of {profile}. Name the one you mean: {rules}.")


def evaluate(name: str, given: Mapping[str, Any], adapted: Profile | None = None) -> Decision:
    """The decision of a rule (`us-regcf-limit`) or of a profile's rule that takes these figures (`us-regcf`).

    `given` are raw figures as JSON has them, decimals as Decimal or text. `adapted` is an organization's own copy of
    the profile. A date `on` asks by the law of that day; without it the question's own date counts, else today.
    """
    rule = rule_for(name, given)
    law = adapted or (profile(law_of(rule, name)) if rule.profiles else None)
    zone = ZoneInfo(law.zone if law else "UTC")
    read = read_figures(rule.name, rule.takes, dict(given), zone)
    require(rule, given)
    figures = plain(read)
    on = read.pop("on", None)
    dated = on or as_date(read.get(rule.dated_by or ""), zone)
    decision = rule.decide(law, read).named(rule.name, figures)  # type: ignore[arg-type]  # no profile, no use of it
    if dated is None:
        return replace(decision, notes=(*decision.notes, *standing_on(decision.grounds, clock.today(zone))))
    for ground in decision.grounds:
        ground.require(dated)
    return decision


def rule_for(name: str, given: Mapping[str, Any]) -> Rule:
    """The rule of that name, or the one rule of that profile which these figures fit."""
    if name in RULES and name not in profile_ids():
        return RULES[name]
    if name not in profile_ids():
        raise UnknownProfile(profile=name[:60])
    rules = [rule for rule in RULES.values() if name in rule.profiles]
    if not rules:
        raise NothingToDecide(profile=name)
    fitting = [rule for rule in rules if fits(rule, given)]
    if len(fitting) > 1:
        raise SeveralRules(profile=name, rules=", ".join(rule.name for rule in fitting))
    return fitting[0] if fitting else max(rules, key=lambda rule: nearness(rule, given))


def law_of(rule: Rule, name: str) -> str:
    """The profile that a rule is asked of: the named one, or the first it belongs to."""
    return name if name in rule.profiles else rule.profiles[0]


def fits(rule: Rule, given: Mapping[str, Any]) -> bool:
    """Whether the rule takes every given figure and misses none."""
    known = {figure.name for figure in rule.takes}
    return set(given) <= known and any(need <= set(given) for need in rule.needs)


def nearness(rule: Rule, given: Mapping[str, Any]) -> int:
    """How many of the given figures the rule takes, to tell what is wrong with figures that fit none."""
    return len({figure.name for figure in rule.takes} & set(given))


def require(rule: Rule, given: Mapping[str, Any]) -> None:
    """Refuse when no set of figures that the rule needs is complete; names the first that is missing."""
    nearest = max(rule.needs, key=lambda need: (need <= set(given), len(need & set(given))))
    for figure in rule.takes:
        if figure.name in nearest and figure.name not in given:
            raise MissingFigure(name=figure.name)


def as_date(figure: Any, zone: ZoneInfo) -> date | None:
    """The date that a figure says, in the zone; None when it is no date."""
    if isinstance(figure, datetime):
        return figure.astimezone(zone).date()
    return figure if isinstance(figure, date) else None
