"""The private PostgreSQL server under `var`, for whoever gives no DATABASE_URL.

Every process that uses it holds a shared lock, which the system takes back from a process that dies; the last to
leave stops the server. What a killed process or a killed server left behind is put right by the next to come.
"""

import atexit
import fcntl
import hashlib
import logging
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any
from urllib.parse import quote

import psycopg

from app.core import postgres_programs
from app.core.errors import N_, Refusal

log = logging.getLogger(__name__)

SETTINGS = {
    "listen_addresses": "",  # only the socket, which only its owner can open
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # neither rows nor values in the server's log: they are personal data
    "log_min_error_statement": "panic",
}
_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_MAX = 103  # bytes; the shortest limit among the systems we know
_START_TRIES = 30
_START_SECONDS = 300  # after a crash the server first reads its journal


class NotYours(Refusal):
    """The folder belongs to another account of the system."""

    message = N_("The database in {folder} belongs to the account {owner}. Run Costake as {owner}, or set COSTAKE_VAR.")


class OtherVersion(Refusal):
    """The folder was made by another major version of PostgreSQL."""

    message = N_("The database in {folder} was made by PostgreSQL {found}, but version {version} is installed.")


class NotADatabase(Refusal):
    """The folder holds something else."""

    message = N_("The folder {folder} is not empty and holds no database. Move it away, or set COSTAKE_VAR.")


class DidNotStart(Refusal):
    """The server could not be made, or ended while starting."""

    message = N_("The private database did not start. Its last words: {lines}")
    status = 503


_shares: dict[Path, int] = {}  # this process's share in each server: the descriptor that holds the lock
_threads = RLock()


