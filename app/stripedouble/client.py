"""The client of the control interface: what tests and the demonstration ask of a double that runs."""

import subprocess
import time
from typing import Any

import requests

from app.stripedouble.errors import Thing

DAY = 86_400


class Control:
    """Asks a double for time, faults, deliveries and its books; `base` is its address."""

    def __init__(self, base: str, process: subprocess.Popen[bytes] | None = None) -> None:
        self.base, self.process = base, process
        self._session = requests.Session()
        self._session.trust_env = False  # never through a proxy

    def ask(self, method: str, path: str, /, **said: Any) -> Any:
        """One request of the control interface; raises `ValueError` with what it says when it refuses."""
        answer = self._session.request(method, f"{self.base}/_double{path}", json=said, timeout=60)
        found = answer.json()
        if answer.status_code != 200:
            raise ValueError(found["error"]["message"])
        return found

    def await_start(self, seconds: float) -> None:
        """Wait until the double answers."""
        until = time.monotonic() + seconds
        while True:
            try:
                self.ask("GET", "")
                return
            except requests.ConnectionError:
                if time.monotonic() > until or (self.process and self.process.poll() is not None):
                    raise
                time.sleep(0.02)

    def now(self) -> int:
        """The second of the virtual clock."""
        return int(self.ask("GET", "/clock")["now"])

    def advance(self, seconds: int = 0, *, days: int = 0) -> int:
        """Let the virtual clock go on; what falls due happens. Answers the new second."""
        return int(self.ask("POST", "/clock", advance=seconds + days * DAY)["now"])

    def fault(self, do: str, /, **rule: Any) -> None:
        """Have something go wrong; a rule has path, method, contains, times, share: see `app.stripedouble.faults`."""
        self.ask("POST", "/faults", do=do, **rule)

    def no_faults(self) -> None:
        """Have nothing go wrong any more."""
        self.ask("DELETE", "/faults")

    def limits(self, overall: float | None = 100, endpoint: float | None = 25) -> None:
        """Refuse more requests a second than these; None is without limit."""
        self.ask("POST", "/limits", overall=overall, endpoint=endpoint)

    def webhooks(self, **settings: Any) -> Thing:
        """Change how events are delivered, by what `app.stripedouble.webhooks.DEFAULTS` names."""
        found: Thing = self.ask("POST", "/deliveries", **settings)
        return found

    def listen(self, key: str, url: str, secret: str, events: list[str] | None = None) -> Thing:
        """Deliver the events of a key's account to a URL of this machine, signed with a secret that is known."""
        found: Thing = self.ask("POST", "/endpoints", key=key, url=url, secret=secret, events=events or ["*"])
        return found

    def deliveries(self) -> list[Thing]:
        """The log of deliveries, the oldest first."""
        found: list[Thing] = self.ask("GET", "/deliveries")["data"]
        return found

    def await_deliveries(self, seconds: float = 10) -> list[Thing]:
        """Wait until no delivery is on its way; answers the log."""
        until = time.monotonic() + seconds
        while not (answer := self.ask("GET", "/deliveries"))["quiet"]:
            assert time.monotonic() < until, "deliveries are still on their way"
            time.sleep(0.01)
        found: list[Thing] = answer["data"]
        return found

    def redeliver(self, event: str) -> None:
        """Deliver an event once more."""
        self.ask("POST", "/redeliver", event=event)

    def events(self) -> list[Thing]:
        """Every event, the oldest first."""
        found: list[Thing] = self.ask("GET", "/events")["data"]
        return found

    def charges(self) -> list[Thing]:
        """Every successful charge in the double's own books."""
        found: list[Thing] = self.ask("GET", "/books")["data"]
        return found

    def totals(self, key: str) -> dict[str, tuple[int, int]]:
        """Successful charges by the value of a key of their metadata: how many, and their sum in minor units."""
        sums: dict[str, tuple[int, int]] = {}
        for charge in self.charges():
            value = charge["metadata"].get(key, "")
            count, amount = sums.get(value, (0, 0))
            sums[value] = (count + 1, amount + charge["amount"])
        return sums

    def balance(self) -> dict[str, dict[str, int]]:
        """`available`, `pending` and `entered` (the sum of all balance transactions) by currency."""
        found: dict[str, dict[str, int]] = self.ask("GET", "/balance")
        return found

    def close(self) -> None:
        """Let the connection go."""
        self._session.close()
