"""Sign-in links over HTTP: they belong to the browser that asked, work once, and for a while."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.database import reading, transaction
from app.members.models import SignedIn, SignInLink
from app.members.signin.browsers import Here
from app.members.signing_in import (
    LinkExpired,
    LinkUsed,
    TooManyCodes,
    WrongLinkCode,
    code_fits,
    link_path,
    needs_code,
    send_link,
    usable_link,
    use_link,
)
from tests import make
from tests.journeys.visitors import letters_to, link_in
from tests.members.signin.conftest import NOW
from tests.races import at_once

ASKED = {"asker": "the browser that asked", "code": "271828"}


def sent(back: str = "/") -> str:
    """The token of a link that Maya's browser asked for."""
    with transaction() as session:
        make.person(session)
        send_link(session, "maya@example.org", back, **ASKED)
        link = session.scalars(select(SignInLink).order_by(SignInLink.id.desc())).first()
        return link_path(link).removeprefix("/sign-in/")


def sessions() -> int:
    with reading() as session:
        return session.scalar(select(func.count(SignedIn.id)))


def ask(visitor, email: str = "maya@example.org"):
    """A browser that asked for a link, and the code that it shows."""
    asking = visitor().get("/sign-in").fill_in("/sign-in", email=email)
    return asking, re.search(r"this code: (\d{3} \d{3})", asking.text())[1]


def test_a_link_works_in_the_browser_that_asked_for_it(address, visitor, work):
    with transaction() as session:
        make.person(session)
    asking, _ = ask(visitor)
    work()
    asking.get(link_in(letters_to("maya@example.org")[-1])).press("/sign-in/").sees("You are signed in.", "Maya")


def test_a_link_taken_from_a_shared_mailbox_opens_nothing_without_the_code_of_the_browser_that_asked(
    address, visitor, work
):
    with transaction() as session:
        make.person(session)
    asking, code = ask(visitor)
    work()
    path = link_in(letters_to("maya@example.org")[-1])
    thief = visitor().get(path).sees("another browser")
    thief.fill_in(path, 422, code="000000" if code != "000 000" else "000001").sees("This is not the code")
    thief.get("/pledges").sees("Sign in")
    assert sessions() == 0
    asking.get(path).press("/sign-in/").sees("You are signed in.")

    asking.get("/sign-in").fill_in("/sign-in", email="maya@example.org")
    code = re.search(r"this code: (\d{3} \d{3})", asking.text())[1]
    work()
    phone, path = visitor(), link_in(letters_to("maya@example.org")[-1])
    phone.get(path).fill_in(path, code=code).sees("You are signed in.")


def test_after_five_wrong_codes_a_link_is_dead_also_with_the_right_one_and_in_the_right_browser(address, visitor, work):
    with transaction() as session:
        make.person(session)
    asking, code = ask(visitor)
    work()
    path = link_in(letters_to("maya@example.org")[-1])
    thief = visitor()
    wrong = f"{(int(code.replace(' ', '')) + 1) % 10**6:06}"
    for _ in range(5):
        thief.get(path).fill_in(path, 422, code=wrong)
    thief.get(path, 410).sees("Too many wrong codes")
    asking.get(path, 410)
    assert sessions() == 0


def test_the_answer_shows_nobody_whether_an_address_is_known(address, visitor):
    with transaction() as session:
        make.person(session)
    known, unknown = (ask(visitor, email)[0] for email in ("maya@example.org", "nobody@example.org"))
    texts = {re.sub(r"\d{3} \d{3}", "", each.text()).replace("nobody", "maya") for each in (known, unknown)}
    assert len(texts) == 1
    assert all("asker" in each.browser.cookies for each in (known, unknown))


def test_a_link_that_was_asked_for_expires_and_works_once(database):
    with clock.at(NOW):
        first, second = sent(), sent("/pledges")
    asker = Here(asker=ASKED["asker"])
    with clock.at(NOW + timedelta(minutes=19)), transaction() as session:
        assert use_link(session, second, asker)[1] == "/pledges"
        with pytest.raises(LinkUsed):
            use_link(session, second, asker)
    with clock.at(NOW + timedelta(minutes=20)), transaction() as session, pytest.raises(LinkExpired):
        use_link(session, first, asker)
    assert sessions() == 1


def test_a_link_used_in_parallel_opens_one_session(database):
    token = sent()
    outcomes = at_once(*[lambda session: use_link(session, token, Here(asker=ASKED["asker"]))] * 4)
    assert sum(isinstance(outcome, LinkUsed) for outcome in outcomes) == 3
    assert sessions() == 1


def test_codes_tried_in_parallel_are_all_counted(database):
    token = sent()

    def guess(session):
        return code_fits(usable_link(session, token), "000000")

    outcomes = at_once(*[guess] * 8)
    assert outcomes.count(False) == 5
    assert sum(isinstance(outcome, TooManyCodes) for outcome in outcomes) == 3


def test_a_link_needs_its_code_only_elsewhere_and_never_without_having_been_asked_for(database):
    token = sent()
    with transaction() as session:
        link = usable_link(session, token)
        assert not needs_code(link, Here(asker=ASKED["asker"]))
        for other in (None, Here(), Here(asker="another")):
            assert needs_code(link, other)
            with pytest.raises(WrongLinkCode):
                use_link(session, token, other)
        assert code_fits(link, " 271 828 ")
        assert ASKED["code"] not in str(link.code_mac)
        assert not code_fits(link, "")
