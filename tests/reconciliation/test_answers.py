"""Answers of the bank to orders: what it refuses is ordered anew, and nothing is paid twice."""

import io
import resource
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.cli import costake
from app.core import clock
from app.core.database import transaction
from app.members.approvals.approving import decide
from app.members.people.bank.accounts import Scheme, checked
from app.members.people.bank.recording import record_bank_account
from app.payments.payouts.batches.gathering import ORDERED, RETURNED, gather
from app.payments.payouts.batches.models import PayoutBatch, PayoutOrder, PayoutOrderEnd
from app.payments.payouts.batches.ordering import batch_file, propose_batch, record_batch_paid
from app.payments.payouts.files.orders import Form, Payer
from app.payments.payouts.owing import unpaid_payouts
from app.reconciliation.accounts import add_account
from app.reconciliation.answering import NoSuchOrder, RefusedAfterPayment, take_answer
from app.reconciliation.matching.judging import Part, What, Why
from app.reconciliation.posting import CannotUndo, UsedAlready, post_match, undo_match
from app.reconciliation.reading.records import Unreadable
from app.reconciliation.taking import take_file
from app.reconciliation.working import confirm, match_all, name_of_reading, work_list
from tests import make
from tests.distributions.making import declare, file, hired, patronage
from tests.payments.payouts.test_batches import IBANS, order, paid_to
from tests.reconciliation.files import OWN, Move, camt

