"""A bank that we did not write, on this machine: credits go in, its statements and notifications come out."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from mockbank.server import Config, make_server

from tests.reconciliation.files import OWN

PAYER = "DE89370400440532013000"


class Bank:
    """The mock bank's own interface."""

    def __init__(self, base: str) -> None:
        self.base = base

    def ask(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
        """Ask for something; the answer as JSON."""
        data = None if body is None else json.dumps(body).encode()
        wanted = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(wanted, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def credit(
        self, cents: int, note: str | None = None, name: str = "Ada Lovelace", iban: str = PAYER, **more: Any
    ) -> None:
        """Money arrives."""
        debtor = {"name": name, "iban": iban}
        self.ask(
            "/_mock/credits",
            {"account": "COOP", "amount": cents, "debtor": debtor} | ({"note": note} if note else {}) | more,
        )

    def end_day(self, account: str = "COOP") -> list[tuple[str, bytes]]:
        """Let a day pass; the messages that the bank wrote, each with its type."""
        self.ask("/_mock/advance?days=1")
        messages = self.ask("/_mock/mailbox", method="GET")
        return [(each["type"], each["body"].encode()) for each in messages if each["account"] == account]


@pytest.fixture
def bank() -> Iterator[Bank]:
    """A fresh bank on the 18th, with an account of ours in dollars."""
    server = make_server(Config(port=0, quiet=True, clock="2026-11-18T09:00"))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    mock = Bank(f"http://127.0.0.1:{server.server_address[1]}")
    mock.ask("/_mock/accounts", {"id": "COOP", "name": "Cooperative", "iban": OWN, "currency": "USD"})
    yield mock
    server.shutdown()
    server.server_close()
    thread.join()
