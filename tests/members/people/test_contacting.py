"""Contacts and sealed facts: numbers in one form, purposes that were agreed to, birth dates that no copy shows."""

from datetime import date, timedelta

import psycopg
import pytest

from app.core import clock
from app.core.database import transaction
from app.members.people.contacting import BadPhone, ContactKind, contact_on, contacts_of, normal_phone, record_contact
from app.members.people.kinds import Purpose
from app.members.people.sealing import BornLater, Private, private_of, record_private
from tests import make


def test_a_number_is_kept_in_one_form_however_it_is_written():
    assert normal_phone("06 12 34 56 78", "FR") == normal_phone("+33 (0)6 12 34 56 78") == "+33612345678"
    assert normal_phone("(510) 555-0100", "US") == "+15105550100"


@pytest.mark.parametrize("text", ["06 12 34 56 78", "12", "+33 1", "hello", "+999 123456789", ""])
def test_what_is_no_number_or_lacks_its_country_is_refused_with_an_example(text):
    with pytest.raises(BadPhone) as refused:
        normal_phone(text)
    assert refused.value.field == "phone" and "+33 6 12 34 56 78" in refused.value.text()


def test_every_change_of_a_contact_is_dated_and_its_purposes_with_it(database):
    with transaction() as session:
        maya, today = make.person(session), clock.today()
        for value, purposes, since in [
            ("+33612345678", [Purpose.NOTICES], date(2025, 1, 1)),
            ("+33612345678", [Purpose.NOTICES, Purpose.NEWS], date(2025, 6, 1)),
            ("", [Purpose.NEWS], date(2026, 1, 1)),
        ]:
            record_contact(session, maya, ContactKind.PHONE, value, purposes, valid_from=since, by=maya.id)
        record_contact(session, maya, ContactKind.PHONE, "", [], valid_from=today, by=maya.id)
        assert len(contacts_of(session, maya.id)) == 3  # the last says nothing new

        def on(day: date) -> tuple[str, list[str]] | None:
            row = contact_on(session, maya.id, ContactKind.PHONE, day)
            return (row.value, row.purposes) if row else None

        assert on(date(2024, 12, 31)) is None
        assert on(date(2025, 5, 31)) == ("+33612345678", ["notices"])
        assert on(date(2025, 12, 31)) == ("+33612345678", ["notices", "news"])
        assert on(today) == ("", [])


def test_birth_date_and_tax_number_are_read_back_but_not_in_the_database(database):
    with transaction() as session:
        maya = make.person(session)
        record_private(session, maya, Private(date(1990, 5, 1), "FR-123-SECRET"), by=None)
        record_private(session, maya, Private(date(1990, 5, 1), "FR-123-SECRET"), by=None)
        assert private_of(session, maya.id) == Private(date(1990, 5, 1), "FR-123-SECRET")
        with pytest.raises(BornLater):
            record_private(session, maya, Private(clock.today() + timedelta(days=1), ""), by=None)
    with psycopg.connect(database) as copy:
        rows = copy.execute("SELECT p::text FROM person_private p").fetchall()
        keys = copy.execute("SELECT key FROM person_key").fetchall()
    assert len(rows) == 1
    assert "1990" not in str(rows + keys) and "SECRET" not in str(rows + keys)
    assert b"SECRET".hex() not in str(rows)
