"""The private PostgreSQL: shared by processes, stopped by the last, and put right after any kill."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.core import postgres

ROOT = Path(__file__).resolve().parents[2]
USER = """
import sys
from pathlib import Path
from app.core.postgres import private_server
print(private_server(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""
USERS: "list[User]" = []


class User:
    """Another process that uses the server until it is let go or killed."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, folder], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        USERS.append(self)

    @property
    def address(self) -> str:
        if not hasattr(self, "_address"):
            self._address = self.process.stdout.readline().strip()
        return self._address

    def started(self) -> "User":
        assert self.address.startswith("postgresql://")
        return self

    def let_go(self) -> None:
        self.process.communicate("")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder whose path is short, as that of a clone is."""
    with tempfile.TemporaryDirectory(prefix="costake-") as folder:
        yield Path(folder)


@pytest.fixture
def folder(place: Path) -> Iterator[Path]:
    """The data of a server, made once for this file, that no test leaves running."""
    yield place / "postgres"
    while USERS:
        USERS.pop().kill()
    postgres.private_server(place / "postgres")
    postgres.leave(place / "postgres")
    assert not running(place / "postgres")


def running(folder: Path) -> int | None:
    """The number of the server's process."""
    try:
        number = int((folder / "postmaster.pid").read_text().split()[0])
    except (OSError, IndexError):
        return None
    return number if lives(number) else None


def lives(number: int) -> bool:
    """Whether a process runs: one that is dead but not yet buried does not."""
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes() != b""
    except OSError:
        return False


def kill(number: int) -> None:
    os.kill(number, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while lives(number) and time.monotonic() < deadline:
        pass
    assert not lives(number)


def ask(address: str, question: str) -> object:
    with psycopg.connect(address, autocommit=True) as connection:
        return connection.execute(question).fetchone()[0]


def test_it_serves_costakes_own_database_and_role(folder):
    address = postgres.private_server(folder)
    assert ask(address, "SELECT current_user || '@' || current_database()") == "costake@costake"
    assert ask(address, "SELECT current_setting('fsync') || current_setting('synchronous_commit')") == "onon"
    assert ask(address, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert ask(postgres.as_superuser(address), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is True
    postgres.leave(folder)


def test_only_its_owner_can_open_the_socket(folder):
    postgres.private_server(folder)
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / ".s.PGSQL.5432").stat().st_mode & 0o077 == 0
    postgres.leave(folder)


def test_the_last_process_to_leave_stops_it(folder):
    first, second = User(folder).started(), User(folder).started()
    server = running(folder)
    first.let_go()
    assert running(folder) == server
    assert ask(second.address, "SELECT 1") == 1
    second.let_go()
    assert running(folder) is None


def test_a_killed_process_neither_stops_it_nor_keeps_it_running(folder):
    killed, other = User(folder).started(), User(folder).started()
    killed.kill()
    assert ask(other.address, "SELECT 1") == 1
    other.let_go()
    assert running(folder) is None


def test_a_server_whose_processes_were_all_killed_is_joined_and_stopped_by_the_next(folder):
    only = User(folder).started()
    server = running(folder)
    only.kill()
    following = User(folder).started()
    assert running(folder) == server
    following.let_go()
    assert running(folder) is None


def test_a_killed_server_starts_again_with_everything_committed(folder):
    user = User(folder).started()
    with psycopg.connect(user.address) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    kill(running(folder))
    following = User(folder).started()
    assert ask(following.address, "SELECT number FROM kept") == 42
    following.let_go()
    user.let_go()


def test_a_process_that_uses_it_can_start_a_killed_server_again(folder):
    address = postgres.private_server(folder)
    assert postgres.revive(folder) is False
    kill(running(folder))
    assert postgres.revive(folder) is True
    assert ask(address, "SELECT 1") == 1
    postgres.leave(folder)


def test_the_note_of_a_dead_server_is_not_taken_for_another_process_of_its_number(folder):
    lines = [str(os.getpid()), str(folder), "1", "5432", str(folder), "", "0 0", "ready"]
    (folder / "postmaster.pid").write_text("\n".join(lines))
    user = User(folder).started()
    assert ask(user.address, "SELECT 1") == 1
    user.let_go()


def test_two_that_start_at_once_share_one(folder):
    first, second = User(folder), User(folder)
    assert first.address == second.address
    assert ask(first.address, "SELECT 1") == 1
    first.let_go()
    second.let_go()
    assert running(folder) is None


def test_a_path_longer_than_a_sockets_may_be_works(place):
    folder = place / ("long" * 20) / ("and a half, 'quoted' " * 3) / "postgres"
    user = User(folder).started()
    assert ask(user.address, "SELECT 1") == 1
    user.let_go()
    assert running(folder) is None
    shutil.rmtree(place / ("long" * 20))


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "thesis.txt").write_text("mine")
    with pytest.raises(postgres.NotADatabase, match="holds no database"):
        postgres.private_server(tmp_path / "postgres")
    assert (tmp_path / "postgres" / "thesis.txt").read_text() == "mine"


def test_a_database_of_another_version_is_refused(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(postgres.OtherVersion, match="PostgreSQL 12"):
        postgres.private_server(tmp_path / "postgres")
