"""The authenticator app: codes of six digits that change every 30 seconds (TOTP, RFC 6238), each accepted once."""

import hmac
from datetime import timedelta
from io import BytesIO

import pyotp
import segno
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, tokens
from app.core.errors import N_, NotFound, Refusal
from app.core.settings import settings
from app.members.models import Person
from app.members.persons import called
from app.members.signin.factors.having import ADDED_APP, REMOVED_APP, tell
from app.members.signin.factors.tries import begin_try, end_try
from app.members.signin.models import Authenticator

STEP_SECONDS = 30
DRIFT_STEPS = 1  # a clock may be half a minute off, RFC 6238 section 5.2
SECRET_LASTS = timedelta(minutes=30)
_PURPOSE = "authenticator"


class WrongCode(Refusal):
    """The code is wrong, too old, or was used already."""

    message = N_("This code is not right, or was used already. Wait for the next one and enter it.")
    field = "code"


class SecretTooOld(Refusal):
    """The page with the picture was open for too long."""

    message = N_("This page was open for too long. Load it again and scan the new picture.")


class AppAlready(Refusal):
    """The person has an authenticator app."""

    message = N_("You have an authenticator app already. Remove it first.")
    status = 409


def new_secret(person: Person) -> str:
    """A new secret, sealed for the form of this person."""
    ends = int((clock.now() + SECRET_LASTS).timestamp())
    return tokens.seal(_PURPOSE, f"{person.id}|{ends}|{pyotp.random_base32()}")


def secret_in(person: Person, sealed: str) -> str:
    """The secret of a form of this person, in base 32."""
    text = tokens.unseal(_PURPOSE, sealed) or "0|0|"
    person_id, ends, secret = text.split("|")
    if int(person_id) != person.id or int(ends) <= clock.now().timestamp():
        raise SecretTooOld
    return secret


def picture(person: Person, secret: str) -> str:
    """The QR code by which an app takes the secret: SVG without a prolog, dark on light."""
    name = settings().organization
    address = pyotp.TOTP(secret).provisioning_uri(name=called(person), issuer_name=name)
    drawn = BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=4, dark="#000", light="#fff", svgclass="qr"
    )
    return drawn.getvalue().decode()


def add(session: Session, person: Person, secret: str, code: str) -> Authenticator:
    """Keep an app that has shown a first right code."""
    if authenticator_of(session, person.id) is not None:
        raise AppAlready
    step = _step_of(secret, code, after=0)
    if step is None:
        raise WrongCode
    now = clock.now()
    row = Authenticator(person_id=person.id, secret=secret, last_step=step, added_at=now, used_at=None, removed_at=None)
    session.add(row)
    session.flush()
    tell(session, person, audit.Tag.SECOND_FACTOR_ADDED, ADDED_APP)
    return row


def check(session: Session, person_id: int, code: str) -> bool:
    """Whether a code is right and was not used before; keep the transaction either way, since tries are counted."""
    row = authenticator_of(session, person_id)
    tries = begin_try(session, person_id)
    if row is not None:
        session.refresh(row, with_for_update=True)
        step = _step_of(row.secret, code, after=row.last_step)
        if step is not None:
            row.last_step, row.used_at = step, clock.now()
            return end_try(session, tries, right=True)
    return end_try(session, tries, right=False)


def authenticator_of(session: Session, person_id: int) -> Authenticator | None:
    """A person's authenticator app."""
    own = select(Authenticator).where(Authenticator.person_id == person_id, Authenticator.removed_at.is_(None))
    return session.scalars(own).first()


def remove(session: Session, person: Person) -> None:
    """Remove a person's authenticator app."""
    row = authenticator_of(session, person.id)
    if row is None:
        raise NotFound
    row.removed_at = clock.now()
    tell(session, person, audit.Tag.SECOND_FACTOR_REMOVED, REMOVED_APP)


def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """The time step whose code this is, later than `after`; all are compared, in constant time."""
    digits = "".join(char for char in code if char.isascii() and char.isdigit())
    app = pyotp.TOTP(secret, interval=STEP_SECONDS)
    now = int(clock.now().timestamp()) // STEP_SECONDS
    steps = range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1)
    fitting = [step for step in steps if hmac.compare_digest(app.generate_otp(step), digits)]
    later = [step for step in fitting if step > after]
    return later[0] if later else None
