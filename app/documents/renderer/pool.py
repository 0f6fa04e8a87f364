"""The pool of renderer processes: one document at a time each; one that hangs is ended, one that crashed is replaced.

Threads of one process corrupt each other's memory in the library that lays out documents; processes cannot.
"""

import atexit
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from typing import Any

import structlog

from app.core.errors import N_, Refusal
from app.core.settings import ROOT, settings
from app.documents.renderer.frames import Ended, Waited, read_frame, write_frame
from app.documents.renderer.process import OUT_OF_MEMORY

log = structlog.stdlib.get_logger("costake")
DOCUMENTS_EACH = 1_000
"""After so many a process is replaced, so that no leak of a library grows for ever."""


class TookTooLong(Refusal):
    """Laying out took longer than it may."""

    message = N_("The document took longer than {seconds} s to lay out. Make it shorter, or in parts.")
    status = 503


class TookTooMuch(Refusal):
    """Laying out took more memory than it may."""

    message = N_("The document takes more memory to lay out than it may ({mb} MB). Make it shorter, or in parts.")
    status = 503


class RendererFailed(Exception):
    """A renderer refused its work or crashed twice: a programmer's error, told with what the renderer said."""


class _Process:
    """One renderer and its two pipes."""

    def __init__(self) -> None:
        known = ("PATH", "HOME", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "COSTAKE_DOCUMENT_FONTS")
        own = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
        own["COSTAKE_RENDERER_MB"] = str(settings().document_mb)
        self.done = 0
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "app.documents.renderer.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for us: the document at hand is finished first
            env={key: os.environ[key] for key in known if key in os.environ} | own,
        )

    def ask(self, said: dict[str, Any], content: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        write_frame(self.popen.stdin.fileno(), said, content)
        self.done += 1
        return read_frame(self.popen.stdout.fileno(), seconds)

    def end(self, seconds: float) -> int:
        """End it, since nothing it holds is worth keeping; its status, when it ends by itself within some seconds."""
        with suppress(subprocess.TimeoutExpired):
            self.popen.wait(seconds)
        self.popen.kill()
        status = self.popen.wait()
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe is not None:
                pipe.close()
        return status


class Pool:
    """At most `most` processes, started when they are first needed; who comes later waits for one that is free."""

    def __init__(self, most: int) -> None:
        """Start nothing yet."""
        self._free: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        self._all: set[_Process] = set()
        self._lock = threading.Lock()
        for _ in range(most):
            self._free.put(None)

    def ask(self, said: dict[str, Any], content: bytes = b"", *, seconds: float) -> tuple[dict[str, Any], bytes]:
        """What a renderer answers; raises `TookTooLong`, `TookTooMuch` or `RendererFailed`."""
        process: _Process | None = self._free.get()
        try:
            for last in (False, True):
                process = process or self._start()
                try:
                    answer, result = process.ask(said, content, seconds)
                    break
                except Ended:
                    status = self._end(process, seconds=1)
                    process = None
                    log.warning("renderer crashed", act=said["act"], template=said.get("template"), status=status)
                    if status == OUT_OF_MEMORY:
                        raise TookTooMuch(mb=settings().document_mb) from None
                    if last:
                        raise RendererFailed(f"{said['act']} crashed twice") from None
                except Waited:
                    self._end(process)
                    process = None
                    raise TookTooLong(seconds=round(seconds)) from None
            if "failed" in answer or (process is not None and process.done >= DOCUMENTS_EACH):
                self._end(process)
                process = None
        except BaseException:
            self._end(process)  # it may still be at work
            process = None
            raise
        finally:
            self._free.put(process)
        if "failed" in answer:
            raise RendererFailed(answer["failed"])
        return answer, result

    def _start(self) -> _Process:
        process = _Process()
        with self._lock:
            self._all.add(process)
        return process

    def _end(self, process: _Process | None, seconds: float = 0) -> int | None:
        if process is None:
            return None
        with self._lock:
            self._all.discard(process)
        return process.end(seconds)

    def close(self) -> None:
        """End every process."""
        for process in list(self._all):
            self._end(process)


@cache
def pool() -> Pool:
    """The pool of this process."""
    made = Pool(settings().document_processes)
    atexit.register(made.close)
    return made
