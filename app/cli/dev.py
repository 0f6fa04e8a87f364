"""`costake dev`: what developers run beside the product, such as a double of Stripe."""

import click

from app.cli.supervising import await_leave


@click.group()
def dev() -> None:
    """For development: nothing here belongs into production."""


@dev.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on: of this machine only.")
@click.option("--port", default=12111, show_default=True, type=click.IntRange(0, 65535), help="Port; 0: any.")
@click.option("--key", "keys", multiple=True, help="An API key to take; without it every sk_test_….")
@click.option("--limits", is_flag=True, help="Refuse more than 100 requests a second, and 25 of one endpoint.")
@click.option("--forward-to", help="An address of this machine to which every event is delivered.")
@click.option("--secret", default="whsec_double", show_default=True, help="The secret that signs what is forwarded.")
@click.option("--state", type=click.Path(dir_okay=False), help="A file that keeps what is held between runs.")
@click.option("--supervised", is_flag=True, hidden=True)
def stripe(
    host: str,
    port: int,
    keys: tuple[str, ...],
    limits: bool,
    forward_to: str | None,
    secret: str,
    state: str | None,
    supervised: bool,
) -> None:
    """Run a double of Stripe on this machine.

    Give its address to the client as base address, with any key sk_test_…; no account and no network are needed. Cards
    are the published test numbers. GET /_double/ says what is held; there the time goes forward, and faults are had.
    """
    from app.stripedouble.starting import serve

    if supervised:
        await_leave()
    forward = (forward_to, secret) if forward_to else None
    serve(host, port, keys=keys or None, forward=forward, state=state, limits=limits, say=click.echo)
