"""A client of the double; with STRIPE_LIVE_TEST_KEY in the environment the contract tests ask Stripe itself."""

import os
import secrets

import pytest
import stripe

from app.stripedouble import running

LIVE_KEY = os.environ.get("STRIPE_LIVE_TEST_KEY")


@pytest.fixture(scope="session")
def double():
    """One double for all tests; each test has an account of its own by its key."""
    with running() as control:
        yield control


@pytest.fixture
def key():
    return f"sk_test_{secrets.token_hex(12)}"


@pytest.fixture
def client(double, key):
    """A client of the double alone, with an account of its own."""
    double.no_faults()
    double.limits(None, None)
    yield client_of(double, key)
    double.no_faults()
    double.limits(None, None)
    held = double.balance()
    together = {c: held["available"].get(c, 0) + held["pending"].get(c, 0) for c in held["entered"]}
    assert together == held["entered"]


@pytest.fixture
def stripe_client(request):
    """What the contract tests ask: Stripe itself where a test key is given, else the double."""
    if LIVE_KEY:
        assert LIVE_KEY.startswith(("sk_test_", "rk_test_")), "never with a live key"
        return stripe.StripeClient(LIVE_KEY, max_network_retries=2)
    return request.getfixturevalue("client")


def client_of(double, key, **options):
    return stripe.StripeClient(key, base_addresses={"api": double.base}, max_network_retries=0, **options)
