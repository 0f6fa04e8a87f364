"""`costake verify`: whether a PDF is a document of ours, unaltered, sealed and the latest."""

import json
from dataclasses import asdict
from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the finding as one JSON object.")
def verify(file: Path, as_json: bool) -> None:
    """Compare a PDF with what was filed, byte for byte, and examine its seal.

    Exits 0 when it is the latest version and unaltered, else 1.
    """
    from app.core.database import reading
    from app.documents.verifying.standing import verify_file

    with reading() as session:
        found = verify_file(session, file.read_bytes())
    standing, seal = found.standing, found.seal
    if as_json:
        said = {"outcome": found.outcome, "holds": found.holds, "seal": seal, "document": None}
        click.echo(json.dumps(said | {"document": asdict(standing) if standing else None}, default=str))
        raise SystemExit(0 if found.holds else 1)
    click.echo(f"Outcome: {found.outcome}" + (", and the latest" if found.holds else ""))
    if standing:
        click.echo(f"Document: {standing.title} no. {standing.number}, version {standing.version}")
        click.echo(f"Issued: {standing.issued_at:%Y-%m-%d %H:%M} UTC by {standing.organization}")
        same = {None: "", True: ", the same in the file", False: ", OTHERS IN THE FILE"}[found.facts_hold]
        click.echo(f"Facts: {standing.facts_sha256}{same}")
        if not standing.record_holds:
            click.echo("Record: ALTERED, the facts on record no longer have this hash")
        if standing.replaced_at:
            click.echo(f"Replaced: by version {standing.replaced_by_version} on {standing.replaced_at:%Y-%m-%d}")
        if standing.ended:
            click.echo("Ended: the shares are no longer held under this certificate")
        if standing.undone:
            click.echo("Reversed: what it tells of was reversed since")
        if among := standing.issued:
            way = "holds" if among.leads else "DOES NOT HOLD"
            click.echo(f"Issue: record {among.place + 1} of {among.count}, sealed {among.sealed_at:%Y-%m-%d %H:%M} UTC")
            click.echo(f"Root: {among.root_sha256}, timestamp {among.timestamp or 'none'}")
            click.echo(f"Path: {way}, {len(among.path)} hashes")
            for each in among.path:
                click.echo(f"  {each}")
    if seal["sealed"]:
        state = "unaltered" if seal["intact"] and seal["whole"] else "ALTERED"
        click.echo(f"Seal: {state}, {'ours' if seal['ours'] else 'NOT OURS'}, by {seal['by']}")
        click.echo(f"Timestamp: {seal['timestamp'] or 'none'}")
        click.echo(f"Revocation: {'its proof is in the file' if seal['revocation'] else 'no proof in the file'}")
    else:
        click.echo("Seal: none" if seal["readable"] else "Seal: the file cannot be read as a PDF")
    raise SystemExit(0 if found.holds else 1)
