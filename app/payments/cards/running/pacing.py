"""Pacing: requests to the processor leave evenly spaced, below its limits, over all processes together.

A process leases the next moments at once, a fraction of a second's worth, so that the rows are not asked for every
request. No burst leaves, not even where one second meets the next.
"""

import threading
import time
from collections import deque

from sqlalchemy import text

from app.core.database import engine
from app.core.settings import settings

LEASED_SECONDS = 0.25
"""How much of the time one process takes for itself at once; if it dies, so much is lost for everybody."""
OVERALL = "all"

_OPEN = text("""
    INSERT INTO processor_pace (name, next_at)
    SELECT name, clock_timestamp() FROM unnest(CAST(:names AS text[])) AS name ORDER BY name
    ON CONFLICT DO NOTHING
""")
# The requests leave from the later of both moments; the overall pace does not wait for an endpoint that is behind.
_LEASE = text("""
    WITH held AS (
        SELECT name, greatest(next_at, clock_timestamp()) AS free_at FROM processor_pace
        WHERE name IN (:endpoint, :overall) ORDER BY name FOR UPDATE
    ), begins AS (SELECT max(free_at) AS at, count(*) AS rows FROM held)
    UPDATE processor_pace AS p SET next_at = CASE p.name
        WHEN :overall THEN held.free_at + make_interval(secs => :calls * :overall_gap)
        ELSE begins.at + make_interval(secs => :calls * :gap) END
    FROM held, begins WHERE p.name = held.name AND begins.rows = 2
    RETURNING CAST(extract(epoch FROM begins.at - clock_timestamp()) AS float8)
""")


class Pace:
    """The moments at which this process may call one endpoint, such as `POST /v1/payment_intents`; for many threads."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._lock, self._moments = threading.Lock(), deque[float]()

    def wait(self) -> None:
        """Wait until one request may leave."""
        time.sleep(max(0.0, self.next_moment() - time.monotonic()))

    def next_moment(self) -> float:
        """The monotonic moment at which one request may leave; it may lie ahead."""
        with self._lock:
            while self._moments and self._moments[0] < time.monotonic() - LEASED_SECONDS:
                self._moments.popleft()  # nobody called in time; a request now would bunch with those to come
            if not self._moments:
                self._moments.extend(lease(self.endpoint))
            return self._moments.popleft()


def lease(endpoint: str) -> list[float]:
    """The next moments for requests to an endpoint, on this process's monotonic clock; nobody else has them."""
    overall_gap = 1 / settings().stripe_calls
    gap = max(1 / settings().stripe_endpoint_calls, overall_gap)
    calls = max(1, int(LEASED_SECONDS / gap))
    facts = {"endpoint": endpoint, "overall": OVERALL, "calls": calls, "gap": gap, "overall_gap": overall_gap}
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        ahead = connection.execute(_LEASE, facts).scalars().first()
        if ahead is None:
            connection.execute(_OPEN, {"names": sorted((endpoint, OVERALL))})
            ahead = connection.execute(_LEASE, facts).scalars().first()
    assert ahead is not None, "both rows are there now"
    begins = time.monotonic() + ahead
    return [begins + turn * gap for turn in range(calls)]
