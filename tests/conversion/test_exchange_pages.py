"""The desk of exchanges, from the form to the executed list, in the browser's way."""

import csv
import io
from uuid import uuid4

from app.core import clock
from app.core.database import transaction
from app.shares.classes import share_class
from tests import make
from tests.journeys.conftest import address, visitor, work  # noqa: F401  (fixtures)
from tests.journeys.test_pledge_to_certificate import sign_in


def test_an_exchange_is_drafted_looked_at_approved_and_carried_out(visitor, work):  # noqa: F811
    with transaction() as session:
        make.lot(session, make.member(session), 10)
        share_class(session, "C", "Co-operative share")
    organizer = sign_in(visitor(), "organizer@example.org", "organizer")
    today = clock.today().isoformat()
    filled = {
        "title": "Into the co-operative", "old_class": "A", "new_class": "C", "new_shares": "2", "old_shares": "3",
        "fractions": "CASH", "least": "0", "currency": "USD", "nominal": "10", "beyond": "RESERVE", "zone": "UTC",
        "effective_on": today, "cash_due_on": today, "reason": "as resolved", "form_key": str(uuid4()),
    }  # fmt: skip
    organizer.get("/desk/exchanges/new").fill_in("/desk/exchanges/new", **filled)
    work()
    organizer.get("/desk/exchanges").sees("Into the co-operative")
    organizer.get("/desk/exchanges/1").sees("What each member has before and after").sees("$230.00")
    lines = list(csv.DictReader(io.StringIO(organizer.get("/desk/exchanges/1/list.csv").answer.text)))
    assert [(line["member_number"], line["new_shares"], line["cash_cents"]) for line in lines] == [("1", "6", "2300")]
    organizer.get("/desk/exchanges/1").fill_in("/desk/exchanges/1/proposal", reason="as resolved")
    secretary = sign_in(visitor(), "secretary@example.org", "secretary")
    secretary.get("/desk/approvals").fill_in("/desk/approvals/1/approval", reason="I compared the list")
    work()
    organizer.get("/desk/exchanges/1").sees("Every share was exchanged at one moment")
