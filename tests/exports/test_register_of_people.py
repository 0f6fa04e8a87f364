"""The register shows what holders are, where they lived on a day and what was known then, and who has ceased."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

from app.core import clock
from app.core.database import reading, transaction
from app.exports.register import write_csv
from app.members.approvals.approving import decide
from app.members.entering import enter_member
from app.members.models import Person
from app.members.people.kinds import Capacity, HolderKind
from app.members.people.leaving import resign
from app.members.people.merging import propose_merge
from app.members.people.representing import appoint
from app.members.persons import Address, known_person, record_particulars
from tests import make

BRISTOL = Address(("1 Stapleton Road",), "BS5 0AX", "Bristol", "", "GB")


def register(as_of: date, known_at: datetime | None = None) -> list[dict[str, str]]:
    file = io.StringIO(newline="")
    with reading() as session:
        write_csv(session, as_of, file, known_at=known_at)
    return list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))


def at(day: date):
    return clock.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_after_two_moves_any_day_shows_its_address_and_any_moment_what_was_known(database):
    moves = [(date(2026, 1, 10), make.OAKLAND), (date(2026, 4, 1), make.LYON), (date(2026, 7, 1), BRISTOL)]
    for day, address in moves:
        with at(day), transaction() as session:
            maya = known_person(session, "maya@example.org", "en")
            record_particulars(session, maya, "Maya Whitfield", address, valid_from=day, by=maya.id)
            enter_member(session, maya, on=day, basis="subscription", by=None)
    with at(date(2026, 9, 1)), transaction() as session:  # only now it is told that the move to Lyon was in March
        maya = known_person(session, "maya@example.org", "en")
        record_particulars(session, maya, "Maya Whitfield", make.LYON, valid_from=date(2026, 3, 1), by=maya.id)

    def country(day: date, known: date | None = None) -> str:
        return register(day, noon(known) if known else None)[0]["country"]

    assert [country(date(2026, month, 15)) for month in (2, 3, 5, 8)] == ["US", "FR", "FR", "GB"]
    march = date(2026, 3, 15)
    assert (country(march, date(2026, 8, 31)), country(march, date(2026, 9, 1))) == ("US", "FR")
    assert register(date(2026, 8, 1), noon(date(2026, 6, 30)))[0]["country"] == "FR"
    assert register(date(2026, 8, 1), noon(date(2026, 1, 9))) == []


def test_members_without_shares_and_former_members_stand_in_it_with_their_days(database):
    with at(date(2026, 1, 10)), transaction() as session:
        company = known_person(session, "office@example.org", "en")
        record_particulars(
            session,
            company,
            "Adeline Tools Ltd",
            make.OAKLAND,
            valid_from=date(2026, 1, 1),
            by=None,
            kind=HolderKind.COMPANY,
            registration_number="C4471",
        )
        enter_member(session, company, on=clock.today(), basis="admission", by=None)
        maya = make.member(session)
        make.lot(session, maya, 10)
        resign(session, company, date(2026, 3, 1), by=company.id)
    row, other = register(date(2026, 3, 1))
    assert (row["legal_name"], row["holder_type"], row["registration_number"]) == (
        "Adeline Tools Ltd",
        "company",
        "C4471",
    )
    assert (row["share_class"], row["shares"], row["amount_paid"]) == ("", "0", "")
    assert (row["date_entered"], row["date_ceased"]) == ("2026-01-10", "2026-03-01")
    assert (other["holder_type"], other["shares"], other["date_ceased"]) == ("person", "10", "")
    assert register(date(2026, 2, 28))[0]["date_ceased"] == ""


def test_a_minor_is_one_until_the_guardian_s_time_is_over(database):
    majority = clock.today() + timedelta(days=100)
    with transaction() as session:
        parent, child = make.person(session), make.person(session, "kid@example.org", "Noor Haddad")
        record_particulars(
            session, child, "Noor Haddad", make.OAKLAND, valid_from=clock.today(), by=None, kind=HolderKind.MINOR
        )
        facts = {"basis": "birth certificate", "valid_from": clock.today(), "valid_until": majority, "by": None}
        appoint(session, parent, child, Capacity.GUARDIAN, **facts)
        enter_member(session, child, on=clock.today(), basis="admission", by=None)
    assert register(majority - timedelta(days=1))[0]["holder_type"] == "minor"
    assert register(majority)[0]["holder_type"] == "person"


def test_records_that_are_merged_are_one_holder_with_the_latest_address(database):
    with transaction() as session:
        organizer, secretary = make.staff(session), make.staff(session, "secretary")
        member, again = make.member(session), make.person(session, "m.w@example.org", "Maya Whitfield")
        record_particulars(session, again, "Maya Garnier", make.LYON, valid_from=clock.today(), by=None)
        before = clock.now()
    with transaction() as session:
        proposal = propose_merge(session, again.id, member.person_id, by=organizer, reason="one passport")
        decide(session, proposal.id, approve=True, by=session.get_one(Person, secretary.id), reason="seen")
    today = clock.today()
    assert [(row["member_number"], row["legal_name"]) for row in register(today)] == [("1", "Maya Garnier")]
    assert [row["legal_name"] for row in register(today, before)] == ["Maya Whitfield"]
