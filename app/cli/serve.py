"""Running Costake: all of it, or the web server, the worker and the migrations alone."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time

import click

from app.cli.supervising import Child, Supervisor, await_leave
from app.core import logs
from app.core.errors import N_, Refusal
from app.core.settings import settings

_RELEASE_SECONDS = 2.0  # how long a Costake that was just killed may take to give up its port

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
port_option = click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
supervised_option = click.option("--supervised", is_flag=True, hidden=True)


class PortInUse(Refusal):
    """Another program listens there."""

    message = N_("Port {port} on {host} is in use. Stop the other program, or choose another port with --port.")


class CannotListen(Refusal):
    """The address is not this machine's, or not ours to take."""

    message = N_("Costake cannot listen on {host}, port {port}: {reason}.")


@click.command()
@port_option
@host_option
@click.option("--demo", is_flag=True, help="Fill the database with the demonstration first, and show letters to all.")
def serve(port: int, host: str, demo: bool) -> None:
    """Run all that is needed: database, web and worker, until Ctrl-C.

    What dies is started again. Without DATABASE_URL a private database is kept under var/ and stopped at the end.
    """
    listener = listen(host, port)
    address = _address(listener)
    os.environ.setdefault("COSTAKE_BASE_URL", address)
    if demo:
        os.environ["COSTAKE_DEMO"] = "1"
    if sys.stderr.isatty():
        os.environ.setdefault("COSTAKE_LOG_FORMAT", "text")
    logs.configure()
    note_address(address)
    number = listener.fileno()
    web, worker = (
        Child("web", ["web", "--supervised", f"--listener={number}"], (number,)),
        Child("worker", ["worker", "--supervised"], may_wait=True),
    )
    supervisor = Supervisor([web, worker, *(_double_of_stripe(address) if demo else [])])
    supervisor.start()
    try:
        status = _prepare(supervisor, demo) or _keep(supervisor, listener, address)
    finally:
        supervisor.stop()
    sys.exit(status)


@click.command()
@port_option
@host_option
@supervised_option
@click.option("--listener", type=int, hidden=True)
def web(port: int, host: str, supervised: bool, listener: int | None) -> None:
    """Run the web server alone.

    For whoever has a supervisor, a worker and a database of their own. COSTAKE_BASE_URL is the public address.
    """
    sock = listen(host, port) if listener is None else socket.socket(fileno=listener)
    os.environ.setdefault("COSTAKE_BASE_URL", _address(sock))
    import uvicorn

    from app.main import app

    logs.configure()
    if supervised:
        await_leave()
    configuration = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # which proxies are believed is a setting of ours
        ws="none",
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(configuration).run(sockets=[sock])


@click.command()
@supervised_option
@click.option("--until-idle", is_flag=True, help="Do what is due now, then stop; exit status 1 if a job failed.")
def worker(supervised: bool, until_idle: bool) -> None:
    """Run the worker alone: it does what follows an act, such as letters and documents."""
    from app import worker as work

    logs.configure()
    if supervised:
        await_leave()
    if not until_idle:
        work.run_forever()
    elif failures := work.run_until_idle():
        click.echo(f"{len(failures)} failed, to be tried again later: {', '.join(each.job for each in failures)}")
        sys.exit(1)


@click.command()
def migrate() -> None:
    """Bring the database to this version's tables; harmless when repeated."""
    from app.core.migrations import upgrade

    logs.configure()
    click.echo("The database has been brought up to date." if upgrade() else "The database is up to date.")


def note_address(address: str) -> None:
    """Keep where Costake was last served, so that links printed on the command line lead there."""
    settings().var.mkdir(parents=True, exist_ok=True)
    (settings().var / "address").write_text(address)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; refuses in words when that cannot be. Port 0 takes a free one."""
    deadline = time.monotonic() + _RELEASE_SECONDS
    while True:
        try:
            family, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
            return socket.create_server((host, port), family=family, backlog=2048)
        except OSError as error:
            if error.errno not in (48, 98):  # EADDRINUSE of macOS and of Linux
                raise CannotListen(host=host, port=port, reason=error.strerror or error) from None
            if time.monotonic() > deadline:
                raise PortInUse(host=host, port=port) from None
            time.sleep(0.1)


def _address(listener: socket.socket) -> str:
    """The address at which this machine reaches the socket."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened on
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _double_of_stripe(address: str) -> list[Child]:
    """For the demonstration without a key at Stripe: a double of it, to which this and the other children turn."""
    if settings().stripe_key:
        return []
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    chosen = {
        "COSTAKE_STRIPE_KEY": "sk_test_demonstration",
        "COSTAKE_STRIPE_API": f"http://127.0.0.1:{port}",
        "COSTAKE_STRIPE_WEBHOOK_SECRET": "whsec_demonstration",
    }
    os.environ.update(chosen)
    settings.cache_clear()
    arguments = ["dev", "stripe", "--supervised", f"--port={port}", f"--key={chosen['COSTAKE_STRIPE_KEY']}"]
    arguments += [f"--forward-to={address}/webhooks/stripe", f"--secret={chosen['COSTAKE_STRIPE_WEBHOOK_SECRET']}"]
    return [Child("stripe double", [*arguments, f"--state={settings().var / 'stripe-double'}"], may_wait=True)]


def _prepare(supervisor: Supervisor, demo: bool) -> int:
    """Make the database ready, and the demonstration if asked; exit status, 0 to go on."""
    from app.core.migrations import upgrade

    if upgrade():
        click.echo("The database has been brought up to date.")
    if not demo:
        return 0
    filling = subprocess.Popen([sys.executable, "-m", "app.cli", "demo"], stdin=subprocess.DEVNULL)
    while filling.poll() is None:
        if supervisor.stopping.wait(0.05):
            filling.terminate()
    return 0 if supervisor.stopping.is_set() else filling.returncode


def _keep(supervisor: Supervisor, listener: socket.socket, address: str) -> int:
    """Let the children begin, say the address when it answers, and keep them running; exit status."""
    threading.Thread(target=_announce, args=(supervisor, listener, address), daemon=True).start()
    status = supervisor.run(_mend_database)
    click.echo("Costake stops." if status == 0 else "Costake could not start; the reason is above.", err=status != 0)
    return status


def _announce(supervisor: Supervisor, listener: socket.socket, address: str) -> None:
    host, port = address.removeprefix("http://").rsplit(":", 1)
    while not supervisor.stopping.is_set():
        connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=60)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                supervisor.works.set()
                click.echo(f"Costake is at {address} (Ctrl-C stops it).")
                return
        except (OSError, http.client.HTTPException):
            pass  # the web server ended before it answered
        finally:
            connection.close()
        supervisor.stopping.wait(0.1)


def _mend_database() -> None:
    """Start the private database again if it died."""
    if settings().database_url is None:
        from app.core.postgres import revive

        if revive(settings().var / "postgres"):
            logs.log.warning("database had ended and was started again")
