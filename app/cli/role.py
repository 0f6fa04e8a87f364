"""`costake role`: grant, end and list roles from the command line."""

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from app.core.settings import Settings

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def role() -> None:
    """Roles: who may do what.

    The command line grants them at set-up. Once two organizers are there, one of them proposes a role at /desk/roles
    and another approves it.
    """


@role.command()
@click.argument("email")
@click.argument("role")
@click.option("--reason", default="granted on the command line", show_default=True, help="Why, for the record.")
@click.option("--for", "subject", help="Limit it to one thing, such as offer:spring-2027.")
@click.option("--from", "begins", type=DAY, help="The first day on which it counts.")
@click.option("--until", "ends", type=DAY, help="The last day on which it counts.")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
def grant(
    email: str,
    role: str,
    reason: str,
    subject: str | None,
    begins: datetime | None,
    ends: datetime | None,
    language: str,
) -> None:
    """Give EMAIL a ROLE: organizer, treasurer, teller, auditor or secretary.

    This is for the set-up: once two organizers could decide about it, it is refused, and they do it on the pages.
    """
    import app.offers.scoping  # noqa: F401  (makes offers known as what a role can be limited to)
    from app.core.database import transaction
    from app.members.approvals.granting import grant_at_set_up
    from app.members.persons import known_person, normal_email
    from app.members.roles import Bounds

    bounds = Bounds(subject, begins.date() if begins else None, ends.date() if ends else None)

    with transaction() as session:
        person = known_person(session, normal_email(email), language)
        grant_at_set_up(session, person, role, reason=reason, bounds=bounds)
    click.echo(f"{person.email} is {role} now.")


@role.command()
@click.argument("grant_id", type=click.IntRange(1, 2**63 - 1))
@click.option("--reason", required=True, help="Why, for the record.")
def end(grant_id: int, reason: str) -> None:
    """End the role with the number GRANT_ID (see `costake role list`)."""
    from app.core.database import transaction
    from app.members.roles import end_role

    with transaction() as session:
        end_role(session, grant_id, by=None, reason=reason)
    click.echo(f"Grant {grant_id} has ended.")


@role.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the grants as JSON.")
def list_grants(as_json: bool) -> None:
    """List every role that stands."""
    from app.core.database import reading
    from app.members.roles import standing_grants

    with reading() as session:
        rows = [
            {
                "id": row.id,
                "email": row.person.email,
                "role": row.role,
                "granted_at": row.granted_at.isoformat(),
                "granted_by": row.granted_by,
                "reason": row.reason,
                "for": row.subject,
                "from": row.valid_from.isoformat() if row.valid_from else None,
                "until": row.valid_until.isoformat() if row.valid_until else None,
            }
            for row in standing_grants(session)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        granted_on = str(row["granted_at"])[:10]
        limits = "".join(f", {word} {row[word]}" for word in ("for", "from", "until") if row[word])
        click.echo(f"{row['id']:>5}  {row['role']:<10} {row['email']}{limits}  ({granted_on}: {row['reason']})")
    if not rows:
        click.echo("No role is granted. Begin with: costake role grant you@example.org organizer")


@role.command("link")
@click.argument("email")
def link(email: str) -> None:
    """Print a one-time sign-in link for EMAIL, for when no letter can arrive yet."""
    from app.core.database import transaction
    from app.core.settings import settings
    from app.members.persons import find_person, normal_email
    from app.members.roles import UnknownPerson
    from app.members.signing_in import link_path, new_link

    with transaction() as session:
        person = find_person(session, normal_email(email))
        if person is None:
            raise UnknownPerson(who=email)
        path = link_path(new_link(session, person))
    click.echo(_served_at(settings()) + path)


def _served_at(known: "Settings") -> str:
    """The public address: as configured, else where Costake was last served on this machine."""
    noted = known.var / "address"
    return noted.read_text() if "base_url" not in known.model_fields_set and noted.exists() else known.base_url


@role.command("forget-factors")
@click.argument("email")
@click.option("--reason", required=True, help="Why, for the record.")
def forget_factors(email: str, reason: str) -> None:
    """Remove every second factor of EMAIL, who lost them, and end their sessions; they choose new ones."""
    from app.core.database import transaction
    from app.members.persons import find_person, normal_email
    from app.members.roles import UnknownPerson
    from app.members.signin.factors import having

    with transaction() as session:
        person = find_person(session, normal_email(email))
        if person is None:
            raise UnknownPerson(who=email)
        having.forget_factors(session, person, reason=reason)
    click.echo(f"{email} has no second factor now and is told so by letter.")
