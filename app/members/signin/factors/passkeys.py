"""Passkeys: keys that stay on a person's device, registered and shown by WebAuthn (W3C, level 3)."""

import json
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.core import audit, clock, tokens
from app.core.errors import N_, NotFound, Refusal
from app.core.settings import settings
from app.members.models import Person
from app.members.persons import called
from app.members.signin.factors.having import ADDED_PASSKEY, REMOVED_PASSKEY, tell
from app.members.signin.models import Passkey
from app.members.signin.once import spend

CHALLENGE_LASTS = timedelta(minutes=10)
NAME_MAX = 60
PER_PERSON_MAX = 20
_PURPOSE = "passkey"


class PasskeyRefused(Refusal):
    """The device's answer does not prove that it holds the key."""

    message = N_("The passkey was not accepted. Try again, or use another way.")


class ChallengeTooOld(Refusal):
    """The page was open for too long, or its answer was used already."""

    message = N_("This page was open for too long. Try again.")


class TooManyPasskeys(Refusal):
    """The person has more passkeys than anyone needs."""

    message = N_("You have {most} passkeys. Remove one first.")


def possible() -> bool:
    """Whether browsers make passkeys for the public address: it has a name, and is https or localhost."""
    host = _host()
    return bool(host) and not host.replace(".", "").isdigit() and ":" not in host


def offer_registration(session: Session, person: Person, name: str) -> dict[str, str]:
    """What the page hands to the browser to make a passkey: `options` (JSON) and the sealed `challenge`."""
    challenge = secrets.token_bytes(32)
    known = _present(session, person.id)
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=settings().organization,
        user_name=called(person),
        user_display_name=name,
        user_id=known[0].user_handle if known else secrets.token_bytes(32),
        challenge=challenge,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=row.credential_id) for row in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    handle = bytes_to_base64url(options.user.id)
    return {"options": options_to_json(options), "challenge": _sealed(f"add:{person.id}:{handle}", challenge)}


def register(session: Session, person: Person, answer: str, challenge: str, name: str) -> Passkey:
    """Keep the passkey that a browser made. Raises the refusals above."""
    known = _present(session, person.id)
    if len(known) >= PER_PERSON_MAX:
        raise TooManyPasskeys(most=PER_PERSON_MAX)
    purpose, expected = _opened(session, challenge)
    kind, person_id, handle = [*purpose.split(":"), "", ""][:3]
    if (kind, person_id) != ("add", str(person.id)):
        raise PasskeyRefused
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=expected,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused from error
    if session.scalars(select(Passkey.id).where(Passkey.credential_id == made.credential_id)).first() is not None:
        raise PasskeyRefused
    row = Passkey(
        person_id=person.id,
        user_handle=base64url_to_bytes(handle),
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=" ".join(name.split())[:NAME_MAX],
        added_at=clock.now(),
        used_at=None,
        removed_at=None,
    )
    session.add(row)
    session.flush()
    tell(session, person, audit.Tag.SECOND_FACTOR_ADDED, ADDED_PASSKEY)
    return row


def offer_use() -> dict[str, str]:
    """What the page hands to the browser to show any passkey for this address: `options` (JSON) and `challenge`."""
    challenge = secrets.token_bytes(32)
    options = webauthn.generate_authentication_options(
        rp_id=_host(), challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return {"options": options_to_json(options), "challenge": _sealed("use", challenge)}


def use(session: Session, answer: str, challenge: str) -> Person:
    """The person whose passkey a browser has shown, their presence verified by the device; each answer works once."""
    purpose, expected = _opened(session, challenge)
    if purpose != "use":
        raise PasskeyRefused
    shown = _read(answer)
    try:
        key = base64url_to_bytes(str(shown.get("rawId", "")))
    except ValueError as error:
        raise PasskeyRefused from error
    found = select(Passkey).where(Passkey.credential_id == key, Passkey.removed_at.is_(None)).with_for_update()
    row = session.scalars(found).first()
    if row is None:
        raise PasskeyRefused
    try:
        proved = webauthn.verify_authentication_response(
            credential=shown,
            expected_challenge=expected,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
        handle = dict(shown.get("response") or {}).get("userHandle")
        fits = handle is None or base64url_to_bytes(str(handle)) == row.user_handle
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused from error
    if not fits:
        raise PasskeyRefused
    row.sign_count, row.used_at = proved.new_sign_count, clock.now()
    return session.get_one(Person, row.person_id)


def passkeys_of(session: Session, person_id: int) -> list[Passkey]:
    """A person's passkeys, in the order in which they were added."""
    return _present(session, person_id)


def remove(session: Session, passkey_id: int, person: Person) -> None:
    """Remove one of a person's own passkeys."""
    own = select(Passkey).where(Passkey.id == passkey_id, Passkey.person_id == person.id, Passkey.removed_at.is_(None))
    row = session.scalars(own.with_for_update()).first()
    if row is None:
        raise NotFound
    row.removed_at = clock.now()
    tell(session, person, audit.Tag.SECOND_FACTOR_REMOVED, REMOVED_PASSKEY)


def _present(session: Session, person_id: int) -> list[Passkey]:
    present = select(Passkey).where(Passkey.person_id == person_id, Passkey.removed_at.is_(None))
    return list(session.scalars(present.order_by(Passkey.id)))


def _sealed(purpose: str, challenge: bytes) -> str:
    ends = int((clock.now() + CHALLENGE_LASTS).timestamp())
    return tokens.seal(_PURPOSE, f"{ends}|{purpose}|{bytes_to_base64url(challenge)}")


def _opened(session: Session, challenge: str) -> tuple[str, bytes]:
    """The purpose and the bytes of a challenge of ours, used now for the first time."""
    text = tokens.unseal(_PURPOSE, challenge)
    if text is None:
        raise PasskeyRefused
    ends, purpose, given = text.split("|")
    moment = datetime.fromtimestamp(int(ends), tz=clock.now().tzinfo)
    if moment <= clock.now() or not spend(session, _PURPOSE, given, moment):
        raise ChallengeTooOld
    return purpose, base64url_to_bytes(given)


def _read(answer: str) -> dict[str, Any]:
    try:
        shown = json.loads(answer)
    except ValueError as error:
        raise PasskeyRefused from error
    if not isinstance(shown, dict) or not isinstance(shown.get("response"), dict):
        raise PasskeyRefused
    return shown


def _host() -> str:
    return urlsplit(settings().base_url).hostname or ""


def _origin() -> str:
    parts = urlsplit(settings().base_url)
    return f"{parts.scheme}://{parts.netloc}"
