"""Persons: known once by their address, with the name and postal address that was valid on any day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.database import reading, transaction
from app.members.models import Particulars, Person
from app.members.persons import (
    Address,
    BadEmail,
    find_person,
    known_person,
    name_of,
    normal_email,
    particulars_on,
    record_particulars,
)
from tests import make
from tests.races import at_once, overlapping


def people() -> int:
    with reading() as session:
        return session.scalar(select(func.count(Person.id)))


def test_a_new_address_used_twice_at_once_is_one_person(database):
    def arrive(session):
        return known_person(session, "maya@example.org", "en").id

    assert len(set(at_once(*[arrive] * 4))) == 1
    assert len(set(overlapping(*[lambda s: known_person(s, "wei@example.org", "en").id] * 2))) == 1
    assert people() == 2


def test_a_person_is_found_however_the_address_is_written(database):
    with transaction() as session:
        maya = known_person(session, normal_email(" Maya.Whitfield@EXAMPLE.org "), "en")
        for written in ("maya.whitfield@example.org", "MAYA.WHITFIELD@EXAMPLE.ORG"):
            assert find_person(session, normal_email(written)) is maya
            assert known_person(session, normal_email(written), "fr") is maya
        assert find_person(session, "wei@example.org") is None
    assert people() == 1


def test_what_is_not_an_address_is_refused():
    bad = "|maya|maya@|@example.org|maya@example|a b@example.org|maya@exa mple.org|maya@@example.org|\0@example.org"
    for text in (*bad.split("|"), "maya@example.org\nBcc: x@example.org", "x@" + "y" * 300 + ".org"):
        with pytest.raises(BadEmail) as refused:
            normal_email(text)
        assert (refused.value.status, refused.value.field) == (422, "email")


def known_on(day: date) -> tuple[str, str] | None:
    with reading() as session:
        row = particulars_on(session, 1, day)
        return (row.legal_name, row.locality) if row else None


def test_after_two_moves_and_a_marriage_every_past_day_still_tells_its_own_address(database):
    oakland, lyon = make.OAKLAND, make.LYON
    bristol = Address(("1 Stapleton Road",), "BS5 0AX", "Bristol", "", "GB")
    with transaction() as session:
        maya = known_person(session, "maya@example.org", "en")
        for name, address, since in [
            ("Maya Whitfield", oakland, date(2025, 1, 10)),
            ("Maya Whitfield", lyon, date(2025, 6, 1)),
            ("Maya Garnier", lyon, date(2025, 9, 15)),
            ("Maya Garnier", bristol, date(2026, 2, 1)),
        ]:
            record_particulars(session, maya, name, address, valid_from=since, by=maya.id)
    assert [known_on(day) for day in (
        date(2025, 1, 9), date(2025, 1, 10), date(2025, 5, 31), date(2025, 6, 1), date(2025, 9, 14), date(2025, 9, 15),
        date(2026, 1, 31), date(2026, 2, 1), date(2099, 1, 1),
    )] == [
        None, ("Maya Whitfield", "Oakland"), ("Maya Whitfield", "Oakland"), ("Maya Whitfield", "Lyon"),
        ("Maya Whitfield", "Lyon"), ("Maya Garnier", "Lyon"), ("Maya Garnier", "Lyon"), ("Maya Garnier", "Bristol"),
        ("Maya Garnier", "Bristol"),
    ]  # fmt: skip

    with transaction() as session:  # a move that is only told later lies between those that are known
        record_particulars(session, maya, "Maya Whitfield", bristol, valid_from=date(2025, 3, 1), by=None)
    assert known_on(date(2025, 2, 28)) == ("Maya Whitfield", "Oakland")
    assert known_on(date(2025, 3, 1)) == known_on(date(2025, 5, 31)) == ("Maya Whitfield", "Bristol")
    assert known_on(date(2025, 6, 1)) == ("Maya Whitfield", "Lyon")

    with transaction() as session:  # a correction on the same day: what was recorded last is valid
        record_particulars(session, maya, "Maya Whitfield", oakland, valid_from=date(2025, 3, 1), by=None)
    assert known_on(date(2025, 3, 1)) == ("Maya Whitfield", "Oakland")


def test_the_same_name_and_address_again_writes_nothing(database):
    with transaction() as session:
        maya = make.person(session)
        again = record_particulars(session, maya, "Maya Whitfield", make.OAKLAND, valid_from=clock.today(), by=None)
        assert session.scalars(select(Particulars)).all() == [again]


def test_the_same_form_sent_twice_at_once_is_recorded_once(database):
    with transaction() as session:
        known_person(session, "maya@example.org", "en")
    at_once(*[make.person] * 3)
    with reading() as session:
        assert session.scalar(select(func.count(Particulars.id))) == 1


def test_a_person_is_called_by_the_present_name_or_else_by_the_address(database):
    with transaction() as session:
        maya = known_person(session, "maya@example.org", "en")
        assert name_of(session, maya) == "maya@example.org"
        tomorrow = clock.today() + timedelta(days=1)
        record_particulars(session, maya, "Maya Garnier", make.LYON, valid_from=tomorrow, by=None)
        assert name_of(session, maya) == "maya@example.org"
        make.person(session)
        assert name_of(session, maya) == "Maya Whitfield"
        with clock.at(clock.now() + timedelta(days=1)):
            assert name_of(session, maya) == "Maya Garnier"


def test_an_address_is_written_on_one_line_without_empty_places():
    assert make.OAKLAND.one_line() == "1200 Adeline Street, 94607 Oakland, CA, US"
    assert make.LYON.one_line() == "12 rue Chevreul, Bâtiment B, 69007 Lyon, FR"
    assert Address((), "", "Nairobi", "", "KE").one_line() == "Nairobi, KE"
