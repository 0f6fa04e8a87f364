"""Whatever happens, each item is in one bucket and the sums agree: random receipts, refunds, fees, payouts, returns."""

import os
import random
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from app.core.database import reading, transaction
from app.core.errors import Refusal
from app.ledger import journal
from app.payments.refunding import owe_back
from app.payments.requesting import locked_request
from app.reconciliation.accounts import add_account
from app.reconciliation.closing.reckoning import items, reckon
from app.reconciliation.closing.sections import SECTIONS
from app.reconciliation.models import BankLine
from app.reconciliation.posting import undo_match
from app.reconciliation.working import confirm, name_of_reading, park_line, work_list
from tests import make
from tests.reconciliation.files import OWN, Move
from tests.reconciliation.test_closing import DAY, END, ask, at, take

SEEDS = int(os.environ.get("COSTAKE_CLOSE_SEEDS", "1"))
PEOPLE = 8


def happens(chance: random.Random, day: date) -> None:
    """Refunds fall due, receipts are recorded by hand, and a payout of the card processor leaves."""
    with at(day), transaction() as session:
        for number in range(1, PEOPLE + 1):
            request = locked_request(session, number)
            if chance.random() < 0.2:
                owe_back(session, request, f"test:{day}:{number}", "changed their mind", by=None)
            if chance.random() < 0.1:
                make.pay(session, request, make.usd(0, chance.randint(1, 300_00)), received_on=day)
        amount = chance.randint(1, 900_00)
        legs = (
            journal.Leg("payouts_in_transit", "x", "USD", amount),
            journal.Leg("subscriptions_held", "request:99", "USD", -amount),
        )
        journal.post(session, journal.Draft(f"payout:stripe:po_{day}", "payout", day, legs), by=None)


def lines(chance: random.Random, references: list[str], day: date) -> list[Move]:
    """What the bank says of a day: payments in every spelling, returns, what nobody knows, a fee, a card payout."""
    moves = [Move(900_00, (f"STRIPE po_{day}",), day=str(day)), Move(-7_50, ("Fee of the bank",), day=str(day))]
    for number, reference in enumerate(references):
        for _ in range(chance.choice([0, 0, 1, 2])):
            cents = chance.choice([100_00, 40_00, chance.randint(1, 200_00), -100_00, -chance.randint(1, 9_00)])
            said = chance.choice([reference, reference.lower(), f"for {reference[:9]} {reference[9:]}", "thanks"])
            returned = "AC04" if cents == -100_00 else ""
            moves.append(Move(cents, (said,), name=f"Person {number}", day=str(day), returned=returned))
    chance.shuffle(moves)
    return moves


def works(chance: random.Random, me: int) -> None:
    """The treasurer confirms, parks and undoes; what the books refuse stays as it was."""
    with transaction() as session:
        for each in work_list(session):
            if each.perhaps and chance.random() < 0.5:
                with suppress(Refusal), session.begin_nested():
                    confirm(session, each.line.id, name_of_reading(chance.choice(each.perhaps)), by=me)
            elif chance.random() < 0.1:
                park_line(session, each.line.id, "who is this?", by=me)
    with transaction() as session:
        for line_id in session.scalars(select(BankLine.id)).all():
            if chance.random() < 0.1:
                with suppress(Refusal), session.begin_nested():
                    undo_match(session, line_id, reason="by mistake", by=me)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_each_item_is_in_one_bucket_and_the_sums_agree(database, seed):
    chance, stands = random.Random(seed), 0
    with at(DAY - timedelta(days=1)), transaction() as session:
        me = make.staff(session, "treasurer").id
        add_account(session, OWN, "USD", "Main account", by=None)
        references = [ask(session, number, 100).reference for number in range(PEOPLE)]
    for ahead in range(3):
        day = DAY + timedelta(days=ahead)
        happens(chance, day)
        moves = lines(chance, references, day)
        take(moves, day, opening=stands)
        stands += sum(move.cents for move in moves)
        works(chance, me)
    with reading() as session:
        reckoning = reckon(session, END)
        sums = {
            each.section.name: {filled.bucket.name: filled.sums.get("USD", 0) for filled in each.filled}
            for each in reckoning.compared
        }
        keys: Counter[str] = Counter()
        for section in SECTIONS:
            for bucket in section.buckets:
                told = list(items(session, section, bucket.name, None, END))
                keys.update(f"{section.name}:{item.key}" for item in told)
                assert sum(item.cents for item in told) == sums[section.name].get(bucket.name, 0)
        assert set(keys.values()) == {1}, "an item is in one bucket"
        assert sum(sums["bank"].values()) == stands
        assert session.scalar(text("SELECT sum(amount_cents) FROM bank_line")) == stands
        remains = sums["bank"].get("open", 0) + sums["bank"].get("parked", 0)
        ((unit, statements, books),) = reckoning.bank
        assert (unit, statements) == ("USD", stands)
        assert books == statements - remains + sums["books"].get("by_hand", 0)
        assert books == journal.balance(session, "bank", "", "USD")
        assert sums["books"].get("undone", 0) == 0
