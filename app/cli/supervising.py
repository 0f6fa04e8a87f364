"""Keeps several processes of Costake running as one: starts them, starts again what dies, stops them together.

A child holds the reading end of a pipe. The first byte is its leave to begin, which lets it load while the database
is being made ready; the pipe's end means that the supervisor is gone, however it went, and the child stops.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

log = structlog.stdlib.get_logger("costake")

GRACE_SECONDS = 15.0  # for the request and the job at hand
STEADY_SECONDS = 10.0  # whoever lived that long starts again at once
PATIENCE_SECONDS = 10.0  # of those that may wait
TRIES_AT_START = 3  # before giving up on what has never yet worked
TICK_SECONDS = 0.05


@dataclass
class Child:
    """A process to keep running: its name, the arguments of `costake`, and descriptors to hand on.

    One that may wait is started when the others work, so that the first page is not held up by it.
    """

    name: str
    arguments: list[str]
    descriptors: tuple[int, ...] = ()
    may_wait: bool = False
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    failures: int = 0
    due: float = 0.0

    def start(self, *, at_once: bool) -> None:
        """Start the process; `at_once` gives it leave to begin."""
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited: at Ctrl-C the supervisor stops its children
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", *self.arguments],
                stdin=subprocess.PIPE,
                pass_fds=self.descriptors,
            )
        finally:
            signal.signal(signal.SIGINT, before)
        self.started = time.monotonic()
        log.info("process started", process=self.name, pid=self.process.pid)
        if at_once:
            self.begin()

    def begin(self) -> None:
        """Give leave to begin."""
        assert self.process is not None
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has died; the next look finds that

    def look(self) -> None:
        """Start the process again if it ended, after a while that grows when it keeps ending early."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self.failures = 0 if now - self.started > STEADY_SECONDS else self.failures + 1
            wait = 0.0 if self.failures <= 1 else min(0.5 * 2 ** (self.failures - 2), 30.0)
            log.warning("process ended", process=self.name, status=self.process.returncode, again_in_seconds=wait)
            self.process, self.due = None, now + wait
        if self.process is None and now >= self.due:
            self.start(at_once=True)


@dataclass
class Supervisor:
    """The children, whether they have ever worked, and whether all shall stop."""

    children: list[Child]
    stopping: threading.Event = field(default_factory=threading.Event)
    works: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Take the signals that ask to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())

    def start(self) -> None:
        """Start those that may not wait, to load and then wait for leave."""
        for child in self.children:
            if not child.may_wait:
                child.start(at_once=False)

    def run(self, every_other_second: Callable[[], object]) -> int:
        """Give leave, and keep all running until asked to stop; the exit status: 0, or 1 if one never worked."""
        for child in self.children:
            if not child.may_wait:
                child.begin()
        due = begun = time.monotonic()
        while not self.stopping.wait(TICK_SECONDS):
            waited = self.works.is_set() or time.monotonic() > begun + PATIENCE_SECONDS
            for child in self.children:
                if waited or not child.may_wait:
                    child.look()
            if not self.works.is_set() and any(child.failures >= TRIES_AT_START for child in self.children):
                return 1
            if time.monotonic() > due:
                every_other_second()
                due = time.monotonic() + 2
        return 0

    def stop(self) -> None:
        """Ask every child to stop, wait, and end those that do not."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def await_leave() -> None:
    """In a child: wait for leave to begin; from then on stop when the supervisor is gone."""
    if not os.read(0, 1):
        sys.exit(0)
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)