SAID = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><OrgnlGrpInfAndSts>
<OrgnlMsgId>{message}</OrgnlMsgId>{group}</OrgnlGrpInfAndSts>{single}</CstmrPmtStsRpt></Document>"""
SINGLE = """<OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>{}</OrgnlEndToEndId><TxSts>{}</TxSts>
</TxInfAndSts></OrgnlPmtInfAndSts>"""


def answer(session, text: str | bytes):
    data = text.encode() if isinstance(text, str) else text
    return take_answer(session, io.BytesIO(data), "answer.xml", by=1)


def said(message: str = "COSTAKE-000001", group: str = "", single: str = "") -> str:
    return SAID.format(message=message, group=group, single=single)


def test_what_the_bank_refuses_is_ordered_anew_and_nothing_is_paid_twice(database, bank):
    with transaction() as session:
        members = [make.member(session, f"m{n}@example.org", f"Member {n}") for n in range(2)]
        for member, iban in zip(members, IBANS, strict=True):
            paid_to(session, member, iban)
        lines = [f"{member.number},work,1" for member in members]
        declare(session, patronage(currency="EUR", cash_ppm=1_000_000, pools=(("work", 1),)), file(*lines))
        batch = order(session)
        _, written = batch_file(session, batch.id, by=1)
        bank.ask(
            "/_mock/accounts",
            {"id": "PAYER", "iban": batch.payer["account"]["number"], "currency": "EUR", "balance": 10_000_00},
        )
        bank.ask(
            "/_mock/accounts", {"id": "CLOSED", "iban": IBANS[1], "currency": "EUR", "behaviour": "closed-account"}
        )
        sent = urllib.request.Request(
            bank.base + "/payments", written, {"Content-Type": "application/xml"}, method="POST"
        )
        urllib.request.urlopen(sent, timeout=60).close()
        messages = bank.ask("/_mock/mailbox", method="GET")
        (told,) = [each["body"] for each in messages if each["type"].startswith("pain.002")]

        found = answer(session, told)
        assert (found.ended, found.known) == (1, 0)
        first, second = session.scalars(select(PayoutOrder).order_by(PayoutOrder.id))
        (end,) = session.scalars(select(PayoutOrderEnd))
        assert end.order_id == second.id and "AC04" in end.reason
        assert answer(session, told).ended == 0, "the same answer again changes nothing"
        assert [due.waits for due in gather(session, Form.SEPA, "EUR", clock.today())] == [ORDERED, None]

        again = order(session)
        record_batch_paid(session, batch.id, paid_on=clock.today(), bank_reference="B1", by=1)
        with pytest.raises(RefusedAfterPayment):
            answer(session, said(single=SINGLE.format(first.end_to_end_id, "RJCT")))
        with pytest.raises(NoSuchOrder):
            answer(session, said(single=SINGLE.format("PO9999999999", "RJCT")))
        whole = answer(session, said(f"COSTAKE-{again.number:06d}", "<GrpSts>RJCT</GrpSts>"))
        assert (whole.ended, whole.taken) == (1, 0), "a file that is refused as a whole ends all of its orders"
        assert answer(session, said(single=SINGLE.format(first.end_to_end_id, "ACSC"))).taken == 1
        for wrong in (
            said(single=SINGLE.format(first.end_to_end_id, "WHAT")),
            said(),
            said().replace("pain.002.001.03", "pain.001.001.03"),
            "<!DOCTYPE x [<!ENTITY a 'b'>]>" + said(),
            said()[:80],
        ):
            with pytest.raises(Unreadable):
                answer(session, wrong)


def test_a_payment_that_came_back_is_owed_again_once(database):
    with transaction() as session:
        member = make.member(session)
        paid_to(session, member, IBANS[0])
        terms = patronage(currency="EUR", cash_ppm=1_000_000, pools=(("work", 1),))
        declare(session, terms, file(f"{member.number},work,1"))
        batch = order(session)
        ours = batch.payer["account"]["number"]
        add_account(session, ours, "EUR", "Main account", by=None)
        record_batch_paid(session, batch.id, paid_on=clock.today(), bank_reference="B1", by=1)
        sent = session.scalars(select(PayoutOrder)).one()
        name, cents, day = sent.end_to_end_id, sent.amount_cents, str(clock.today())
        moves = [
            Move(cents, (f"RETURN {name}",), end_to_end=name, day=day, returned="AC04", bank_id="R1"),
            Move(cents, (f"RETURN {name}",), end_to_end=name, day=day, returned="AC04", bank_id="R2"),
        ]
        take_file(session, io.BytesIO(camt(moves, account=ours, day=day)), "back.xml", by=None)
        match_all(session)
        me = make.staff(session, "teller").id
        first, second = work_list(session)
        assert first.perhaps[0].why is Why.SENT_BACK and not unpaid_payouts(session)
        confirm(session, first.line.id, name_of_reading(first.perhaps[0]), by=me)
        (owed,) = unpaid_payouts(session)
        assert (owed.person_id, owed.amount_cents) == (member.person_id, cents)
        (again,) = work_list(session)
        assert Why.SENT_BACK not in [each.why for each in again.perhaps], "it came back once"
        with pytest.raises(UsedAlready), session.begin_nested():
            part = Part(What.CAME_BACK, f"order:{sent.id}", cents)
            post_match(session, second.line.id, [part], Why.BY_PERSON, {}, certain=False, by=me)
        with pytest.raises(CannotUndo), session.begin_nested():
            undo_match(session, first.line.id, reason="no", by=me)
        anew = order(session)
        assert session.scalars(select(PayoutOrder).where(PayoutOrder.batch_id == anew.id)).one().payout_id == owed.id


def test_a_file_of_500_megabytes_is_refused_without_being_read(database, tmp_path):
    path = tmp_path / "large.xml"
    with path.open("wb") as large:
        large.write(b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">')
        large.truncate(500 * 2**20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with transaction() as session, path.open("rb") as stream:
        add_account(session, "NL40MOCK0000000019", "USD", "Main account", by=None)
        with pytest.raises(Unreadable, match="larger than 256 MB"):
            take_file(session, stream, "large.xml", by=None)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024, "in KB"


@pytest.fixture
def day_of_bank(database) -> Iterator[None]:
    """The day on which the mock bank begins: it does at once what is ordered for that day."""
    with clock.at(datetime(2026, 11, 18, 12, tzinfo=UTC)):
        yield


def test_an_ach_credit_that_was_returned_is_owed_again_and_not_paid_to_that_account(day_of_bank, bank, tmp_path):
    us = Payer(checked(Scheme.US, "The Co-operative", "4471009216", "999999992"), "1234567890", "Mock Bank")
    with transaction() as session:
        members = [make.member(session, f"m{n}@example.org", f"Member {n}") for n in range(2)]
        for member, number in zip(members, ("1001", "1002"), strict=True):
            with clock.at(clock.now() - timedelta(days=9)):
                record_bank_account(session, member.person, checked(Scheme.US, "Zoe", number, "999999992"), by=None)
        lines = [f"{member.number},work,1" for member in members]
        declare(session, patronage(cash_ppm=1_000_000, pools=(("work", 1),)), file(*lines))
        row = propose_batch(session, Form.NACHA, us, currency="USD", execute_on=clock.today(), form_key="k",
                            by=hired(session, "treasurer"), reason="patronage")  # fmt: skip
        decide(session, row.id, approve=True, by=hired(session, "organizer"), reason="seen")
        batch = session.scalars(select(PayoutBatch)).one()
        _, written = batch_file(session, batch.id, by=1)
        first, second = session.scalars(select(PayoutOrder).order_by(PayoutOrder.id))
        cents, by = first.amount_cents, hired(session, "treasurer").email
        add_account(session, OWN, "USD", "Main account", by=None)
    us_account = {"format": "nacha", "currency": "USD", "balance": 10_000_00, "account_number": "1234567890"}
    bank.ask("/_mock/accounts", {"id": "PAYER", "iban": "NL67MOCK0000000018", **us_account})
    closed = {"currency": "USD", "account_number": "1002", "behaviour": "closed-account"}
    bank.ask("/_mock/accounts", {"id": "CLOSED", "iban": "NL94MOCK0000000017", **closed})
    urllib.request.urlopen(urllib.request.Request(bank.base + "/payments", written, method="POST"), timeout=60).close()
    told = dict(bank.end_day("PAYER") + bank.end_day("PAYER"))
    path = tmp_path / "returns.ach"
    path.write_bytes(told["nacha.return"])
    run = ["payout-batch", "answer", str(path), "--by", by]
    early = CliRunner().invoke(costake, run)
    assert early.exit_code == 2 and "is not recorded as paid" in early.output

    def take(move: Move, opening: int) -> None:
        data = camt([move], currency="USD", opening=opening, day=str(clock.today()), number=f"S{opening}")
        with transaction() as session:
            take_file(session, io.BytesIO(data), "s.xml", by=None)
            match_all(session)

    take(Move(-2 * cents, (f"ACH {clock.today()} COSTAKE-{batch.number:06d}",), day=str(clock.today())), 90_000_00)
    with transaction() as session:
        assert unpaid_payouts(session) == [], "one line pays every order of the batch"
    done = CliRunner().invoke(costake, run)
    assert "0 not done, 1 came back; 0 were known before" in done.output, done.output
    assert "0 came back; 1 were known before" in CliRunner().invoke(costake, run).output
    take(Move(cents, ("ACH RETURN SETTLE",), day=str(clock.today())), 90_000_00 - 2 * cents)
    with transaction() as session:
        (line,) = work_list(session)
        assert line.perhaps[0].why is Why.SENT_BACK and line.perhaps[0].facts["reference"] == second.end_to_end_id
        confirm(session, line.line.id, name_of_reading(line.perhaps[0]), by=1)
        (owed,) = unpaid_payouts(session)
        assert owed.person_id == second.person_id
        assert [due.waits for due in gather(session, Form.NACHA, "USD", clock.today())] == [RETURNED]
