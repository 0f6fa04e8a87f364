"""Sessions: listed and ended by their person, never taken over from a cookie, and told of when the browser is new."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.members.models import SignedIn
from app.members.signin.browsers import Here, describe
from app.members.signin.sessions import NoSuchSession, open_session, open_sessions, revoke_session, session_of
from app.members.signing_in import link_path, new_link
from tests import make
from tests.members.signin.conftest import NOW

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.mark.parametrize(
    ("agent", "known_as"),
    [
        (FIREFOX, ("Firefox", "Linux")),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", ("Safari", "iOS")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/19.0 Safari/605.1", ("Safari", "macOS")),
        ("python-httpx/0.28", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_browser_is_named_coarsely(agent, known_as):
    assert describe(agent) == known_as


def test_sessions_are_listed_and_each_can_be_ended(address, signed_in):
    laptop, phone, library = signed_in(), signed_in(), signed_in()
    laptop.get("/me/security")
    assert laptop.text().count("this one") == 1
    assert laptop.text().count("Sign out there") == 2
    with reading() as session:
        of_phone = session.scalars(select(SignedIn.id).order_by(SignedIn.id)).all()[1]
    laptop.fill_in(f"/me/security/sessions/{of_phone}/end").sees("This session has ended.")
    phone.get("/me/security").sees("There is no password")
    library.get("/nowhere", 404).sees("Sign out")
    library.get("/me/security").sees("Where you are signed in")
    laptop.get("/me/security").press("end-others").sees("All your other sessions have ended.")
    library.get("/me/security").sees("There is no password")
    laptop.get("/me/security").sees("Where you are signed in")


def test_nobody_ends_the_session_of_another_person(database):
    with transaction() as session:
        maya, wei = make.person(session), make.person(session, "wei@example.org")
        cookie = open_session(session, maya)
        number = session_of(session, cookie).id
        for session_id in (number, 0, 999):
            with pytest.raises(NoSuchSession):
                revoke_session(session, session_id, person_id=wei.id)
        assert [row.id for row in open_sessions(session, maya.id)] == [number]
        revoke_session(session, number, person_id=maya.id)
        assert session_of(session, cookie) is None


def test_a_cookie_that_somebody_planted_never_becomes_a_session(address, visitor):
    with transaction() as session:
        path = link_path(new_link(session, make.person(session)))
    victim = visitor()
    victim.browser.cookies.set("session", "planted-by-somebody-else", domain="127.0.0.1", path="/")
    victim.get(path).press("/sign-in/").sees("You are signed in.")
    attacker = visitor()
    attacker.browser.cookies.set("session", "planted-by-somebody-else", domain="127.0.0.1", path="/")
    attacker.get("/pledges").sees("There is no password")
    given = [cookie.value for cookie in victim.browser.cookies.jar if cookie.name == "session"]
    assert "planted-by-somebody-else" not in given[-1]


def test_signing_in_again_in_the_same_browser_ends_the_session_before(database):
    with transaction() as session:
        maya = make.person(session)
        first = open_session(session, maya, Here(device="d" * 40))
        second = open_session(session, maya, Here(device="d" * 40, before=first))
        assert session_of(session, first) is None
        assert session_of(session, second) is not None


def test_a_letter_tells_of_a_new_browser_but_not_of_the_first_or_a_known_one(database):
    laptop, phone = Here(device="l" * 40, browser="Firefox", system="Linux"), Here(device="p" * 40)
    with transaction() as session:
        maya = make.person(session)
        open_session(session, maya, laptop)
        open_session(session, maya, laptop)
        assert make.letters(session, maya.email) == []
        open_session(session, maya, phone)
        open_session(session, maya, phone)
        open_session(session, maya, laptop)
        assert make.letters(session, maya.email) == ["new-device"]


def test_a_known_browser_of_one_person_is_new_for_another(database):
    shared = Here(device="s" * 40)
    with transaction() as session:
        maya, wei = make.person(session), make.person(session, "wei@example.org")
        open_session(session, wei, Here(device="w" * 40))
        open_session(session, maya, shared)
        open_session(session, wei, shared)
        assert make.letters(session, wei.email) == ["new-device"]


def test_the_day_of_the_last_use_is_kept(address, signed_in):
    maya = signed_in()
    with transaction() as session:
        row = session.scalars(select(SignedIn)).one()
        row.used_on = (NOW - timedelta(days=3)).date()
    maya.get("/pledges")
    with reading() as session:
        assert session.scalars(select(SignedIn.used_on)).one() == clock.today()
