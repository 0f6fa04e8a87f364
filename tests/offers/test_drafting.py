"""Drafting and opening: terms are judged as a whole, and frozen when people may rely on them."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.core import clock, language
from app.core.database import reading, transaction
from app.core.errors import NotFound
from app.offers.drafting import (
    BadSlug,
    ImpossibleTerms,
    SlugTaken,
    StateChanged,
    TermsFrozen,
    change_draft,
    draft_offer,
    find_offer,
    open_offer,
)
from app.offers.models import Offer, OfferTerms
from tests import make
from tests.races import at_once, overlapping


def refused(refusal, status: int, act):
    with pytest.raises(refusal) as met, transaction() as session:
        act(session)
    assert met.value.status == status
    return met.value


def open_(session, slug: str = make.SLUG):
    return open_offer(session, slug, by=None, reason="approved")


def versions() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(OfferTerms.title).order_by(OfferTerms.id)))


def test_an_address_that_would_not_be_plain_is_refused(database):
    for slug in (
        "",
        "-",
        "a-",
        "-a",
        "a--b",
        "Spring",
        "spring 2027",
        "a/b",
        "été",
        "a_b",
        "x" * 61,
        "a\n",
        "٣",
        "../a",
    ):
        assert refused(BadSlug, 422, lambda session, slug=slug: make.draft(session, slug)).field == "slug"
    assert versions() == []
    with transaction() as session:
        assert make.draft(session, "2027").slug == "2027"
        assert make.draft(session, "spring-2027-" + "x" * 48).state == "draft"


def test_an_address_belongs_to_one_offer_also_at_once(database):
    with transaction() as session:
        terms = make.terms(session)

    def draft(slug: str):
        return lambda session: draft_offer(session, slug, terms, by=None).slug

    for race, slug in ((at_once, "one"), (overlapping, "two")):
        outcomes = race(draft(slug), draft(slug))
        assert sum(isinstance(outcome, SlugTaken) for outcome in outcomes) == 1
        assert refused(SlugTaken, 409, draft(slug)).field == "slug"
    with reading() as session:
        assert session.scalar(select(func.count(Offer.id))) == 2


def test_each_change_of_a_draft_is_a_version_that_stays(database):
    with transaction() as session:
        make.draft(session, title="First")
    with transaction() as session:
        changed = change_draft(session, make.SLUG, make.terms(session, title="Second"), by=None)
        assert (changed.terms.title, changed.terms.version) == ("Second", 2)
    assert versions() == ["First", "Second"]
    with pytest.raises(NotFound), transaction() as session:
        change_draft(session, "nowhere", make.terms(session), by=None)


def test_terms_are_frozen_when_the_offer_opens_and_it_opens_once(database):
    with transaction() as session:
        make.draft(session)
        assert open_(session).state == "open"
    refused(TermsFrozen, 409, lambda session: change_draft(session, make.SLUG, make.terms(session), by=None))
    refused(StateChanged, 409, open_)
    refused(NotFound, 404, lambda session: open_(session, "nowhere"))
    assert len(versions()) == 1
    with transaction() as session:
        make.draft(session, "second")
        make.draft(session, "third")
    outcomes = overlapping(lambda s: open_(s, "second").state, lambda s: open_(s, "second").state)
    assert isinstance(outcomes[1], StateChanged)
    outcomes = overlapping(
        lambda s: open_(s, "third").state, lambda s: change_draft(s, "third", make.terms(s, title="Late"), by=None)
    )
    assert isinstance(outcomes[1], TermsFrozen)
    assert "Late" not in versions()


IMPOSSIBLE = [
    ({"deadline_at": timedelta(0)}, "The deadline must lie ahead."),
    ({"deadline_at": timedelta(days=-1)}, "The deadline must lie ahead."),
    ({"price_cents": 0}, "The price of a share must be more than zero."),
    ({"target_cents": 0}, "The target must be more than zero."),
    ({"person_shares_min": 0}, "The minimum per person (0) must be at least 1 and at most the maximum (100)."),
    ({"person_shares_min": 101}, "The minimum per person (101) must be at least 1 and at most the maximum (100)."),
    ({"person_shares_max": 0}, "The minimum per person (10) must be at least 1 and at most the maximum (0)."),
    ({"account_holder": " "}, "Give the bank account (holder and number) that supporters pay to."),
    ({"account_number": ""}, "Give the bank account (holder and number) that supporters pay to."),
    ({"target_cents": 23_01}, "The target must be a whole number of shares: USD 23.01 is not a multiple of USD 23.00."),
    ({"users_count": 100, "participants_target": 101}, "101 people are wanted, but there are only 100 users."),
    ({"users_count": 1, "participants_target": 1}, "Even if 1 people each bought the maximum of 100 shares"),
    ({"authorized": 199, "code": "B"}, "The target needs 200 shares; class B has only 199 left to issue."),
    ({"person_shares_max": 2**53 - 1, "price_cents": 2**40, "target_cents": 2**50}, "more than can be counted"),
    ({"currency": "EUR"}, "Shares of class A are paid for in USD."),
]


def test_terms_that_nobody_could_meet_cannot_be_opened_and_the_reason_is_said(database):
    with transaction() as session:
        make.open_offer(session, "first")
    now = clock.now()
    for number, (changed, reason) in enumerate(IMPOSSIBLE):
        slug = f"impossible-{number}"
        facts = {name: now + value if isinstance(value, timedelta) else value for name, value in changed.items()}
        with transaction() as session:
            make.draft(session, slug, **facts)
        with clock.at(now):
            refusal = refused(ImpossibleTerms, 409, lambda session, slug=slug: open_(session, slug))
        assert refusal.text().startswith("The offer cannot be opened: ")
        assert reason in refusal.text()
        assert len(refusal.facts["reasons"]) == 1, f"{reason} alone is wrong"
        with reading() as session:
            assert find_offer(session, slug).state == "draft"


def test_every_reason_is_said_at_once_in_the_reader_s_language(database):
    with transaction() as session:
        make.draft(
            session,
            deadline_at=clock.now() - timedelta(days=1),
            account_number="",
            target_cents=250 * 23_00 + 1,
            users_count=2,
            participants_target=3,
            code="B",
            authorized=10,
        )
    refusal = refused(ImpossibleTerms, 409, open_)
    said = refusal.text()
    for part in ("deadline", "bank account", "whole number of shares", "3 people", "Even if 2 people", "only 10 left"):
        assert part in said
    french = language.say(refusal, "fr")
    assert french.startswith("L’offre ne peut pas être ouverte")
    for english in ("deadline", "people", "shares", "bank"):
        assert english not in french


def test_terms_that_can_just_be_met_open(database):
    with transaction() as session:
        for number, changed in enumerate([
            {"deadline_at": clock.now() + timedelta(minutes=1)},
            {"person_shares_min": 1, "person_shares_max": 1, "users_count": 200, "participants_target": 200},
            {"users_count": None, "participants_target": None},
            {"code": "C", "authorized": 200},
            {"target_cents": 23_00},
        ]):  # fmt: skip
            make.draft(session, f"possible-{number}", **changed)
            assert open_(session, f"possible-{number}").state == "open"


def test_shares_that_are_issued_already_count_against_the_class(database):
    with transaction() as session:
        make.succeeded_offer(session, "first", code="L", authorized=300)
        make.draft(session, "second", code="L")
    refusal = refused(ImpossibleTerms, 409, lambda session: open_(session, "second"))
    assert "class L has only 100 left" in refusal.text()
