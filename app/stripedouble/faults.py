"""Faults on demand, and the rate limits: what goes wrong at Stripe or on the way there."""

import random
import time
from typing import Any

from app.stripedouble.errors import Failure, Thing, invalid

FAULTS = {
    "latency": "wait `seconds` before the work",
    "close": "do the work, then close the connection without an answer",
    "hang": "do the work, then never answer (for `seconds`, or until the client gives up)",
    "close_before": "close the connection without doing the work",
    "hang_before": "never answer, and do not do the work",
    "error_after": "do the work, then answer 500, which is kept for the idempotency key unless `kept` is false",
    "error_before": "answer 500 without doing the work; kept for the idempotency key unless `kept` is false",
    "rate_limit": "429 without doing the work",
    "lock_timeout": "429 lock_timeout without doing the work",
}


class Rule:
    """One fault: what it meets, what it does, and how often."""

    def __init__(self, said: Thing) -> None:
        if said.get("do") not in FAULTS:
            raise invalid(f"A fault does one of: {', '.join(FAULTS)}.", "do")
        self.do: str = said["do"]
        self.method: str | None = said.get("method")
        self.path: str = said.get("path", "/v1/")
        self.contains: str = said.get("contains", "")
        self.times: int | None = said.get("times")
        self.share: float = said.get("share", 1)
        self.skip: int = said.get("skip", 0)
        self.seconds: float = said.get("seconds", 60 if "hang" in self.do else 0.1)
        self.kept: bool = said.get("kept", True)
        self.should_retry: bool | None = said.get("should_retry")
        self.met = 0
        self._chance = random.Random(said.get("seed", 0))  # noqa: S311  # repeatable on purpose

    def strikes(self, method: str, path: str, body: str) -> bool:
        """Whether this request is met."""
        if self.times == 0 or (self.method and self.method != method) or not path.startswith(self.path):
            return False
        if self.contains not in body or self._chance.random() >= self.share:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        self.met += 1
        return True

    @property
    def silent(self) -> bool:
        """Whether the client gets no answer."""
        return self.do.startswith(("close", "hang"))

    def shown(self) -> Thing:
        """The rule for the control interface."""
        return {"do": self.do, "path": self.path, "times": self.times, "share": self.share, "met": self.met}


class Bucket:
    """A token bucket on the real clock."""

    def __init__(self, rate: float) -> None:
        self.rate, self.tokens, self.at = rate, rate, time.monotonic()

    def take(self) -> bool:
        """Take a token if there is one."""
        now = time.monotonic()
        self.tokens = min(self.rate, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Limits:
    """Requests a second: over all, and for each endpoint; None is without limit."""

    def __init__(self) -> None:
        self.overall: float | None = None
        self.endpoint: float | None = None
        self._buckets: dict[str, Bucket] = {}
        self.refused = 0

    def set(self, overall: float | None, endpoint: float | None) -> None:
        """Change the limits; the buckets begin full."""
        self.overall, self.endpoint = overall, endpoint
        self._buckets.clear()

    def check(self, account: str, endpoint: str) -> None:
        """Count one request, or refuse it as Stripe does."""
        for name, rate in ((f"{account} all", self.overall), (f"{account} {endpoint}", self.endpoint)):
            if rate is not None and not self._buckets.setdefault(name, Bucket(rate)).take():
                self.refused += 1
                raise too_many(f"endpoint-rate ({endpoint})" if endpoint in name else "global-rate")


def too_many(reason: str) -> Failure:
    """Stripe's 429 for too many requests."""
    said = "Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits."
    headers = {"Stripe-Rate-Limited-Reason": reason.partition(" ")[0]}
    return Failure(429, "invalid_request_error", said, code="rate_limit", headers=headers)


def locked(should_retry: bool | None) -> Failure:
    """Stripe's 429 for an object that another request holds."""
    said = (
        "This object cannot be accessed right now because another API request or Stripe process is currently "
        "accessing it. If you see this error intermittently, retry the request. If you see this error frequently and "
        "are making multiple concurrent requests to a single object, make your requests serially or at a lower rate."
    )
    headers: dict[str, Any] = {} if should_retry is None else {"Stripe-Should-Retry": str(should_retry).lower()}
    return Failure(429, "invalid_request_error", said, code="lock_timeout", headers=headers)


def broken() -> Failure:
    """Stripe's 500."""
    said = "An unknown error occurred. Sorry about that; we are looking into it."
    return Failure(500, "api_error", said, executed=True)
