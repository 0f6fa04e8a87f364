"""The double as a whole: its accounts, its clock, and what one request of the API is answered."""

import base64
import json
import re
import secrets
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

import stripe

from app.stripedouble import (  # noqa: F401  # each family tells its operations
    balance,
    checkout,
    customers,
    disputes,
    events,
    files,
    identity,
    intents,
    methods,
    payouts,
    refunds,
    setups,
)
from app.stripedouble.books import Books, Clock
from app.stripedouble.errors import Failure, Thing, invalid
from app.stripedouble.expanding import check, expanded
from app.stripedouble.faults import Limits, Rule, broken, locked, too_many
from app.stripedouble.idempotency import Answer, Keys
from app.stripedouble.operations import operation_of
from app.stripedouble.params import checked, parse
from app.stripedouble.webhooks import Deliveries

_KEY = re.compile(r"[rs]k_test_[A-Za-z0-9_]{4,120}")
_VERSION = re.compile(r"20\d\d-\d\d-\d\d(\.[a-z]+)?")


class Request(NamedTuple):
    """One request of the API."""

    method: str
    path: str
    query: str
    headers: dict[bytes, bytes]
    body: bytes
    file: bytes = b""


class Reply(NamedTuple):
    """One answer of the API."""

    status: int
    body: bytes
    headers: dict[str, str]
    rule: Rule | None = None  # a fault on the way back


class Double:
    """Stripe, as far as this project needs it."""

    def __init__(self, keys: Iterable[str] | None = None) -> None:
        """`keys` are those that are taken; without them every `sk_test_…` opens an account of its own."""
        self.clock, self.limits, self.deliveries = Clock(), Limits(), Deliveries()
        self.faults: list[Rule] = []
        self.accounts: dict[str, tuple[Books, Keys]] = {}
        self.base = ""
        self.forward: tuple[str, str] | None = None  # where every account's events go, and their secret
        self._keys = None if keys is None else set(keys)

    def books(self, key: str) -> tuple[Books, Keys]:
        """The account of a key."""
        if key not in self.accounts:
            account = f"acct_{blake2b(key.encode(), digest_size=8).hexdigest()}"
            made = Books(account, self.clock, lambda: self.base)
            made.on_event = self.deliveries.event
            self.accounts[key] = (made, Keys(self.clock))
            payouts.begin_days(made)
            if self.forward:
                events.listen(made, self.forward[0], ["*"], self.forward[1])
        return self.accounts[key]

    def all_books(self) -> list[Books]:
        """Every account."""
        return [books for books, _ in self.accounts.values()]

    def advance(self, seconds: int) -> None:
        """Let the virtual clock go on; everything that falls due on the way happens at its own moment."""
        goal = self.clock.now() + seconds
        self.do_due(goal)
        self.clock.ahead += max(0, goal - self.clock.now())

    def do_due(self, until: int | None = None) -> None:
        """Do what is due by now, or by a later moment, to which the clock then moves step by step."""
        last = self.clock.now() if until is None else until
        while True:
            waiting = [(at, books) for books in self.all_books() if (at := books.next_due()) is not None and at <= last]
            if not waiting:
                return
            at, books = min(waiting, key=lambda each: each[0])
            self.clock.ahead += max(0, at - self.clock.now())
            books.do_next()

    def account_of(self, headers: dict[bytes, bytes]) -> str:
        """The key of a request, or Stripe's 401."""
        said = headers.get(b"authorization", b"").decode("latin-1")
        scheme, _, key = said.partition(" ")
        if scheme.lower() == "basic":
            key = base64.b64decode(key + "==").decode("latin-1").partition(":")[0]
        if not key:
            message = "You did not provide an API key. You need to provide your API key in the Authorization header."
            raise Failure(401, "invalid_request_error", message)
        if not _KEY.fullmatch(key) or (self._keys is not None and key not in self._keys):
            raise Failure(401, "invalid_request_error", f"Invalid API Key provided: {key[:8]}{'*' * 8}{key[-4:]}")
        return key

    def rule_for(self, request: Request) -> Rule | None:
        """The fault that meets this request, if any."""
        if not self.faults:
            return None
        body = request.body.decode("latin-1")
        return next((rule for rule in self.faults if rule.strikes(request.method, request.path, body)), None)

    def begin(self, request: Request, request_id: str) -> "Work | Reply":
        """Take a request in: refused, answered from its key, or to be worked on."""
        headers = {"Request-Id": request_id}
        try:
            key = self.account_of(request.headers)
            version = request.headers.get(b"stripe-version", b"").decode("latin-1")
            if version and not _VERSION.fullmatch(version):
                raise invalid(f"Invalid Stripe API version: {version}")
            headers["Stripe-Version"] = version or stripe.api_version
            self.do_due()
            rule = self.rule_for(request)
            if rule is not None:
                _refuse(rule)
            self.limits.check(key, f"{request.method} {endpoint(request.path)}")
            books, keys = self.books(key)
            name = request.headers.get(b"idempotency-key", b"").decode("latin-1") if request.method == "POST" else ""
            if name:
                headers["Idempotency-Key"] = name
                kept = keys.begin(name, request.method, request.path, request.body)
                if kept is not None:
                    headers |= {"Idempotent-Replayed": "true", "Original-Request": kept.request}
                    return Reply(kept.status, kept.body, headers, rule)
            return Work(rule, request, request_id, books, keys, name, headers)
        except Failure as failure:
            return refusal(failure, headers)


