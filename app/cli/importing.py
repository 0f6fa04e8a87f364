"""`costake import`: holders who were in a register before, also as an OCF package, and pledges taken elsewhere."""

import io
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.core.errors import N_, Refusal

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.shares.importing.planning import Plan


class CannotRead(Refusal):
    """The file is not there, or may not be read."""

    message = N_("{file} cannot be read: {reason}.")


class NotTold(Refusal):
    """Nobody is there to be asked, and nothing was said beforehand."""

    message = N_("Say --dry-run to see what would change, or --yes to import.")


@click.group("import")
def import_() -> None:
    """Holders, packages of the Open Cap Format, and pledges: all is checked, and nothing is written until told."""


def _show_columns(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from app.offers.desk.pledges.importing import COLUMNS as PLEDGES
    from app.shares.importing.columns import COLUMNS as HOLDERS

    for column in HOLDERS if ctx.info_name == "holders" else PLEDGES:
        needed = " (needed)" if column.required else ""
        click.echo(f"{column.name:<20}{column.meaning}{needed}")
    ctx.exit()


_columns = click.option(
    "--columns", is_flag=True, is_eager=True, expose_value=False, callback=_show_columns, help="What each column means."
)
_dry_run = click.option("--dry-run", is_flag=True, help="Only say what would change.")
_yes = click.option("--yes", is_flag=True, help="Import without asking.")
_json = click.option("--json", "as_json", is_flag=True, help="The report as JSON.")


@import_.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_columns
@_dry_run
@_yes
@_json
def holders(file: Path, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Import the members and lots of FILE (CSV or XLSX), one line a lot, as `--columns` describes them.

    The same file again changes nothing. Each lot opens the books with an entry dated to its allotment: what was paid
    for it stands as “brought in”, since that money did not come through these books. No letter is sent, and no
    certificate is made anew.
    """
    _import_holders(_read(file), dry_run=dry_run, yes=yes, as_json=as_json)


@import_.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_dry_run
@_yes
@_json
def ocf(file: Path, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Import the holdings at the end of FILE, an Open Cap Format package (1.2.0), as the opening state.

    Each security that is open becomes a lot with its number, date and price, as `import holders` makes it; holders
    without one become members as well. The same package again changes nothing. What ended before is history that the
    package keeps: it is not booked here.
    """
    from app.exports.opencaptable.unpacking import opening_state

    _import_holders(opening_state(io.BytesIO(_read(file))), dry_run=dry_run, yes=yes, as_json=as_json)


def _import_holders(data: bytes, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Check lines of holders, say what they would do, and import them when told; the same for every kind of file."""
    from app.core.database import reading, transaction
    from app.shares.importing.acting import check_holders, import_holders

    with reading() as session:
        plan = check_holders(session, data)
        report = _report(session, plan)
    told = not dry_run and not plan.problems and bool(plan.holders)
    if not as_json or (told and not yes):
        click.echo(_said(report), err=as_json)
    if told and not yes:
        if not sys.stdin.isatty():
            raise NotTold
        click.confirm("Import this?", abort=True, err=True)
    if told:
        with transaction() as session:
            import_holders(session, data, by=None, progress=_progress)
        report["written"] = True
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    elif told:
        click.echo("Imported. `costake prove` proves the books with it.")
    if plan.problems:
        click.get_current_context().exit(2)


@import_.command()
@click.argument("slug")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_columns
@_dry_run
@_yes
@_json
def pledges(slug: str, file: Path, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Import pledges to the offer SLUG from FILE (CSV or XLSX); each person confirms theirs by a letter's link."""
    from app.core.database import transaction
    from app.offers.desk.pledges.importing import import_pledges, preview
    from app.offers.drafting import find_offer

    data = _read(file)
    if not dry_run and not yes and not sys.stdin.isatty():
        raise NotTold
    with transaction() as session:
        found = preview(session, find_offer(session, slug), data)
    problems = _problems(found.problems)
    report: dict[str, Any] = {"new": len(found.new), "known": len(found.known), "problems": problems, "written": False}
    if not as_json:
        click.echo(f"{report['new']} new pledges, {report['known']} imported before, {len(problems)} problems.")
        click.echo("".join(_line(each) + "\n" for each in problems), nl=False)
    if found.new and not problems and not dry_run:
        if not yes:
            click.confirm("Import them and write to everyone?", abort=True, err=True)
        with transaction() as session:
            import_pledges(session, slug, data, by=None)
        report["written"] = True
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    if problems:
        click.get_current_context().exit(2)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CannotRead(file=str(file), reason=error.strerror) from None


def _progress(done: int, of: int) -> None:
    click.echo(f"  {done:,} of {of:,} lines", err=True)


def _problems(found: list[tuple[int, str, Refusal | str]]) -> list[dict[str, Any]]:
    return [
        {
            "line": line,
            "column": column,
            "message": problem.text() if isinstance(problem, Refusal) else problem,
            "refusal": problem.name if isinstance(problem, Refusal) else None,
        }
        for line, column, problem in found
    ]


def _report(session: "Session", plan: "Plan") -> dict[str, Any]:
    from app.core.money import Money
    from app.shares.importing.planning import next_numbers

    shares: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    for line in plan.lots:
        shares[line.class_code] += line.shares
        paid[line.price.currency] += line.paid.minor
    days = sorted(line.allotted_on for line in plan.lots if line.allotted_on)
    return {
        "lines": plan.lines,
        "unchanged": plan.unchanged,
        "new_persons": sum(holder.person_id is None for holder in plan.holders),
        "new_members": sum(holder.membership_id is None for holder in plan.holders),
        "ended_memberships": sum(holder.first.ended_on is not None for holder in plan.holders),
        "new_classes": plan.classes,
        "lots": len(plan.lots),
        "shares": dict(sorted(shares.items())),
        "paid": {code: str(Money(minor, code).decimal()) for code, minor in sorted(paid.items())},
        "allotted_between": [days[0].isoformat(), days[-1].isoformat()] if days else [],
        "next_numbers": next_numbers(session, plan),
        "problems": _problems(plan.problems),
        "warnings": _problems(plan.warnings),
        "written": False,
    }


def _said(report: dict[str, Any]) -> str:
    lines = [
        f"{report['lines']:,} lines, {report['unchanged']:,} of them imported before.",
        f"New: {report['new_members']:,} members ({report['new_persons']:,} persons not known here, "
        f"{report['ended_memberships']:,} memberships ended), {report['lots']:,} lots.",
    ]
    lines += [f"  {count:,} shares of class {code}" for code, count in report["shares"].items()]
    lines += [f"  {amount} {code} brought in as share capital" for code, amount in report["paid"].items()]
    lines += [f"  new class {code}: {name}" for code, name in report["new_classes"].items()]
    if report["allotted_between"]:
        lines.append("  allotted from {} to {}".format(*report["allotted_between"]))
    following = report["next_numbers"]
    lines.append(f"  next member number {following['member']}, next certificate number {following['certificate']}")
    for name in ("warnings", "problems"):
        if report[name]:
            lines += [f"{len(report[name]):,} {name}:", *map(_line, report[name])]
    if report["problems"]:
        lines.append("Nothing can be imported before the problems are mended.")
    return "\n".join(lines)


def _line(problem: dict[str, Any]) -> str:
    return f"  line {problem['line']}, {problem['column']}: {problem['message']}"
