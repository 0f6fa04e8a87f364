"""Distributions and batches on the command line: drafted, looked at, proposed; statements, taxes, the bank's file."""

import json

from click.testing import CliRunner

from app.cli import costake
from app.core import clock
from app.core.database import transaction
from app.members.approvals.approving import decide
from app.members.models import Person
from tests import make
from tests.distributions.making import YEAR, hired
from tests.payments.payouts.test_batches import IBANS, OURS, paid_to

TERMS = """
kind = "patronage"
title = "Patronage"
currency = "EUR"
period_from = {year}-01-01
period_to = {year}-12-31
declared_on = {today}
payable_on = {today}
reason = "general meeting"
declared_cents = 100000
cash_ppm = 300000
pools = [["royalties", 90], ["work", 10]]
"""


def run(*arguments, status=0):
    result = CliRunner().invoke(costake, [str(each) for each in arguments])
    assert result.exit_code == status, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def approve(who, proposal):
    with transaction() as session:
        decide(session, proposal, approve=True, by=session.get_one(Person, who), reason="seen")


def test_a_distribution_from_its_files_to_the_file_for_the_bank(database, tmp_path):
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Chen")
        paid_to(session, maya, IBANS[0])
        organizer = hired(session, "organizer").id
        hired(session, "treasurer")
        numbers = maya.number, wei.number
    terms, basis, by = tmp_path / "terms.toml", tmp_path / "basis.csv", ("--by", "treasurer@example.org")
    terms.write_text(TERMS.format(year=YEAR, today=clock.today()))
    lines = [f"{numbers[0]},royalties,100.5", f"{numbers[1]},royalties,200", f"{numbers[1]},work,1"]
    basis.write_text("\n".join(["member_number,business,amount", *lines]))

    assert "--basis" in run("distribution", "draft", terms, *by, status=2).stderr
    who = run("distribution", "draft", terms, "--basis", basis, "--by", "nobody@example.org", status=2)
    assert "UnknownActor" in who.stderr
    drafted = json.loads(run("distribution", "draft", terms, "--basis", basis, *by, "--json").stdout)
    again = json.loads(run("distribution", "draft", terms, "--basis", basis, *by, "--json").stdout)
    assert drafted == again and drafted["amount_cents"] == 1_000_00
    assert [part["amount_cents"] for part in drafted["parts"]] == [301_00, 699_00]
    looked = run("distribution", "preview", drafted["draft"]).stdout
    assert f"list {drafted['list_sha256']}" in looked and "member 1: EUR 301.00, paid out EUR 90.30" in looked
    wrong = run("distribution", "propose", drafted["draft"], "--list", "0" * 64, *by, status=2)
    assert "ListChanged" in wrong.stderr
    run("distribution", "propose", drafted["draft"], "--list", drafted["list_sha256"], *by)
    approve(organizer, 1)
    listed = json.loads(run("distribution", "list", "--json").stdout)
    assert [each["declared_cents"] for each in listed["declared"]] == [1_000_00] and listed["drafts"] == []

    pdf, tax, bank = tmp_path / "statement.pdf", tmp_path / "tax.csv", tmp_path / "bank.xml"
    run("distribution", "statement", 1, numbers[0], "-o", pdf)
    assert pdf.read_bytes().startswith(b"%PDF-")
    run("distribution", "tax-file", clock.today().year, "-o", tax)
    assert ",90.30," in tax.read_text() and ",209.70," in tax.read_text()

    owed = json.loads(run("payout-batch", "owed", "--json").stdout)
    assert [(each["amount_cents"], each["waits"]) for each in owed] == [(90_30, None), (209_70, "no bank details")]
    paying = ("payout-batch", "propose", "--on", clock.today(), "--reason", "patronage", *by)
    assert "NoPayer" in run(*paying, status=2).stderr
    run(*paying, "--from", OURS.account.number, "--holder", "The Co-operative")
    approve(organizer, 2)
    [batch] = json.loads(run("payout-batch", "list", "--json").stdout)
    assert (batch["orders"], batch["open"], batch["total_cents"]) == (1, 1, 90_30)
    run("payout-batch", "file", batch["batch"], *by, "-o", bank)
    assert "90.30" in bank.read_text() and IBANS[0] in bank.read_text()
    order = bank.read_text().partition("<EndToEndId>")[2].partition("<")[0]
    ended = ("payout-batch", "end-order", order, "--reason", "account closed")
    assert "NotAllowed" in run(*ended, "--by", "organizer@example.org", status=2).stderr
    assert "NoSuchOrder" in run("payout-batch", "end-order", "PO1", "--reason", "x", *by, status=2).stderr
    run(*ended, *by)
    done = ("payout-batch", "paid", batch["batch"], "--on", clock.today(), "--bank-reference", "L1", *by)
    assert "OrderSettled" in run(*done, status=2).stderr
    run(*paying)
    approve(organizer, 3)
    latest = json.loads(run("payout-batch", "list", "--json").stdout)[-1]["batch"]
    again = ("payout-batch", "paid", latest, "--on", clock.today(), "--bank-reference", "L2", *by)
    assert run(*again).stdout.startswith("1 payments of batch")
    assert "percent" in run("distribution", "redeem", 1, "--percent", "101", "--reason", "x", *by, status=2).stderr
    run("distribution", "redeem", 1, "--percent", "50", "--reason", "revolving", *by)
    approve(organizer, 4)
    owed = json.loads(run("payout-batch", "owed", "--json").stdout)
    assert [each["amount_cents"] for each in owed if each["waits"] is None] == [105_35]


def test_terms_that_cannot_be_read_say_why(database, tmp_path):
    file = tmp_path / "terms.toml"
    whole = TERMS.format(year=YEAR, today=clock.today())
    for text, told in (
        ("kind = ", "NotTerms"),
        (whole.replace('currency = "EUR"', ""), "currency is missing"),
        (whole + 'colour = "red"', "colour"),
        (whole + 'law = "moon"', "law is one of"),
    ):
        file.write_text(text)
        refused = run("distribution", "draft", file, "--basis", file, "--by", "x@example.org", status=2)
        assert told in refused.stderr, refused.stderr
