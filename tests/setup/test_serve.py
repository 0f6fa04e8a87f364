"""`costake serve` from outside: it answers, mends what is killed, leaves nothing behind, and refuses in words."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
COSTAKE = [sys.executable, "-m", "app.cli"]
SECONDS = 60  # for anything that must happen; a machine may be busy


def environment(var: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COSTAKE_", "DATABASE_URL"))}
    return {**kept, "COSTAKE_VAR": str(var), "COSTAKE_LOG_FORMAT": "json"}


def lives(number: int) -> bool:
    """Whether a process runs: one that is dead but not yet buried does not."""
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes() != b""
    except OSError:
        return False


def until(happened, what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline, f"{what} did not happen"
        threading.Event().wait(0.02)


class Serving:
    """A running `costake serve`: its address, and its processes by what they said of themselves."""

    def __init__(self, var: Path) -> None:
        self.var, self.said = var, []
        self.process = subprocess.Popen(
            [*COSTAKE, "serve", "--port", "0"],
            cwd=ROOT,
            env=environment(var),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.listening = threading.Thread(target=self._listen)
        self.listening.start()
        late = threading.Timer(SECONDS, self.process.kill)
        late.start()
        for line in iter(self.process.stdout.readline, ""):
            if line.startswith("Costake is at "):
                late.cancel()
                self.address = line.split()[3]
                until(lambda: self.numbers("worker"), "the worker's start")
                return
        late.cancel()
        self.listening.join()
        raise AssertionError("it did not start: " + "".join(self.said))

    def _listen(self) -> None:
        for line in iter(self.process.stderr.readline, ""):
            self.said.append(line)

    def numbers(self, name: str) -> list[int]:
        """Process numbers of all that were started under a name, the running one last."""
        events = [json.loads(line) for line in list(self.said) if line.startswith("{")]
        return [each["pid"] for each in events if each["event"] == "process started" and each["process"] == name]

    def health(self) -> int:
        with urllib.request.urlopen(f"{self.address}/health", timeout=SECONDS) as answer:
            return answer.status

    def database(self) -> int:
        return int((self.var / "postgres" / "postmaster.pid").read_text().split()[0])

    def everything(self) -> list[int]:
        return [self.process.pid, self.database(), *self.numbers("web"), *self.numbers("worker")]

    def end(self, number: int) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(SECONDS)
        self.listening.join(SECONDS)
        self.process.stdout.close()
        return status


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="costake-") as folder:
        yield Path(folder) / "var"


@pytest.fixture(scope="module")
def serving(var: Path) -> Iterator[Serving]:
    """One for all tests that kill its parts; those that count every process come before it is started."""
    running = Serving(var)
    yield running
    running.end(signal.SIGTERM)


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_leaves_nothing_running(var, asked):
    serving = Serving(var)
    assert serving.health() == 200
    processes = serving.everything()
    assert len(processes) == 4
    assert serving.end(asked) == 0
    assert [number for number in processes if lives(number)] == []
    assert [line for line in serving.said if "Traceback" in line] == []


def test_a_killed_supervisor_leaves_no_orphans_and_the_next_start_works(var):
    serving = Serving(var)
    processes = serving.everything()
    serving.end(signal.SIGKILL)
    until(lambda: not any(map(lives, processes)), "the end of all processes")
    following = Serving(var)
    assert following.health() == 200
    assert following.end(signal.SIGTERM) == 0


def test_a_killed_web_server_is_replaced_and_no_request_is_refused(serving):
    killed = serving.numbers("web")
    os.kill(killed[-1], signal.SIGKILL)
    until(lambda: not lives(killed[-1]), "the kill")
    assert serving.health() == 200
    assert len(serving.numbers("web")) == len(killed) + 1


def test_a_killed_worker_is_replaced(serving):
    killed = serving.numbers("worker")
    os.kill(killed[-1], signal.SIGKILL)
    until(lambda: len(serving.numbers("worker")) > len(killed), "a new worker")
    assert lives(serving.numbers("worker")[-1])


def test_a_killed_database_is_started_again(serving):
    killed = serving.database()
    os.kill(killed, signal.SIGKILL)
    until(lambda: (serving.var / "postgres/postmaster.pid").exists() and serving.database() != killed, "a new database")
    until(lambda: lives(serving.database()), "the new database's start")
    until(lambda: well(serving), "a healthy answer")


def well(serving: Serving) -> bool:
    try:
        return serving.health() == 200
    except OSError:
        return False


def refused(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory(prefix="costake-") as folder:
        return subprocess.run(
            [*COSTAKE, *arguments],
            cwd=ROOT,
            env={**environment(Path(folder)), **variables},
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )


def test_a_port_in_use_is_said_before_anything_is_started():
    with socket.create_server(("127.0.0.1", 0)) as other:
        answer = refused("serve", "--port", str(other.getsockname()[1]))
    assert answer.returncode == 2
    assert "is in use" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_settings_that_cannot_be_used_are_said():
    answer = refused("serve", "--port", "0", COSTAKE_BASE_URL="http://shares.example.org")
    assert answer.returncode == 2
    assert "COSTAKE_BASE_URL must begin with https://" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_database_that_cannot_be_reached_is_said():
    answer = refused("migrate", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert answer.returncode == 2
    assert "cannot be reached" in answer.stderr
    assert "Traceback" not in answer.stderr
