"""Deliveries of events to the endpoints: signed, and late, twice, out of order or lost where that is asked for."""

import asyncio
import json
import random
from collections import deque
from typing import Any
from urllib.parse import urlsplit

import stripe

from app.core import clock
from app.stripedouble.books import Books, event_body
from app.stripedouble.errors import Thing
from app.stripedouble.events import wants

KEPT = 20_000  # deliveries in the log
DEFAULTS: Thing = {
    "delay": 0,  # seconds of the real clock before the first try
    "jitter": 0,  # up to so many more seconds, by which deliveries overtake each other
    "duplicate": 0,  # the share that is delivered twice
    "lose": 0,  # the share that never leaves
    "retries": 3,
    "retry_after": 0.5,  # doubled at each try
    "timeout": 10,
    "at_once": 4,  # deliveries under way at the same time
    "paused": False,
    "seed": 0,
}


class Deliveries:
    """The queue of deliveries and their log; runs in the event loop of the server."""

    def __init__(self) -> None:
        self.settings = dict(DEFAULTS)
        self.log: deque[Thing] = deque(maxlen=KEPT)
        self.waiting: deque[Thing] = deque()
        self.under_way = 0
        self._chance = random.Random(0)  # noqa: S311  # repeatable on purpose
        self._number = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def set(self, changes: Thing) -> None:
        """Change the settings; a seed begins the row of chances anew."""
        self.settings |= changes
        if "seed" in changes:
            self._chance = random.Random(changes["seed"])  # noqa: S311  # repeatable on purpose
        self.start()

    def event(self, books: Books, event: Thing) -> None:
        """Put an event on its way to every endpoint that wants it."""
        for endpoint in books.tables["webhook_endpoint"].all():
            if endpoint["status"] == "enabled" and wants(endpoint["enabled_events"], event["type"]):
                event["pending"] = event.get("pending", 0) + 1
                if self._chance.random() < self.settings["lose"]:
                    self._note(books, event, endpoint, status="lost")
                    continue
                twice = self._chance.random() < self.settings["duplicate"]
                for _ in range(1 + twice):
                    self.send(books, event, endpoint)

    def send(self, books: Books, event: Thing, endpoint: Thing) -> Thing:
        """Queue one delivery."""
        made = self._note(books, event, endpoint, status="waiting")
        made["wait"] = self.settings["delay"] + self._chance.random() * self.settings["jitter"]
        self.waiting.append(made)
        self.start()
        return made

    def _note(self, books: Books, event: Thing, endpoint: Thing, status: str) -> Thing:
        self._number += 1
        made: Thing = {
            "id": f"wd_{self._number}",
            "event": event["id"],
            "type": event["type"],
            "endpoint": endpoint["id"],
            "url": endpoint["url"],
            "status": status,
            "tries": [],
            "books": books,
        }
        self.log.append(made)
        return made

    def start(self) -> None:
        """Begin as many deliveries as may be under way at once."""
        while self.waiting and not self.settings["paused"] and self.under_way < self.settings["at_once"]:
            delivery = self.waiting.popleft()
            self.under_way += 1
            task = asyncio.get_running_loop().create_task(self._deliver(delivery))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Thing) -> None:
        try:
            if delivery["wait"]:
                await self._rest(delivery["wait"])
            await self._try(delivery)
        finally:
            self.under_way -= 1
            self.start()

    async def _rest(self, seconds: float) -> None:
        """Wait, and let others go ahead meanwhile."""
        self.under_way -= 1
        self.start()
        await asyncio.sleep(seconds)
        self.under_way += 1

    async def _try(self, delivery: Thing) -> None:
        books: Books = delivery["books"]
        event = books.get("event", delivery["event"])
        endpoint = books.tables["webhook_endpoint"].get(delivery["endpoint"])
        if endpoint is None:
            delivery["status"] = "dropped"
            return
        body = json.dumps(event_body(event), indent=2)
        secret = books.hidden[endpoint["id"]]["secret"]
        for turn in range(1 + self.settings["retries"]):
            if turn:
                await self._rest(self.settings["retry_after"] * 2 ** (turn - 1))
            signed = int(clock.now().timestamp())
            header = stripe.WebhookSignature.generate_signature_header(body, secret, timestamp=signed)
            try:
                answered: int | str = await asyncio.wait_for(
                    post(endpoint["url"], body, header), self.settings["timeout"]
                )
            except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
                answered = type(error).__name__
            delivery["tries"].append({"at": signed, "answer": answered})
            if isinstance(answered, int) and 200 <= answered < 300:
                delivery["status"] = "delivered"
                event["pending"] = max(0, event.get("pending", 0) - 1)
                return
        delivery["status"] = "failed"

    def quiet(self) -> bool:
        """Whether nothing is on its way."""
        return not self._tasks and not self.waiting

    def shown(self) -> list[Thing]:
        """The log, the oldest first."""
        return [{key: value for key, value in each.items() if key not in ("books", "wait")} for each in self.log]


async def post(url: str, body: str, signature: str) -> int:
    """Send one delivery over a connection of its own; answers the HTTP status."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
    try:
        content = body.encode()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\n"
            f"Content-Type: application/json; charset=utf-8\r\nContent-Length: {len(content)}\r\n"
            f"Stripe-Signature: {signature}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + content)
        await writer.drain()
        words: list[Any] = (await reader.readline()).split()
        await reader.read(65_536)
        return int(words[1]) if len(words) > 1 else 0
    finally:
        writer.close()
