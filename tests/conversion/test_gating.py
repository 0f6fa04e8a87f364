"""Which step may be met when, purely: waiting, clocks before and after, and every plan of a law."""

from datetime import date, timedelta

import pytest

from app.conversion.plan.checks import colleges_in
from app.conversion.plan.gating import Standing, TimeOver, TooEarly, TooLate, TooSoon, Waits, deadlines, why_not
from app.law.plans import plan_ids, plan_of
from app.law.plans.steps import STEP_KINDS

VOTE = date(2027, 3, 31)


def standings(plan_id: str, met: dict[str, date], planned: dict[str, date] | None = None) -> dict[str, Standing]:
    steps = plan_of(plan_id).steps
    return {step.key: Standing(step, met.get(step.key), (planned or {}).get(step.key)) for step in steps}


def before(plan_id: str, key: str, on: date) -> dict[str, date]:
    """Everything that a step waits for, met on a day."""
    steps = {step.key: step for step in plan_of(plan_id).steps}
    found: dict[str, date] = {}
    waits = list(steps[key].waits_for)
    while waits:
        name = waits.pop()
        found[name] = on
        waits += steps[name].waits_for
    return found


def verdict(plan_id: str, key: str, on: date, **changed):
    all_ = standings(plan_id, before(plan_id, key, on) | changed.get("met", {}), changed.get("planned"))
    return why_not(all_[key].step, all_, on)


@pytest.mark.parametrize(
    ("plan_id", "last"),
    [
        ("us-de-266", VOTE - timedelta(days=20)),
        ("uk-company-to-society", VOTE - timedelta(days=15)),  # 14 clear days
        ("fr-sa-scic", VOTE - timedelta(days=15)),
        ("de-umwg-eg", VOTE - timedelta(days=30)),
        ("eu-sce", VOTE - timedelta(days=30)),
    ],
)
def test_notice_on_the_last_day_is_in_time_and_a_day_later_is_late(plan_id, last):
    planned = {"vote": VOTE}
    assert verdict(plan_id, "notice", last, planned=planned) is None
    assert isinstance(verdict(plan_id, "notice", last + timedelta(days=1), planned=planned), TooLate)


def test_a_vote_cannot_be_brought_forward_below_the_notice_that_was_given():
    given = {"notice": date(2027, 3, 1)}
    assert isinstance(verdict("us-de-266", "vote", date(2027, 3, 20), met=given), TooSoon)
    assert verdict("us-de-266", "vote", date(2027, 3, 21), met=given) is None


def test_the_german_cash_offer_is_open_for_two_months_and_suits_for_one():
    vote, effect = {"vote": date(2027, 1, 31)}, {"effect": date(2027, 4, 30)}
    assert isinstance(verdict("de-umwg-eg", "objections", date(2027, 2, 27), met=vote), TooEarly)
    assert verdict("de-umwg-eg", "objections", date(2027, 2, 28), met=vote) is None
    refused = verdict("de-umwg-eg", "cash_offer", date(2027, 6, 29), met=effect)
    assert isinstance(refused, TooEarly) and refused.facts["day"] == date(2027, 6, 30)
    assert isinstance(verdict("de-umwg-eg", "payout", date(2027, 10, 29), met=effect), TooEarly)


def test_a_step_waits_for_those_before_it_and_says_for_which():
    all_ = standings("us-de-266", {})
    refused = why_not(all_["board"].step, all_, VOTE)
    assert isinstance(refused, Waits) and str(refused) == "This waits for: Plan of conversion drawn up."


@pytest.mark.parametrize("plan_id", plan_ids())
def test_every_plan_can_be_met_from_its_first_step_to_its_last(plan_id):
    met: dict[str, date] = {}
    on = date(2027, 1, 1)
    for step in plan_of(plan_id).steps:
        on += timedelta(days=20 if any(each.rule == "within" for each in step.clocks) else 62)
        assert why_not(step, standings(plan_id, met), on) is None
        assert STEP_KINDS[step.key].meets
        met[step.key] = on


def test_the_way_back_needs_a_second_meeting_neither_too_early_nor_too_late():
    first = {"vote": date(2027, 3, 1)}
    assert isinstance(verdict("uk-society", "second_vote", date(2027, 3, 14), met=first), TooEarly)
    assert verdict("uk-society", "second_vote", date(2027, 3, 15), met=first) is None
    assert verdict("uk-society", "second_vote", date(2027, 4, 1), met=first) is None
    refused = verdict("uk-society", "second_vote", date(2027, 4, 2), met=first)
    assert isinstance(refused, TimeOver) and refused.facts["day"] == date(2027, 4, 1)
    assert deadlines(standings("uk-society", first))["second_vote"] == date(2027, 4, 1)


def test_colleges_are_read_as_people_write_them():
    said = "Usagers : 50 %\nSalariés: 30,5%\nPartenaires (communes) 19.5 pour cent\nand more"
    assert [(name, str(part)) for name, part in colleges_in(said)] == [
        ("Usagers", "1/2"),
        ("Salariés", "61/200"),
        ("Partenaires (communes)", "39/200"),
    ]


def test_what_can_slip_and_until_when_is_reckoned_back_from_the_days_that_are_set():
    slips = deadlines(standings("us-de-266", {"charter": VOTE - timedelta(days=60)}, {"vote": VOTE}))
    notice = VOTE - timedelta(days=20)
    assert {slips[key] for key in ("notice", "board", "caps", "rules", "plan")} == {notice}
    assert not {"charter", "vote", "filing"} & slips.keys()  # met, the day itself, and what nothing dates
    german = deadlines(standings("de-umwg-eg", {}, {"filing": date(2027, 6, 30)}))
    assert (german["objections"], german["vote"], german["notice"]) == (
        date(2027, 6, 30),
        date(2027, 5, 30),
        date(2027, 4, 30),
    )  # the month of suits counts back from the filing, and the notice from the vote
