"""`costake audit`: the audit trail, exported."""

import contextlib
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import click

day = click.DateTime(["%Y-%m-%d"])


@click.group()
def audit() -> None:
    """The audit trail: who did what, when, from where and why."""


@audit.command()
@click.option("--from", "since", type=day, help="The first day (UTC).")
@click.option("--to", "until", type=day, help="The last day (UTC).")
@click.option("--tag", default="", help="Only acts of this kind, such as role:granted.")
@click.option("--subject", default="", help="Only what this is about, such as person:12, or a whole kind: person:")
@click.option("--actor", default="", help="Only acts of this person: an e-mail address or number.")
@click.option("--text", default="", help="Only lines whose reason contains this.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file to write; else standard output."
)
def export(since: datetime | None, until: datetime | None, form: Any, output: Path | None, **filters: str) -> None:
    """Write the lines of the audit trail, the oldest first; the export is noted in it."""
    from app.core.audit import Tag, record
    from app.core.database import reading, transaction
    from app.exports.trail.reading import read_wanted
    from app.exports.trail.writing import write_trail

    days = {"since": since.date().isoformat() if since else "", "until": until.date().isoformat() if until else ""}
    typed = {name: value for name, value in (filters | days).items() if value}
    with contextlib.ExitStack() as stack:
        session = stack.enter_context(reading())
        wanted = read_wanted(session, typed)
        draft = output.with_name(f".{output.name}.part") if output else None
        file: TextIO = stack.enter_context(draft.open("w", newline="", encoding="utf-8")) if draft else sys.stdout
        if draft:
            stack.callback(draft.unlink, missing_ok=True)
        for piece in write_trail(session, wanted, form):
            file.write(piece)
        if draft and output:
            file.flush()
            draft.replace(output)
    with transaction() as noting:
        record(noting, Tag.TRAIL_EXPORTED, "audit", by=None, format=form, filtered_by=sorted(typed))
