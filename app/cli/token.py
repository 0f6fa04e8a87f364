"""`costake token`: tokens of the API, made, listed and revoked from the command line."""

import json
from uuid import uuid4

import click


@click.group()
def token() -> None:
    """Tokens: how programs act as a person, within scopes and until a day. Everyone makes their own at /me/tokens."""


@token.command()
@click.argument("email")
@click.option("--scope", "scopes", multiple=True, required=True, help="May be given several times; see /api.")
@click.option("--days", type=click.IntRange(1, 365), default=90, show_default=True, help="How long it is valid.")
@click.option("--label", default="made on the command line", show_default=True, help="What it is for.")
def create(email: str, scopes: tuple[str, ...], days: int, label: str) -> None:
    """Make a token for EMAIL and print it: it is kept nowhere and cannot be shown again."""
    from app.core.database import transaction
    from app.members.apitokens.issuing import Wanted, issue_token
    from app.members.apitokens.scopes import Scope
    from app.members.entering import current_membership
    from app.members.persons import find_person, normal_email
    from app.members.roles import Role, UnknownPerson, roles_of, scoped_roles_of

    unknown = [scope for scope in scopes if scope not in set(Scope)]
    if unknown:
        raise click.BadParameter(f"{unknown[0]} is not one of {', '.join(Scope)}", param_hint="--scope")
    with transaction() as session:
        person = find_person(session, normal_email(email))
        if person is None:
            raise UnknownPerson(who=email)
        wanted = Wanted(str(uuid4()), label, [Scope(scope) for scope in scopes], days)
        roles = roles_of(session, person.id) | {role for role, _ in scoped_roles_of(session, person.id)}
        if current_membership(session, person.id) is not None:
            roles |= {Role.MEMBER}
        _, secret = issue_token(session, person, wanted, roles=roles, by=None)
    click.echo(secret)


@token.command("list")
@click.argument("email")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_tokens(email: str, as_json: bool) -> None:
    """List the tokens of EMAIL that were not revoked."""
    from app.core.database import reading
    from app.members.apitokens.issuing import tokens_of
    from app.members.persons import find_person, normal_email
    from app.members.roles import UnknownPerson

    with reading() as session:
        person = find_person(session, normal_email(email))
        if person is None:
            raise UnknownPerson(who=email)
        rows = [
            {
                "id": row.id,
                "label": row.label,
                "scopes": row.scopes,
                "expires_at": row.expires_at.isoformat(),
                "last_used_on": row.last_used_on.isoformat() if row.last_used_on else None,
            }
            for row in tokens_of(session, person.id)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for each in rows:
        used = each["last_used_on"] or "never used"
        click.echo(f"{each['id']:>5}  until {str(each['expires_at'])[:10]}  {used}  {each['label']}")
    if not rows:
        click.echo("There is no token.")


@token.command()
@click.argument("token_id", type=click.IntRange(1, 2**63 - 1))
def revoke(token_id: int) -> None:
    """Revoke the token with the number TOKEN_ID (see `costake token list`)."""
    from app.core.database import transaction
    from app.members.apitokens.issuing import revoke_token

    with transaction() as session:
        revoke_token(session, token_id, person_id=None, by=None)
    click.echo(f"Token {token_id} is revoked.")
