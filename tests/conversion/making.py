"""What tests of conversions start from: an exchange of class A into class C, approved by two people."""

import csv
import io
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversion.exchange.approving import propose_exchange
from app.conversion.exchange.drafting import Replacement, draft_exchange
from app.conversion.exchange.models import Exchange
from app.conversion.exchange.reckoning import latest_reckoning
from app.conversion.exchange.terms import Terms
from app.core import clock
from app.members.approvals.approving import decide
from app.members.models import Person
from app.shares.acts.exchanging import Fractions, Ratio
from app.shares.classes import share_class
from app.shares.importing.acting import import_holders
from app.shares.importing.columns import COLUMNS
from tests import make

STAFF = ("organizer", "secretary")
TWO_FOR_THREE = Terms(Ratio(2, 3), Fractions.CASH)


def exchange(session: Session, terms: Terms = TWO_FOR_THREE, **changed: Any) -> Exchange:
    """A draft: class A becomes class C today; the worker reckons its list."""
    old, new = share_class(session, "A", "User-owner share"), share_class(session, "C", "Co-operative share")
    facts: dict[str, Any] = {
        "zone": "UTC",
        "effective_on": clock.today(),
        "cash_due_on": clock.today(),
        "by": two(session)[0].id,
        "reason": "the members resolved to convert",
    }
    return draft_exchange(
        session, str(uuid4()), "Into the co-operative", [Replacement(old, new, terms)], **facts | changed
    )


def two(session: Session) -> tuple[Person, Person]:
    """The two who propose and approve."""
    found = [session.scalars(select(Person).where(Person.email == f"{role}@example.org")).first() for role in STAFF]
    first, second = (who or make.staff(session, role) for who, role in zip(found, STAFF, strict=True))
    return first, second


def approve(session: Session, exchange_id: int) -> None:
    """Both agree to the list as reckoned."""
    first, second = two(session)
    found = latest_reckoning(session, exchange_id)
    assert found is not None, "the worker reckoned it"
    proposal = propose_exchange(session, exchange_id, found.sha256, by=first, reason="as resolved")
    decide(session, proposal.id, approve=True, by=second, reason="I compared the list")


def many_holders(session: Session, count: int) -> None:
    """So many members with ten shares of class A each, out of an older register."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, [column.name for column in COLUMNS], restval="")
    writer.writeheader()
    for number in range(1, count + 1):
        line = {"legal_name": f"Holder {number}", "email": f"holder-{number}@example.org", "street": f"{number} Main"}
        line |= {"postal_code": "80302", "locality": "Boulder", "region": "CO", "country": "US", "class_code": "A"}
        line |= {"class_name": "User-owner share", "shares": "10", "price": "23", "currency": "USD"}
        writer.writerow(line | {"allotted_on": "2024-01-15"})
    import_holders(session, file.getvalue().encode(), by=None)
