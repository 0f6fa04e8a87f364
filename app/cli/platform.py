"""`costake platform`: what the platform tells of its users."""

from typing import TextIO

import click


@click.group()
def platform() -> None:
    """The platform's users: who of them is here."""


@platform.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--salt", required=True, help="The salt with which the platform has hashed the addresses.")
def import_(file: TextIO, salt: str) -> None:
    """Import FILE, the platform's list of its users ("-" reads standard input).

    One line for each user: SHA-256 in hex over the salt and the e-mail address in lower case.
    """
    from app.core.database import transaction
    from app.members.signin.platform.listing import import_list

    with transaction() as session:
        entries, found = import_list(session, file, salt=salt, by=None)
    click.echo(f"{entries} users of the platform are listed; {found} persons here are among them.")
