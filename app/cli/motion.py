"""`costake motion`: what members propose, how much support it has, and what came of it."""

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.ballots.motions.showing import Listed

JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")


@click.group("motion")
def motion() -> None:
    """Motions of members: their support, and the ballots made of them."""


@motion.command("list")
@JSON
def list_all(as_json: bool) -> None:
    """List every motion, the newest first, with where it stands."""
    from sqlalchemy import select

    from app.ballots.motions.models import Motion
    from app.ballots.motions.showing import listed
    from app.core.database import reading

    with reading() as session:
        rows = session.scalars(select(Motion).order_by(Motion.id.desc())).all()
        told = [_line(each) for each in listed(session, rows, "en")]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for each in told:
        click.echo(f"{each['motion']}: {each['title']}, {each['state']}{_support(each)}")
    if not told:
        click.echo("No motion was proposed.")


@motion.command("show")
@click.argument("number", type=click.IntRange(1, 2**63 - 1), metavar="NUMBER")
@JSON
def show(number: int, as_json: bool) -> None:
    """Show a motion: its text, its support, the board's statement, and its ballots with what came of them."""
    from app.core.database import reading

    with reading() as session:
        said = _whole(session, number)
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    click.echo(f"{said['motion']}: {said['title']}, {said['state']}{_support(said)}")
    click.echo(said["text"])
    if said["needs"]:
        click.echo(said["needs"])
    if said["statement"]:
        click.echo(f"{said['stance']} {said['statement']}")
    for each in said["ballots"]:
        click.echo(f"ballot {each['ballot']}: {each['state']}{', ' + each['outcome'] if each['outcome'] else ''}")


def _whole(session: "Session", number: int) -> dict[str, Any]:
    from app.ballots.motions.keeping import find_motion
    from app.ballots.motions.showing import listed, motion_facts

    found = find_motion(session, number)
    facts = motion_facts(session, found, "en")
    statement = facts["statement"]
    ballots = []
    for vote in facts["votes"]:
        outcome = vote.shown.outcome if vote.shown is not None else None
        told = "" if outcome is None else "carried" if outcome.carried else "not carried"
        ballots.append({"ballot": vote.ballot.slug, "state": vote.ballot.state, "outcome": told})
    return _line(listed(session, [found], "en")[0]) | {
        "text": facts["text"],
        "needs": facts["needs"],
        "stance": statement.stance if statement else None,
        "statement": facts["statement_text"],
        "ballots": ballots,
    }


def _line(row: "Listed") -> dict[str, Any]:
    return {
        "motion": row.motion.id,
        "title": row.title,
        "state": row.motion.state,
        "topic": row.motion.topic,
        "supporters": row.supporters,
        "needed": row.gathering.needed if row.gathering else None,
        "support_ends_at": row.gathering.ends_at.isoformat() if row.gathering else None,
    }


def _support(said: dict[str, Any]) -> str:
    if said["needed"] is None:
        return ""
    return f", {said['supporters']} of {said['needed']} supporters until {said['support_ends_at'][:16]}"
