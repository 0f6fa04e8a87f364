"""`costake ballot list`, `show`, `open`, `close` and `certify`: how ballots stand, and a teller's steps on them."""

import json
from typing import TYPE_CHECKING, Any

import click

from app.cli.acting import actor
from app.core.errors import NotAllowed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.ballots.models import Ballot
    from app.members.models import Person

SLUG = click.argument("slug", metavar="ID")
JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")
BY = click.option("--by", "email", required=True, help="Your e-mail address; you are a teller or an organizer.")


@click.command("list")
@JSON
def list_(as_json: bool) -> None:
    """List every ballot, the newest first, with where it stands."""
    from sqlalchemy import select

    from app.ballots.models import Ballot
    from app.core.database import reading

    with reading() as session:
        rows = [_line(each) for each in session.scalars(select(Ballot).order_by(Ballot.id.desc()))]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(
            f"{row['ballot']}: {row['title']}, {row['state']}, {row['opens_at'][:16]} to {row['closes_at'][:16]}"
        )


@click.command()
@SLUG
@JSON
def show(slug: str, as_json: bool) -> None:
    """Show a ballot: its items with what they need, who took part, and once it is counted what came of them."""
    from app.ballots.showing import ballot_facts
    from app.core.database import reading

    with reading() as session:
        ballot = find(session, slug)
        facts = ballot_facts(session, ballot, "en")
        took_part, whole = facts["took_part"], facts["whole"]
        said = _line(ballot) | {
            "roll_sha256": facts["electorate"].sha256 if facts["electorate"] else None,
            "electors": whole.electors if whole else None,
            "took_part": took_part.electors if took_part else None,
            "result_sha256": facts["result"].sha256 if facts["result"] else None,
            "items": [_item(each) for each in facts["items"]],
        }
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    click.echo(f"{said['ballot']}: {said['title']}, {said['state']}")
    click.echo(f"open from {said['opens_at']} to {said['closes_at']}; votes are {said['casting']}")
    if whole:
        click.echo(f"{said['took_part']} of {said['electors']} electors took part; roll SHA-256 {said['roll_sha256']}")
    for item in said["items"]:
        outcome = f": {item['outcome']}" if item["outcome"] else ""
        click.echo(f"  {item['position']}. {item['title']}{outcome}  {item['needs']}".rstrip())
    if said["result_sha256"]:
        click.echo(f"result SHA-256 {said['result_sha256']}")


@click.command("open")
@SLUG
@BY
def open_(slug: str, email: str) -> None:
    """Open a ballot from its announced hour on; everybody on the roll gets a link."""
    from app.ballots.opening import open_ballot
    from app.core.database import transaction

    with transaction() as session:
        ballot = find(session, slug)
        open_ballot(session, ballot.slug, by=_staff(session, ballot, email).id)
    click.echo(f"{ballot.slug} is open.")


@click.command()
@SLUG
@BY
def close(slug: str, email: str) -> None:
    """Close a ballot whose announced hour has come."""
    from app.ballots.opening import close_ballot
    from app.core.database import transaction

    with transaction() as session:
        ballot = find(session, slug)
        close_ballot(session, ballot.slug, by=_staff(session, ballot, email).id)
    click.echo(f"{ballot.slug} is closed.")


@click.command()
@SLUG
@click.option("--statement", default="I counted the votes faithfully and found this result.", show_default=True)
@click.option("--by", "email", required=True, help="Your e-mail address; another teller certifies it at the desk.")
def certify(slug: str, statement: str, email: str) -> None:
    """Sign the result of a counted ballot as the first teller; a second one certifies it among the approvals."""
    from app.ballots.result.certifying import propose_certification, result_of
    from app.core.database import transaction

    with transaction() as session:
        ballot = find(session, slug)
        proposal = propose_certification(session, ballot.slug, by=actor(session, email), statement=statement)
        digest, number = result_of(session, ballot).sha256, proposal.id
    click.echo(f"Proposed as number {number}: result SHA-256 {digest}. Another teller certifies it.")


def find(session: "Session", slug: str) -> "Ballot":
    """The ballot of an address or a number; `NotFound` when there is none."""
    from app.ballots.drafting import find_ballot
    from app.ballots.models import Ballot

    numbered = session.get(Ballot, int(slug)) if slug.isdecimal() and len(slug) < 10 else None
    return numbered or find_ballot(session, slug)


def _staff(session: "Session", ballot: "Ballot", email: str) -> "Person":
    from app.members.roles import Role, roles_of

    person = actor(session, email)
    if not roles_of(session, person.id, ballot.subject) & {Role.TELLER, Role.ORGANIZER}:
        raise NotAllowed
    return person


def _line(ballot: "Ballot") -> dict[str, Any]:
    from app.ballots.stating import title_of

    terms = ballot.terms
    return {
        "ballot": ballot.slug, "number": ballot.id, "title": title_of(ballot), "state": ballot.state,
        "casting": terms.casting, "call": ballot.call, "record_date": terms.record_date.isoformat(),
        "opens_at": terms.opens_at.isoformat(), "closes_at": terms.closes_at.isoformat(),
    }  # fmt: skip


def _item(each: Any) -> dict[str, Any]:
    facts = each.facts or {}
    outcome = ""
    if each.item.withdrawal is not None:
        outcome = "withdrawn"
    elif each.outcome is not None:
        outcome = "carried" if each.outcome.carried else "not carried"
    elif facts:
        names = [facts["question"]["options"][number - 1]["name"] for number in facts["count"]["elected"]]
        outcome = f"elected {', '.join(names)}" if names else "nobody elected"
    return {"position": each.item.row.position, "title": each.title, "needs": each.needs, "outcome": outcome}