def private_server(folder: Path) -> str:
    """Start or join the server whose files are in `folder`; its address, good until this process ends or leaves."""
    folder = folder.absolute()
    with _threads:
        if folder not in _shares:
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _alone(folder):
                _run(folder)
                share = os.open(_beside(folder, "users"), os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(share, fcntl.LOCK_SH)
            _shares[folder] = share
            atexit.register(leave, folder)
        return _address(folder, "costake")


def leave(folder: Path) -> None:
    """Give up this process's share in the server; the last to leave stops it. Harmless when repeated."""
    folder = folder.absolute()
    with _threads:
        share = _shares.pop(folder, None)
        if share is None:
            return
        try:
            with _alone(folder):
                fcntl.flock(share, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _control(folder, "stop", "--mode=fast")
                if _socket_folder(folder) != folder:
                    _socket_folder(folder).rmdir()
        except OSError:
            pass  # others still use it, or everything was deleted
        finally:
            os.close(share)


def revive(folder: Path) -> bool:
    """Start the server again if it died while this process uses it; whether it had died."""
    folder = folder.absolute()
    with _threads:
        if folder not in _shares or _answers(folder):
            return False
        with _alone(folder):
            _run(folder)
        return True


@contextmanager
def temporary_server() -> Iterator[str]:
    """A server of one's own for the length of a check or a measurement; its address."""
    with tempfile.TemporaryDirectory(prefix="costake-") as parent:
        folder = Path(parent) / "postgres"
        try:
            yield private_server(folder)
        finally:
            leave(folder)


def as_superuser(address: str) -> str:
    """The same private server and database as its superuser, for proofs that rows cannot be falsified unseen."""
    return address.replace("//costake@", "//postgres@", 1)


def _run(folder: Path) -> None:
    """Bring the server up from whatever state it is in, with its database. Called by one process at a time."""
    if not _answers(folder):
        _initialise(folder)
        _clear(folder)
        postgres_programs.let_pass(folder)
        _start(folder)
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with psycopg.connect(_address(folder, "postgres"), dbname="postgres", autocommit=True) as connection:
                return _furnish(connection)
        except psycopg.OperationalError:  # whoever started it was killed, and it still reads its journal
            if time.monotonic() > deadline or not _answers(folder):
                raise DidNotStart(lines=_last_words(folder)) from None
            time.sleep(0.02)


def _start(folder: Path) -> None:
    place = _socket_folder(folder)
    options = (f"--log={folder / 'server.log'}", f"--options=-k '{place}'")
    for last in (False,) * _START_TRIES + (True,):
        if _control(folder, "start", *options, complain=last):
            return
        time.sleep(0.2)  # what a killed server was doing may take a moment to end


def _initialise(folder: Path) -> None:
    """Make the server's files, unless they are there; refuse those that this program cannot use."""
    if (folder / "PG_VERSION").exists():
        found = (folder / "PG_VERSION").read_text().strip()
        if found != str(postgres_programs.version()):
            raise OtherVersion(folder=folder, found=found, version=postgres_programs.version())
        return
    if folder.exists() and any(folder.iterdir()):
        raise NotADatabase(folder=folder)
    draft = _beside(folder, "new")  # renamed when whole, so that a half-made database is never taken for one
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    postgres_programs.hand_over(draft)
    postgres_programs.let_pass(draft)
    options = ["--username=postgres", "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale=C"]
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options += [f"--set={name}={value}" for name, value in SETTINGS.items()]
    made = postgres_programs.call(draft, "initdb", f"--pgdata={draft}", *options)
    if made.returncode != 0:
        raise DidNotStart(lines=made.stdout[-500:])
    draft.rename(folder)


def _furnish(connection: "psycopg.Connection[Any]") -> None:
    """Make the role and the database that Costake uses: it owns its tables, but not the server."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'costake'").fetchone():
        connection.execute("CREATE ROLE costake LOGIN CREATEDB")
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'costake'").fetchone():
        connection.execute("CREATE DATABASE costake OWNER costake")


def _clear(folder: Path) -> None:
    """Clear away a server that no longer answers: one that was killed, or one whose socket was removed."""
    lines = _pid_file(folder)
    if lines and _is_server(lines[0], folder):
        _control(folder, "stop", "--mode=fast")
    elif lines:  # else a new process of the same number, or the dead one not yet buried, would pass for the server
        (folder / "postmaster.pid").unlink()
        for left in (_SOCKET, f"{_SOCKET}.lock"):
            (_socket_folder(folder) / left).unlink(missing_ok=True)


def _control(folder: Path, *arguments: str, complain: bool = True) -> bool:
    """Start or stop the server and wait until it did; whether it did."""
    options = ("--silent", "--wait", f"--timeout={_START_SECONDS}", f"--pgdata={folder}")
    called = postgres_programs.call(folder, "pg_ctl", *options, *arguments)
    if called.returncode != 0 and complain:
        log.warning("pg_ctl %s: %s", arguments[0], called.stdout)
    return called.returncode == 0


def _pid_file(folder: Path) -> list[str]:
    """Lines of the running server's note: its process number first, its socket's folder fifth."""
    try:
        return (folder / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []
    except PermissionError:
        raise NotYours(folder=folder, owner=pwd.getpwuid(folder.stat().st_uid).pw_name) from None


def _is_server(pid: str, folder: Path) -> bool:
    """Whether the process of this number runs on this folder; a dead one not yet buried does not."""
    if Path("/proc/self/cmdline").exists():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
    else:
        command = subprocess.run(["ps", "-o", "command=", "-p", pid], capture_output=True, check=False).stdout
    return os.fsencode(folder) in command


def _answers(folder: Path) -> bool:
    """Whether the server lives and listens: what a killed one was doing may hold its socket open a while longer."""
    lines = _pid_file(folder)
    if len(lines) < 5 or not _is_server(lines[0], folder):
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(f"{lines[4]}/{_SOCKET}")
        except OSError:
            return False
    return True


def _address(folder: Path, user: str) -> str:
    lines = _pid_file(folder)
    place = lines[4] if len(lines) > 4 else str(folder)
    return f"postgresql://{user}@/costake?host={quote(place, safe='')}&port=5432"


def _socket_folder(folder: Path) -> Path:
    """Where the socket goes: beside the data, or in a short folder of the account's own when that path is too long."""
    if len(os.fsencode(folder / _SOCKET)) <= _SOCKET_PATH_MAX and "'" not in str(folder) and "," not in str(folder):
        return folder
    owner = postgres_programs.owner_of_server(folder)
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    place = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp") / f"costake-{owner}-{name}"  # noqa: S108 - checked below
    try:
        place.mkdir(mode=0o700)
        postgres_programs.hand_over(place)
    except FileExistsError:
        found = place.lstat()
        if found.st_uid != owner or found.st_mode & 0o77 or place.is_symlink():
            raise NotYours(folder=place, owner=found.st_uid) from None
    return place


def _last_words(folder: Path) -> str:
    try:
        return (folder / "server.log").read_text(errors="replace").strip()[-500:]
    except OSError:
        return "–"


def _beside(folder: Path, suffix: str) -> Path:
    return folder.with_name(f"{folder.name}.{suffix}")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time starts, joins, leaves or stops a server."""
    try:
        lock = os.open(_beside(folder, "lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        raise NotYours(folder=folder, owner=pwd.getpwuid(folder.parent.stat().st_uid).pw_name) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
