"""A claim that the platform has signed: whoever brings it is one of its users (JWT, RFC 7519; JWS, RFC 7515).

Claims: `sub` (the user, as the platform knows them), `exp`, and optionally `email_sha256` (SHA-256 of the address in
lower case, in hex: then only the person with this address may use it) and `aud` (this installation's address).
"""

import hmac
from functools import cache

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.settings import settings
from app.members.models import Person
from app.members.signin.platform.proving import CLAIMED, email_hash, keep_proof

CLAIM_MAX = 4000


class ClaimRefused(Refusal):
    """The claim is not the platform's, was changed, has expired, or is for somebody else."""

    message = N_("This confirmation is not valid, or no longer. Ask the platform for a new one.")
    field = "claim"


class ClaimedByAnother(Refusal):
    """The user of the platform is another person here."""

    message = N_("This user of the platform is somebody else here already.")
    status = 409
    field = "claim"


def possible() -> bool:
    """Whether the platform's key is configured."""
    return bool(settings().platform_key)


def claim(session: Session, person: Person, token: str) -> None:
    """Keep the proof that a signed-in person is the user of whom the platform's claim tells."""
    rules = jwt.JWTClaimsRegistry(
        now=lambda: int(clock.now().timestamp()), sub={"essential": True}, exp={"essential": True}
    )
    key = _key(settings().platform_key) if possible() else None
    if key is None or len(token) > CLAIM_MAX:
        raise ClaimRefused
    try:
        said = jwt.decode(token.strip(), key, algorithms=_algorithms(key)).claims
        rules.validate(said)
    except (JoseError, ValueError, TypeError) as error:
        raise ClaimRefused from error
    subject, bound, audience = said["sub"], said.get("email_sha256"), said.get("aud", settings().base_url)
    audiences = audience if isinstance(audience, list) else [audience]
    own = email_hash("", person.email or "").hex()
    fits = bound is None or (isinstance(bound, str) and hmac.compare_digest(bound.lower().encode(), own.encode()))
    if not isinstance(subject, str) or not subject or not fits or settings().base_url not in audiences:
        raise ClaimRefused
    if not keep_proof(session, person, CLAIMED, subject[:200]):
        raise ClaimedByAnother


def _algorithms(key: Key) -> list[str]:
    """Only what the configured key is for: never a secret shared with whoever knows the public key."""
    return {"RSA": ["RS256", "PS256"], "EC": ["ES256"], "OKP": ["EdDSA"]}[key.key_type]


@cache
def _key(text: str) -> Key:
    pem = text.replace("\\n", "\n")  # on one line, as environments hold it
    for kind in (RSAKey, ECKey, OKPKey):
        try:
            return kind.import_key(pem)
        except (JoseError, ValueError, TypeError):
            continue
    raise AssertionError("COSTAKE_PLATFORM_KEY is not a public key in PEM")
