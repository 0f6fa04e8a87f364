"""`costake role`: grant, end and list roles from the command line."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import click

from app.cli.acting import actor

if TYPE_CHECKING:
    from app.core.settings import Settings
    from app.members.approvals.models import Proposal

DAY = click.DateTime(["%Y-%m-%d"])
PROPOSED_BY = click.option(
    "--by", "proposer", help="Propose it with this e-mail address of an organizer; another organizer approves it."
)


@click.group()
def role() -> None:
    """Roles: who may do what.

    The command line grants and ends them at set-up. Once two organizers are there, one of them proposes a role or its
    end at /desk/roles or here with --by, and another approves it.
    """


@role.command()
@click.argument("email")
@click.argument("role")
@click.option("--reason", default="granted on the command line", show_default=True, help="Why, for the record.")
@click.option("--for", "subject", help="Limit it to one thing, such as offer:spring-2027.")
@click.option("--from", "begins", type=DAY, help="The first day on which it counts.")
@click.option("--until", "ends", type=DAY, help="The last day on which it counts.")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@PROPOSED_BY
def grant(
    email: str,
    role: str,
    reason: str,
    subject: str | None,
    begins: datetime | None,
    ends: datetime | None,
    language: str,
    proposer: str | None,
) -> None:
    """Give EMAIL a ROLE: organizer, treasurer, teller, auditor or secretary.

    Without --by this is for the set-up: once two organizers could decide about it, one of them proposes it.
    """
    import app.offers.scoping  # noqa: F401  (makes offers known as what a role can be limited to)
    from app.core.database import transaction
    from app.members.approvals.granting import grant_at_set_up, propose_role
    from app.members.persons import known_person, normal_email
    from app.members.roles import Bounds

    bounds = Bounds(subject, begins.date() if begins else None, ends.date() if ends else None)

    with transaction() as session:
        person = known_person(session, normal_email(email), language)
        if proposer is not None:
            by = actor(session, proposer)
            _say_proposed(propose_role(session, person, role, by=by, reason=reason, bounds=bounds))
            return
        grant_at_set_up(session, person, role, reason=reason, bounds=bounds)
    click.echo(f"{person.email} is {role} now.")


@role.command()
@click.argument("grant_id", type=click.IntRange(1, 2**63 - 1))
@click.option("--reason", required=True, help="Why, for the record.")
@PROPOSED_BY
def end(grant_id: int, reason: str, proposer: str | None) -> None:
    """End the role with the number GRANT_ID (see `costake role list`).

    Without --by this is refused once two organizers could decide about it: one of them proposes it.
    """
    from app.core.database import transaction
    from app.members.approvals.ending import end_at_set_up, propose_end

    with transaction() as session:
        if proposer is not None:
            _say_proposed(propose_end(session, grant_id, by=actor(session, proposer), reason=reason))
            return
        end_at_set_up(session, grant_id, reason=reason)
    click.echo(f"Grant {grant_id} has ended.")


def _say_proposed(proposal: "Proposal") -> None:
    click.echo(f"Proposed as {proposal.id}. Another organizer approves it at /desk/approvals or by the API.")


@role.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the grants as JSON.")
def list_grants(as_json: bool) -> None:
    """List every role that stands."""
    from app.core.database import reading
    from app.members.persons import name_of
    from app.members.roles import standing_grants

    with reading() as session:
        rows = [
            {
                "id": row.id,
                "name": name_of(session, row.person),
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
        click.echo(f"{row['id']:>5}  {row['role']:<10} {_called(row)}{limits}  ({granted_on}: {row['reason']})")
    if not rows:
        click.echo("No role is granted. Begin with: costake role grant you@example.org organizer")


def _called(row: Mapping[str, object]) -> str:
    """The e-mail address, with the legal name where it is known."""
    return f"{row['email']} {row['name']}" if row["name"] not in (row["email"], None) else str(row["email"])


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
