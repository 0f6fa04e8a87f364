"""`costake keys`: the keys of the fields that are encrypted at rest."""

import json

import click


@click.group()
def keys() -> None:
    """The keys under which birth dates, tax numbers and the like are kept.

    To rotate: put a new key first in COSTAKE_FIELD_KEYS and leave the old one behind it, restart web and worker, run
    `costake keys rotate`, then take the old key away. Keep old keys as long as backups that were made under them.
    """


@keys.command()
def new() -> None:
    """Print a new random key for COSTAKE_FIELD_KEYS (newest first, parted by commas)."""
    from base64 import b64encode
    from secrets import token_bytes

    click.echo(b64encode(token_bytes(32)).decode())


@keys.command()
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def status(as_json: bool) -> None:
    """Show which sealed column holds how many values of which key."""
    import app.tables  # noqa: F401  # sealed columns are found in the tables that are loaded
    from app.core import cipher
    from app.core.database import reading
    from app.core.resealing import sealed_columns, values_by_key

    newest = cipher.key_name(cipher.newest_head())
    with reading() as session:
        counts = {str(column): values_by_key(session, column) for column in sealed_columns()}
    if as_json:
        click.echo(json.dumps({"newest": newest, "columns": counts}))
        return
    click.echo(f"The newest key is {newest}.")
    for column, by_key in counts.items():
        said = ", ".join(f"{count} under {name}" for name, count in by_key.items())
        click.echo(f"{column}: {said or 'nothing sealed'}")


@keys.command()
@click.option("--batch", type=click.IntRange(1, 10_000), default=500, show_default=True, help="Values a transaction.")
def rotate(batch: int) -> None:
    """Encrypt every sealed value under the newest key.

    May be interrupted and started again at any time; afterwards no value needs an older key.
    """
    import app.tables  # noqa: F401  # sealed columns are found in the tables that are loaded
    from app.core import audit
    from app.core.database import transaction
    from app.core.resealing import reseal_some, sealed_columns

    total = 0
    for column in sealed_columns():
        done = 0
        while True:
            with transaction() as session:
                count = reseal_some(session, column, batch)
            if not count:
                break
            done += count
            click.echo(f"{column}: {done} values sealed anew …", err=True)
        total += done
    with transaction() as session:
        audit.record(session, audit.Tag.KEYS_ROTATED, "keys", by=None, values=total)
    click.echo(f"{total} values sealed anew. Older keys are no longer needed, except for backups.")
