"""Starting the double: in a thread of this process, or as a process of its own that can be killed."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import uvicorn

from app.core.errors import Refusal
from app.stripedouble import events, keeping
from app.stripedouble.client import Control
from app.stripedouble.double import Double
from app.stripedouble.errors import Failure
from app.stripedouble.server import Protocol, Server, loopback

_START_SECONDS = 15


class NotLoopback(Refusal):
    """The double is for this machine only."""

    message = "The Stripe double listens and delivers on loopback only; {host} is not."


def listener(host: str, port: int) -> socket.socket:
    """A socket on loopback; port 0 takes a free one."""
    if not loopback(host):
        raise NotLoopback(host=host)
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.bind((host, port))
    made.listen(512)
    return made


def server_for(double: Double, bound: socket.socket, host: str) -> uvicorn.Server:
    """The web server of a double that will listen there."""
    shown = f"[{host}]" if ":" in host else host
    double.base = f"http://{shown}:{bound.getsockname()[1]}"
    config = uvicorn.Config(
        Server(double),
        http=Protocol,
        loop="asyncio" if sys.platform == "win32" else "uvloop",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        log_config=None,
        timeout_graceful_shutdown=1,
        server_header=False,
    )
    return uvicorn.Server(config)


@contextmanager
def running(port: int = 0, *, keys: Iterable[str] | None = None, base: str | None = None) -> Iterator[Control]:
    """Run a double in a thread; gives the control client, whose `base` is the address for `base_addresses`.

    `keys`: the only API keys that are taken (without them every `sk_test_…` has an account of its own); `base`: the
    address that pages are linked by, where it is another.
    """
    double, bound = Double(keys), listener("127.0.0.1", port)
    server = server_for(double, bound, "127.0.0.1")
    control = Control(double.base)
    double.base = base or double.base
    thread = threading.Thread(target=lambda: asyncio.run(_serve(server, bound)), name="stripe double", daemon=True)
    thread.start()
    try:
        control.await_start(_START_SECONDS)
        yield control
    finally:
        control.close()
        server.should_exit = True
        thread.join(timeout=5)
        bound.close()


async def _serve(server: uvicorn.Server, bound: socket.socket) -> None:
    await server.serve(sockets=[bound])


@contextmanager
def running_process(port: int = 0, *arguments: str) -> Iterator[Control]:
    """Run a double as a process of its own: it outlives the kill of the process under test, and uses another core.

    `control.process` is the process; `arguments` are those of `costake dev stripe`.
    """
    if port == 0:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    command = [sys.executable, "-m", "app.cli", "dev", "stripe", "--port", str(port), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    control = Control(f"http://127.0.0.1:{port}", process)
    try:
        control.await_start(_START_SECONDS)
        yield control
    finally:
        control.close()
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def serve(
    host: str,
    port: int,
    *,
    keys: Iterable[str] | None = None,
    forward: tuple[str, str] | None = None,
    state: str | None = None,
    limits: bool = False,
    say: Callable[[str], None] = lambda said: None,
) -> None:
    """Run a double in the foreground until it is stopped.

    `forward`: where every event goes, and the secret that signs it; `state`: a file that keeps what is held.
    """
    double = Double(keys)
    if forward:
        try:
            events.check_url(forward[0])
        except Failure:
            raise NotLoopback(host=forward[0]) from None
    bound = listener(host, port)
    server = server_for(double, bound, host)
    if limits:
        double.limits.set(100, 25)
    if state:
        keeping.load(double, state)
    double.forward = forward  # accounts of an earlier run have it in their file
    say(f"The Stripe double listens at {double.base}")
    try:
        asyncio.run(_serve(server, bound))
    finally:
        if state:
            keeping.save(double, state)
