"""`costake demo`: fill the configured database with the demonstration."""

import os

import click


@click.command()
def demo() -> None:
    """Fill the configured database with the #WeAreTwitter campaign.

    Does nothing to a database that has it already, except to print new sign-in links for one person of each role.
    """
    os.environ.setdefault("COSTAKE_DEMO", "1")
    from app.demo.story import fill

    fill(click.echo)
