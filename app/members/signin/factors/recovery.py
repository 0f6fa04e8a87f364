"""Recovery codes: ten, shown once, kept as hashes; each stands in once for a second factor that was lost."""

import hashlib
import secrets

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.members.models import Person
from app.members.signin.factors.having import NEW_CODES, USED_CODE, tell
from app.members.signin.factors.tries import begin_try, end_try
from app.members.signin.models import RecoveryCode

CODES = 10
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is taken for another: 32 letters, so 80 bits a code
_LENGTH, _GROUP = 16, 4


def make_codes(session: Session, person: Person) -> list[str]:
    """Ten new codes, to be shown now and never again; those made before no longer work."""
    now = clock.now()
    for row in session.scalars(_standing(person.id).with_for_update()):
        row.replaced_at = now
    codes = [_new_code() for _ in range(CODES)]
    for code in codes:
        made = RecoveryCode(
            person_id=person.id, code_sha256=_hash(person.id, code), made_at=now, used_at=None, replaced_at=None
        )
        session.add(made)
    session.flush()
    tell(session, person, audit.Tag.RECOVERY_CODES_MADE, NEW_CODES)
    return codes


def check(session: Session, person: Person, code: str) -> bool:
    """Whether a code is one of the person's and is used now for the first time; keep the transaction either way."""
    tries = begin_try(session, person.id)
    wanted = RecoveryCode.code_sha256 == _hash(person.id, code)
    row = session.scalars(_standing(person.id).where(wanted).with_for_update()).first()
    if row is None:
        return end_try(session, tries, right=False)
    row.used_at = clock.now()
    tell(session, person, audit.Tag.SECOND_FACTOR_PASSED, USED_CODE)
    return end_try(session, tries, right=True)


def codes_left(session: Session, person_id: int) -> int:
    """How many of a person's codes still work."""
    return session.scalar(select(func.count()).select_from(_standing(person_id).subquery())) or 0


def _standing(person_id: int) -> Select[RecoveryCode]:
    return select(RecoveryCode).where(
        RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None), RecoveryCode.replaced_at.is_(None)
    )


def _new_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def _hash(person_id: int, code: str) -> bytes:
    typed = "".join(char for char in code.upper() if char in _LETTERS)
    return hashlib.sha256(f"{person_id}:{typed}".encode()).digest()
