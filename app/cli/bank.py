"""`costake bank`: the organization's accounts, and files of statements taken in."""

import json
from pathlib import Path
from typing import Any

import click

from app.cli.importing import CannotRead


@click.group()
def bank() -> None:
    """Bank statements: which accounts are ours, and files taken in, each line once."""


@bank.command("add")
@click.argument("number")
@click.argument("currency")
@click.option("--title", default="", help="What the account is called here.")
def add(number: str, currency: str, title: str) -> None:
    """Add the account NUMBER (an IBAN, or as its statements have it) in CURRENCY."""
    from app.core.database import transaction
    from app.reconciliation.accounts import add_account

    with transaction() as session:
        row = add_account(session, number, currency, title, by=None)
        click.echo(f"{row.number} in {row.currency} is an account of the organization now.")


@bank.command("accounts")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def accounts(as_json: bool) -> None:
    """The accounts, each with the balance of its last statement."""
    from app.core.database import reading
    from app.core.money import Money
    from app.reconciliation.accounts import bank_accounts
    from app.reconciliation.taking import last_statement

    with reading() as session:
        rows = [(each, last_statement(session, each)) for each in bank_accounts(session)]
        facts = [
            {
                "number": each.number,
                "currency": each.currency,
                "title": each.title,
                "balance": str(Money(last.closing_cents, last.currency).decimal()) if last else None,
                "on": last.closed_on.isoformat() if last else None,
            }
            for each, last in rows
        ]
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for fact in facts:
        stands = f"{fact['balance']} on {fact['on']}" if fact["on"] else "no statement yet"
        click.echo(f"{fact['number']}  {fact['currency']}  {fact['title']}  {stands}")


@bank.command("columns")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--account", "number", required=True, help="The account of which the table is.")
@click.option(
    "--set",
    "named",
    multiple=True,
    metavar="MEANING=COLUMN",
    help="Say it yourself: booked, value, amount, credit, debit, direction, balance, counterparty, account, "
    "end_to_end, bank_id, currency, texts (again for each), day (as %d.%m.%Y), mark, delimiter, encoding, skip.",
)
@click.option("--save", is_flag=True, help="Keep it for the account; `bank import` then takes such files.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def columns(file: Path, number: str, named: tuple[str, ...], save: bool, as_json: bool) -> None:
    """Show how the table FILE (CSV) would be read: as saved for the account, else as guessed, and what comes of it.

    Nothing is imported. Exit status 1 when lines cannot be read, 2 when it was to be saved and that is refused.
    """
    from app.cli.tables import said_of, told_of, with_named
    from app.core.database import transaction
    from app.reconciliation.accounts import save_columns
    from app.reconciliation.mapping.keeping import likely_columns
    from app.reconciliation.mapping.previewing import preview

    content = _read(file)
    with transaction() as session:
        account = _account(session, number)
        mapping = with_named(likely_columns(session, account, content), named)
        found = preview(session, account, mapping, content, file.name)
        wrong = found.faults[0] if found.faults else found.refused
        if save:
            if wrong is not None:
                raise wrong
            save_columns(session, account, mapping, by=None)
    click.echo(json.dumps(said_of(mapping, found), ensure_ascii=False) if as_json else told_of(mapping, found))
    if save and not as_json:
        click.echo(f"Saved for {account.title}.")
    if wrong is not None:
        raise SystemExit(1)


@bank.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what the file would bring.")
@click.option("--account", "number", default="", help="For CSV: the account, whose columns were saved before.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def import_(file: Path, dry_run: bool, number: str, as_json: bool) -> None:
    """Take in FILE: camt.053, camt.054, MT940, OFX, QFX, BAI2 or CSV.

    All of it or nothing: a refusal names the line and the reason. Lines that earlier files brought are known again.
    """
    from app.core.database import new_session
    from app.core.money import Money
    from app.reconciliation.taking import take_file

    try:
        stream = file.open("rb")
    except OSError as error:
        raise CannotRead(file=str(file), reason=error.strerror) from None
    with stream, new_session() as session, session.begin() as whole:
        taken = take_file(session, stream, file.name, by=None, csv_of=_account(session, number) if number else None)
        if dry_run:
            whole.rollback()
    report: dict[str, Any] = {
        "file": taken.file_name,
        "accounts": taken.accounts,
        "statements": taken.statements,
        "lines": taken.lines,
        "known": taken.known,
        "pending": taken.pending,
        "sums": {code: str(Money(minor, code).decimal()) for code, minor in sorted(taken.sums.items())},
        "written": not dry_run,
    }
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    sums = ", ".join(f"{code} {amount}" for code, amount in report["sums"].items()) or "nothing"
    verb = "would bring" if dry_run else "brought"
    click.echo(f"{taken.file_name} {verb} {taken.lines:,} new lines ({sums}); {taken.known:,} were known before.")
    if taken.pending:
        click.echo(
            f"{taken.pending:,} entries are only announced by the bank, and were left out until they are booked."
        )


def _read(file: Path) -> bytes:
    from app.reconciliation.reading.detecting import refuse_large

    try:
        with file.open("rb") as stream:
            refuse_large(stream)
            return stream.read()
    except OSError as error:
        raise CannotRead(file=str(file), reason=error.strerror) from None


def _account(session: Any, number: str) -> Any:
    """The account of a number, in any spelling."""
    from app.reconciliation.accounts import NoSuchAccount, bank_accounts
    from app.reconciliation.reading.records import account_key

    same = [each for each in bank_accounts(session) if each.number_key == account_key(number)]
    if not same:
        raise NoSuchAccount
    return same[0]
