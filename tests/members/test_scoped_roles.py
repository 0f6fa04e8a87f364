"""Roles with bounds: for one offer only, and from a first to a last day."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import NotAllowed
from app.members.approvals import approving
from app.members.approvals.approving import decide
from app.members.approvals.granting import waiting_roles
from app.members.role_scopes import UnknownSubject
from app.members.roles import (
    AlreadyGranted,
    Bounds,
    EndsBeforeItBegins,
    end_role,
    grant_role,
    holds_any_role,
    roles_of,
    scoped_roles_of,
    standing_grants,
)
from app.offers import scoping  # noqa: F401  (makes offers known as what a role can be limited to)
from tests import make
from tests.security.conftest import House, configure, doorstep, doorstep_world, portal  # noqa: F401  (fixtures)

HERE, THERE = "offer:buy-it", "offer:other"


@pytest.fixture
def later(monkeypatch):
    """Let days pass."""
    now = clock.now

    def after(days: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: now() + timedelta(days=days))

    return after


def test_a_role_for_one_offer_counts_there_and_nowhere_else(database):
    with transaction() as session:
        make.open_offer(session, "buy-it")
        make.draft(session, "other")
        maya = make.person(session)
        grant_role(session, maya, "organizer", by=None, reason="runs it", bounds=Bounds(HERE))
        assert roles_of(session, maya.id) == frozenset()
        assert roles_of(session, maya.id, HERE) == {"organizer"}
        assert roles_of(session, maya.id, THERE) == frozenset()
        assert scoped_roles_of(session, maya.id) == {("organizer", HERE)}
        assert holds_any_role(session, maya.id)
        grant_role(session, maya, "organizer", by=None, reason="runs that too", bounds=Bounds(THERE))
        assert roles_of(session, maya.id, THERE) == {"organizer"}


def test_a_role_counts_from_its_first_to_its_last_day(database, later):
    today = clock.today()
    term = Bounds(None, today + timedelta(days=1), today + timedelta(days=2))
    with transaction() as session:
        maya = make.person(session)
        grant_role(session, maya, "auditor", by=None, reason="elected for two days", bounds=term)
    for day, expected in enumerate([set(), {"auditor"}, {"auditor"}, set(), set()]):
        later(day)
        with reading() as session:
            assert roles_of(session, maya.id) == expected, f"day {day}"
            assert bool(standing_grants(session)) == (day <= 2), f"day {day}"
    with transaction() as session:  # her term is over, so that she can be elected again
        grant_role(session, maya, "auditor", by=None, reason="elected again")
        assert roles_of(session, maya.id) == {"auditor"}
    later(0)


def test_bounds_that_cannot_be_are_refused(database):
    today = clock.today()
    with transaction() as session:
        make.draft(session, "buy-it")
        maya = make.person(session)
    for subject in ("offer:unknown", "offer:", "ballot:1", "buy-it", "", "person:1"):
        with pytest.raises(UnknownSubject), transaction() as session:
            grant_role(session, maya, "teller", by=None, reason="x", bounds=Bounds(subject))
    for first, last in ((None, today - timedelta(days=1)), (today + timedelta(days=2), today + timedelta(days=1))):
        with pytest.raises(EndsBeforeItBegins), transaction() as session:
            grant_role(session, maya, "teller", by=None, reason="x", bounds=Bounds(None, first, last))


def test_what_is_covered_already_is_not_granted_twice(database):
    today, week = clock.today(), timedelta(days=7)
    with transaction() as session:
        make.draft(session, "buy-it")
        maya = make.person(session)
        grant_role(session, maya, "treasurer", by=None, reason="x", bounds=Bounds(HERE, None, today + week))
    for again in (Bounds(HERE), Bounds(HERE, today + week)):
        with pytest.raises(AlreadyGranted), transaction() as session:
            grant_role(session, maya, "treasurer", by=None, reason="x", bounds=again)
    with transaction() as session:  # afterwards, and everywhere, is something else
        grant_role(session, maya, "treasurer", by=None, reason="x", bounds=Bounds(HERE, today + 2 * week))
        grant_role(session, maya, "treasurer", by=None, reason="x")
    with pytest.raises(AlreadyGranted), transaction() as session:
        grant_role(session, maya, "treasurer", by=None, reason="x", bounds=Bounds(HERE))


def test_a_role_for_one_offer_proposes_and_decides_about_it_only(database, monkeypatch):
    act = approving.TwoPersonAct("test:scoped", "t", (approving.Role.ORGANIZER,), lambda session, payload, by: None)
    monkeypatch.setitem(approving._ACTS, act.name, act)
    with transaction() as session:
        make.draft(session, "buy-it")
        maya, wei = make.person(session), make.person(session, "wei@example.org", "Wei")
        for each in (maya, wei):
            grant_role(session, each, "organizer", by=None, reason="x", bounds=Bounds(HERE))
        asked = approving.propose(session, act.name, subject=HERE, payload={}, by=maya, reason="please")
        assert approving.may_decide(session, asked, wei.id)
        assert approving.decide(session, asked.id, approve=True, by=wei, reason="yes").approved
    with pytest.raises(NotAllowed), transaction() as session:
        approving.propose(session, act.name, subject=THERE, payload={}, by=maya, reason="please")


@pytest.fixture
def two_offers(doorstep: House) -> House:  # noqa: F811
    """A house in which the stranger organizes one of two offers."""
    with transaction() as session:
        make.draft(session, "mine")
        stranger = session.get_one(make.Person, doorstep.people["signed in"])
        grant_role(session, stranger, "organizer", by=None, reason="runs it", bounds=Bounds("offer:mine"))
    return doorstep


def test_the_desk_opens_for_the_offer_of_a_role_and_refuses_the_foreign_one(two_offers):
    browser = two_offers.browser("signed in")
    desk = browser.ask("GET", "/desk").text
    assert "/desk/offers/mine" in desk
    assert "/desk/offers/buy-it" not in desk
    assert "/desk/receipts" not in desk
    assert 'href="/desk"' in browser.ask("GET", "/me").text
    assert "/desk/offers/mine/opening" in browser.ask("GET", "/desk/offers/mine").text
    for method, path in [
        ("GET", "/desk/offers/buy-it"),
        ("GET", "/desk/offers/buy-it/terms"),
        ("POST", "/desk/offers/buy-it/opening"),
        ("GET", "/desk/offers/new"),
        ("GET", "/desk/roles"),
        ("GET", "/desk/people"),
        ("GET", "/desk/receipts"),
    ]:
        answer = browser.ask(method, path, reason="mine")
        assert (answer.status_code, "Your role does not allow this" in answer.text) == (403, True), path
    assert browser.ask("POST", "/desk/offers/mine/opening", reason="approved").status_code == 303
    with reading() as session:
        assert make.find_offer(session, "mine").state == "open"


def test_staff_of_one_offer_need_a_second_factor_too(two_offers, configure):  # noqa: F811
    configure(second_factor="required")
    browser = two_offers.browser("signed in")
    answer = browser.ask("GET", "/desk/offers/mine")
    assert (answer.status_code, answer.headers["location"][:18]) == (303, "/me/security/enrol")


def test_the_page_grants_for_an_offer_and_until_a_day(two_offers):
    browser, day = two_offers.browser("organizer"), clock.today() + timedelta(days=30)
    said = {"email": "stranger@example.org", "role": "teller", "reason": "counts", "subject": HERE}
    assert browser.ask("POST", "/desk/roles", **said, valid_until=day.isoformat()).status_code == 303
    with transaction() as session:
        ((waiting, _),) = waiting_roles(session)
        another = make.person(session, "another.organizer@example.org", "Another organizer")
        grant_role(session, another, "organizer", by=None, reason="elected")
        decide(session, waiting.id, approve=True, by=another, reason="she counts well")
    page = browser.ask("GET", "/desk/roles").text
    assert "Buy the platform" in page
    assert str(day.year) in page
    wrong = browser.ask("POST", "/desk/roles", **said | {"subject": "offer:unknown"})
    assert wrong.status_code == 422
    assert "nothing that a role can be limited to" in wrong.text
    with transaction() as session:
        grant = next(each for each in standing_grants(session) if each.role == "teller")
        assert (grant.subject, grant.valid_until) == (HERE, day)
        end_role(session, grant.id, by=None, reason="over")


def test_the_desk_of_one_offer_does_not_tell_of_pledges_in_others(doorstep):  # noqa: F811
    with transaction() as session:
        make.open_offer(session, "mine", code="M")
        make.open_offer(session, "theirs", code="T", title="Somebody else’s")
        seen = make.pledge(session, "mine", "ada@example.org").id
        make.pledge(session, "theirs", "ada@example.org")
        stranger = session.get_one(make.Person, doorstep.people["signed in"])
        grant_role(session, stranger, "treasurer", by=None, reason="counts", bounds=Bounds("offer:mine"))
    path = f"/desk/offers/mine/pledges/{seen}"
    assert "theirs" not in doorstep.browser("signed in").ask("GET", path).text
    assert "/desk/offers/theirs/pledges/" in doorstep.browser("treasurer").ask("GET", path).text
