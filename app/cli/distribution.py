"""`costake distribution`: drafted from terms and a file, looked at, proposed; statements and the year's tax summary."""

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.acting import BY, actor
from app.cli.importing import CannotRead
from app.cli.writing import written_whole
from app.core.errors import N_, Refusal

if TYPE_CHECKING:
    from app.distributions.reckoning import Reckoned
    from app.distributions.terms import Terms

NUMBER = click.IntRange(1, 2**63 - 1)
JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")
OUTPUT = click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)


class NotTerms(Refusal):
    """The file is not a table of the terms of a distribution."""

    message = N_("{file} holds no terms of a distribution: {problem}")


class NothingForMember(Refusal):
    """The distribution brought the member nothing."""

    message = N_("This distribution brought member no. {number} nothing.")
    status = 404


@click.group()
def distribution() -> None:
    """Distributions: interest on shares and patronage refunds, declared by two people.

    A distribution is drafted and proposed here or at the desk; another person approves it at the desk or by the API.
    """


@distribution.command("list")
@JSON
def list_(as_json: bool) -> None:
    """List the distributions that were declared, and drafts."""
    from app.core.database import reading
    from app.core.money import Money
    from app.distributions.showing import overview

    with reading() as session:
        found = overview(session)
        declared = [
            {
                "distribution": row.id, "draft": row.draft_id, "kind": row.kind, "title": row.title,
                "declared_on": row.declared_on.isoformat(), "currency": row.currency,
                "declared_cents": row.declared_cents, "reversed": end is not None,
            }
            for row, end in found["rows"]
        ]  # fmt: skip
        drafts = [{"draft": row.id, "kind": terms.kind, "title": terms.title} for row, terms in found["drafts"]]
    if as_json:
        click.echo(json.dumps({"declared": declared, "drafts": drafts}, ensure_ascii=False))
        return
    for one in declared:
        state = "reversed" if one["reversed"] else "declared"
        amount = Money(one["declared_cents"], one["currency"])
        click.echo(f"distribution {one['distribution']}: {one['title']}, {amount}, {state} {one['declared_on']}")
    for draft_ in drafts:
        click.echo(f"draft {draft_['draft']}: {draft_['title']} ({draft_['kind']})")


