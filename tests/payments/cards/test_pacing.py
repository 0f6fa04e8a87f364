"""Requests to the processor leave below its limits, over all processes together, and never in a burst."""

import threading
import time

from app.payments.cards.running.pacing import Pace, lease


def test_moments_of_several_processes_are_evenly_spaced_and_never_the_same(database, monkeypatch):
    monkeypatch.setenv("COSTAKE_STRIPE_ENDPOINT_CALLS", "40")
    moments: list[float] = []

    def process():
        for _ in range(5):
            moments.extend(lease("POST /v1/payment_intents"))

    threads = [threading.Thread(target=process) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    moments.sort()
    assert len(moments) == 6 * 5 * 10
    assert all(later - earlier > 0.9 for earlier, later in zip(moments, moments[40:], strict=False))
    assert moments[-1] - moments[0] >= (len(moments) - 1) / 40 - 0.05


def test_two_endpoints_share_the_limit_over_all(database, monkeypatch):
    monkeypatch.setenv("COSTAKE_STRIPE_CALLS", "60")
    monkeypatch.setenv("COSTAKE_STRIPE_ENDPOINT_CALLS", "50")
    began = time.monotonic()
    moments = [moment for _ in range(4) for name in ("a", "b") for moment in lease(name)]
    assert (max(moments) - began) >= len(moments) / 60 - 0.3


def test_a_process_that_was_held_up_does_not_catch_up_in_a_burst(database):
    pace = Pace("x")
    pace.next_moment()
    pace._moments = type(pace._moments)(time.monotonic() - ago for ago in (3, 2, 1))
    assert pace.next_moment() > time.monotonic() - 0.3
