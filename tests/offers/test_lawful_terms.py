"""Terms under a law: what it bars cannot open, what it is unsure of is said, and shares are kept for other offers."""

import pytest

from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import InvalidInput
from app.offers.drafting import ImpossibleTerms, find_offer, open_offer
from app.offers.terms.form import blank_terms, read_terms, typed_terms
from app.offers.terms.lawful import NotSeenTo, UnknownLaw, laws_to_choose, said_by_law
from app.offers.terms.stating import terms_of
from tests import make

SHARE = 23_00


def opening(slug: str = "a", **changed) -> str:
    """What speaks against opening an offer with such terms; "" when it opens."""
    with transaction() as session:
        make.draft(session, slug, **changed)
    try:
        with transaction() as session:
            open_offer(session, slug, by=None, reason="approved")
    except ImpossibleTerms as refusal:
        return refusal.text()
    return ""


def test_what_the_law_bars_cannot_open_and_names_its_source(database):
    soon = clock.now() + make.timedelta(days=10)
    assert "17 CFR" in opening("a", law="us-regcf", cap_cents=400 * SHARE, deadline_at=soon)
    assert "Set a cap" in opening("b", law="us-regcf")
    assert "what intermediaries earn" in opening("f", law="us-regcf", cap_cents=400 * SHARE, intermediaries=None)
    assert "the cap is" in opening("c", law="us-regcf", cap_cents=230_000 * SHARE)
    assert "indication of interest" in opening("d", law="us-ttw")
    assert opening("e", law="us-regcf", cap_cents=400 * SHARE) == ""


def test_what_a_law_asks_beyond_terms_must_be_seen_to_before_shares_are_sold(database):
    with transaction() as session:
        make.draft(session, "a", law="us-regcf", cap_cents=400 * SHARE)
    with pytest.raises(NotSeenTo), transaction() as session:
        open_offer(session, "a", by=None, reason="approved", seen_to=False)
    with transaction() as session:
        assert open_offer(session, "a", by=None, reason="approved", seen_to=True).state == "open"


def test_duties_that_apply_beside_an_offers_law_are_not_one(database):
    with transaction() as session:
        offered = {law for law, _ in laws_to_choose(session)}
        assert "us-regcf" in offered and not offered & {"aml", "us-contingency"}
        make.draft(session, "a", law="aml")
    with pytest.raises(UnknownLaw), transaction() as session:
        open_offer(session, "a", by=None, reason="approved")


def test_what_is_not_sure_enough_only_warns(database):
    assert opening("a", law="eu-prospectus", currency="EUR", code="E", cap_cents=600_000 * SHARE) == ""
    with reading() as session:
        said = said_by_law(session, find_offer(session, "a").terms)
        assert not said.bars
        assert "This is a warning, not a bar" in said.warnings[0].text()


def test_two_offers_on_one_limited_class_keep_shares_for_each_other(database):
    assert opening("a", code="L", authorized=500, cap_cents=300 * SHARE) == ""
    assert "of which other open offers may need 300" in opening("b", code="L", target_cents=201 * SHARE)
    assert opening("c", code="L", target_cents=200 * SHARE) == ""


def test_the_form_gives_back_what_it_was_given_and_says_what_is_wrong_where(database):
    with transaction() as session:
        ends = (clock.now() + make.timedelta(days=30)).replace(microsecond=0)
        limits = {"cap_cents": 400 * SHARE, "closed_countries": ("CU", "IR"), "warnings": ("You may lose it.",)}
        offer = make.draft(session, deadline_at=ends, **limits)
        typed = typed_terms(session, offer.terms)
        assert read_terms(session, typed) == terms_of(offer.terms)
        typed = blank_terms() | typed | {"countries": "US XQ", "price_steps": "2027-01-01 00:00 25\nsoon 30"}
        with pytest.raises(InvalidInput) as met:
            read_terms(session, typed)
        assert set(met.value.problems) == {"countries", "price_steps"}
