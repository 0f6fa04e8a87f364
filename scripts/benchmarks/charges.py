"""Charges per second of a charge run, books and all, against the double of Stripe without us; our CPU for 100 a second.

The limit is the same client with as many threads in a bare loop. The double is a process of its own, so on two cores it
takes most of one. `cpu` are seconds of our process, `database` those of PostgreSQL, for 100 charges.
"""

import argparse
import json
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import stripe
from sqlalchemy import text

from app.core import clock
from app.core.bulk import new_ids, write_rows
from app.core.database import reading, transaction
from app.core.settings import settings
from app.letters.models import Letter, LetterSent
from app.members.models import Person
from app.offers import charging  # noqa: F401  (says where days begin)
from app.payments.cards.models import SavedMethod
from app.payments.cards.running.charging import charge
from app.payments.cards.running.models import ChargeNotice, ChargeRun
from app.payments.cards.running.states import RunState, move
from app.payments.models import Instalment, PaymentRequest
from app.proofs import PROOFS
from app.stripedouble import Control, running_process

KEY, BARE_KEY = "sk_test_bench0001", "sk_test_bench0002"
CENTS = 230_000
CUSTOMERS = 50


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench charges", description=__doc__)
    parser.add_argument("--size", type=int, default=3_000, help="charges of the run (default: %(default)s)")
    parser.add_argument("--paced", type=int, default=1_000, help="charges at 100 a second with 600 ms of latency")
    asked = parser.parse_args(arguments)
    with running_process() as double:
        _configure(double)
        bare = _customers(double, BARE_KEY)  # each key has an account of its own, and ours must prove
        limit = _measured("limit", asked.size, lambda: _bare(double, bare, asked.size))
        customers = _customers(double, KEY)
        run = prepare(customers, asked.size)
        ours = _measured("ours", asked.size, partial(charge, run, threading.Event()))
        os.environ["COSTAKE_STRIPE_CALLS"] = os.environ["COSTAKE_STRIPE_ENDPOINT_CALLS"] = "100"
        settings.cache_clear()
        double.fault("latency", seconds=0.6)
        run = prepare(customers, asked.paced)
        paced = _measured("100 a second", asked.paced, partial(charge, run, threading.Event()))
        booked, at_stripe = _booked(), sum(each["metadata"].get("bare") != "1" for each in double.charges())
        assert booked == asked.size + asked.paced == at_stripe, (booked, at_stripe)
        with reading() as session:  # while the double still answers what it holds
            failed = [proof.name for proof in PROOFS if not proof.check(session).holds]
    assert not failed, f"the books do not prove: {failed}"
    facts = {"size": asked.size, "ours": ours["rate"], "limit": limit["rate"], "unit": "charges/s"}
    facts |= {"ratio": round(ours["rate"] / limit["rate"], 3), "paced": paced["rate"]}
    cpu = {"cpu": ours["cpu"], "database": ours["database"], "paced_cpu": paced["cpu"], "limit_cpu": limit["cpu"]}
    print(json.dumps({"bench": "charges", **facts, **cpu}))


def _configure(double: Control) -> None:
    os.environ |= {"COSTAKE_STRIPE_KEY": KEY, "COSTAKE_STRIPE_API": double.base, "COSTAKE_CHARGE_TRIALS": "[0, 0]"}
    os.environ |= {"COSTAKE_STRIPE_CALLS": "100000", "COSTAKE_STRIPE_ENDPOINT_CALLS": "100000"}
    settings.cache_clear()


def _customers(double: Control, key: str) -> list[tuple[str, str]]:
    client = stripe.StripeClient(key, base_addresses={"api": double.base})
    made = []
    for _ in range(CUSTOMERS):
        customer = client.v1.customers.create({"name": "Bench"})
        made.append((customer.id, client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id}).id))
    return made


def _bare(double: Control, customers: list[tuple[str, str]], size: int) -> None:
    client = stripe.StripeClient(BARE_KEY, base_addresses={"api": double.base})

    def one(number: int) -> None:
        customer, method = customers[number % CUSTOMERS]
        params = {"amount": CENTS, "currency": "usd", "customer": customer, "payment_method": method}
        params |= {"confirm": True, "off_session": True, "metadata": {"bare": "1"}}
        client.v1.payment_intents.create(params, {"idempotency_key": str(uuid4())})

    with ThreadPoolExecutor(settings().charge_threads) as pool:
        list(pool.map(one, range(size)))


