"""The register of members: one line a holder, as it was on any day, agreeing with the books."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from app.core import clock
from app.core.database import reading, transaction
from app.exports.register import RegisterDisagrees, write_csv
from app.ledger.journal import Draft, Leg, balance, post
from app.members.entering import enter_member
from app.members.models import Membership
from app.members.persons import Address, known_person, record_particulars
from tests import make
from tests.ledger.test_proofs import falsify

JANUARY, MARCH, JUNE, YEAR_END = date(2026, 1, 15), date(2026, 3, 1), date(2026, 6, 1), date(2026, 12, 31)
REQUIRED = [
    "member_number", "legal_name", "postal_address", "share_class", "certificate_numbers", "shares", "amount_paid",
    "date_entered", "date_ceased",
]  # fmt: skip


def register(as_of: date) -> list[dict[str, str]]:
    file = io.StringIO(newline="")
    with reading() as session:
        lines = write_csv(session, as_of, file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue(), newline=""), strict=True))
    assert len(rows) == lines
    return rows


def at(day: date):
    return clock.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def holder(email: str, name: str, address: Address, since: date, shares: int = 10, code: str = "A") -> int:
    """Somebody who entered on a day with some shares; the person's number."""
    with at(since), transaction() as session:
        person = known_person(session, email, "en")
        record_particulars(session, person, name, address, valid_from=since, by=None)
        member = enter_member(session, person, on=since, basis="subscription", by=None)
        make.lot(session, member, shares, code=code, on=since)
        return person.id


def test_every_holder_has_one_line_with_what_a_register_must_show(database):
    holder("maya@example.org", "Maya Whitfield", make.OAKLAND, JANUARY, 10)
    with at(JUNE), transaction() as session:
        make.lot(session, session.query(Membership).one(), 5, on=JUNE)
    holder("ines@example.org", "Inès Garnier", make.LYON, MARCH, 20)
    rows = register(YEAR_END)
    assert set(rows[0]) >= set(REQUIRED)
    shown = [tuple(row[name] for name in REQUIRED) for row in rows]
    assert shown == [
        ("1", "Maya Whitfield", "1200 Adeline Street, 94607 Oakland, CA", "A", "1 2", "15", "345.00", "2026-01-15", ""),
        ("2", "Inès Garnier", "12 rue Chevreul, Bâtiment B, 69007 Lyon", "A", "3", "20", "460.00", "2026-03-01", ""),
    ]
    assert [row["country"] for row in rows] == ["US", "FR"]
    with reading() as session:
        assert sum(int(row["shares"]) for row in rows) == balance(session, "unissued", "A", "SHARE:A")
        assert sum(int(row["amount_paid"].replace(".", "")) for row in rows) == balance(
            session, "share_capital", "A", "USD"
        )


def test_on_a_past_day_it_shows_who_was_there_then_and_where_they_lived(database):
    maya = holder("maya@example.org", "Maya Whitfield", make.OAKLAND, JANUARY)
    holder("wei@example.org", "Wei Chan", make.OAKLAND, JUNE)
    with at(JUNE), transaction() as session:
        person = known_person(session, "maya@example.org", "en")
        record_particulars(session, person, "Maya Garnier", make.LYON, valid_from=MARCH, by=None)
        make.lot(session, session.query(Membership).filter_by(person_id=maya).one(), 7, on=JUNE)

    def seen(day: date) -> list[tuple[str, str, str]]:
        return [(row["legal_name"], row["country"], row["shares"]) for row in register(day)]

    day = timedelta(days=1)
    assert seen(JANUARY - day) == []
    assert seen(JANUARY) == seen(MARCH - day) == [("Maya Whitfield", "US", "10")]
    assert seen(MARCH) == seen(JUNE - day) == [("Maya Garnier", "FR", "10")]
    assert seen(JUNE) == seen(YEAR_END) == [("Maya Garnier", "FR", "17"), ("Wei Chan", "US", "10")]


def test_a_holder_of_two_classes_has_a_line_for_each(database):
    person = holder("maya@example.org", "Maya Whitfield", make.OAKLAND, JANUARY, 10)
    with at(JUNE), transaction() as session:
        make.lot(session, session.query(Membership).filter_by(person_id=person).one(), 3, code="B", on=JUNE)
    rows = register(YEAR_END)
    assert [(row["member_number"], row["share_class"], row["shares"]) for row in rows] == [
        ("1", "A", "10"),
        ("1", "B", "3"),
    ]


def test_names_and_addresses_run_no_formulas_and_break_no_columns(database):
    names = [
        '=HYPERLINK("http://x")',
        "+1",
        "-1",
        "@SUM(A1)",
        'Maya, "the" Whitfield',
        "Maya;Whitfield",
        "'quoted",
        "محمد",
        "  x",
    ]
    for number, name in enumerate(names):
        street = Address((name, "=1+1"), "0123", "A\nB", "", "US")
        holder(f"{number}@example.org", name, street, JANUARY)
    rows = register(YEAR_END)
    assert [row["legal_name"].removeprefix("'").removeprefix("quoted") for row in rows] == [
        name.removeprefix("'").removeprefix("quoted") for name in names
    ]
    for row in rows:
        assert None not in row
        for value in row.values():
            assert value[:1] not in set("=+-@\t\r")


def test_a_year_of_nobody_is_a_header_alone(database):
    file = io.StringIO(newline="")
    with reading() as session:
        assert write_csv(session, YEAR_END, file) == 0
    assert set(file.getvalue().strip().split(",")) >= set(REQUIRED)
    assert file.getvalue().endswith("\r\n")


@pytest.mark.falsified
def test_a_register_that_disagrees_with_the_books_is_not_handed_out(database):
    holder("maya@example.org", "Maya Whitfield", make.OAKLAND, JANUARY)
    assert len(register(YEAR_END)) == 1
    with transaction() as session:  # shares in the books that no lot tells of
        legs = (Leg("unissued", "A", "SHARE:A", -5), Leg("holder", "member:2", "SHARE:A", 5))
        post(session, Draft("slip", "allotment", MARCH, legs), by=None)
    with pytest.raises(RegisterDisagrees) as refused:
        register(YEAR_END)
    assert refused.value.status == 500
    assert "class A: 10 against 15" in refused.value.text()
    assert len(register(JANUARY)) == 1  # before that day they agreed
    falsify(database, "lot", "DELETE FROM lot")
    with pytest.raises(RegisterDisagrees):
        register(JANUARY)


def test_it_is_read_from_one_moment_while_shares_are_allotted(database):
    holder("maya@example.org", "Maya Whitfield", make.OAKLAND, JANUARY)
    file = io.StringIO(newline="")
    with reading() as session:
        session.execute(text("SELECT 1")).one()
        holder("wei@example.org", "Wei Chan", make.OAKLAND, JANUARY)
        assert write_csv(session, YEAR_END, file) == 1
    assert len(register(YEAR_END)) == 2
