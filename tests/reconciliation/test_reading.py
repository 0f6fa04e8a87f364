"""Reading: every reference of every format arrives, and what is broken or hostile is refused whole with its line."""

import contextlib
import io
from dataclasses import replace
from importlib.resources import files as resources

import mt940
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.core.errors import Refusal
from app.core.money import Money
from app.reconciliation.reading.camt import VERSIONS
from app.reconciliation.reading.csv import Columns, read_csv, sample
from app.reconciliation.reading.detecting import detect, read_statements
from app.reconciliation.reading.guessing import guess
from app.reconciliation.reading.records import Statement, Unreadable
from tests.reconciliation.files import BAI2, MT940, OFX, OWN, Move, camt

REFERENCE = "RF18539007547034"


def read(data: bytes | str) -> list[Statement]:
    return list(read_statements(io.BytesIO(data.encode() if isinstance(data, str) else data)))


def refused(data: bytes | str) -> str:
    with pytest.raises(Refusal) as refusal:
        read(data)
    return refusal.value.text()


@pytest.mark.parametrize("message", [53, 54])
@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_of_camt_is_read_with_every_reference(version, message):
    moves = [
        Move(2300_00, ("for two shares,", "with love"), REFERENCE, "Ada Lovelace", end_to_end="E-1", bank_id="B1"),
        Move(-4_50, ("bank fee",), name="Our bank"),
        Move(10_00, ("not booked yet",), status="PDNG"),
    ]
    data = camt(moves, version=version, message=message, opening=100_00)
    schema = resources("camt053") / "xsd" / f"camt.0{message}.001.{version:02}.xsd"
    etree.XMLSchema(etree.fromstring(schema.read_bytes())).assertValid(etree.fromstring(data))
    (statement,) = read(data)
    first, second = statement.lines
    assert (statement.account, statement.currency, statement.pending) == (OWN, "EUR", 1)
    assert statement.closing == (Money(2395_50, "EUR") if message == 53 else None)
    assert first.amount == Money(2300_00, "EUR")
    assert first.text == "for two shares,\nwith love"
    assert dict(first.references) == {"EndToEndId": "E-1", "creditor": REFERENCE}
    assert (first.counterparty, first.account, first.bank_id) == ("Ada Lovelace", "DE89370400440532013000", "B1")
    assert (second.amount, second.counterparty) == (Money(-4_50, "EUR"), "Our bank")


def test_a_batch_becomes_a_line_for_each_transaction():
    (statement,) = read(camt([Move(100, name="Ada"), Move(250, name="Grace")], batch=True))
    assert [(line.counterparty, line.amount.minor) for line in statement.lines] == [("Ada", 100), ("Grace", 250)]


def test_a_returned_payment_names_whom_it_was_for():
    (statement,) = read(camt([Move(500, name="Grace Hopper", returned="AC04")]))
    assert (statement.lines[0].returned, statement.lines[0].counterparty) == ("AC04", "Grace Hopper")


def test_a_statement_whose_lines_do_not_lead_to_its_balance_is_refused_with_the_gap():
    said = refused(camt([Move(100)], opening=500, closing=700))
    assert "opens with EUR 5.00, its lines lead to EUR 6.00, but it closes with EUR 7.00: EUR 1.00 is missing" in said


