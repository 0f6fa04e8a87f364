"""What one account of the double holds: its objects with their indices, its events, and what falls due later."""

import heapq
import itertools
import json
import secrets
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any

import stripe

from app.core import clock
from app.stripedouble.errors import Thing, missing
from app.stripedouble.packing import Packer
from app.stripedouble.shapes import KINDS, rendered

DAY = 86_400
EVENT_DAYS = 30
Act = Callable[["Books", str], None]
PACKER = Packer()  # of the snapshots in events
ACTS: dict[str, Act] = {}  # what can fall due, by name, so that a state file can hold it


def due(act: Act) -> Act:
    """Name an act that may be put off with `Books.later`."""
    ACTS[act.__name__] = act
    return act


class Clock:
    """The virtual clock: the real one, and what has been added to it."""

    def __init__(self) -> None:
        self.ahead = 0

    def now(self) -> int:
        """The present second."""
        return int(clock.now().timestamp()) + self.ahead


class Table:
    """The objects of one kind in the order of their making, found by id and by the fields that lists filter by."""

    def __init__(self, indexed: tuple[str, ...]) -> None:
        self.rows: list[Thing | None] = []
        self.made: list[int] = []
        self.place: dict[str, int] = {}
        self.by: dict[str, dict[Any, list[int]]] = {field: defaultdict(list) for field in indexed}

    def add(self, row: Thing) -> None:
        """Keep a new object."""
        place = self.place[row["id"]] = len(self.rows)
        self.rows.append(row)
        self.made.append(row.get("created", 0))
        for field, index in self.by.items():
            if row.get(field) is not None:
                index[row[field]].append(place)

    def get(self, identifier: str) -> Thing | None:
        """The object of an id."""
        place = self.place.get(identifier)
        return None if place is None else self.rows[place]

    def change(self, row: Thing, fields: Thing) -> None:
        """Change fields of an object, and move it in the indices."""
        for field, index in self.by.items():
            if field in fields and fields[field] != row.get(field):
                place = self.place[row["id"]]
                if row.get(field) is not None:
                    index[row[field]].remove(place)
                if fields[field] is not None:
                    insort(index[fields[field]], place)
        row.update(fields)

    def drop(self, identifier: str) -> None:
        """Forget an object."""
        place = self.place.pop(identifier)
        row = self.rows[place]
        assert row is not None
        self.change(row, dict.fromkeys(self.by))
        self.rows[place] = None

    def all(self) -> Iterator[Thing]:
        """Every object, the oldest first."""
        return (row for row in self.rows if row is not None)

    def places(self, field: str | None, value: Any) -> Any:
        """Where the objects lie that have this value of an indexed field; without a field, all places."""
        return range(len(self.rows)) if field is None else self.by[field].get(value, [])

    def between(self, places: Any, least: int, most: int) -> tuple[int, int]:
        """The part of `places` whose objects were made in these seconds, both included."""
        first, last = bisect_left(self.made, least), bisect_right(self.made, most)
        return bisect_left(places, first), bisect_left(places, last)


class Books:
    """One account: what a key of its own sees."""

    def __init__(self, account: str, clock: Clock, base: Callable[[], str]) -> None:
        self.account, self.clock, self.base = account, clock, base
        self.tables = {name: Table(kind.indexed) for name, kind in KINDS.items()}
        self.hidden: dict[str, Thing] = {}  # what Stripe knows of an object and does not answer
        self.due: list[tuple[int, int, str, str]] = []
        self.settings: Thing = {"payouts": "daily", "us_bank_account_days": 4, "sepa_debit_days": 5}
        self.request: tuple[str | None, str | None] = (None, None)
        self.uploaded = b""  # the file in the request at hand
        self.on_event: Callable[[Books, Thing], None] = lambda books, event: None
        self.balance: dict[str, dict[str, int]] = {"available": defaultdict(int), "pending": defaultdict(int)}
        self.unpaid: dict[str, list[str]] = defaultdict(list)  # available transactions that no payout holds yet
        self._seed, self._number, self._turn = secrets.token_bytes(16), itertools.count(1), itertools.count(1)

    def name(self, prefix: str) -> str:
        """A new id."""
        return f"{prefix}_{blake2b(b'%d' % next(self._number), key=self._seed, digest_size=12).hexdigest()}"

    def new(self, kind: str, prefix: str | None = None, **fields: Any) -> Thing:
        """Make an object; nothing is told of it yet."""
        row: Thing = {"id": self.name(prefix or KINDS[kind].prefix), "object": kind, "created": self.clock.now()}
        row.update(fields)
        self.tables[kind].add(row)
        return row

    def change(self, row: Thing, **fields: Any) -> Thing:
        """Change an object."""
        self.tables[row["object"]].change(row, fields)
        return row

    def get(self, kind: str, identifier: str | None) -> Thing:
        """An object that is known to be there."""
        row = self.tables[kind].get(identifier or "")
        assert row is not None, f"no {kind} {identifier}"
        return row

    def find(self, kind: str, identifier: str, param: str | None = None) -> Thing:
        """An object that a request names, or Stripe's 404."""
        row = self.tables[kind].get(identifier)
        if row is None:
            noun = KINDS[kind].noun or kind
            raise missing(noun, identifier, param or "id")
        return row

    def later(self, seconds: int, act: Act, identifier: str) -> None:
        """Have an act done to an object when the virtual clock has gone on by so many seconds."""
        assert act.__name__ in ACTS
        heapq.heappush(self.due, (self.clock.now() + seconds, next(self._turn), act.__name__, identifier))

    def skip_turns(self, last: int) -> None:
        """Go on counting behind what was put off in an earlier run."""
        self._turn = itertools.count(last + 1)

    def next_due(self) -> int | None:
        """When the next act is due."""
        return self.due[0][0] if self.due else None

    def do_next(self) -> None:
        """Do what is due first."""
        _, _, act, identifier = heapq.heappop(self.due)
        ACTS[act](self, identifier)

    def happened(self, name: str, thing: Thing, previous: Thing | None = None) -> None:
        """Tell an event of an object as it is now; `previous` are the values before of what changed."""
        snapshot = PACKER.pack(name, json.dumps(thing, separators=(",", ":")).encode())
        event = self.new("event", type=name, snapshot=snapshot, request=self.request)
        if previous is not None:
            event["previous"] = previous
        self.on_event(self, event)


def event_body(event: Thing) -> Thing:
    """An event as it is answered and delivered."""
    data: Thing = {"object": rendered(json.loads(PACKER.unpack(event["type"], event["snapshot"])))}
    if "previous" in event:
        data["previous_attributes"] = event["previous"]
    request, key = event["request"]
    return {
        "id": event["id"],
        "object": "event",
        "api_version": stripe.api_version,
        "created": event["created"],
        "data": data,
        "livemode": False,
        "pending_webhooks": event.get("pending", 0),
        "request": {"id": request, "idempotency_key": key},
        "type": event["type"],
    }
