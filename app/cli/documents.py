"""`costake documents`: the files of documents that were filed as records."""

import json
import sys
import time
from pathlib import Path

import click


@click.group()
def documents() -> None:
    """The files of documents that were filed as records."""


@documents.command()
@click.option("--kind", required=True, metavar="KIND", help="Which kind of document, such as certificate.")
@click.option("--all", "every", is_flag=True, required=True, help="Every document of the kind.")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Also write them into a folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON object.")
def render(kind: str, every: bool, output: Path | None, as_json: bool) -> None:
    """Make the PDFs of all documents of a kind, and write them into a folder.

    What was made before is not made again: stopped anywhere and called again, the command goes on where it was.
    """
    from app.documents.bulk.rendering import count_of, render_all
    from app.documents.kinds import all_kinds

    if kind not in all_kinds():
        raise click.BadParameter(
            f"there is none of that name; known are {', '.join(all_kinds())}.", param_hint="--kind"
        )
    count, seen, made, began = count_of(kind), 0, 0, time.monotonic()
    for some, new in render_all(kind, output):
        seen, made = seen + some, made + new
        if sys.stderr.isatty() or seen >= count or seen % 1000 < some:
            rate = made / max(time.monotonic() - began, 0.001)
            click.echo(f"{seen} of {count} documents, {made} made now, {rate:.1f} a second", err=True)
    if as_json:
        click.echo(
            json.dumps({"kind": kind, "documents": seen, "made": made, "folder": str(output) if output else None})
        )
    else:
        click.echo(f"{seen} documents of the kind {kind}: {made} made now, {seen - made} were there already.")
        if output:
            click.echo(f"Folder: {output}")
