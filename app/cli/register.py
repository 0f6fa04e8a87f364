"""`costake register`: the register of members, exported."""

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO

import click

from app.core.errors import N_, Refusal


class CannotWrite(Refusal):
    """The file cannot be written there."""

    message = N_("{output} cannot be written: {reason}. Choose another place.")


@click.group()
def register() -> None:
    """The register of members."""


@register.command()
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day at whose end the register is taken; today if absent."
)
@click.option(
    "--known-at",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="As it stood at this moment (UTC), before whatever was recorded later.",
)
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file to write; standard output if absent.",
)
def export(as_of: datetime | None, known_at: datetime | None, form: str, output: Path | None) -> None:
    """Write one line per holder and class, as of a day.

    The totals are checked against the books while writing; where they differ the command fails and no file is kept.
    """
    from app.core import audit, clock
    from app.core.database import reading, transaction
    from app.exports.register import register_lines, write_csv

    day: date = as_of.date() if as_of else clock.today()
    known = known_at.replace(tzinfo=UTC) if known_at else None
    with _written_whole(output) as file, reading() as session:
        if form == "csv":
            lines = write_csv(session, day, file, known_at=known)
        else:
            found = [asdict(line) for line in register_lines(session, day, known_at=known)]
            json.dump({"as_of": day.isoformat(), "lines": found}, file, ensure_ascii=False)
            lines = len(found)
    with transaction() as session:
        audit.record(session, audit.Tag.REGISTER_EXPORTED, "register", by=None, as_of=day.isoformat(), lines=lines)


@contextlib.contextmanager
def _written_whole(output: Path | None) -> Iterator[TextIO]:
    """A file that is there complete or not at all; standard output when no file is named."""
    if output is None:
        yield sys.stdout
        return
    draft = output.with_name(f".{output.name}.part")
    try:
        with draft.open("w", newline="", encoding="utf-8") as file:
            yield file
        draft.replace(output)
    except OSError as error:
        raise CannotWrite(output=output, reason=error.strerror) from None
    finally:
        draft.unlink(missing_ok=True)
