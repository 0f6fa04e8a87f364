"""A file that keeps what the double holds from one run to the next; only rows, never code."""

import json
import os
from collections import defaultdict
from pathlib import Path

from app.stripedouble.books import PACKER, Books
from app.stripedouble.double import Double
from app.stripedouble.errors import Thing


def save(double: Double, path: str) -> None:
    """Write everything that is held, as JSON; the file is whole or not there."""
    accounts = {key: _held(books) for key, (books, _) in double.accounts.items()}
    draft = Path(f"{path}.draft")
    draft.write_text(json.dumps({"ahead": double.clock.ahead, "accounts": accounts}))
    draft.chmod(0o600)
    os.replace(draft, path)


def load(double: Double, path: str) -> None:
    """Read what an earlier run has written, if there is such a file; idempotency keys are not kept."""
    if not Path(path).exists():
        return
    found = json.loads(Path(path).read_text())
    double.clock.ahead = found["ahead"]
    for key, held in found["accounts"].items():
        books, _ = double.books(key)
        for kind, rows in held["rows"].items():
            for row in rows:
                books.tables[kind].add(_read(kind, row))
        books.hidden, books.settings = held["hidden"], held["settings"]
        books.due = [(at, turn, act, identifier) for at, turn, act, identifier in held["due"]]
        books.balance = {name: defaultdict(int, amounts) for name, amounts in held["balance"].items()}
        books.unpaid = defaultdict(list, held["unpaid"])
        books.skip_turns(max((turn for _, turn, _, _ in books.due), default=0))


def _held(books: Books) -> Thing:
    return {
        "rows": {kind: [_written(kind, row) for row in table.all()] for kind, table in books.tables.items()},
        "hidden": books.hidden,
        "settings": books.settings,
        "due": books.due,
        "balance": books.balance,
        "unpaid": books.unpaid,
    }


def _written(kind: str, row: Thing) -> Thing:
    return row | {"snapshot": PACKER.unpack(row["type"], row["snapshot"]).decode()} if kind == "event" else row


def _read(kind: str, row: Thing) -> Thing:
    if kind != "event":
        return row
    return row | {"snapshot": PACKER.pack(row["type"], row["snapshot"].encode()), "request": tuple(row["request"])}
