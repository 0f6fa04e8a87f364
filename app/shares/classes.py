"""Share classes: created, found by code, and how many of their shares are issued."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.ledger import journal
from app.ledger.chart import share_unit
from app.shares.models import ShareClass


class BadClassCode(Refusal):
    """A code is what the books count by, so it is short and plain."""

    message = N_("“{code}” cannot be a share class code. Use one to eight capital letters or digits.")
    field = "class_code"


class ClassDiffers(Refusal):
    """A class of that code has another name or limit."""

    message = N_("Class {code} is “{name}”, with {limit} shares authorized. Change that by an act, or use its name.")
    status = 409
    field = "class_name"


def share_class(session: Session, code: str, name: str, authorized_shares: int | None = None) -> ShareClass:
    """The share class of a code, created with this name and limit when there is none; None does not say a limit.

    Raises `ClassDiffers` when it exists by another name or with another limit.
    """
    code = class_code(code)
    one_at_a_time(session, f"share class {code}")
    found = session.scalars(select(ShareClass).where(ShareClass.code == code)).first()
    if found is None:
        found = ShareClass(code=code, name=name.strip(), authorized_shares=authorized_shares, created_at=clock.now())
        session.add(found)
        session.flush()
    elif found.name != name.strip() or authorized_shares not in (None, found.authorized_shares):
        raise ClassDiffers(code=code, name=found.name, limit=found.authorized_shares or "∞")
    return found


def lock_class(session: Session, *classes: ShareClass) -> None:
    """Lock classes until commit, in one order and before any holder or lot; others may still hold shares of them.

    New lots refer to their class, so the lock lets references pass: an act that has locked its holders and never
    locks the class would otherwise wait for one that has locked the class and waits for those holders.
    """
    for found in sorted(set(classes), key=lambda each: each.id):
        session.refresh(found, with_for_update={"key_share": True})


def class_code(text: str) -> str:
    """A code as typed, in its one spelling."""
    code = text.strip().upper()
    if not re.fullmatch(r"[A-Z0-9]{1,8}", code):
        raise BadClassCode(code=code[:20])
    return code


def issued_shares(session: Session, found: ShareClass) -> int:
    """How many shares of a class members hold, by the books."""
    return journal.balance(session, "unissued", found.code, share_unit(found.code))
