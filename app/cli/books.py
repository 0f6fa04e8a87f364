"""`costake books`: the journal, the trial balance and the general ledger of any period, for the accountant."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.writing import NeedsAPlace, written_whole

if TYPE_CHECKING:
    from app.exports.books.asking import Period

FORMS = ["hledger", "beancount", "csv", "xlsx"]
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def books() -> None:
    """The books for the accountant: money and shares, by the days on which entries take effect."""


@books.command()
@click.option("--format", "form", type=click.Choice(FORMS), default="hledger", show_default=True)
@click.option("--from", "since", type=DAY, help="The first day; without it, everything since the books began.")
@click.option("--to", "until", type=DAY, help="The last day; today if absent.")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", help="Of headings in XLSX.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file to write.")
def export(
    form: str, since: datetime | None, until: datetime | None, language: str, output: Path | None
) -> None:  # fmt: skip
    """Write the journal of a period: for hledger, for Beancount, as CSV, or the general ledger as XLSX.

    What stood before the period comes first; income and expenses of earlier fiscal years are one sum. The files for
    hledger and Beancount end with every balance, which these programs check.
    """
    from app.core import audit
    from app.core.database import reading, transaction
    from app.exports.books.files import write_books

    if output is None and form == "xlsx":
        raise NeedsAPlace(form=form)
    period = _period(since, until)
    with written_whole(output) as file, reading() as session:
        write_books(session, period, form, file, language=language)
    days = {"since": period.since.isoformat() if period.since else "", "until": period.until.isoformat()}
    with transaction() as session:
        audit.record(session, audit.Tag.BOOKS_EXPORTED, "books", by=None, format=form, **days)


@books.command()
@click.option("--from", "since", type=DAY, help="The first day; without it, everything since the books began.")
@click.option("--to", "until", type=DAY, help="The last day; today if absent.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: amounts as exact text, debit positive.")
def balance(since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Print the trial balance of a period: what stood, what moved and what stands, by kind of account and unit."""
    from app.core.database import reading
    from app.exports.books.asking import titles, trial_balance
    from app.exports.books.naming import account_name, decimal_of

    period = _period(since, until)
    with reading() as session:
        sums, title = trial_balance(session, period), titles(session, str)
    rows = [
        {
            "account": account_name(each.kind, each.subject),
            "title": title(each.kind, each.subject),
            "unit": each.unit,
            "opening": f"{decimal_of(each.opening, each.unit):f}",
            "debit": f"{decimal_of(each.debit, each.unit):f}",
            "credit": f"{decimal_of(each.credit, each.unit):f}",
            "closing": f"{decimal_of(each.closing, each.unit):f}",
        }
        for each in sums
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        sides = "".join(f"{row[name]:>18}" for name in ("opening", "debit", "credit", "closing"))
        click.echo(f"{row['account']:<36} {row['unit']:<10}{sides}")


def _period(since: datetime | None, until: datetime | None) -> "Period":
    from app.core import clock
    from app.exports.books.asking import Period

    last: date = until.date() if until else clock.today()
    return Period(since.date() if since else None, last)