def prepare(customers: list[tuple[str, str]], size: int, state: RunState = RunState.REST) -> int:
    """A run of so many payments of two thousand three hundred dollars, everybody told long ago; its id."""
    now, long_ago = clock.now(), clock.now() - timedelta(days=20)
    with transaction() as session:
        ids = {
            table: new_ids(session, table, size) for table in (Person, PaymentRequest, Instalment, SavedMethod, Letter)
        }
        people, requests, parts, methods, letters = ids.values()
        run = ChargeRun(
            purpose="offer:bench", total_count=size, amount_cents=size * CENTS, currency="USD", charge_on=now.date(),
            created_at=now,
        )  # fmt: skip
        session.add(run)
        session.flush()
        move(session, run, state, by=None, reason="bench")
        write_rows(session, Person, [
            {"id": n, "email": f"b{n}@example.org", "language": "en", "created_at": now} for n in people
        ])  # fmt: skip
        write_rows(session, PaymentRequest, [
            {"id": r, "reference": f"RF{r}", "purpose": f"bench:{r}", "person_id": n, "amount_cents": CENTS,
             "currency": "USD", "requested_at": long_ago}
            for r, n in zip(requests, people, strict=True)
        ])  # fmt: skip
        write_rows(session, Instalment, [
            {"id": i, "payment_request_id": r, "number": 1, "due_on": now.date(), "amount_cents": CENTS,
             "currency": "USD", "scheduled_at": long_ago}
            for i, r in zip(parts, requests, strict=True)
        ])  # fmt: skip
        write_rows(session, SavedMethod, [
            {"id": m, "person_id": n, "payment_request_id": r, "processor_customer": customers[m % len(customers)][0],
             "processor_method": customers[m % len(customers)][1], "kind": "card", "brand": "visa", "last4": "4242",
             "exp_month": 12, "exp_year": 2034, "mandate": "", "setup_id": f"seti_{m}", "saved_at": long_ago}
            for m, n, r in zip(methods, people, requests, strict=True)
        ])  # fmt: skip
        write_rows(session, Letter, [
            {"id": n, "to_address": "x@example.org", "language": "en", "name": "charge-notice", "facts": {},
             "written_at": long_ago, "channel": "email"} for n in letters
        ])  # fmt: skip
        write_rows(session, LetterSent, [{"letter_id": n, "sent_at": long_ago, "message_id": str(n)} for n in letters])
        write_rows(session, ChargeNotice, [
            {"run_id": run.id, "instalment_id": i, "saved_method_id": m, "amount_cents": CENTS, "currency": "USD",
             "charge_on": now.date(), "last4": "4242", "descriptor": "COSTAKE", "letter_id": n, "sent_at": long_ago}
            for i, m, n in zip(parts, methods, letters, strict=True)
        ])  # fmt: skip
        session.execute(text("ANALYZE"))
        return run.id


def _booked() -> int:
    with reading() as session:
        return session.execute(text("SELECT count(*) FROM card_payment")).scalar_one()


def _measured(what: str, size: int, work: Callable[[], object]) -> dict[str, float]:
    """Charges a second, and the seconds of CPU that 100 of them take: of this process, and of the database."""
    before, database, began = time.process_time(), _database_seconds(), time.perf_counter()
    work()
    took, cpu = time.perf_counter() - began, time.process_time() - before
    found = {"rate": round(size / took, 1), "cpu": round(100 * cpu / size, 3)}
    found["database"] = round(100 * (_database_seconds() - database) / size, 3)
    print(f"{what}: {found}", flush=True)
    return found


def _database_seconds() -> float:
    """CPU seconds that the private PostgreSQL has taken so far, with its processes that have ended."""
    found = next(settings().var.glob("postgres/**/postmaster.pid"), None)
    if found is None:  # another server: nobody knows
        return 0.0
    postmaster, ticks = found.read_text().split()[0], 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if stat.parent.name == postmaster:
            ticks += sum(int(field) for field in fields[11:15])
        elif fields[1] == postmaster:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
