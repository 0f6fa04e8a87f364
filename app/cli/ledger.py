"""`costake prove`: run every proof and print each with its figure."""

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object.")
def prove(as_json: bool) -> None:
    """Prove the books.

    Prints each proof by name with its figure, and what is wrong where one fails. Exits 0 when all hold, else 1.
    """
    from app.core.database import reading
    from app.proofs import prove as run

    with reading() as session:
        if as_json:
            findings = [
                {"proof": proof.name, "holds": finding.holds, "figure": finding.figure, "wrong": list(finding.wrong)}
                for proof, finding in run(session)
            ]
            holds = all(finding["holds"] for finding in findings)
            click.echo(json.dumps({"holds": holds, "proofs": findings}, ensure_ascii=False))
        else:
            holds = True
            for proof, finding in run(session):
                holds = holds and finding.holds
                click.echo(f"{'holds' if finding.holds else 'FAILS':>5}  {proof.name} ({finding.figure})")
                for line in finding.wrong:
                    click.echo(f"       - {line}")
            click.echo(
                "Everything holds."
                if holds
                else "Something is wrong: see above, and change nothing until it is understood."
            )
    raise SystemExit(0 if holds else 1)
