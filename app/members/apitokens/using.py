"""Using tokens: whose a secret is, whether it still opens anything, and the day on which it was last used."""

from typing import ClassVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from app.core import clock
from app.core.errors import N_, Refusal
from app.members.apitokens.issuing import digest
from app.members.apitokens.models import ApiToken

_SCHEME = "bearer"


class TokenMissing(Refusal):
    """The request carries no token."""

    message = N_("Send a token in the header Authorization: Bearer costake_…")
    status = 401
    headers: ClassVar = {"WWW-Authenticate": 'Bearer realm="Costake"'}


class TokenNotValid(Refusal):
    """The token is unknown, has expired or was revoked: the same answer for all, since it may be stolen."""

    message = N_("The token is not valid, has expired or was revoked. Make a new one at /me/tokens.")
    status = 401
    headers: ClassVar = {"WWW-Authenticate": 'Bearer realm="Costake", error="invalid_token"'}


def secret_in(authorization: str) -> str:
    """The secret in the value of an Authorization header."""
    scheme, _, secret = authorization.strip().partition(" ")
    if scheme.lower() != _SCHEME or not secret.strip():
        raise TokenMissing
    return secret.strip()


def standing_token(session: Session, secret: str) -> ApiToken:
    """The token of a secret, with its person; refused unless it is valid now."""
    found = session.scalars(
        select(ApiToken)
        .options(joinedload(ApiToken.person))
        .where(
            ApiToken.secret_sha256 == digest(secret), ApiToken.revoked_at.is_(None), ApiToken.expires_at > clock.now()
        )
    ).first()
    if found is None:
        raise TokenNotValid
    return found


def note_use(session: Session, token_id: int) -> None:
    """Note that a token is used today; written once a day."""
    session.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.last_used_on.is_distinct_from(clock.today()))
        .values(last_used_on=clock.today())
    )