BOMB = '<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("prolog", [BOMB, OUTSIDE, '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_hostile_xml_is_refused_before_it_is_read(prolog, encoding):
    text = camt([Move(100)]).decode().replace("UTF-8", encoding)
    head, rest = text.split("\n", 1)
    assert "document type" in refused(f"{head}\n{prolog}\n{rest}".encode(encoding))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda data: data[:-200], "the XML is broken"),
        (lambda data: data.replace(b"Ada", b"\xff\xfe"), "the XML is broken"),
        (lambda data: data.replace(b"camt.053", b"camt.052"), "none of camt.053"),
        (lambda data: data.replace(b"001.08", b"001.14"), "none of camt.053"),
        (lambda data: data.replace(b'"EUR">1.00', b'"EUR">0.00'), "the amount is zero"),
        (lambda data: data.replace(b'"EUR">1.00', b'"EUR">1.0.0'), "is not an amount"),
        (lambda data: data.replace(b'"EUR">1.00', b'"EUR">1.001'), "is not an amount in EUR"),
        (lambda data: data.replace(b'<Ntry><Amt Ccy="EUR">', b'<Ntry><Amt Ccy="USD">'), "USD on an account in EUR"),
        (lambda data: data.replace(b"<BookgDt><Dt>2026-11-20", b"<BookgDt><Dt>2026-11-31"), "is not a date"),
        (lambda data: b"<x>" * 5_000, "broken"),
        (lambda data: b"", "no bank statement"),
    ],
)
def test_a_broken_camt_is_refused_with_its_line_and_reason(spoil, said):
    assert said in refused(spoil(camt([Move(100)], closing=100)))


def test_mt940_is_read_as_the_reference_library_reads_it_and_with_what_that_drops():
    (statement,) = read(MT940)
    theirs = mt940.parse(MT940)
    assert [line.amount.decimal() for line in statement.lines] == [each.data["amount"].amount for each in theirs]
    assert [line.value_on for line in statement.lines] == [each.data["date"] for each in theirs]
    assert statement.closing.decimal() == theirs.data["final_closing_balance"].amount.amount
    first, second = statement.lines
    assert (first.counterparty, first.account) == ("Ada Lovelace", "DE89370400440532013000")
    assert "RF18 5390 07547034 Ada" in first.text
    assert dict(first.references) == {"EndToEndId": "ABC-1"}
    assert (statement.account, first.bank_id, second.text) == ("0532013000", "BANK123", "fees of the month")


def test_pages_of_an_mt940_statement_are_one():
    first = MT940.replace(":62F:", ":62M:")
    second = MT940.replace(":60F:C261119EUR1000,00", ":60M:C261120EUR1495,00").replace("1495,00\n-", "1990,00\n-")
    (statement,) = read(first + second)
    assert (len(statement.lines), statement.closing) == (4, Money(1990_00, "EUR"))
    assert "its closing balance is missing" in refused(first)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("C500,00", "C50x", "is not a movement"),
        ("1495,00", "1494,00", "EUR -1.00 is missing"),
        (":62F:C261120EUR1495,00\n", "", "balance is missing"),
        ("Ada", "\x85", "neither UTF-8"),
    ],
)
def test_a_broken_mt940_is_refused(old, new, said):
    assert said in refused(MT940.replace(old, new).encode("latin-1"))


def test_bai2_is_read_with_its_control_totals():
    (statement,) = read(BAI2)
    (line,) = statement.lines
    assert (statement.opening, statement.closing) == (Money(1000_00, "USD"), Money(3300_00, "USD"))
    assert (line.amount, line.bank_id, line.references) == (
        Money(2300_00, "USD"),
        "BANK9",
        (("customer", REFERENCE),),
    )
    assert line.text == "Grace Hopper\nfor a share"
    assert "control figures of record 49" in refused(BAI2.replace("49,660000", "49,660001"))
    assert "last record, 99, is missing" in refused(BAI2[: BAI2.index("99,")])


def test_ofx_is_read_and_what_its_reader_would_drop_is_refused():
    (statement,) = read(OFX)
    assert (statement.lines[0].amount, statement.lines[0].bank_id) == (Money(2300_00, "USD"), "F1")
    assert "cannot be read" in refused(OFX.replace("+2300.00", "lots"))


CSV = """Kontoauszug;;;
Buchung;Text;Name;Betrag;Saldo
20.11.2026;RF18539007547034;Ada;1.250,00;1.350,00
19.11.2026;Geb\u00fchr;Bank;-5,00;100,00
"""
COLUMNS = Columns(
    booked="Buchung",
    day="%d.%m.%Y",
    mark=",",
    delimiter=";",
    amount="Betrag",
    texts=("Text",),
    counterparty="Name",
    balance="Saldo",
    skip=1,
)


