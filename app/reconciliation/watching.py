"""The watched folder: files of statements that a bank's program leaves there are taken in; what is refused says why."""

from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from app.core import clock
from app.core.database import transaction
from app.core.errors import Refusal
from app.core.settings import settings
from app.reconciliation.accounts import bank_accounts, find_account
from app.reconciliation.reading.records import account_key
from app.reconciliation.taking import TakenAlready, take_file

DONE, REFUSED = "done", "refused"
SETTLED_SECONDS = 10  # since it was written last: before, a program may still be writing it
log = structlog.stdlib.get_logger("costake")


def watch_folder(session: Session) -> int:
    """Take in the files of the folder of `COSTAKE_BANK_FOLDER`, each in a transaction of its own; how many were taken.

    A taken file goes to `done` beside it, a refused one to `refused` with the reason. Statements that came in the wrong
    order are taken in the right one: a file is refused only when no other one was taken before it. A table (CSV) does
    not name its account, so it lies in a folder inside that is called by the account's number.
    """
    folder = settings().bank_folder
    if folder is None or not folder.is_dir():
        return 0
    numbers = {each.number_key: each.id for each in bank_accounts(session)}
    inside = [(each, numbers.get(account_key(each.name))) for each in sorted(folder.iterdir()) if each.is_dir()]
    return _watch(folder, None) + sum(_watch(each, account_id) for each, account_id in inside if account_id is not None)


def _watch(folder: Path, account_id: int | None) -> int:
    taken, waiting = 0, _waiting(folder)
    while waiting:
        refused: dict[Path, Refusal] = {}
        for path in waiting:
            refusal = _take(path, account_id)
            if refusal is None:
                _put_away(path, DONE)
                taken += 1
            else:
                refused[path] = refusal
        if len(refused) == len(waiting):
            for path, refusal in refused.items():
                _put_away(path, REFUSED, refusal.text())
            break
        waiting = list(refused)
    return taken


def _waiting(folder: Path) -> list[Path]:
    """The files that are written to their end, by name."""
    settled = clock.now().timestamp() - SETTLED_SECONDS
    found = (path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
    return sorted(path for path in found if not path.name.startswith(".") and path.stat().st_mtime <= settled)


def _take(path: Path, account_id: int | None) -> Refusal | None:
    try:
        with path.open("rb") as stream, transaction() as session:
            csv_of = find_account(session, account_id) if account_id is not None else None
            take_file(session, stream, path.name, by=None, csv_of=csv_of)
    except TakenAlready:
        return None
    except Refusal as refusal:
        return refusal
    return None


def _put_away(path: Path, where: str, reason: str = "") -> None:
    place = path.parent / where
    place.mkdir(exist_ok=True)
    name, number = place / path.name, 1
    while name.exists():
        number += 1
        name = place / f"{path.stem}-{number}{path.suffix}"
    path.rename(name)
    if reason:
        name.with_name(f"{name.name}.txt").write_text(reason + "\n", encoding="utf-8")
    log.info("bank file", file=name.name, put=where)
