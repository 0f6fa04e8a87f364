"""Payouts of the processor: booked when they leave, explained line by line, undone when the bank sends them back."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from app.cli import costake
from app.core import clock
from app.core.database import new_session, reading, transaction
from app.ledger import journal
from app.ledger.models import Entry
from app.payments.cards import stripe
from app.payments.cards.hearing.models import ParkedItem
from app.payments.cards.hearing.parking import finish_parked
from app.payments.cards.hearing.repairing import repair
from app.payments.cards.models import ProcessorFee, Source
from app.payments.cards.payouts.explaining import BY_HAND, UNKNOWN, look_at_payouts, payout_seen, sweep_payouts
from app.payments.cards.payouts.models import ProcessorPayout, ProcessorPayoutItem
from app.payments.cards.payouts.proofs import PROOFS
from app.payments.cards.payouts.standing import last_check, latest_payouts, payouts_expected, sums_of
from app.payments.cards.proofs import PROOFS as OF_CARDS
from app.payments.cards.returning.asking import send_back
from app.payments.cards.returning.models import ProcessorRefund
from app.payments.cards.returning.sending import send_refund
from app.payments.refunding import owe_back
from app.payments.requesting import end_request, locked_request
from app.reconciliation.closing.reckoning import reckon
from tests import make
from tests.journeys.conftest import address, visitor  # noqa: F401  (fixtures)
from tests.journeys.test_pledge_to_certificate import sign_in

FEE = 697  # of 230 dollars by card


@pytest.fixture
def shop(cards):
    """The account pays out when the test says so."""
    cards.control.ask("POST", "/settings", key=cards.key, payouts="manual")
    return cards


def charge(cards, dollars: int = 230, email: str = "maya@example.org") -> int:
    request_id, part = cards.saved(amount=make.usd(dollars), email=email)
    cards.charge(part)
    return request_id


def refund(cards, request_id: int) -> None:
    with transaction() as session:
        request = locked_request(session, request_id)
        end_request(session, request, "withdrawn")
        due = owe_back(session, request, "test", "withdrawn", by=None)
        send_back(session, due.id, by=make.staff(session, "treasurer"), reason="withdrawn")
        sent = session.scalars(select(ProcessorRefund.id)).one()
    send_refund(sent)


def pay_out(cards, *, arrive: bool = True) -> str:
    """The payout of all that is available by now; its name."""
    cards.control.advance(days=3)
    own = {each.id for each in cards.client().v1.payouts.list().data}
    cards.control.ask("POST", "/payouts/make")
    (made,) = [each.id for each in cards.client().v1.payouts.list().data if each.id not in own]
    if arrive:
        cards.control.advance(days=3)
    return made


def hear():
    return repair(clock.now() - timedelta(minutes=5))


def of(kind: str, subject: str = "") -> int:
    with reading() as session:
        return journal.balance(session, kind, subject, "USD")


def clearing() -> tuple[str, list[str]]:
    with reading() as session:
        found = next(each for each in OF_CARDS if "holds what" in each.name).check(session)
        return found.figure, found.wrong


def expected() -> list[tuple[str, int]]:
    with reading() as session:
        return [(each.processor_id, each.amount.minor) for each in payouts_expected(session)]


def standing(name: str):
    with reading() as session:
        return next(each for each in latest_payouts(session) if each.payout.processor_id == name)


def wrong() -> list[str]:
    with reading() as session:
        return [line for proof in PROOFS for line in proof.check(session).wrong]


def test_a_payout_with_a_refund_and_a_dispute_inside_is_booked_explained_and_sent_back(shop):
    charge(shop)
    shop.control.ask("POST", "/disputes", charge=shop.own_charges()[0].id)
    refund(shop, charge(shop, 46, "wei@example.org"))
    charge(shop, 690, "ana@example.org")
    hear()
    net = 690_00 - (2001 + 30) - FEE - 15_00 - (133 + 30)
    assert of("stripe_clearing") == net

    name = pay_out(shop, arrive=False)
    assert hear().payouts_seen == 1
    assert (of("stripe_clearing"), expected(), clearing()) == (0, [(name, net)], ("nothing", []))
    assert (standing(name).move.status, standing(name).check) == ("in_transit", None)

    shop.control.advance(days=3)
    hear()
    hear()
    found = standing(name)
    assert (found.move.status, found.check.explained, found.check.remainder_cents) == ("paid", True, 0)
    assert found.move.trace.startswith("TRACE")
    with reading() as session:
        sums = {each.type: (each.number, each.net_cents) for each in sums_of(session, found.payout.id)}
        assert sum(net for _, net in sums.values()) == net
        fees = session.scalars(select(ProcessorFee.amount_cents)).all()
    assert sums["refund"] == (1, -46_00)
    assert sums["adjustment"] == (1, -230_00 - 15_00)
    assert sorted(fees) == sorted([FEE, 2031, 163, 15_00])  # each once, as the processor states it

    shop.control.ask("POST", "/payouts/fail", payout=name)
    hear()
    assert (standing(name).move.status, of("stripe_clearing"), expected()) == ("failed", net, [])
    assert clearing() == (f"{net} USD", [])

    again = pay_out(shop)
    hear()
    found = standing(again)
    assert (found.payout.amount_cents, found.check.explained, of("stripe_clearing")) == (net, True, 0)
    with reading() as session:
        assert [each.type for each in sums_of(session, found.payout.id)] == ["payout_failure"]
        reckoning = reckon(session, clock.today())
        compared = {each.section.name: {f.bucket.name: f.sums for f in each.filled} for each in reckoning.compared}
    assert set(compared["attempts"]) == {"booked", "refunded"}
    assert set(compared["payouts"]) <= {"came_back", "on_its_way", "missing"}
    assert set(compared["lines"]) == {"paid_out", "payout"}, "each line of the processor has its place"
    assert sum(bucket["USD"] for bucket in compared["lines"].values()) == 0 == of("stripe_clearing")


def test_a_line_of_a_type_that_is_not_known_fails_its_payout_until_a_person_has_settled_it(shop, visitor):  # noqa: F811
    charge(shop)
    hear()
    shop.control.ask("POST", "/balance/enter", key=shop.key, type="stripe_fee", amount=-3_00)
    odd = shop.control.ask("POST", "/balance/enter", key=shop.key, type="climate_order_purchase", amount=-5_00)["id"]
    name = pay_out(shop)
    hear()
    check = standing(name).check
    assert (check.explained, check.reason, check.remainder_cents) == (False, UNKNOWN, -5_00)
    assert check.about == f"climate_order_purchase {odd}"
    assert expected() == [(name, 230_00 - FEE - 8_00)]  # what left is booked all the same, and no more than that
    assert (of("stripe_clearing"), of("processor_fees")) == (5_00, FEE + 3_00)  # a fee about no payment is booked
    assert wrong() == [f"payout {name} is not explained: {UNKNOWN} climate_order_purchase {odd} remainder -500"]
    treasurer = sign_in(visitor(), "treasurer@example.org", "treasurer").get("/desk/processor/payouts")
    assert name in treasurer.text() and "not explained" in treasurer.text()
    said = treasurer.get(f"/desk/processor/payouts/{standing(name).payout.id}").text()
    assert UNKNOWN in said and "explains -$5.00." in said and "fees of the processor" in said
    treasurer.get("/desk/processor/payouts/99", status=404)
    hear()  # says so once
    with transaction() as session:
        item = session.scalars(select(ParkedItem)).one()
        assert (item.kind, item.subject, item.payload["remainder"]) == ("payout", name, -5_00)
        finish_parked(session, item.id, by=make.staff(session).id, note="a gift to the climate")
    assert wrong() == []
    # the processor's own line is no loss that anybody booked yet: put the books right, as a treasurer would
    with transaction() as session:
        legs = (journal.Leg("processor_fees", "", "USD", 5_00), journal.Leg("stripe_clearing", "", "USD", -5_00))
        journal.post(session, journal.Draft("by-hand:1", "by hand", clock.today(), legs), by=None)


def test_a_payout_by_hand_is_booked_and_waits_for_a_person(shop, monkeypatch):
    charge(shop)
    hear()
    shop.control.advance(days=3)
    name = shop.client().v1.payouts.create({"amount": 100_00, "currency": "usd"}).id
    runner = CliRunner()
    told = runner.invoke(costake, ["stripe", "payouts", "--json"])
    assert told.exit_code == 1
    (facts,) = json.loads(told.output)
    assert (facts["payout"], facts["amount"], facts["explained"], facts["reason"]) == (name, 100_00, False, BY_HAND)
    assert (of("stripe_clearing"), expected()) == (130_00 - FEE, [(name, 100_00)])
    with transaction() as session:
        item = session.scalars(select(ParkedItem)).one()
        finish_parked(session, item.id, by=make.staff(session, "treasurer").id, note="to try the bank account")
    assert clearing() == (f"{130_00 - FEE} USD", [])


def test_what_nobody_told_of_is_found_and_a_line_of_another_is_named(shop):
    """A payment that never was heard of is booked by the payout that brings it; a stranger's waits for a person."""
    request_id, part = shop.saved(amount=make.usd(230))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.payments.cards.sending._record", lambda *_: None)
        shop.charge(part)
    assert shop.held(request_id) == make.usd(0)
    name = pay_out(shop)
    with transaction() as session:
        sweep_payouts(session)
    assert (standing(name).check.explained, shop.held(request_id)) == (True, make.usd(230))
    assert of("processor_fees") == FEE
    assert look_at_payouts(clock.now()) == 1
    assert payout_seen(stripe.find_payout(name), Source.WEBHOOK)  # nothing happens twice
    with reading() as session:
        keys = session.scalars(select(Entry.key).where(Entry.key.like("payout:%"))).all()
        assert keys == [f"payout:stripe:{name}"]


@pytest.mark.falsified
def test_lies_about_payouts_are_found(shop):
    charge(shop)
    hear()
    name = pay_out(shop)
    hear()
    assert wrong() == []
    lies = [
        ("processor_payout", "UPDATE processor_payout SET amount_cents = amount_cents - 1"),
        ("processor_payout_item", "UPDATE processor_payout_item SET amount_cents = 1, fee_cents = 0, net_cents = 1"),
        ("processor_payout_item", "DELETE FROM processor_payout_item"),
        ("processor_payout_move", "UPDATE processor_payout_move SET status = 'failed'"),
        ("processor_payout_check", "UPDATE processor_payout_check SET explained = false"),
    ]
    for table, lie in lies:
        session = new_session()
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER append_only"))
        session.execute(text(lie))
        found = [line for proof in PROOFS for line in proof.check(session).wrong]
        session.rollback()
        session.close()
        assert any(name in line for line in found), lie
    with reading() as session:
        assert last_check(session, session.scalars(select(ProcessorPayout.id)).one()).explained
        assert len(session.scalars(select(ProcessorPayoutItem)).all()) == 1
