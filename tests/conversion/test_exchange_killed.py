"""kill -9 while an exchange is carried out: nobody sees half of it, nobody is exchanged twice, the books are proved.

`COSTAKE_KILL_SIZE=100000` tries it with as many holders; every run does with fewer.
"""

import os
import threading
import time

import pytest
from sqlalchemy import func, select, text

from app.conversion.exchange.models import ExchangeExecution
from app.core.database import reading, transaction
from app.ledger.journal import balance
from app.shares.models import Lot, LotEnd
from tests.conversion.making import approve, exchange, many_holders
from tests.journeys.test_killed import house  # noqa: F401  (a fixture)

pytestmark = pytest.mark.long

SIZE = int(os.environ.get("COSTAKE_KILL_SIZE", "3000"))


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_does_it_once(house):  # noqa: F811
    with transaction() as session:
        many_holders(session, SIZE)
        draft = exchange(session)
    house.environment["COSTAKE_EXCHANGE_BATCH"] = str(SIZE // 4)
    house.start("worker")
    wait_for("SELECT count(*) FROM exchange_line", 1)
    house.kill("worker")  # while it reckons, or soon after
    house.start("worker")
    wait_for("SELECT count(*) FROM exchange_reckoning", 1)
    with transaction() as session:
        approve(session, draft.id)
    seen: set[int] = set()
    stop = threading.Event()
    watcher = threading.Thread(target=watch, args=(seen, stop))
    watcher.start()
    wait_for("SELECT count(*) FROM pg_locks WHERE mode = 'ShareRowExclusiveLock' AND granted", 1)
    house.kill("worker")
    wait_for("SELECT 1 - count(*) FROM pg_locks WHERE mode = 'ShareRowExclusiveLock' AND granted", 1)
    killed_in_time = sees() == 0
    house.start("worker")
    wait_for("SELECT count(*) FROM exchange_execution", 1)
    stop.set()
    watcher.join()
    house.kill("worker")  # the certificates of so many are tried elsewhere
    assert killed_in_time, "it was over before it was killed"
    assert seen <= {0, SIZE}, "somebody saw half of it"
    with transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
        assert session.scalar(select(func.count()).select_from(LotEnd)) == SIZE
        assert session.scalar(select(func.count()).select_from(Lot).where(Lot.basis == "conversion")) == SIZE
        assert balance(session, "unissued", "C", "SHARE:C") == SIZE * 6
        assert session.scalar(select(func.count()).select_from(ExchangeExecution)) == 1


def sees() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(LotEnd))


def watch(seen: set[int], stop: threading.Event) -> None:
    while not stop.wait(0.02):
        seen.add(sees())


def wait_for(query: str, least: int) -> None:
    deadline = time.monotonic() + 120 + SIZE // 200
    while time.monotonic() < deadline:
        with reading() as session:
            if session.scalar(text(query)) >= least:
                return
        time.sleep(0.02)
    raise AssertionError(f"it never came: {query}")
