"""Bank details: checked, sealed, bound to their row, told by letter, held while new, read with a reason only."""

from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import select, text

from app.core import audit, clock
from app.core.cipher import Unreadable
from app.core.database import reading, transaction
from app.letters.models import Letter
from app.members.models import Person
from app.members.people.bank.accounts import (
    Account,
    NotABic,
    NotAnAccountNumber,
    NotAnIban,
    NotARoutingNumber,
    NotASortCode,
    Scheme,
    checked,
)
from app.members.people.bank.recording import (
    HOLD,
    NoBankDetails,
    ReasonMissing,
    bank_account_for,
    bank_account_of,
    holders_of_same,
    read_bank_account,
    record_bank_account,
    remove_bank_account,
)
from tests import make

GERMAN = checked(Scheme.IBAN, "Maya Whitfield", "DE89 3704 0044 0532 0130 00")
FRENCH = checked(Scheme.IBAN, "Maya Whitfield", "fr14 2004 1010 0505 0001 3M02 606", bic="PSST FR PP XXX")


@pytest.mark.parametrize(
    ("scheme", "number", "code", "written", "masked"),
    [
        (Scheme.IBAN, "DE89370400440532013000", "", "DE89 3704 0044 0532 0130 00", "•••• 3000"),
        (Scheme.US, "0009-8765 4321", "111000025", "111000025 000987654321", "•••• 4321"),
        (Scheme.UK, "12345678", "20-00-00", "20-00-00 12345678", "•••• 5678"),
    ],
)
def test_accounts_are_read_as_people_type_them(scheme, number, code, written, masked):
    account = checked(scheme, "Maya", number, code)
    assert (account.written, account.masked) == (written, masked)


@pytest.mark.parametrize(
    ("scheme", "number", "code", "bic", "refusal"),
    [
        (Scheme.IBAN, "DE88370400440532013000", "", "", NotAnIban),
        (Scheme.IBAN, "DE8937040044053201300", "", "", NotAnIban),
        (Scheme.IBAN, "<script>", "", "", NotAnIban),
        (Scheme.IBAN, "DE89370400440532013000", "", "NOPE", NotABic),
        (Scheme.US, "12345", "111000026", "", NotARoutingNumber),
        (Scheme.US, "12345", "", "", NotARoutingNumber),
        (Scheme.US, "12a45", "111000025", "", NotAnAccountNumber),
        (Scheme.US, "1" * 18, "111000025", "", NotAnAccountNumber),
        (Scheme.UK, "1234567", "200000", "", NotAnAccountNumber),
        (Scheme.UK, "12345678", "20000", "", NotASortCode),
        (Scheme.UK, "١٢٣٤٥٦٧٨", "200000", "", NotAnAccountNumber),
    ],
)
def test_wrong_numbers_are_refused_on_their_field(scheme, number, code, bic, refusal):
    with pytest.raises(refusal):
        checked(scheme, "Maya", number, code, bic)


@pytest.fixture
def maya(database) -> Person:
    with transaction() as session:
        maya = make.person(session)
        record_bank_account(session, maya, GERMAN, by=maya.id)
    return maya


def test_new_details_are_held_the_first_ones_too(maya):
    today = clock.today()
    with transaction() as session:
        assert bank_account_of(session, maya.id).account == GERMAN
        assert bank_account_for(session, maya.id, today) is None
    with clock.at(clock.now() + HOLD), reading() as session:
        assert bank_account_for(session, maya.id, clock.today()).account == GERMAN
    with transaction() as session:
        record_bank_account(session, maya, FRENCH, by=maya.id)
        assert bank_account_for(session, maya.id, today) is None
        assert bank_account_of(session, maya.id).account == FRENCH
        assert bank_account_for(session, maya.id, today + timedelta(days=1)) is None
        assert bank_account_for(session, maya.id, today + timedelta(days=4)).account == FRENCH
    with clock.at(clock.now() + HOLD), reading() as session:
        assert bank_account_for(session, maya.id, clock.today()).account == FRENCH


def test_going_back_or_removing_and_recording_again_is_held_too(maya):
    with transaction() as session:
        remove_bank_account(session, maya, by=maya.id)
        assert bank_account_of(session, maya.id) is None
        assert bank_account_for(session, maya.id, clock.today() + timedelta(days=9)) is None
        with pytest.raises(NoBankDetails):
            remove_bank_account(session, maya, by=maya.id)
        record_bank_account(session, maya, GERMAN, by=maya.id)
        assert bank_account_for(session, maya.id, clock.today()) is None


def test_each_change_is_told_by_letter_and_the_same_again_is_not(maya):
    with transaction() as session:
        record_bank_account(session, maya, GERMAN, by=maya.id)
        record_bank_account(session, maya, FRENCH, by=maya.id)
        remove_bank_account(session, maya, by=maya.id)
    with reading() as session:
        told = [letter.facts["masked"] for letter in session.scalars(select(Letter).order_by(Letter.id))]
    assert told == ["•••• 3000", "•••• 2606", ""]


def test_the_database_sees_no_digits_and_equal_accounts_are_found(maya, database):
    with transaction() as session:
        wei = make.person(session, "wei@example.org", "Wei Chen")
        record_bank_account(session, wei, Account(**(GERMAN.__dict__ | {"holder_name": "W. Chen"})), by=wei.id)
        assert holders_of_same(session, wei.id) == [maya.id]
        assert holders_of_same(session, maya.id) == [wei.id]
    with psycopg.connect(database) as direct:
        for row in direct.execute("SELECT * FROM person_bank_account").fetchall():
            assert not any(part in str(value) for value in row for part in ("0532013000", "Maya", "Chen"))


@pytest.mark.parametrize(
    "lie",
    [
        "UPDATE person_bank_account b SET holder_name = a.holder_name, number = a.number, bound = a.bound "
        "FROM person_bank_account a WHERE a.person_id = {wei} AND b.person_id = {maya}",
        "UPDATE person_bank_account SET person_id = {maya} WHERE person_id = {wei}",
        "UPDATE person_bank_account SET usable_from = now() WHERE person_id = {maya}",
    ],
)
def test_values_of_another_row_are_not_paid_to(maya, lie):
    with transaction() as session:
        wei = make.person(session, "wei@example.org", "Wei Chen")
        record_bank_account(session, wei, FRENCH, by=wei.id)
    with transaction() as session:
        session.execute(text(lie.format(maya=maya.id, wei=wei.id)))
        with pytest.raises(Unreadable):
            bank_account_for(session, maya.id, clock.today() + timedelta(days=9))
        session.rollback()


def test_reading_the_digits_needs_a_reason_and_is_noted(maya):
    with transaction() as session:
        treasurer = make.staff(session, "treasurer")
        with pytest.raises(ReasonMissing):
            read_bank_account(session, maya, by=treasurer, reason=" ")
        assert read_bank_account(session, maya, by=treasurer, reason="refund 7").account == GERMAN
    with reading() as session:
        line = session.scalars(select(audit.AuditLine).order_by(audit.AuditLine.id.desc())).first()
        assert (line.tag, line.subject, line.reason) == ("person:bank-account-read", f"person:{maya.id}", "refund 7")
        assert "3000" not in str(line.details)


def test_a_key_is_rotated_over_bank_details(maya):
    from app.core.resealing import reseal_some, sealed_columns

    with transaction() as session:
        columns = [column for column in sealed_columns() if column.table.name == "person_bank_account"]
        assert len(columns) == 5
        assert [reseal_some(session, column) for column in columns] == [0] * 5  # all under the newest
