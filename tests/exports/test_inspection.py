"""The register as members inspect it: present members only, in the columns that the law opens."""

import pytest

from app.core import clock
from app.core.database import transaction
from app.exports.inspection.reading import TITLES, VIEWS, members_inspected
from app.members.people.leaving import resign
from tests import make
from tests.exports.test_trail import browser


@pytest.fixture
def members(database):
    """Maya with 4,711 shares worth and Wei, who has left, as pages name them."""
    with transaction() as session:
        pledges = make.succeeded_offer(session)
        left = make.member(session, "left@example.org", "Left Already")
        resign(session, left.person, clock.today(), by=None)
        outsider = make.person(session, "out@example.org", "Out Sider")
        return {"maya": pledges[0].person, "left": left.person, "out": outsider}


@pytest.mark.parametrize(
    ("law", "shown", "hidden"),
    [
        ("", ["Maya Whitfield"], ["1200 Adeline Street", ">100<", "2,300"]),
        ("uk", ["Maya Whitfield", "1200 Adeline Street", "Societies Act 2014"], [">100<", "2,300"]),
        ("de", ["Maya Whitfield", "1200 Adeline Street", ">100<"], ["2,300"]),
    ],
)
def test_members_see_what_the_law_opens_and_no_amounts(members, monkeypatch, law, shown, hidden):
    monkeypatch.setenv("COSTAKE_REGISTER_LAW", law)
    seen = browser(members["maya"], monkeypatch).get("/register").text
    for part in shown:
        assert part in seen
    for part in [*hidden, "Left Already"]:
        assert part not in seen


def test_only_members_see_it_and_each_look_is_noted(members, monkeypatch):
    assert browser(members["out"], monkeypatch).get("/register").status_code == 403
    assert browser(members["left"], monkeypatch).get("/register").status_code == 403
    looking = browser(members["maya"], monkeypatch)
    assert looking.get("/register").status_code == 200
    assert "Register inspected" in looking.get("/me/audit").text


def test_a_long_register_goes_on_after_the_last_number(members):
    with transaction() as session:
        numbers = [row.number for row in members_inspected(session, clock.today())]
        first = members_inspected(session, clock.today(), most=1)
        rest = members_inspected(session, clock.today(), after=first[-1].number)
    assert [row.number for row in (*first, *rest)] == numbers


def test_no_view_shows_what_was_paid():
    assert all(set(view.columns) <= set(TITLES) for view in VIEWS.values())
