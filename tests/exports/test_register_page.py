"""The desk's page of the register: as of a day, and as it was known at the end of an earlier one."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.database import transaction
from app.members.models import Membership
from app.members.persons import record_particulars
from tests import make
from tests.security.conftest import House, configure, doorstep, doorstep_world, portal  # noqa: F401  (fixtures)


@pytest.fixture
def corrected(doorstep: House, monkeypatch) -> House:  # noqa: F811
    """Maya became a member four days ago; today a name is corrected for all days since."""
    now, then = clock.now, clock.today() - timedelta(days=4)
    monkeypatch.setattr(clock, "now", lambda: now() - timedelta(days=4))
    with transaction() as session:
        maya = make.member(session, name="Maya Witfield").person
    monkeypatch.setattr(clock, "now", now)
    with transaction() as session:
        record_particulars(session, maya, "Maya Whitfield", make.OAKLAND, valid_from=then, by=None)
    return doorstep


def test_a_correction_is_seen_or_not_as_the_day_of_knowing_says(corrected):
    browser, then = corrected.browser("organizer"), clock.today() - timedelta(days=2)
    now = browser.ask("GET", f"/desk/register?as_of={then}").text
    assert "Maya Whitfield" in now
    before = browser.ask("GET", f"/desk/register?as_of={then}&known_at={then}").text
    assert "Maya Witfield" in before
    assert "Maya Whitfield" not in before
    assert f"register.csv?as_of={then}&amp;known_at={then}" in before
    file = browser.ask("GET", f"/desk/register.csv?as_of={then}&known_at={then}").text
    assert "Maya Witfield" in file
    assert browser.ask("GET", "/desk/register?known_at=yesterday").status_code == 422
    moved = browser.ask("GET", f"/desk/register?register=movements&profile=fr&as_of={then}").text
    assert "There was nothing in this register" in moved  # she has no shares
    with transaction() as session:
        make.lot(session, session.query(Membership).one(), 3, on=clock.today())
    moved = browser.ask("GET", "/desk/register?register=movements&profile=fr").text
    assert "Allotment" in moved and "Code de commerce" in moved and "Maya Whitfield" in moved
    changed = browser.ask("GET", f"/desk/register/differences?since={then}").text
    assert "Shares: 0 → 3" in changed and "Amount paid: – → 69.00" in changed
    assert "Nothing differs" in browser.ask("GET", f"/desk/register/differences?since={then}&until={then}").text
    assert browser.ask("GET", "/desk/register/differences?profile=atlantis").status_code == 422
