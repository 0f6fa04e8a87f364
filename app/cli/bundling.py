"""`costake ballot bundle` and `verify`: the audit bundle of a ballot, made here and checked anywhere."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from mmap import ACCESS_READ, mmap
from pathlib import Path

import click

from app.cli.balloting import find


@click.command("bundle")
@click.argument("ballot_id", metavar="ID")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where to write.")
@click.option("--full", is_flag=True, help="With the name, line and vote of each elector, for an inspector only.")
def bundle(ballot_id: str, output: Path, full: bool) -> None:
    """Write the audit bundle of a counted ballot, named by its address or number.

    The public bundle names no elector: the roll as hashes, and equal answers in groups. Making one is noted in the
    audit trail. app/ballots/bundle/README.md describes the file.
    """
    from app.ballots.bundle.writing import note_bundle, pour_bundle_of
    from app.core.database import reading, transaction
    from app.documents.balloting import filing  # noqa: F401  (reads the documents that a bundle names)

    draft = output.with_name(f".{output.name}.part")
    try:
        draft.touch(0o600)
        with reading() as session, draft.open("wb") as out:
            ballot = find(session, ballot_id)
            slug = ballot.slug
            size, sha256 = pour_bundle_of(session, ballot, out, full=full)
        draft.chmod(0o600 if full else 0o644)
        with transaction() as session:
            note_bundle(session, slug, sha256, full=full)
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)
    click.echo(f"{output}: {size} bytes, {'full, with names' if full else 'public'}")
    click.echo(f"SHA-256 {sha256}")


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--roll", help="The hash of the roll as it was published before the vote.")
@click.option("--notice", help="The hash of the notice's texts, as the result certificate names it.")
@click.option("--result", help="The hash of the result, as the tellers signed it.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object.")
def verify(file: Path, roll: str | None, notice: str | None, result: str | None, as_json: bool) -> None:
    """Count a bundle again and say line by line what holds; needs no database and no network.

    A bundle that agrees with itself may still be another than the one that was voted on: give the hashes that were
    published at the time, and they are compared too. Exits 0 when nothing fails, else 1; 2 when it cannot be read.
    """
    from app.ballots.bundle.format import read_bundle
    from app.ballots.bundle.verifying import compare, holds, verify_bundle

    with _mapped(file) as content:
        read = read_bundle(content)
        lines = verify_bundle(read) + compare(read, {"roll": roll, "notice": notice, "result": result})
    if as_json:
        click.echo(json.dumps({"holds": holds(lines), "checks": [asdict(line) for line in lines]}))
    else:
        for line in lines:
            click.echo(f"{line.verdict:<9}  {line.name}: {line.detail}")
        click.echo("Nothing fails." if holds(lines) else "THIS BUNDLE DOES NOT HOLD.")
    raise SystemExit(0 if holds(lines) else 1)


@contextmanager
def _mapped(file: Path) -> Iterator[bytes | mmap]:
    """A file as the system maps it, so that one of gigabytes takes no memory; an empty one cannot be mapped."""
    if file.stat().st_size == 0:
        yield b""
        return
    with file.open("rb") as opened, mmap(opened.fileno(), 0, access=ACCESS_READ) as content:
        yield content
