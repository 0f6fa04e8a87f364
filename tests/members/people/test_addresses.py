"""Postal addresses: each country's parts and postal codes, with a message at the field that says what is missing."""

import pytest

from app.core.errors import InvalidInput
from app.demo.people import supporters
from app.members.people.addresses import address_problems, read_address
from app.members.persons import Address
from app.web.countries import country_names
from app.web.typed import Form
from tests import make


def said(street="12 rue Chevreul", code="69007", place="Lyon", region="", country="FR") -> dict[str, str]:
    lines = (street,) if street else ()
    found = address_problems(Address(lines, code, place, region, country))
    return {field: problem.text() for field, problem in found.items()}


@pytest.mark.parametrize(
    ("code", "country", "region"),
    [
        ("69007", "FR", ""),
        ("94607", "US", "CA"),
        ("94607-1234", "US", "CA"),
        ("M1 2JQ", "GB", ""),
        ("3511 EP", "NL", ""),
        ("413 04", "SE", ""),
        ("H2T 2S8", "CA", "QC"),
        ("H2T 2S8", "CA", "Quebec"),
        ("20001", "US", "D.C."),
        ("28801", "US", "north carolina"),
        ("", "KE", ""),
        ("", "IE", ""),
    ],
)
def test_codes_as_each_post_writes_them_are_accepted(code, country, region):
    assert said(code=code, country=country, region=region) == {}


@pytest.mark.parametrize(
    ("code", "country", "example"), [("6900", "FR", "33380"), ("94607", "GB", "EC1Y 8SY"), ("ABCDE", "US", "95014")]
)
def test_a_code_of_another_form_is_refused_with_an_example(code, country, example):
    message = said(code=code, country=country, region="X")["postal_code"]
    assert f"“{code}”" in message and example in message


def test_what_a_country_needs_is_asked_for_at_its_field():
    assert set(said(code="", region="", country="US")) == {"postal_code", "region"}
    assert "such as 95014" in said(code="", region="CA", country="US")["postal_code"]
    assert "write it like" in said(code="28801", region="ZZ", country="US")["region"].lower()
    assert set(said(street="", place="", country="FR")) == {"street", "locality"}
    assert said(code="", place="", region="Hong Kong Island", country="HK") == {}  # no codes, no towns


def test_where_no_rule_is_known_any_code_goes():
    assert said(code="whatever 1", country="ZZ") == {}


def test_every_country_that_the_form_offers_can_be_judged():
    for country in country_names("en"):
        address_problems(Address(("1 Street",), "1", "Town", "Region", country))


def test_the_people_of_the_demonstration_live_at_addresses_that_could_be():
    wrong = [(person.address, found) for person in supporters() if (found := address_problems(person.address))]
    assert {address.country for address, found in wrong if set(found) != {"region"}} == set()
    assert address_problems(make.OAKLAND) == address_problems(make.LYON) == {}


def test_the_form_tells_all_problems_at_once_and_writes_codes_in_capitals():
    form = Form({"street": "", "postal_code": "x", "locality": "", "country": "GB"})
    read_address(form)
    with pytest.raises(InvalidInput) as refused:
        form.done()
    assert list(refused.value.problems) == ["street", "postal_code", "locality"]
    form = Form(
        {"street": "2 Dale Street\r\nFlat 3", "postal_code": "m1 2jq", "locality": "Manchester", "country": "GB"}
    )
    assert read_address(form) == Address(("2 Dale Street", "Flat 3"), "M1 2JQ", "Manchester", "", "GB")
    form.done()
    form = Form({"street": "1 x", "postal_code": "1", "locality": "y", "country": "Atlantis"})
    read_address(form)
    assert list(form.problems) == ["country"]
