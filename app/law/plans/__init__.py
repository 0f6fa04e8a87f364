"""The plans of conversions, one readable file for each profile: ordered steps, what each waits for, and its clocks."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from app.core.errors import N_, Refusal
from app.law.plans.steps import STEP_KINDS, StepKind
from app.law.profiles import Profile, profile

Rule = Literal["before", "after", "within"]


class NoPlan(Refusal):
    """No plan of conversion is kept for the profile."""

    message = N_("There is no plan of conversion for “{profile}”.")
    status = 404
    field = "plan"


@dataclass(frozen=True, slots=True)
class Clock:
    """Time between two steps: `days` (or `months`) at least `before` or `after` the step named; `clear` days or full.

    `within` says at most so long after it.

    `value` is the key of the profile's value that says so.
    """

    rule: Rule
    step: str
    days: int
    months: int
    clear: bool
    value: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step in its place: the steps that it waits for, its clocks, and the key of the value that demands it."""

    key: str
    waits_for: tuple[str, ...]
    clocks: tuple[Clock, ...]
    value: str

    @property
    def kind(self) -> StepKind:
        """What it is called, who acts, what meets it."""
        return STEP_KINDS[self.key]

    def as_data(self) -> dict[str, Any]:
        """For the database."""
        return {
            "waits_for": list(self.waits_for),
            "clocks": [asdict(clock) for clock in self.clocks],
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a profile: `target` is the profile of the new form; names with a `name_must_not` word are refused.

    One that `goes_back` makes a company again of a co-operative; its target has no profile.
    """

    law: Profile
    target: str | None
    name_must_not: tuple[str, ...]
    steps: tuple[Step, ...]
    title: str
    goes_back: bool


def plan_of(profile_id: str) -> Plan:
    """The plan of a profile; raises `NoPlan`."""
    if profile_id not in plan_ids():
        raise NoPlan(profile=profile_id[:60])
    return _loaded(profile_id)


@cache
def plan_ids() -> tuple[str, ...]:
    """Ids of the profiles that have a plan, sorted."""
    names = [entry.name for entry in files("app.law.plans").iterdir()]
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def step_from(key: str, data: Mapping[str, Any]) -> Step:
    """A step as it was kept."""
    return Step(key, tuple(data["waits_for"]), tuple(Clock(**each) for each in data["clocks"]), data["value"])


@cache
def _loaded(profile_id: str) -> Plan:
    table = tomllib.loads((files("app.law.plans") / f"{profile_id}.toml").read_text(encoding="utf-8"))
    law = profile(profile_id)
    known: list[str] = []
    steps = []
    for entry in table["steps"]:
        step = _step(law, entry)
        assert step.key in STEP_KINDS and step.key not in known, f"{profile_id}: {step.key}"
        assert set(step.waits_for) <= set(known), f"{profile_id}: {step.key} waits for what comes later"
        known.append(step.key)
        steps.append(step)
    assert all(clock.step in known for step in steps for clock in step.clocks), (
        f"{profile_id}: a clock counts from nothing"
    )
    if "target" in table:
        profile(table["target"])
    title, goes_back = table.get("title", law.title), bool(table.get("goes_back", False))
    return Plan(law, table.get("target"), tuple(table.get("name_must_not", ())), tuple(steps), title, goes_back)


def _step(law: Profile, entry: Mapping[str, Any]) -> Step:
    value = entry.get("value", "")
    if value:
        law.value(value)
    clocks = tuple(_clock(law, each) for each in entry.get("clocks", ()))
    return Step(entry["key"], tuple(entry.get("waits_for", ())), clocks, value)


def _clock(law: Profile, entry: Mapping[str, Any]) -> Clock:
    """A clock: its figure is in the file, or where a `path` into the value says so, the profile's own."""
    assert entry["rule"] in get_args(Rule), f"{law.id}: {entry['rule']}"
    value = law.value(entry["value"])
    figure = value.whole(*entry["path"]) if "path" in entry else int(entry["figure"])
    months = entry.get("unit", "days") == "months"
    return Clock(
        entry["rule"],
        entry["step"],
        days=0 if months else figure,
        months=figure if months else 0,
        clear=bool(entry.get("clear", False)),
        value=value.key,
    )
