"""Declaring income and net worth: sealed, the latest counts, and what one person may buy under each law."""

from datetime import timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.core.database import reading, transaction
from app.core.money import Money
from app.law.profiles import profile
from app.members.people.declaring import (
    Declaration,
    DeclaredInAnother,
    NotDeclared,
    asks_for_declaration,
    declaration_of,
    declare,
    offer_limit,
    warning_above,
)
from tests import make

REGCF, REGA, ECSP = profile("us-regcf"), profile("us-rega-t2"), profile("eu-ecsp")


def declared(income: int, worth: int, bought: int = 0, currency: str = "USD", **more) -> Declaration:
    amounts = [Money(each * 100, currency) for each in (income, worth, bought)]
    return Declaration(*amounts, more.get("accredited", False), clock.now())


@pytest.mark.parametrize(
    ("law", "means", "limit"),
    [  # examples of SEC's guide for investors in Regulation Crowdfunding among them, at today's figures
        (REGCF, declared(30_000, 105_000), 5_250),
        (REGCF, declared(150_000, 80_000), 7_500),
        (REGCF, declared(150_000, 124_000), 15_000),
        (REGCF, declared(200_000, 900_000), 90_000),
        (REGCF, declared(1_200_000, 2_000_000), 124_000),
        (REGCF, declared(10_000, 0), 2_500),
        (REGCF, declared(10_000, -50_000), 2_500),
        (REGCF, declared(10_000, 0, bought=1_000), 1_500),
        (REGCF, declared(10_000, 0, bought=9_000), 0),
        (REGCF, None, 2_500),
        (REGCF, declared(1, 1, accredited=True), None),
        (REGA, declared(23_000, 1_000), 2_300),
        (REGA, declared(23_000, 1_000, bought=9_000), 2_300),
        (REGA, declared(0, 0), 0),
        (ECSP, declared(1, 1, currency="EUR"), None),
        (profile("de-eg"), None, None),
    ],
)
def test_what_one_person_may_buy(law, means, limit):
    assert offer_limit(law, means) == (None if limit is None else make.usd(limit))


def test_what_was_bought_here_already_counts():
    assert offer_limit(REGCF, declared(10_000, 0), bought_here=make.usd(2_300)) == make.usd(200)
    assert offer_limit(REGA, declared(23_000, 0), bought_here=make.usd(2_300)) == make.usd(0)


def test_a_law_without_a_least_limit_needs_a_declaration():
    with pytest.raises(NotDeclared):
        offer_limit(REGA, None)


def test_figures_in_another_currency_are_not_converted():
    with pytest.raises(DeclaredInAnother):
        offer_limit(REGCF, declared(30_000, 105_000, currency="EUR"))


def test_the_european_law_warns_and_does_not_limit():
    assert warning_above(ECSP, None) == Money(1_000_00, "EUR")
    assert warning_above(ECSP, declared(0, 46_000, currency="EUR")) == Money(2_300_00, "EUR")
    assert warning_above(REGCF, None) is None
    assert [asks_for_declaration(law) for law in (REGCF, REGA, ECSP, profile("de-eg"))] == [True, True, True, False]


@given(st.integers(0, 10**7), st.integers(-(10**6), 10**7), st.integers(0, 10**6))
def test_the_limit_is_never_negative_nor_below_what_anyone_may_buy(income, worth, bought):
    limit = offer_limit(REGCF, declared(income, worth, bought))
    assert (
        make.usd(0) <= limit <= max(make.usd(124_000), make.usd(max(income, worth) // 20 + 1), key=lambda it: it.minor)
    )
    assert offer_limit(REGCF, declared(income, worth)) >= make.usd(2_500)


def test_the_latest_declaration_counts_and_an_old_one_no_longer(database):
    with transaction() as session:
        maya = make.person(session)
        for income in (30_000, 40_000):
            declare(
                session,
                maya,
                income=make.usd(income),
                net_worth=make.usd(9),
                bought_12m=make.usd(0),
                by=maya.id,
            )
    with reading() as session:
        known = declaration_of(session, maya.id)
        assert known.income == make.usd(40_000)
        assert known.counts
        with clock.at(clock.now() + timedelta(days=366)):
            assert not known.counts


def test_the_database_does_not_see_the_figures(database):
    with transaction() as session:
        maya = make.person(session)
        declare(
            session, maya, income=make.usd(71_234), net_worth=make.usd(9), bought_12m=make.usd(0), accredited=True,
            by=maya.id,
        )  # fmt: skip
    with psycopg.connect(database) as direct:
        (row,) = direct.execute("SELECT * FROM person_declaration").fetchall()
    assert not any(b"7123400" in value or b"yes" in value for value in row if isinstance(value, bytes))
