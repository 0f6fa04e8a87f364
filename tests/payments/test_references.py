"""Payment references: a slip of one sign or of two neighbours is found, every bank's spelling is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.references import BadReference, new_reference, read_reference, spaced

references = st.builds(new_reference)


def accepted(text: str) -> bool:
    try:
        read_reference(text)
    except BadReference:
        return False
    return True


@given(reference=references)
def test_a_new_reference_is_valid_and_read_in_every_spelling(reference):
    assert spaced(reference).replace(" ", "") == reference
    assert reference[2:].isdigit()  # a letter read into it makes it nobody's
    for spelling in (
        reference,
        spaced(reference),
        reference.lower(),
        f"  {spaced(reference).lower()}\n",
        reference.replace("", "."),
        reference.replace("", " - "),
        "/".join(reference),
        spaced(reference).replace(" ", "\u00a0"),
    ):
        assert read_reference(spelling) == reference


@given(reference=references)
def test_any_sign_mistaken_for_another_is_found(reference):
    for place, sign in enumerate(reference):
        likely = "0123456789" if sign.isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        for other in set(likely) - {sign}:
            assert not accepted(reference[:place] + other + reference[place + 1 :])


@given(reference=references)
def test_any_two_neighbours_swapped_are_found(reference):
    for place in range(len(reference) - 1):
        one, other = reference[place : place + 2]
        if one != other:
            assert not accepted(reference[:place] + other + one + reference[place + 2 :])


def test_what_is_no_reference_is_refused_and_quoted_shortly():
    wrong = "|RF|RF18|RF00AAAA|XX18539007547034|18539007547034|RF17539007547034|R F|٣٣٣٣٣٣|\0|RFAB539007547034"
    for text in (*wrong.split("|"), "RF18" + "5" * 22, "x" * 9_000):
        with pytest.raises(BadReference) as refused:
            read_reference(text)
        assert (refused.value.status, refused.value.field) == (422, "reference")
        assert len(refused.value.text()) < 200


def test_a_reference_of_another_creditor_is_well_formed():
    assert read_reference("rf18 5390 0754 7034") == "RF18539007547034"
    assert read_reference("RF18 5390 0754 70Y") == "RF185390075470Y"


def test_references_do_not_repeat():
    assert len({new_reference() for _ in range(2_000)}) == 2_000