@distribution.command()
@click.argument("terms", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--basis", type=click.Path(dir_okay=False, path_type=Path), help="Who did how much: CSV or XLSX.")
@BY
@JSON
def draft(terms: Path, basis: Path | None, email: str, as_json: bool) -> None:
    """Keep TERMS (TOML or JSON) and the file of their basis as a draft, which declares nothing.

    Keys: kind (interest or patronage), title, currency, period_from, period_to, declared_on, payable_on, law, reason.
    Of interest: class_code, rate_ppm, yields_ppm. Of patronage: declared_cents, pools, cash_ppm, notice, consent,
    withhold_ppm, withhold_from, into_class, share_price_cents. The same files again give the same draft.
    """
    import hashlib

    from app.core.database import transaction
    from app.core.uploads import SentFile
    from app.distributions.drafting import draft_distribution, preview

    wanted, content = _terms(terms), _bytes(basis) if basis else None
    key = hashlib.sha256(json.dumps(wanted.as_data(), sort_keys=True).encode() + (content or b"")).hexdigest()
    sent = SentFile(basis.name, content) if basis and content is not None else None
    if (sent is None) is (wanted.kind == "patronage"):
        raise NotTerms(file=terms.name, problem="patronage has a --basis, and interest has none.")
    with transaction() as session:
        row = draft_distribution(session, wanted, sent, form_key=f"cli:{key}", by=actor(session, email))
        _show(row.id, preview(session, row), as_json)


@distribution.command()
@click.argument("draft_id", metavar="DRAFT", type=NUMBER)
@JSON
def preview(draft_id: int, as_json: bool) -> None:
    """Show a DRAFT as it would be declared now: sums, what the law says, each member's part, and the list's hash."""
    from app.core.database import reading
    from app.distributions import drafting

    with reading() as session:
        _show(draft_id, drafting.preview(session, drafting.draft_numbered(session, draft_id)), as_json)


@distribution.command()
@click.argument("draft_id", metavar="DRAFT", type=NUMBER)
@click.option("--list", "list_sha256", required=True, help="The hash of the list that was looked at.")
@BY
def propose(draft_id: int, list_sha256: str, email: str) -> None:
    """Propose to declare a DRAFT whose list has this hash; another person approves it."""
    from app.core.database import transaction
    from app.distributions.declaring import propose_distribution

    with transaction() as session:
        found = propose_distribution(session, draft_id, list_sha256=list_sha256, by=actor(session, email))
        click.echo(f"Proposed as {found.id}. Another person approves it at the desk or by the API.")


@distribution.command()
@click.argument("distribution_id", metavar="DISTRIBUTION", type=NUMBER)
@click.option("--percent", default="100", show_default=True, help="How much of what is still allocated.")
@click.option("--member", type=NUMBER, help="The number of the only member whom it concerns; all if absent.")
@click.option("--payable-on", type=click.DateTime(["%Y-%m-%d"]), help="When it falls due; today if absent.")
@click.option("--reason", required=True, help="Why, for the record.")
@BY
def redeem(
    distribution_id: int, percent: str, member: int | None, payable_on: datetime | None, reason: str, email: str
) -> None:
    """Propose to pay out what a DISTRIBUTION had retained; another person approves it."""
    from decimal import Decimal, InvalidOperation
    from uuid import uuid4

    from app.core import clock
    from app.core.database import transaction
    from app.distributions.redeeming.paying import propose_redemption

    try:
        ppm = Decimal(percent.rstrip("%")) * 10_000
    except InvalidOperation:
        ppm = Decimal(-1)
    if not ppm.is_finite() or ppm != ppm.to_integral_value() or not 1 <= ppm <= 1_000_000:
        raise click.BadParameter("write it like 12.5, above 0 and at most 100", param_hint="--percent")
    with transaction() as session:
        found = propose_redemption(
            session,
            distribution_id,
            percent_ppm=int(ppm),
            payable_on=payable_on.date() if payable_on else clock.today(),
            member=member,
            form_key=str(uuid4()),
            by=actor(session, email),
            reason=reason,
        )
        click.echo(f"Proposed as {found.id}. Another person approves it at the desk or by the API.")


@distribution.command()
@click.argument("distribution_id", metavar="DISTRIBUTION", type=NUMBER)
@click.argument("member", type=NUMBER)
@OUTPUT
def statement(distribution_id: int, member: int, output: Path) -> None:
    """Write the statement that a DISTRIBUTION has for the MEMBER of a number, as PDF; the reading is noted."""
    from app.core import audit
    from app.core.database import transaction
    from app.distributions.models import DistributionPart
    from app.distributions.reversing import distribution_numbered
    from app.documents.distributing import file_distribution_statement
    from app.documents.filing import content_of
    from app.shares.acts.judging import member_numbered

    with transaction() as session, written_whole(output) as file:
        row, to = distribution_numbered(session, distribution_id), member_numbered(session, member)
        if session.get(DistributionPart, (row.id, to.id)) is None:
            raise NothingForMember(number=member)
        document = file_distribution_statement(session, row.id, to.id)
        file.write(content_of(session, document))
        audit.record(session, audit.Tag.DOCUMENT_READ, f"document:{document.id}", by=None)


@distribution.command("tax-file")
@click.argument("year", type=click.IntRange(2000, 2199))
@OUTPUT
def tax_file(year: int, output: Path) -> None:
    """Write the tax summary of a YEAR as CSV, with tax numbers in full; the reading is noted."""
    from app.core import audit
    from app.core.database import transaction
    from app.distributions.taxing import tax_summary

    with transaction() as session, written_whole(output) as file:
        file.write(tax_summary(session, year))
        audit.record(session, audit.Tag.TAX_SUMMARY_READ, "distributions", by=None, year=year)


def _terms(file: Path) -> "Terms":
    from app.core.money import currency_code
    from app.distributions.terms import LAWS, NOTICES, WITHHOLD_FROM, Terms

    try:
        text = _bytes(file).decode()
        found: dict[str, Any] = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
        whole = {"law": "", "pools": [], "yields_ppm": []} | found
        days = {name: str(whole[name]) for name in ("period_from", "period_to", "declared_on", "payable_on")}
        wanted = Terms.of_data(whole | days | {"currency": currency_code(str(whole["currency"]))})
    except KeyError as error:
        raise NotTerms(file=file.name, problem=f"{error.args[0]} is missing.") from None
    except (AttributeError, TypeError, ValueError) as error:
        raise NotTerms(file=file.name, problem=str(error).removeprefix("Terms.__init__() ")) from None
    for name, allowed in (("law", LAWS), ("notice", NOTICES), ("withhold_from", WITHHOLD_FROM)):
        if getattr(wanted, name) not in allowed:
            raise NotTerms(file=file.name, problem=f"{name} is one of {', '.join(map(repr, allowed))}.")
    return wanted


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CannotRead(file=str(file), reason=error.strerror) from None


def _show(draft_id: int, found: "Reckoned", as_json: bool) -> None:
    from app.core.money import Money

    sums = {name: found.total(name) for name in ("amount", "cash", "retained", "withheld", "paid")}
    if as_json:
        parts = [
            {
                "member_number": part.member.number, "amount_cents": part.amount, "cash_cents": part.cash,
                "retained_cents": part.retained, "withheld_cents": part.withheld, "shares": part.shares,
                "lines": [{"business": each.business, "amount_cents": each.amount} for each in part.lines],
            }
            for part in found.parts
        ]  # fmt: skip
        said = {"draft": draft_id, "list_sha256": found.list_sha256, "currency": found.terms.currency}
        totals = {f"{name}_cents": money.minor for name, money in sums.items()}
        decisions = [decision.as_data() for decision in found.decisions]
        click.echo(json.dumps(said | totals | {"decisions": decisions, "parts": parts}, ensure_ascii=False))
        return
    click.echo(f"draft {draft_id}: {found.terms.title}, {len(found.parts):,} members")
    for name, money in sums.items():
        click.echo(f"  {name:<9}{money}")
    for decision in found.decisions:
        click.echo(f"  {decision.text()}")
    for part in found.parts:
        amount, paid = Money(part.amount, found.terms.currency), Money(part.paid, found.terms.currency)
        click.echo(f"  member {part.member.number}: {amount}, paid out {paid}")
    click.echo(f"list {found.list_sha256}")
