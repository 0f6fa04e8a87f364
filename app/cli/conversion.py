"""`costake conversion`: conversions as they stand, the dry run and execution of their exchange, the filing pack."""

import json
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from app.core.errors import N_, Refusal

FILE = click.Path(dir_okay=False, path_type=Path)


class NoExchange(Refusal):
    """The conversion relies on no exchange yet."""

    message = N_("No exchange of shares is tied to “{slug}” yet. Meet the step “Holdings fit the new form” with one.")
    status = 409


class NotApproved(Refusal):
    """Two people have not approved the list."""

    message = N_("The list of exchange {exchange} is not approved by two people. Propose and approve it at the desk.")
    status = 409


@click.group("conversion")
def conversion() -> None:
    """Conversions: company into co-operative, step by step."""


@conversion.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_all(as_json: bool) -> None:
    """List every conversion, the latest first."""
    from app.conversion.plan.starting import conversions
    from app.conversion.plan.telling import summary
    from app.core.database import reading

    with reading() as session:
        told = [summary(session, row) for row in conversions(session)]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for each in told:
        click.echo(
            f"{each['slug']}  {each['law']}  {each['met']} of {len(each['steps'])} steps are met  {each['title']}"
        )
    if not told:
        click.echo("No conversion is started.")


@conversion.command("show")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(slug: str, as_json: bool) -> None:
    """Show the plan of a conversion: each step, what met it, and why the next ones wait."""
    from app.conversion.plan.starting import find_conversion
    from app.conversion.plan.telling import summary
    from app.core.database import reading

    with reading() as session:
        told = summary(session, find_conversion(session, slug))
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(_lines(told)))


@conversion.command("dry-run")
@click.argument("slug")
@click.option("-o", "--output", type=FILE, help="Where the whole list goes; without it only the sums are printed.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "pdf"]), default="csv", show_default=True, help="What the file is."
)
@click.option("--json", "as_json", is_flag=True, help="Print the sums as one JSON object.")
def dry_run(slug: str, output: Path | None, form: str, as_json: bool) -> None:
    """What the exchange of a conversion would do: its sums, what stands against it, and the list of every member.

    Nothing is changed. Exits 1 when something stands against it.
    """
    from app.conversion.exchange.judging import obstacles
    from app.conversion.exchange.reckoning import latest_reckoning
    from app.core.database import reading
    from app.exports.filingpack.dryrun import write_list

    with reading() as session:
        exchange = _exchange(session, slug)
        reckoning, against = latest_reckoning(session, exchange.id), obstacles(session, exchange)
        told = {
            "exchange": exchange.id,
            "effective_on": exchange.effective_on.isoformat(),
            "holders": reckoning.holders if reckoning else None,
            "totals": reckoning.totals if reckoning else [],
            "sha256": reckoning.sha256 if reckoning else None,
            "obstacles": [{"blocks": each.blocks, "message": str(each)} for each in against],
        }
        if output is not None:
            _written(output, lambda file: write_list(session, exchange, form, file))
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(_sums(told)))
    raise SystemExit(1 if any(each.blocks for each in against) else 0)


@conversion.command("execute")
@click.argument("slug")
def execute_now(slug: str) -> None:
    """Carry out the approved exchange of a conversion, as the worker does on its day; harmless when repeated.

    Refused while two people have not approved its list, its day has not come, or the plan holds it back.
    """
    from app.conversion.exchange.approving import standing_approval
    from app.conversion.exchange.executing import execute
    from app.core.database import transaction

    with transaction() as session:
        exchange = _exchange(session, slug)
        approval = standing_approval(session, exchange.id)
        if approval is None:
            raise NotApproved(exchange=exchange.id)
        done = execute(session, approval.id)
        click.echo(f"exchange {exchange.id} took effect: {approval.reckoning.holders} holders, {done.acts} acts")


@conversion.command("pack")
@click.argument("slug")
@click.option("-o", "--output", required=True, type=FILE, help="Where the ZIP goes.")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="Of the checklist.")
def pack(slug: str, output: Path, language: str) -> None:
    """Write the filing pack of a conversion: papers, evidence, results, registers, proofs, hashes, and a checklist."""
    from app.conversion.plan.starting import find_conversion
    from app.core import audit
    from app.core.database import reading, transaction
    from app.exports.filingpack.checklist import Mark, checklist
    from app.exports.filingpack.packing import write_pack

    with reading() as session:
        row = find_conversion(session, slug)
        sums = _written(output, lambda file: write_pack(session, row, file, language=language))
        missing = [line.said(language) for line in checklist(session, row) if line.mark is not Mark.THERE]
    with transaction() as session:
        audit.record(session, audit.Tag.FILING_PACK_EXPORTED, f"conversion:{slug}", by=None, files=len(sums))
    click.echo(f"{output}: {len(sums) + 1} files")
    click.echo("\n".join(missing) or "Nothing is missing.")


def _exchange(session: Any, slug: str) -> Any:
    from app.conversion.plan.relying import exchange_of
    from app.conversion.plan.starting import find_conversion

    exchange = exchange_of(session, find_conversion(session, slug))
    if exchange is None:
        raise NoExchange(slug=slug)
    return exchange


def _written(output: Path, write: Any) -> Any:
    """Write a private file whole, or leave what was there."""
    draft = output.with_name(f".{output.name}.part")
    try:
        draft.touch(0o600)
        with draft.open("w+b") as file:
            done = write(cast(BinaryIO, file))
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)
    return done


def _lines(told: dict[str, Any]) -> list[str]:
    lines = [told["title"], f"{told['entity_name']} → {told['resulting_name']} ({told['law']})"]
    for each in told["steps"]:
        mark = "met " if each["met_on"] else "next" if each["next"] else "    "
        day = each["met_on"] or each["planned_on"] or ""
        until = f"  can slip until {each['deadline']}" if each["deadline"] else ""
        lines.append(f"{mark}  {each['title']}  {day}".rstrip() + until)
        if each["why"]:
            lines.append(f"      {each['why']}")
    return lines


def _sums(told: dict[str, Any]) -> list[str]:
    lines = [f"exchange {told['exchange']}, effective {told['effective_on']}"]
    for total in told["totals"]:
        lines.append(
            f"{total['old_class']} → {total['new_class']}: {total['holders']} holders, {total['shares']} → "
            f"{total['new_shares']} shares, cash {total['cash_cents']} {total['currency']} (minor units)"
            + (f", loans {total['loan_cents']}" if total.get("loan_cents") else "")
        )
    lines += [f"{'AGAINST' if each['blocks'] else 'note'}: {each['message']}" for each in told["obstacles"]]
    return [*lines, f"SHA-256 {told['sha256']}" if told["sha256"] else "The list is still being reckoned."]
