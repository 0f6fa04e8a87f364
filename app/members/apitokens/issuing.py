"""Issuing tokens: made by their person, shown once, kept as a hash, ended by their day or by revoking them."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.apitokens.models import ApiToken
from app.members.apitokens.scopes import SHORT_LIFE, SHORT_LIVED, Scope, scopes_for
from app.members.models import Person
from app.members.roles import GRANTED

PREFIX = "costake_"  # so that tools which look for leaked secrets can find ours
DAYS_MAX = 365
STANDING_MAX = 50


class LastsTooLong(Refusal):
    """A token ends within a year."""

    message = N_("A token lasts at least 1 and at most {most} days.")
    field = "days"


class LastsADay(Refusal):
    """What the pages ask to be confirmed lately is not opened for months."""

    message = N_("A token with the scope {scope} lasts 1 day at most. Make one when you need it.")
    field = "days"


class ScopeMissing(Refusal):
    """A token without a scope opens nothing."""

    message = N_("Choose at least one thing that the token may be used for.")
    field = "scopes"


class ScopeBeyondRole(Refusal):
    """A token can do no more than its person."""

    message = N_("Your role does not allow what the scope {scope} is for.")
    status = 403
    field = "scopes"


class IssuedAlready(Refusal):
    """The form was sent a second time; a token is shown once."""

    message = N_("This token was made already, and was shown then. If you did not keep it, revoke it and make another.")
    status = 409


class TooManyTokens(Refusal):
    """Nobody needs so many tokens."""

    message = N_("You have {most} tokens that are valid. Revoke one that you no longer use.")
    status = 409


class NoSuchToken(Refusal):
    """The token does not exist, was revoked, or is somebody else's."""

    message = N_("There is no such token, or it was revoked already.")
    status = 404


@dataclass(frozen=True)
class Wanted:
    """A token as its person asks for it; `form_key` makes sending the form twice harmless."""

    form_key: str
    label: str
    scopes: Sequence[Scope]
    days: int


def issue_token(
    session: Session, person: Person, wanted: Wanted, *, roles: frozenset[str], by: int | None
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is kept nowhere; `by` is None on the command line.

    `roles` are those of the person that count where the token is made: in a session, once a second factor is shown.
    """
    if not 1 <= wanted.days <= DAYS_MAX:
        raise LastsTooLong(most=DAYS_MAX)
    if not wanted.scopes:
        raise ScopeMissing
    allowed = scopes_for(roles)
    for scope in wanted.scopes:
        if scope not in allowed:
            raise ScopeBeyondRole(scope=scope.value)
    for scope in sorted(SHORT_LIVED & set(wanted.scopes)):
        if timedelta(days=wanted.days) > SHORT_LIFE:
            raise LastsADay(scope=scope.value)
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    if session.scalars(select(ApiToken.id).where(ApiToken.form_key == wanted.form_key)).first() is not None:
        raise IssuedAlready
    if _standing(session, person.id) >= STANDING_MAX:
        raise TooManyTokens(most=STANDING_MAX)
    secret = PREFIX + secrets.token_urlsafe(32)
    row = _row(person, wanted, secret, by, with_roles=bool(roles & set(GRANTED)))
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.TOKEN_ISSUED, f"token:{row.id}", by=by, scopes=row.scopes, days=wanted.days)
    return row, secret


def revoke_token(session: Session, token_id: int, *, person_id: int | None, by: int | None) -> ApiToken:
    """End a token now; `person_id` is whose it must be, or None on the command line."""
    row = session.scalars(select(ApiToken).where(ApiToken.id == token_id).with_for_update()).first()
    if row is None or row.revoked_at is not None or person_id not in (None, row.person_id):
        raise NoSuchToken
    row.revoked_at, row.revoked_by = clock.now(), by
    session.flush()
    audit.record(session, audit.Tag.TOKEN_REVOKED, f"token:{row.id}", by=by)
    return row


def tokens_of(session: Session, person_id: int) -> list[ApiToken]:
    """The tokens of a person that were not revoked, the newest first; some may have expired."""
    return list(
        session.scalars(
            select(ApiToken)
            .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
            .order_by(ApiToken.id.desc())
        )
    )


def digest(secret: str) -> bytes:
    """What is kept of a secret; it has 256 random bits, so that a fast hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


def _standing(session: Session, person_id: int) -> int:
    standing = (ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > clock.now())
    return session.execute(select(func.count(ApiToken.id)).where(*standing)).scalar_one()


def _row(person: Person, wanted: Wanted, secret: str, by: int | None, *, with_roles: bool) -> ApiToken:
    return ApiToken(
        person_id=person.id,
        form_key=wanted.form_key,
        label=wanted.label,
        secret_sha256=digest(secret),
        scopes=[scope.value for scope in Scope if scope in wanted.scopes],
        with_roles=with_roles,
        created_at=clock.now(),
        created_by=by,
        expires_at=clock.now() + timedelta(days=wanted.days),
        last_used_on=None,
        revoked_at=None,
        revoked_by=None,
    )
