"""`costake platform`: what the platform tells of its users."""

from typing import BinaryIO

import click


@click.group()
def platform() -> None:
    """The platform's users: who of them is here."""


@platform.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--salt", default="", help="The salt with which the platform has hashed the addresses, if it has.")
def import_(file: BinaryIO, salt: str) -> None:
    """Import FILE, the platform's list of its users ("-" reads standard input).

    One line for each user, or CSV or XLSX with the column "email" or "email_sha256": the e-mail address, or better
    SHA-256 in hex over the salt and the address in lower case. Of addresses only hashes are kept.
    """
    from app.core.database import transaction
    from app.members.signin.platform.listing import import_list
    from app.members.signin.platform.reading import entries

    with transaction() as session:
        count, found = import_list(session, entries(file), salt=salt, by=None)
    click.echo(f"{count} users of the platform are listed; {found} persons here are among them.")
