"""kill -9 of the worker at any moment of a charge run, with answers and events lost, doubled and late: charged once.

`COSTAKE_KILL_SEEDS=20` tries more seeds than every run does.
"""

import os
import threading
import time
from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, text

from app.core import clock
from app.core.database import reading
from app.core.settings import settings
from app.payments.cards.models import CardPayment, ChargeAttempt
from app.payments.cards.running.charging import charge, due_runs
from app.payments.cards.running.states import RunState, state_of
from app.worker import run_until_idle
from scripts.benchmarks.charges import CENTS, prepare
from tests.journeys.test_killed import House
from tests.payments.cards.conftest import SECRET, cards, double  # noqa: F401  (fixtures)
from tests.payments.cards.runs_made import SavedCards

pytestmark = pytest.mark.long
SIZE = int(os.environ.get("COSTAKE_KILL_SIZE", "500"))
SEEDS = range(1, 1 + int(os.environ.get("COSTAKE_KILL_SEEDS", "1")))
HEARD = ["payment_intent.succeeded", "payment_intent.payment_failed"]


@pytest.fixture
def house(cards, monkeypatch):  # noqa: F811
    for name, value in {
        "COSTAKE_STRIPE_ENDPOINT_CALLS": "150",
        "COSTAKE_STRIPE_CALLS": "300",
        "COSTAKE_STRIPE_SECONDS": "1",
        "COSTAKE_CHARGE_UNANSWERED_PERCENT_MAX": "100",
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    opened = House()
    yield opened
    opened.stop()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_worker_killed_again_and_again_charges_each_instalment_once(house, cards, seed, monkeypatch):  # noqa: F811
    chance, client, control = Random(seed), cards.client(), cards.control
    people = [SavedCards(client).customer("pm_card_visa") for _ in range(SIZE // 10)]
    run_id = prepare(people, SIZE)
    hook = client.v1.webhook_endpoints.create(
        {"url": f"{house.base_url}/webhooks/stripe", "enabled_events": HEARD, "connect": False}
    )
    house.environment["COSTAKE_STRIPE_WEBHOOK_SECRET"] = os.environ["COSTAKE_STRIPE_WEBHOOK_SECRET"] = hook.secret
    house.start("web")
    control.webhooks(duplicate=0.2, lose=0.4, jitter=1.0, retries=1, seed=seed)
    for number, fault in enumerate(("error_after", "close", "hang", "close_before", "rate_limit")):
        control.fault(fault, method="POST", path="/v1/payment_intents", share=0.03, seed=seed * 10 + number)
    for _ in range(3):
        house.start("worker")
        await_tried(tried() + chance.randint(10, 120))
        time.sleep(chance.random() / 2)
        house.kill("worker")
    house.start("worker")
    await_tried(SIZE)
    time.sleep(chance.random() * 2)
    house.kill("worker")
    control.no_faults()
    control.await_deliveries(60)
    monkeypatch.setenv("COSTAKE_STRIPE_SECONDS", "30")
    settings.cache_clear()
    with clock.at(clock.now() + timedelta(hours=1)):  # whoever comes later finds out what became of the rest
        due_runs()
        charge(run_id, threading.Event())
        run_until_idle()
    assert_charged_once(client, run_id)


def tried() -> int:
    with reading() as session:
        return session.execute(text("SELECT count(*) FROM charge_attempt")).scalar_one()


def await_tried(count: int) -> None:
    """Wait until so many payments of the run were begun."""
    until = time.monotonic() + 120
    while tried() < min(count, SIZE):
        assert time.monotonic() < until, f"only {tried()} of {count} payments were begun"
        time.sleep(0.05)


def assert_charged_once(client, run_id: int) -> None:
    """One successful charge of each instalment at the processor, one posting in the books, the same to the cent."""
    charges = [each for each in client.v1.charges.list({"limit": 100}).auto_paging_iter() if each.status == "succeeded"]
    with reading() as session:
        attempts = dict(session.execute(select(ChargeAttempt.id, ChargeAttempt.instalment_id)).all())
        payments = session.scalars(select(CardPayment)).all()
        booked = session.execute(
            text(
                "SELECT count(*), sum(p.amount) FROM posting p JOIN account a ON a.id = p.account_id "
                "JOIN entry e ON e.id = p.entry_id WHERE a.kind = 'stripe_clearing' AND e.nature = 'card payment'"
            )
        ).one()
        assert state_of(session, run_id) == RunState.ENDED
    by_instalment = Counter(attempts[type(next(iter(attempts)))(each.metadata["attempt_id"])] for each in charges)
    assert len(by_instalment) == SIZE and set(by_instalment.values()) == {1}
    assert {each.id for each in charges} == {each.charge for each in payments}
    assert tuple(booked) == (SIZE, SIZE * CENTS)
    assert sum(each.amount for each in charges) == SIZE * CENTS