def endpoint(path: str) -> str:
    """The path without ids: what a limit for one endpoint counts."""
    return "/".join("*" if "_" in part and any(map(str.isdigit, part)) else part for part in path.split("/"))


def refusal(failure: Failure, headers: dict[str, str]) -> Reply:
    """An error as it is answered."""
    return Reply(failure.status, dumped(failure.body()), headers | failure.headers)


def dumped(thing: Thing) -> bytes:
    """JSON as it goes out."""
    return json.dumps(thing, separators=(",", ":")).encode()


def _refuse(rule: Rule) -> None:
    """Refuse a request for a fault that comes before its idempotency key is looked at."""
    if rule.do == "rate_limit":
        raise too_many("global-rate")
    if rule.do == "lock_timeout":
        raise locked(rule.should_retry)


class Work:
    """A request that holds its idempotency key until `finish`."""

    def __init__(
        self,
        rule: Rule | None,
        request: Request,
        request_id: str,
        books: Books,
        keys: Keys,
        name: str,
        headers: dict[str, str],
    ) -> None:
        self.request, self.request_id = request, request_id
        self.books, self.keys, self.name, self.headers = books, keys, name, headers
        self.rule = rule
        self.answer: Answer | None = None

    def do(self) -> Reply:
        """Do the work; the reply is also what the key keeps."""
        try:
            if self.rule is not None and self.rule.do == "error_before":
                raise broken()
            status, body = 200, dumped(self._perform())
        except Failure as failure:
            if failure.executed and (failure.status != 500 or self.rule is None or self.rule.kept):
                self.answer = Answer(failure.status, dumped(failure.body()), self.request_id)
            return refusal(failure, self.headers)
        if self.rule is not None and self.rule.do == "error_after":
            status, body = 500, dumped(broken().body())
            self.answer = Answer(status, body, self.request_id) if self.rule.kept else None
        else:
            self.answer = Answer(status, body, self.request_id)
        return Reply(status, body, self.headers)

    def _perform(self) -> Thing:
        request = self.request
        operation, names = operation_of(request.method, request.path)
        text = request.body.decode("utf-8", "replace") if request.method == "POST" else request.query
        params = checked(operation.params_class(), parse(text))
        check(operation, params.get("expand", []))
        self.books.request, self.books.uploaded = (self.request_id, self.name or None), request.file
        try:
            answer = operation.does(self.books, params, *names)
        finally:
            self.books.request, self.books.uploaded = (None, None), b""
        return expanded(self.books, answer, params.get("expand", []))

    def finish(self) -> None:
        """Let the key go."""
        if self.name:
            self.keys.end(self.name, self.answer, endpoint(self.request.path))


def request_id() -> str:
    """The id of a request."""
    return f"req_{secrets.token_hex(7)}"
