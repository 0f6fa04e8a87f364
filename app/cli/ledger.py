"""`costake prove` and `costake seal`: run every proof, and seal what is settled."""

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from app.ledger.proofs import Finding, Proof


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object.")
@click.option(
    "--mail", is_flag=True, help="Write to treasurers, auditors and organizers, only when something is wrong."
)
def prove(as_json: bool, mail: bool) -> None:
    """Prove the books.

    Prints each proof by name with its figure, and what is wrong where one fails. Exits 0 when all hold, else 1. The
    worker does the same each night, with --mail.
    """
    from app.core.database import reading
    from app.proofs import prove as run

    failed = []
    with reading() as session:
        findings = []
        for proof, finding in run(session):
            if not finding.holds:
                failed.append((proof, finding))
            findings.append(
                {"proof": proof.name, "holds": finding.holds, "figure": finding.figure, "wrong": list(finding.wrong)}
            )
            if not as_json:
                click.echo(f"{'holds' if finding.holds else 'FAILS':>5}  {proof.name} ({finding.figure})")
                for line in finding.wrong:
                    click.echo(f"       - {line}")
    if as_json:
        click.echo(json.dumps({"holds": not failed, "proofs": findings}, ensure_ascii=False))
    else:
        click.echo(
            "Something is wrong: see above, and change nothing until it is understood."
            if failed
            else "Everything holds."
        )
    if mail and failed:
        _mail(failed)
    raise SystemExit(1 if failed else 0)


def _mail(failed: list[tuple["Proof", "Finding"]]) -> None:
    from app.core.database import transaction
    from app.proofs import tell

    with transaction() as session:
        told = tell(session, failed)
    click.echo(
        f"Letters written: {told}." if told else "There is nobody to write to: no treasurer, no auditor.", err=True
    )


@click.command()
@click.option(
    "--kept", metavar="HASH", help="A hash that was printed earlier and kept elsewhere; it must be in the chain."
)
@click.option("--json", "as_json", is_flag=True, help="Print the seal as one JSON object.")
def seal(kept: str | None, as_json: bool) -> None:
    """Seal now every row that is settled, and print the hash that covers them all.

    Keep it where nobody who runs this database can change it, for example at the auditor's. Exits 1 when a hash that
    was kept is not in the chain any more: then somebody has made the seals anew, and `costake prove` is not enough.
    """
    from app.core.audit import seal_trail
    from app.core.database import reading, transaction
    from app.core.rowseals import head, is_in_chain, seal_rows_of_all
    from app.ledger.sealing import seal_entries

    for act in (seal_entries, seal_trail, seal_rows_of_all):
        with transaction() as session:
            act(session)
    with reading() as session:
        last = head(session)
        found = kept is None or is_in_chain(session, kept)
    said = {"seal": last.id, "sealed_at": last.sealed_at.isoformat(), "sha256": bytes(last.sha256).hex()}
    if as_json:
        click.echo(json.dumps(said | ({"kept": found} if kept else {})))
    else:
        click.echo(f"seal {last.id} of {last.sealed_at:%Y-%m-%d %H:%M} UTC")
        click.echo(said["sha256"])
        if kept:
            click.echo(
                "The hash that was kept is in the chain." if found else "The hash that was kept is NOT in the chain."
            )
    raise SystemExit(0 if found else 1)
