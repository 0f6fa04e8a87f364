"""The gateway to the OpenID provider: its configuration, the way there (code flow with PKCE), and its answer checked.

OpenID Connect Core 1.0 (sections 3.1.2.1, 3.1.3.7), RFC 7636 (PKCE), RFC 9207 (issuer in the answer).
"""

import json
import secrets
import time
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from urllib3.exceptions import HTTPError

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.settings import settings

ANSWER_PATH = "/sign-in/with/account/answer"
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
TIMEOUT = (5, 10)  # seconds to connect and to read
ANSWER_BYTES_MAX = 256 * 1024
KEPT_SECONDS = 600
LEEWAY_SECONDS = 60

_kept: dict[str, tuple[float, dict[str, Any]]] = {}
_lock = Lock()


class ProviderAway(Refusal):
    """The provider cannot be reached, or answers with something else."""

    message = N_("{name} does not answer at the moment. Ask for a sign-in link by e-mail, or try again later.")
    status = 503


class AnswerRefused(Refusal):
    """The provider's answer is missing, foreign, changed, late, or was used already."""

    message = N_("Signing in with {name} did not work. Begin again.")
    status = 403


@dataclass(frozen=True)
class Asked:
    """What the browser keeps while its person is at the provider."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Account:
    """Who the provider says somebody is; `email` only when it has verified the address, else ""."""

    issuer: str
    subject: str
    email: str


def configured_name() -> str:
    """How the sign-in page calls the provider; "" when none is configured."""
    set_up = settings()
    return (set_up.oidc_name or set_up.oidc_issuer) if set_up.oidc_issuer and set_up.oidc_client_id else ""


def way_there() -> tuple[str, Asked]:
    """The address at the provider to which the browser goes, and what it must keep. Raises `ProviderAway`."""
    asked = Asked(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))
    with _client() as client:
        address, _ = client.create_authorization_url(
            _endpoint("authorization_endpoint"), state=asked.state, code_verifier=asked.verifier, nonce=asked.nonce
        )
    return str(address), asked


def read_answer(asked: Asked, state: str, code: str, issuer: str = "") -> Account:
    """Change the code of an answer for the account it tells of, every claim checked. Raises the refusals above."""
    genuine = secrets.compare_digest(asked.state.encode(), state.encode(errors="replace"))
    if not genuine or not code or issuer not in ("", settings().oidc_issuer):
        raise AnswerRefused(name=configured_name())
    try:
        with _client() as client:
            given = client.fetch_token(
                _endpoint("token_endpoint"), code=code, code_verifier=asked.verifier, grant_type="authorization_code"
            )
    except requests.RequestException as error:
        raise ProviderAway(name=configured_name()) from error
    except (OAuthError, ValueError) as error:
        raise AnswerRefused(name=configured_name()) from error
    claims = _claims(str(given.get("id_token", "")), asked.nonce)
    verified = claims.get("email_verified") is True and isinstance(claims.get("email"), str)
    return Account(str(claims["iss"]), str(claims["sub"]), str(claims["email"]) if verified else "")


def _claims(id_token: str, nonce: str) -> dict[str, Any]:
    client_id = settings().oidc_client_id
    rules = jwt.JWTClaimsRegistry(
        now=lambda: int(clock.now().timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": settings().oidc_issuer},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    for fresh in (False, True):  # a provider may have changed its keys
        try:
            keys = KeySet.import_key_set(_fetch(_endpoint("jwks_uri"), fresh=fresh))  # type: ignore[arg-type]  # its own
            claims = jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims
            break
        except (JoseError, ValueError, KeyError, TypeError) as error:
            if fresh:
                raise AnswerRefused(name=configured_name()) from error
    try:
        rules.validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise AnswerRefused(name=configured_name()) from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise AnswerRefused(name=configured_name())
    return claims


def _client() -> Any:
    client = OAuth2Session(
        settings().oidc_client_id,
        settings().oidc_client_secret or None,
        scope="openid email",
        redirect_uri=settings().base_url.rstrip("/") + ANSWER_PATH,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if settings().oidc_client_secret else "none",
        default_timeout=TIMEOUT,
    )
    return _strict(client)


def _strict(client: requests.Session) -> requests.Session:
    """A client that goes nowhere else than where it is told to."""
    client.trust_env = False
    client.max_redirects = 0
    return client


def _endpoint(name: str) -> str:
    """An address of the provider; only over https, or on this machine when the issuer is there too."""
    issuer = settings().oidc_issuer
    configuration = _fetch(issuer.rstrip("/") + "/.well-known/openid-configuration")
    address = str(configuration.get(name, ""))
    parts = urlsplit(address)
    local = urlsplit(issuer)
    safe = parts.scheme == "https" or (parts.scheme, parts.hostname) == (local.scheme, local.hostname)
    if configuration.get("issuer") != issuer or not safe:
        raise ProviderAway(name=configured_name())
    return address


def _fetch(address: str, *, fresh: bool = False) -> dict[str, Any]:
    """A JSON object of the provider, kept for ten minutes."""
    with _lock:
        until, found = _kept.get(address, (0.0, {}))
    if not fresh and until > time.monotonic():
        return found
    try:
        with _strict(requests.Session()) as client:
            answer = client.get(address, headers={"Accept": "application/json"}, timeout=TIMEOUT, stream=True)
            answer.raise_for_status()
            found = json.loads(answer.raw.read(ANSWER_BYTES_MAX, decode_content=True))
    except (requests.RequestException, HTTPError, ValueError) as error:
        raise ProviderAway(name=configured_name()) from error
    if not isinstance(found, dict):
        raise ProviderAway(name=configured_name())
    with _lock:
        _kept[address] = (time.monotonic() + KEPT_SECONDS, found)
    return found
