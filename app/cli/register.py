"""`costake register`: the registers, exported as of any day, and what differs between two days."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from app.cli.writing import NeedsAPlace, written_whole

FORMS = ["csv", "json", "xlsx", "pdf", "ocf", "parquet"]
TEXT = ("csv", "json")
DAY = click.DateTime(["%Y-%m-%d"])
MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.group()
def register() -> None:
    """The registers of members, movements, officers, charges and loans."""


@register.command()
@click.option("--as-of", type=DAY, help="The day at whose end the register is taken; today if absent.")
@click.option("--known-at", type=MOMENT, help="As it stood at this moment (UTC), before whatever was recorded later.")
@click.option("--profile", "profile_name", default="standard", show_default=True, help="Whose law says the columns.")
@click.option(
    "--register", "name", type=click.Choice(["members", "movements", "officers", "charges", "loans"]),
    default="members", show_default=True, help="Which register.",
)  # fmt: skip
@click.option("--inspection", is_flag=True, help="Only what the law opens to members.")
@click.option("--format", "form", type=click.Choice(FORMS), default="csv", show_default=True)
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", help="Of headings in XLSX and PDF.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file to write; standard output if absent.",
)  # fmt: skip
def export(
    as_of: datetime | None,
    known_at: datetime | None,
    profile_name: str,
    name: str,
    inspection: bool,
    form: str,
    language: str,
    output: Path | None,
) -> None:
    """Write a register as of a day: one line per holder and class, movement, officer, charge or loan.

    It is compared with the books first; where they differ the command fails and no file is kept.
    """
    from app.core import audit, clock
    from app.core.database import reading, transaction
    from app.exports.registers.asking import Wanted
    from app.exports.registers.profiles import profile
    from app.exports.registers.writing.files import write_register

    if output is None and form not in TEXT:
        raise NeedsAPlace(form=form)
    day: date = as_of.date() if as_of else clock.today()
    known = known_at.replace(tzinfo=UTC) if known_at else None
    wanted = Wanted(name, day, known, profile(profile_name), inspected=inspection)
    with written_whole(output) as file, reading() as session:
        lines = write_register(session, wanted, form, file, language=language)
    said: dict[str, Any] = {
        "as_of": day.isoformat(),
        "lines": lines,
        "register": name,
        "profile": profile_name,
        "format": form,
    }
    with transaction() as session:
        audit.record(session, audit.Tag.REGISTER_EXPORTED, "register", by=None, **said)


@register.command()
@click.option("--from", "since", type=DAY, required=True, help="The earlier day.")
@click.option("--to", "until", type=DAY, help="The later day; today if absent.")
@click.option("--known-at", type=MOMENT, help="Both days as they were known at this moment (UTC).")
@click.option("--profile", "profile_name", default="standard", show_default=True, help="Whose law says the columns.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def diff(since: datetime, until: datetime | None, known_at: datetime | None, profile_name: str, as_json: bool) -> None:
    """Say which lines of the register of members came, went or changed between the ends of two days."""
    from app.core import audit, clock
    from app.core.database import reading, transaction
    from app.exports.registers.asking import Wanted
    from app.exports.registers.diffing import differences
    from app.exports.registers.profiles import profile

    known = known_at.replace(tzinfo=UTC) if known_at else None
    end = until.date() if until else clock.today()
    law, count = profile(profile_name), 0
    old, new = (Wanted("members", day, known, law) for day in (since.date(), end))
    with reading() as session:
        for found in differences(session, old, new):
            count += 1
            if as_json:
                said = {"kind": found.kind, "member_number": found.member_number, "share_class": found.share_class}
                click.echo(json.dumps(said | {"changes": found.changes}, default=str, ensure_ascii=False))
            else:
                what = ", ".join(f"{name}: {was or '—'} → {now or '—'}" for name, (was, now) in found.changes.items())
                click.echo(f"{found.kind:<8}{found.member_number:>8} {found.share_class:<8}{found.legal_name}  {what}")
    if not count and not as_json:
        click.echo(f"Nothing differs between the registers of {since.date()} and {end}.")
    with transaction() as session:
        days: dict[str, Any] = {"since": since.date().isoformat(), "as_of": end.isoformat(), "lines": count}
        audit.record(session, audit.Tag.REGISTER_EXPORTED, "register", by=None, **days)
