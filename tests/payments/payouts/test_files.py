"""Payment files: valid by the official schema, taken by a bank that is not ours, and summing to the cent."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import mockbank.nacha
import mockbank.validate
import pytest
import sepaxml
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.core.money import Money
from app.members.people.bank.accounts import Account, Scheme
from app.payments.payouts.files.letters import ach_text, sepa_text
from app.payments.payouts.files.orders import (
    CompanyMissing,
    File,
    Form,
    Order,
    Payer,
    TooMuchForTheForm,
    WrongCurrency,
    WrongPayer,
    refuse_payer,
    takes,
    write_file,
)

IBANS = ("FR7630006000011234567890189", "DE89370400440532013000", "NL91ABNA0417164300")
OURS = Payer(Account(Scheme.IBAN, "Coopérative du Réseau & Cie", IBANS[0], "", "AGRIFRPP"))
COMPANY = Payer(
    Account(Scheme.US, "WeAreTwitter Purchase Cooperative", "4471009216", "121000358"), "1234567890", "Bank"
)
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=120)
AMOUNTS = st.lists(st.tuples(st.integers(1, 10**9), NAMES, NAMES), min_size=1, max_size=25)
SCHEMA = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"
DAY = date(2026, 12, 1)


def sent(payer: Payer, orders: list[Order]) -> File:
    return File("BATCH-000000001", datetime(2026, 11, 23, 9, 30, tzinfo=UTC), DAY, payer, orders)


def orders(currency: str, given: list[tuple[int, str, str]]) -> list[Order]:
    def account(number: int, name: str) -> Account:
        if currency == "EUR":
            return Account(Scheme.IBAN, name, IBANS[number % 3], "", "" if number % 2 else "ABNANL2A")
        return Account(Scheme.US, name, f"{number + 1000}", "011000015")

    return [
        Order(f"PO{number:010d}", account(number, name), Money(cents, currency), text)
        for number, (cents, name, text) in enumerate(given)
    ]


@given(AMOUNTS)
@settings(max_examples=40, deadline=None)
def test_sepa_files_are_valid_by_the_official_schema_and_sum_up(given):
    file = sent(OURS, orders("EUR", given))
    written = write_file(Form.SEPA, file)
    tree = etree.fromstring(written)
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(tree)
    spaces = {"p": tree.nsmap[None]}
    amounts = [element.text for element in tree.findall(".//p:InstdAmt", spaces)]
    total = sum(cents for cents, _, _ in given)
    assert sum(int(text.replace(".", "")) for text in amounts) == total
    assert {element.text.replace(".", "") for element in tree.findall(".//p:CtrlSum", spaces)} == {f"{total:03d}"}
    assert [element.text for element in tree.findall(".//p:EndToEndId", spaces)] == [
        order.end_to_end_id for order in file.orders
    ]
    assert written == write_file(Form.SEPA, file)


@given(AMOUNTS)
@settings(max_examples=40, deadline=None)
def test_nacha_files_have_their_blocks_hashes_and_sums(given):
    file = sent(COMPANY, orders("USD", given))
    written = write_file(Form.NACHA, file).decode("ascii")
    records = written.splitlines()
    assert {len(record) for record in records} == {94} and len(records) % 10 == 0
    found, findings = mockbank.nacha.inspect(written.encode(), DAY)
    assert mockbank.validate.errors(findings) == [] and found is not None
    control = next(record for record in records if record.startswith("8"))
    entries = [record for record in records if record.startswith("6")]
    assert int(control[20:32]) == 0 and int(control[32:44]) == sum(int(record[29:39]) for record in entries)
    assert int(control[32:44]) == sum(cents for cents, _, _ in given)


def test_a_bank_takes_a_sepa_file():
    written = write_file(Form.SEPA, sent(OURS, orders("EUR", [(12_345, "Zoë Müller", "Interest & <shares> 2026")])))
    assert b"Zoe Muller" in written and b"Interest + .shares. 2026" in written
    assert mockbank.validate.errors(mockbank.validate.validate(written, today=DAY)) == []


def test_a_table_for_other_banks_runs_no_formulas():
    uk = Account(Scheme.UK, "=HYPERLINK(1)", "12345678", "200000")
    file = sent(OURS, [Order("PO0000000001", uk, Money(5, "GBP"), "Refund")])
    [line] = csv.DictReader(io.StringIO(write_file(Form.CSV, file).decode()))
    assert line["payee"] == "'=HYPERLINK(1)" and line["amount"] == "0.05" and line["bank_code"] == "200000"


def test_what_a_form_cannot_carry_is_refused():
    assert takes(Form.SEPA, "EUR", Scheme.IBAN) and not takes(Form.SEPA, "EUR", Scheme.UK)
    assert takes(Form.CSV, "GBP", Scheme.UK) and not takes(Form.NACHA, "EUR", Scheme.US)
    with pytest.raises(WrongCurrency):
        refuse_payer(Form.SEPA, "USD", OURS)
    with pytest.raises(WrongPayer):
        refuse_payer(Form.NACHA, "USD", OURS)
    with pytest.raises(CompanyMissing):
        refuse_payer(Form.NACHA, "USD", Payer(COMPANY.account))
    with pytest.raises(TooMuchForTheForm):
        write_file(Form.NACHA, sent(COMPANY, orders("USD", [(100_000_000_00, "Ana", "much")])))


@given(NAMES)
def test_letters_stay_within_the_alphabets(name):
    assert 1 <= len(sepa_text(name, 70)) <= 70 and sepa_text(name, 70).isascii()
    assert len(ach_text(name, 22)) == 22 and ach_text(name, 22).isascii()
