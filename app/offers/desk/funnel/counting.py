"""Counting who looks and who begins: sums by day and offer, kept by each process in batches, without knowing anyone.

No cookie, no address, no account is looked at: a page shown twice counts twice. What a process has not saved when it
is killed is lost, which a figure of interest can bear.
"""

import atexit
import os
import threading
import time
from collections import Counter
from datetime import date

import structlog
from sqlalchemy import text

from app.core import clock
from app.core.database import transaction
from app.offers.desk.models import Stage

log = structlog.stdlib.get_logger("costake")
SAVED_EVERY_SECONDS = 5.0
SHARDS = 8
_SAVE = text("""
    INSERT INTO funnel_count (offer_id, day, stage, shard, count)
    SELECT :offer_id, :day, :stage, :shard, :count FROM offer WHERE id = :offer_id
    ON CONFLICT (offer_id, day, stage, shard) DO UPDATE SET count = funnel_count.count + excluded.count
""")

_lock = threading.Lock()
_waiting: Counter[tuple[int, date, str]] = Counter()
_saved_at = 0.0


def count(offer_id: int, stage: Stage) -> None:
    """Count one more; now and then the request that does so saves what this process has counted."""
    global _saved_at
    with _lock:
        _waiting[offer_id, clock.today(), stage.value] += 1
        due = time.monotonic() - _saved_at >= SAVED_EVERY_SECONDS
        if due:
            _saved_at = time.monotonic()
    if due:
        save_counts()


def save_counts() -> None:
    """Add what this process has counted to the sums; it is counted on when the database does not answer."""
    with _lock:
        taken = dict(sorted(_waiting.items()))
        _waiting.clear()
    if not taken:
        return
    rows = [
        {"offer_id": offer_id, "day": day, "stage": stage, "shard": os.getpid() % SHARDS, "count": many}
        for (offer_id, day, stage), many in taken.items()
    ]
    try:
        with transaction() as session:
            session.execute(_SAVE, rows)
    except Exception:  # a page is worth more than its count
        log.warning("counts wait for the database", waiting=len(taken))
        with _lock:
            _waiting.update(taken)


def forget_counts() -> None:
    """Forget what this process has not saved."""
    with _lock:
        _waiting.clear()


atexit.register(save_counts)
