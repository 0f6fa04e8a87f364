"""Likeness of records: the same in both orders, blind to case, accents and word order, and never without reasons."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.members.people.likeness import Reason, Traits, keys_of, likeness, mailbox, one_name, sought, words

MAYA = Traits("Maya Whitfield", "1200 Adeline Street", "94607", "US", "maya@example.org", born=b"1")
BORN = Reason.SAME_BIRTH_DATE
NAMES = st.text("aàbcçdeéłmnñoöœsßtuz -'’.ABC", max_size=24)
TRAITS = st.builds(
    Traits,
    name=NAMES,
    street=st.sampled_from(["", "1 Main Street", "1, main street", "2 Rue Chevreul"]),
    postal_code=st.sampled_from(["", "94607", "946 07", "M1 2JQ"]),
    country=st.sampled_from(["US", "GB"]),
    email=st.sampled_from(["", "maya@example.org", "m.aya+x@example.org", "wei@example.org"]),
    registration_number=st.sampled_from(["", "HRB 1", "hrb-1"]),
    phones=st.sampled_from([frozenset(), frozenset({"+33612345678"})]),
    born=st.sampled_from([None, b"1", b"2"]),
    kind=st.sampled_from(["person", "company"]),
)


@given(TRAITS, TRAITS)
def test_it_does_not_matter_which_record_is_looked_at_first(one, other):
    assert likeness(one, other) == likeness(other, one)


@given(TRAITS, TRAITS)
def test_candidates_share_a_key_so_that_they_are_found(one, other):
    if likeness(one, other).is_candidate:
        assert sought(one) & keys_of(other)
        assert sought(other) & keys_of(one)


@given(NAMES, st.randoms())
def test_case_accents_and_the_order_of_words_make_no_difference(name, random):
    shuffled = words(name)
    random.shuffle(shuffled)
    one, other = Traits(name), Traits(" ".join(shuffled).upper())
    assert bool(words(name)) == (Reason.SAME_NAME in likeness(one, other).reasons)


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({"name": "WHITFIELD, Máya", "email": "x@y.org"}, {Reason.SAME_NAME, Reason.SAME_ADDRESS, BORN}),
        ({"street": "9 Elsewhere", "postal_code": "1", "email": "x@y.org"}, {Reason.SAME_NAME, BORN}),
        ({"name": "Maya Anne Whitfield", "email": "x@y.org", "born": None}, {Reason.SIMILAR_NAME, Reason.SAME_ADDRESS}),
        ({"name": "Maya Whitfeild", "email": "x@y.org", "born": None}, {Reason.SIMILAR_NAME, Reason.SAME_ADDRESS}),
        ({"name": "M", "street": "", "postal_code": "", "email": "Ma.ya+x@example.org"}, {BORN, Reason.SAME_MAILBOX}),
    ],
)  # fmt: skip
def test_one_person_written_in_two_ways_is_a_candidate(changed, reasons):
    found = likeness(MAYA, replace(MAYA, **changed))
    assert set(found.reasons) == reasons
    assert found.is_candidate


@pytest.mark.parametrize(
    "other",
    [
        Traits("Maya Whitfield", "7 Dale Street", "M1 2JQ", "GB", "m.whitfield@example.com"),  # a namesake far away
        replace(MAYA, name="Omar Haddad", email="omar@example.org", born=None),  # a neighbour in the same house
        replace(MAYA, kind="company"),  # a firm that carries its founder's name
        replace(MAYA, email="young@example.org", born=b"2"),  # mother and daughter of one name
        Traits(""),
    ],
)
def test_two_people_are_no_candidates(other):
    assert not likeness(MAYA, other).is_candidate


@pytest.mark.parametrize(
    ("recorded", "shown", "fits"),
    [
        ("Maya Whitfield", "MAYA LOUISE WHITFIELD", True),
        ("Maya Louise Whitfield", "Maya Whitfield", True),
        ("Łukasz Straße", "lukasz strasse", True),
        ("Kim Min Jun", "Min Jun Kim", True),
        ("Plato", "Plato", True),
        ("Plato", "Plato Smith", False),
        ("Maya Louise Whitfield", "Maya Louise", False),
        ("Maya Whitfield", "Ivan Whitfield", False),
        ("Maya Whitfield", "", False),
        ("", "", False),
    ],
)
def test_a_document_s_name_is_the_recorded_one_or_not(recorded, shown, fits):
    assert one_name(recorded, shown) is fits


def test_letters_that_are_written_in_two_ways_are_one():
    assert words("Große Łódź, Ørsted") == words("GROSSE lodz orsted")
    assert mailbox("Ma.Ya+News@Example.ORG") == mailbox("maya@example.org")
    assert mailbox("not an address") == ""
