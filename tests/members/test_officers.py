"""The register of officers: who entered and left which office, on which deed, and what it said on any day."""

from datetime import date

import pytest

from app.core import clock
from app.core.database import reading, transaction
from app.exports.registers.asking import Wanted, rows
from app.exports.registers.profiles import profile
from app.members.offices.appointing import (
    LeftAlready,
    LeftBeforeEntered,
    NoSuchOfficer,
    Office,
    OfficeAhead,
    OfficeHeld,
    OfficeReasonMissing,
    OfficerUnnamed,
    appoint,
    leave_office,
)
from app.members.people.telling import timeline
from app.members.persons import known_person
from tests import make
from tests.exports.test_register import JANUARY, JUNE, MARCH, at
from tests.journeys.conftest import address, visitor, work  # noqa: F401  (fixtures)
from tests.journeys.test_pledge_to_certificate import sign_in


def listed(day: date) -> list[tuple]:
    with reading() as session:
        return [row[1:3] + row[-2:] for row in rows(session, Wanted("officers", day, None, profile("standard")))]


def test_an_office_is_entered_and_left_and_every_day_keeps_its_register(database):
    with at(JANUARY), transaction() as session:
        maya = make.member(session).person
        chair = appoint(session, maya, Office.CHAIR, entered_on=JANUARY, reason="elected on 4 January", by=None)
        with pytest.raises(OfficeHeld):
            appoint(session, maya, Office.CHAIR, entered_on=JANUARY, reason="again", by=None)
        appoint(session, maya, Office.TREASURER, entered_on=JANUARY, reason="elected too", by=None)
    with at(MARCH), transaction() as session:
        leave_office(session, chair.id, left_on=MARCH, reason="resigned", by=None)
        with pytest.raises(LeftAlready):
            leave_office(session, chair.id, left_on=MARCH, reason="resigned", by=None)
        appoint(session, maya, Office.CHAIR, entered_on=MARCH, reason="elected anew", by=None)
    assert listed(JANUARY) == [("chair", "Maya Whitfield", None, None), ("treasurer", "Maya Whitfield", None, None)]
    assert listed(JUNE)[0] == ("chair", "Maya Whitfield", MARCH, "resigned")
    assert len(listed(JUNE)) == 3
    with transaction() as session:
        told = [event.title for event in timeline(session, chair.person_id)]
        assert told.count("Entered office") == 3 and "Left office" in told


def test_what_the_register_cannot_say_is_refused(database):
    with transaction() as session:
        maya = make.member(session).person
        today = clock.today()
        unnamed = known_person(session, "nobody@example.org", "en")
        ahead = date(today.year + 1, 1, 1)
        for refusal, who, day, reason in (
            (OfficeReasonMissing, maya, today, " "),
            (OfficeAhead, maya, ahead, "x"),
            (OfficerUnnamed, unnamed, today, "x"),
        ):  # fmt: skip
            with pytest.raises(refusal):
                appoint(session, who, Office.DIRECTOR, entered_on=day, reason=reason, by=None)
        with pytest.raises(NoSuchOfficer):
            leave_office(session, 9, left_on=today, reason="x", by=None)
        row = appoint(session, maya, Office.DIRECTOR, entered_on=today, reason="elected", by=None)
        with pytest.raises(LeftBeforeEntered):
            leave_office(session, row.id, left_on=date(2020, 1, 1), reason="x", by=None)


def test_the_secretary_keeps_it_on_the_page_and_the_auditor_reads(visitor):  # noqa: F811
    with transaction() as session:
        number = str(make.member(session).person_id)
    secretary = sign_in(visitor(), "secretary@example.org", "secretary")
    filled = {"office": "director", "entered_on": clock.today().isoformat(), "reason": "elected by the meeting"}
    page = secretary.get(f"/desk/officers?person={number}")
    page.fill_in("/desk/officers", 422, person_id="99999", **filled)
    page.get("/desk/officers").fill_in("/desk/officers", person_id=number, **filled)
    page.sees("The officer is in the register.", "Maya Whitfield", "Director", "In office")
    page.fill_in("/desk/officers/1/leaving", left_on=clock.today().isoformat(), reason="resigned")
    page.sees("The register says when the officer left.", "resigned")
    sign_in(visitor(), "auditor@example.org", "auditor").get("/desk/officers").sees("Maya Whitfield")
    sign_in(visitor(), "wei@example.org").get("/desk/officers", 403)