def test_csv_is_read_by_a_mapping_that_its_beginning_suggests():
    found = sample(CSV)
    assert (found.delimiter, found.skip, found.header[0]) == (";", 1, "Buchung")
    (statement,) = read_csv(io.BytesIO(CSV.encode("latin-1")), COLUMNS, "1", "EUR")
    assert [line.amount.minor for line in statement.lines] == [-5_00, 1250_00]
    assert (statement.opening, statement.closing) == (Money(105_00, "EUR"), Money(1350_00, "EUR"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Ada", "=HYPERLINK(1)", "Line 3: “=HYPERLINK(1)” is a formula"),
        ("1.250,00", "1,250.00", "is not an amount"),
        ("1.250,00", "", "is not an amount"),
        ("1.350,00", "1.351,00", "and this line make"),
        ("Saldo", "Rest", "“Saldo” stands there 0 times"),
        ("Ada;", '"Ada;', "quotation marks"),
    ],
)
def test_a_broken_csv_is_refused(old, new, said):
    with pytest.raises(Unreadable) as refusal:
        list(read_csv(io.BytesIO(CSV.replace(old, new).encode()), COLUMNS, "1", "EUR"))
    assert said in refusal.value.text()


TABLES = [
    ("EUR", "windows-1252", "Auftragskonto;Buchungstag;Valutadatum;Verwendungszweck;Beguenstigter/Zahlungspflichtiger;"
     "Kontonummer/IBAN;Betrag;Waehrung\nDE1;20.11.26;21.11.26;5 \u20ac f\u00fcr RF18;M\u00fcller;DE89;1.250,00;EUR\n",
     [(1250_00, "5 \u20ac f\u00fcr RF18", "M\u00fcller")]),
    ("GBP", "utf-8", "Date,Description,Paid out,Paid in,Balance\n"
     "20/11/2026,RF18,,12.50,112.50\n20/11/2026,FEE,2.50,,110.00\n",
     [(12_50, "RF18", ""), (-2_50, "FEE", "")]),
    ("EUR", "utf-8", '"Datum","Naam / Omschrijving","Tegenrekening","Af Bij","Bedrag (EUR)","Mededelingen"\n'
     '"20261120","Ada","NL2","Af","12,50","RF18"\n', [(-12_50, "RF18", "Ada")]),
    ("EUR", "utf-16", "Date;Libell\u00e9;D\u00e9bit;Cr\u00e9dit;Solde\n"
     "20/11/2026;VIR ADA;;1\u202f250,00;1\u202f350,00\n",
     [(1250_00, "VIR ADA", "")]),
    ("USD", "utf-8", "Posting Date,Description,Amount,Balance\n11/20/2026,ACH,100.00,100.00\n", [(100_00, "ACH", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("currency", "encoding", "table", "lines"), TABLES)
def test_columns_are_guessed_by_what_banks_call_them(currency, encoding, table, lines):
    data = table.encode(encoding)
    columns = guess(data, currency)
    (statement,) = read_csv(io.BytesIO(data), Columns.read(columns.kept()), "1", currency)
    assert [(each.amount.minor, each.text, each.counterparty) for each in statement.lines] == lines
    assert {each.booked_on.isoformat() for each in statement.lines} == {"2026-11-20"}
    if not data.isascii():
        other = "utf-8" if encoding != "utf-8" else "windows-1252"
        with pytest.raises(Unreadable, match="the text is not"):
            list(read_csv(io.BytesIO(data), replace(columns, encoding=other), "1", currency))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([camt([Move(100)]), MT940.encode(), BAI2.encode(), OFX.encode()]), st.data())
def test_a_damaged_file_is_read_or_refused_and_never_breaks(whole, data):
    at = data.draw(st.integers(0, len(whole)))
    damage = data.draw(st.binary(max_size=8))
    spoilt = whole[:at] + damage + whole[at + data.draw(st.integers(0, 8)) :]
    with contextlib.suppress(Refusal):
        read(spoilt)
    assert detect(io.BytesIO(whole)) is not None
