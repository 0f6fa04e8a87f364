"""Pledges that go on, over the API: confirmed under changed terms, and made good after an indication of interest."""

from dataclasses import replace

from sqlalchemy import select

from app.core.database import reading, transaction
from app.offers.drafting import find_offer
from app.offers.models import OfferKind, Pledge
from app.offers.pledging.confirming import confirm_pledge
from app.offers.terms.changing import change_terms
from tests import make
from tests.api.conftest import declared, problem
from tests.offers.test_changing_terms import terms_of


def test_a_pledge_is_confirmed_again_by_the_version_that_was_read(program):
    with transaction() as session:
        make.open_offer(session, law="us-regcf", cap_cents=9_200_00)
        mine = make.paid_pledge(session).public_id
    maya, place = program("maya@example.org"), f"/pledges/{mine}/reconfirmation"
    assert maya.get(place).json() | {"until": None} == {
        "waits": False,
        "until": None,
        "terms_version": 1,
        "changed": [],
    }
    assert problem(maya.post(place, {"terms_version": 1}, 409)) == "NothingToReconfirm"
    with transaction() as session:
        terms = replace(terms_of(find_offer(session, make.SLUG).terms), target_cents=2_300_00)
        change_terms(session, make.SLUG, terms, by=None, reason="the seller asks for less")
    told = maya.get(place, accept_language="fr").json()
    assert (told["waits"], told["terms_version"]) == (True, 2)
    assert "Objectif" in [each["term"] for each in told["changed"]]
    program("wei@example.org").post(place, {"terms_version": 2}, 404)
    assert problem(maya.post(place, {"terms_version": 1}, 409)) == "TermsChanged"
    assert maya.get(place).json()["waits"] is True
    assert maya.post(place, {"terms_version": 2}).json()["state"] == "confirmed"
    assert maya.get(place).json()["waits"] is False


def test_a_pledge_names_the_indication_of_interest_that_it_makes_good(program):
    with transaction() as session:
        make.open_offer(session, "ttw", kind=OfferKind.INDICATION, law="us-ttw")
        interest = make.pledge(session, "ttw", shares=0)
        make.open_offer(session, follows_offer_id=interest.offer_id)
        before, number = interest.public_id, interest.id
    maya, place = program("maya@example.org"), f"/offers/{make.SLUG}/pledges"
    program("wei@example.org").post(place, declared(follows=before), 404)
    maya.post(place, declared(follows=before), 202)
    with transaction() as session:
        row = session.scalars(select(Pledge).order_by(Pledge.id.desc())).first()
        made = confirm_pledge(session, make.link(row)).public_id
    with reading() as session:
        assert session.scalars(select(Pledge).where(Pledge.public_id == made)).one().from_pledge_id == number
    refused = maya.post(place, declared(follows=made), 422).json()
    assert [(each["field"], each["name"]) for each in refused["errors"]] == [("follows", "NotFollowed")]
