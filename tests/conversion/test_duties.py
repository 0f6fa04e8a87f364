"""The co-operative's year: duties counted by the law of the form, ticked by evidence, and the rights of classes."""

from datetime import date

import pytest

from app.conversion.after.counting import due_between, year_end
from app.conversion.after.reminding import LETTER, remind_of_duties
from app.conversion.after.ticking import Done, TickedAlready, tick
from app.conversion.plan.meeting import locked_step
from app.conversion.plan.models import ConversionEvidence
from app.conversion.plan.starting import start_conversion
from app.core import clock
from app.core.database import transaction
from app.core.uploads import SentFile
from app.law.duties import duties_of
from app.law.plans import plan_ids, plan_of
from app.law.plans.steps import Evidence
from app.members.models import Person
from app.shares.acts.defining import Terms, write_terms
from app.shares.acts.judging import class_coded
from app.shares.models import RedemptionRight, Transferable, VotesRule
from tests import make
from tests.conversion.making import two
from tests.core.files import pdf
from tests.journeys.conftest import address, visitor  # noqa: F401  (fixtures)
from tests.journeys.test_pledge_to_certificate import sign_in


@pytest.mark.parametrize("plan_id", plan_ids())
def test_every_form_that_a_plan_leads_to_has_duties_with_their_provision(plan_id):
    duties = duties_of(plan_of(plan_id).target or plan_id)
    assert {"annual_meeting", "register"} <= {each.key for each in duties}
    assert all(each.basis and each.sources for each in duties)


def test_the_days_of_a_calendar_year_in_colorado_are_those_of_the_tax_code():
    found = due_between(duties_of("us-co-lca"), (12, 31), date(2027, 3, 1), date(2029, 2, 1))
    days = {(each.duty.key, each.period_end.year): each.due_on for each in found}
    assert days["patronage_notices", 2027] == days["tax_return", 2027] == date(2028, 9, 15)
    assert days["tax_forms", 2027] == date(2029, 1, 31)  # in the January after the year of the notice
    assert ("patronage_notices", 2028) not in days
    assert year_end((2, 29), date(2027, 3, 1)) == date(2028, 2, 29)
    audits = [each.due_on for each in due_between(duties_of("de-eg"), (12, 31), date(2027, 5, 1), date(2032, 1, 1))]
    assert {date(2029, 5, 1), date(2031, 5, 1)} <= set(audits)


def test_duties_are_counted_ticked_taken_back_and_told_with_the_rights_of_classes(visitor):  # noqa: F811
    with transaction() as session:
        make.lot(session, make.member(session), 10)
        names = {"title": "Into a society", "entity_name": "Flutter Limited", "resulting_name": "Flutter Society"}
        who = two(session)[0]
        start_conversion(session, "into", "uk-company-to-society", **names, by=who.id, reason="resolved")
        terms = Terms(
            clock.today(), "members’ shares", "USD", VotesRule.PER_MEMBER, Transferable.NOT, RedemptionRight.REFUSABLE
        )
        write_terms(session, class_coded(session, "A"), terms, by=who.id, reason="the rules")
    organizer = sign_in(visitor(), "organizer@example.org")
    desk, year = "/desk/conversions/into/duties", {"month": "12", "day": "31", "reason": "the rules say so"}
    organizer.get(desk).sees("begin when its conversion has taken effect")
    with transaction() as session:
        _, step = locked_step(session, "into", "exchange")
        session.add(
            ConversionEvidence(
                step_id=step.id,
                kind="EXCHANGE",
                happened_on=date(2025, 6, 1),
                statement="",
                published=False,
                recorded_at=clock.now(),
                recorded_by=who.id,
            )
        )
    organizer.get(desk).fill_in(desk, 422, **year | {"day": "31", "month": "2"}).sees("There is no such day in a year.")
    organizer.get(desk).fill_in(desk, **year).sees("late", "AR30")
    ticks = f"{desk}/annual_meeting/2025-12-31/evidence"
    said = {"kind": "BALLOT", "happened_on": clock.today().isoformat(), "ballot": "nowhere"}
    organizer.fill_in(ticks, 404, **said)
    file = {"kind": "FILE", "happened_on": clock.today().isoformat()}
    organizer.get(desk).fill_in(ticks, 422, **file).sees("Choose the file")
    with transaction() as session:
        given = Done(Evidence.FILE, clock.today(), "The members met.", SentFile("minutes.pdf", pdf(b"minutes")))
        made = tick(session, "into", "annual_meeting", date(2025, 12, 31), given, by=session.get_one(Person, who.id))
        with pytest.raises(TickedAlready):
            tick(session, "into", "annual_meeting", date(2025, 12, 31), given, by=session.get_one(Person, who.id))
        for _ in range(2):  # a letter a week at most
            remind_of_duties(session)
        assert make.letters(session, "secretary@example.org").count(LETTER) == 1
    organizer.get(desk).sees("The members met.").fill_in(f"{desk}/{made.id}/taking-back", reason="the wrong minutes")
    organizer.sees("The duty is open again.")
    everyone = visitor()
    everyone.get("/conversions/into/duties").sees("Annual meeting of the members", "for the year that ends on")
    calendar = everyone.get("/conversions/into/duties.ics").answer.text
    assert "SUMMARY:Annual return to the registrar" in calendar and "DTSTART;VALUE=DATE:20260731" in calendar
    everyone.get("/conversions/into").sees("duties of the year")
    visitor("fr").get("/conversions/into/duties").sees("Assemblée annuelle des membres")
    everyone.get("/classes").sees("Each member has one vote, however many shares they hold.", "cannot be sold or given")
