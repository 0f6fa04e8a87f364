"""Signing in: a link for one use within twenty minutes opens a session of two weeks."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from app.core import clock, tokens
from app.core.database import reading, transaction
from app.members.models import SignedIn, SignInLink
from app.members.signing_in import (
    LINKS_PER_HOUR,
    LinkExpired,
    LinkNotValid,
    LinkUsed,
    link_path,
    new_link,
    open_session,
    send_link,
    sign_out,
    signed_in,
    usable_link,
    use_link,
)
from tests import make
from tests.races import at_once, overlapping

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def link(back: str = "/") -> str:
    """The token of a new link for Maya."""
    with transaction() as session:
        return link_path(new_link(session, make.person(session), back)).removeprefix("/sign-in/")


def use(token: str):
    return lambda session: use_link(session, token)


def seen(cookie: str) -> str | None:
    with reading() as session:
        person = signed_in(session, cookie)
        return person.email if person else None


def sessions() -> int:
    with reading() as session:
        return session.scalar(select(func.count(SignedIn.id)))


def test_a_link_opens_one_session_and_leads_back_to_where_it_was_asked_for(database):
    token = link("/pledges")
    with transaction() as session:
        cookie, back = use_link(session, token)
    assert (seen(cookie), back) == ("maya@example.org", "/pledges")
    with pytest.raises(LinkUsed) as refused, transaction() as session:
        use_link(session, token)
    assert refused.value.status == 410
    assert sessions() == 1
    with reading() as session:  # a copy of the database opens no door
        assert cookie not in str(session.execute(text("SELECT * FROM signed_in")).all())


def test_a_link_lasts_twenty_minutes_and_not_a_moment_longer(database):
    with clock.at(NOW):
        first, second = link(), link()
    with clock.at(NOW + timedelta(minutes=20, microseconds=-1)), transaction() as session:
        use_link(session, first)
    for late in (timedelta(minutes=20), timedelta(days=300)):
        with clock.at(NOW + late), pytest.raises(LinkExpired) as refused, transaction() as session:
            use_link(session, second)
        assert refused.value.status == 410
    assert sessions() == 1


def test_looking_at_a_link_does_not_use_it_up(database):
    token = link()
    for _ in range(3):
        with transaction() as session:
            assert usable_link(session, token).person.email == "maya@example.org"
    with transaction() as session:
        use_link(session, token)


def test_a_link_that_is_not_ours_or_was_cut_off_opens_nothing(database):
    token = link()
    foreign = [tokens.seal("confirm-pledge", 1), tokens.seal("sign-in", 999), "1", "", "."]
    for wrong in (token[:-1], token + "A", token[1:], token.swapcase(), token.partition(".")[0], "x" * 9_000, *foreign):
        with pytest.raises(LinkNotValid) as refused, transaction() as session:
            use_link(session, wrong)
        assert refused.value.status == 404
    assert sessions() == 0


def test_a_link_pressed_twice_at_once_opens_one_session(database):
    outcomes = at_once(*[use(link())] * 3)
    assert sum(isinstance(outcome, LinkUsed) for outcome in outcomes) == 2
    assert isinstance(overlapping(*[use(link())] * 2)[1], LinkUsed)
    assert sessions() == 2


def test_an_unknown_address_is_sent_nothing_and_nobody_is_made_known(database):
    with transaction() as session:
        send_link(session, "nobody@example.org")
        assert make.letters(session, "nobody@example.org") == []
        assert session.scalar(select(func.count(SignInLink.id))) == 0
        assert session.execute(text("SELECT count(*) FROM person")).scalar_one() == 0


def test_so_many_links_an_hour_are_sent_to_an_address_and_others_are_not_kept_waiting(database):
    def sent(session) -> int:
        return make.letters(session, "maya@example.org").count("sign-in")

    with transaction() as session:
        make.person(session)
        make.person(session, "wei@example.org")
        for minute in range(LINKS_PER_HOUR + 2):
            with clock.at(NOW + timedelta(minutes=minute)):
                send_link(session, "maya@example.org", "/pledges")
        assert sent(session) == LINKS_PER_HOUR
        with clock.at(NOW + timedelta(minutes=18)):
            send_link(session, "wei@example.org")
        assert make.letters(session, "wei@example.org") == ["sign-in"]
        with clock.at(NOW + timedelta(minutes=59, seconds=59)):
            send_link(session, "maya@example.org")
        assert sent(session) == LINKS_PER_HOUR
        with clock.at(NOW + timedelta(hours=1)):
            send_link(session, "maya@example.org")
        assert sent(session) == LINKS_PER_HOUR + 1

    with clock.at(NOW + timedelta(days=1)):
        with transaction() as session:
            for _ in range(LINKS_PER_HOUR - 3):
                send_link(session, "maya@example.org")
        at_once(*[lambda session: send_link(session, "maya@example.org")] * 8)
    with reading() as session:
        assert sent(session) == 2 * LINKS_PER_HOUR + 1


def test_a_session_ends_after_two_weeks_or_at_signing_out_whichever_comes_first(database):
    with clock.at(NOW), transaction() as session:
        maya = make.person(session)
        here, elsewhere = open_session(session, maya), open_session(session, maya)
    with clock.at(NOW + timedelta(days=14, microseconds=-1)):
        assert seen(here) == seen(elsewhere) == "maya@example.org"
    with clock.at(NOW + timedelta(days=14)):
        assert seen(here) is None
    with clock.at(NOW + timedelta(days=1)):
        for _ in range(2):
            with transaction() as session:
                sign_out(session, here)
        assert (seen(here), seen(elsewhere)) == (None, "maya@example.org")
        for wrong in ("", here[:-1], "\0", "x" * 5_000):
            assert seen(wrong) is None
            with transaction() as session:
                sign_out(session, wrong)
        assert seen(elsewhere) == "maya@example.org"
